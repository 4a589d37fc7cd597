/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thing that one thread prepares while others already work, and wait for when they need it. */
#ifndef RELSIG_VERIFY_READY_H
#define RELSIG_VERIFY_READY_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"

struct ready;

struct ready *ready_new(void);
/* It is there (failure NULL), or will never be. The first call counts. */
void ready_set(struct ready *r, const struct err *failure);
/* Wait until it is set: 0, or -1 with a copy of the failure, or E_TIMED_OUT. */
int ready_wait(struct ready *r, const struct deadline *deadline, struct err *e) RESULT_USED;
void ready_free(struct ready *r);
AUTO_PTR_DEFINE(ready)

#endif
