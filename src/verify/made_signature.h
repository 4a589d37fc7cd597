/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is what a signing process made a signature that others will accept? It is judged as if it came
 * from a store: nothing that relsig itself would refuse is given to anybody.
 */
#ifndef RELSIG_VERIFY_MADE_SIGNATURE_H
#define RELSIG_VERIFY_MADE_SIGNATURE_H

#include "base/base.h"
#include "base/err.h"
#include "formats/reference.h"
#include "trust/claim.h"
#include "trust/openpgp.h"
#include "trust/subject.h"

/*
 * PROVEN: *out is the claim, made by exactly this name, with all members that containers/image
 * wants. REFUSED, UNDECIDED: why and e say which rule failed.
 */
enum outcome made_signature_prove(struct claim **out, struct openpgp *o,
    const struct subject *subject, const struct reference *name, struct bytes blob,
    enum reason *why, struct err *e) RESULT_USED;

#endif
