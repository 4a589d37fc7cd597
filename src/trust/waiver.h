/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * That a policy wants nothing proven of an image (insecureAcceptAnything). A node runs such an
 * image, so the verdict accepts it; but nothing was verified, and verdict_verified says so.
 */
#ifndef RELSIG_TRUST_WAIVER_H
#define RELSIG_TRUST_WAIVER_H

#include "base/base.h"
#include "formats/policy_requirement.h"

/* Opaque: only waiver_make makes one. */
struct waiver;

/* For insecureAcceptAnything, and for nothing else: NULL. */
struct waiver *waiver_make(const struct policy_requirement *requirement);
void waiver_free(struct waiver *w);
AUTO_PTR_DEFINE(waiver)

#endif
