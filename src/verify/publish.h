/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree of signatures that any web server may serve, and that signatures are added to:
 *
 *     sha256=<hex>/signature-N                            a store
 *     <path of the repository>@sha256=<hex>/signature-N   a lookaside tree
 * (containers-registries.d(5))
 *
 * A signature appears whole or not at all, as the first number that is free, and never in the place
 * of another one: those who publish at the same time wait for each other.
 */
#ifndef RELSIG_VERIFY_PUBLISH_H
#define RELSIG_VERIFY_PUBLISH_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"
#include "trust/claim.h"

enum publish_layout {
	PUBLISH_UNSET = 0, /* nothing is published */
	PUBLISH_STORE,
	PUBLISH_LOOKASIDE,
};

struct signature_to_publish {
	const struct claim *proof; /* that it is one; NULL: nothing is published */
	const struct reference *name;
	const struct digest *manifest;
	struct bytes blob;
};

/*
 * Add it to the tree in directory, which is made when it is not there. where, for free(), is its
 * path. E_TOO_LARGE: there are MAX_SIGNATURES_PER_STORE of a store or MAX_SIGNATURES_PER_LOOKASIDE
 * of a lookaside tree, more than which nobody reads; E_TIMED_OUT: others kept the tree for too
 * long; E_IO.
 */
int publish_signature(const char *directory, enum publish_layout layout,
    const struct signature_to_publish *s, const struct deadline *deadline, char **where,
    struct err *e) RESULT_USED;

#endif
