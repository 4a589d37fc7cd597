/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * That what must be equal is equal: what different places say of a release's version, how much was
 * looked at and how much there is.
 */
#ifndef RELSIG_TRUST_AGREEMENT_H
#define RELSIG_TRUST_AGREEMENT_H

#include "base/base.h"

/* Opaque: only these two make one. */
struct agreement;

/* NULL unless there are two values or more, each of them is there, and all are the same. */
struct agreement *agreement_of_values(const char *const *values, size_t n);
/* NULL unless all that there is was done, and that was something. */
struct agreement *agreement_of_counts(size_t done, size_t all);
void agreement_free(struct agreement *a);
AUTO_PTR_DEFINE(agreement)

#endif
