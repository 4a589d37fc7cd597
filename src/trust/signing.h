/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process that signs. It has the user's own gpg, with its agent and its configuration, and so
 * cannot be confined; therefore it is not the judge, meets no byte from outside, and signs nothing
 * but the names that it was started with: what it is asked for afterwards is a digest. What it
 * makes proves nothing: it goes to trust/openpgp like any other signature.
 */
#ifndef RELSIG_TRUST_SIGNING_H
#define RELSIG_TRUST_SIGNING_H

#include "base/base.h"
#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"
#include "trust/keys.h"

struct signing;

/* Everything is borrowed, until signing_start returns. */
struct signing_options {
	const char *fingerprint;     /* of a primary key, as fingerprint_parse gives it */
	const char *homedir;	     /* gpg's; NULL: the user's own */
	const char *passphrase_file; /* its first line; NULL: gpg-agent asks */
	const char *creator;	     /* for the payload */
	const struct reference *names;
	size_t n_names;
	bool add_digest; /* a name without a tag is signed with the manifest's digest */
	struct deadline deadline;
};

/*
 * Start it; to be called first of all: before children_adopt (or the agent that gpg may start would
 * end with this run), before the confinement, before threads. keys gets the public half of the key,
 * trusted. E_NOT_FOUND: there is no such secret key; E_UNSUPPORTED: it is of no use; E_TIMED_OUT;
 * E_IO.
 */
int signing_start(struct signing **out, const struct signing_options *options,
    struct trusted_keys *keys, struct err *e) RESULT_USED;
/* Sign a manifest by the name with this number. E_TIMED_OUT; E_IO: gpg does not, and why. */
int signing_sign(struct signing *s, size_t name, const struct digest *manifest, struct buf *blob,
    struct err *e) RESULT_USED;
/* The end of the process. NULL is fine. */
void signing_free(struct signing *s);
AUTO_PTR_DEFINE(signing)

#endif
