/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * System calls that a role does without, by libseccomp: a list of what is denied, since the filter
 * is inherited by every version of gpg and passed by every version of libc and libcurl. The answer
 * is EPERM (ENOSYS to those calls whose arguments a filter cannot see and for which libc has an
 * older one), never a signal: what is tried in passing fails in passing.
 */
#ifndef RELSIG_BASE_CONFINE_SECCOMP_H
#define RELSIG_BASE_CONFINE_SECCOMP_H

#include "base/base.h"
#include "base/buf.h"
#include "base/confine_report.h"
#include "base/err.h"

enum confine_role {
	CONFINE_ROLE_UNSET = 0, /* never valid */
	CONFINE_ROLE_JUDGE,
	CONFINE_ROLE_FETCHER,
	CONFINE_ROLE_GPG, /* on top of the judge's */
};

/* Can this process have a filter? Otherwise why_not says why. */
bool confine_seccomp_is_there(enum confine_state *why_not);
/* From now on, for this thread and all that it starts. Needs no_new_privs. E_IO. */
int confine_seccomp_enter(enum confine_role role, struct err *e) RESULT_USED;
/*
 * The role's filter as seccomp(2) wants it, an array of struct sock_filter: for where there is no
 * time to make one. E_IO.
 */
int confine_seccomp_export(enum confine_role role, struct buf *out, struct err *e) RESULT_USED;

#endif
