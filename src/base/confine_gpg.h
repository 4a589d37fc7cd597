/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gpg's share: what it inherits from the judge, and limits and a filter of its own. They are taken
 * on between fork(2) and execve(2), by a handler of fork's: gpg is started by a library that asks
 * nobody, what is set from outside after the start comes late, and what the judge would set for
 * itself would bind the judge.
 */
#ifndef RELSIG_BASE_CONFINE_GPG_H
#define RELSIG_BASE_CONFINE_GPG_H

#include "base/base.h"
#include "base/confine_report.h"
#include "base/err.h"

struct confine_gpg_limits {
	uint64_t memory; /* bytes that it may write to */
	unsigned cpu_seconds;
	unsigned files; /* descriptors */
};

/*
 * Once, after confine_judge (judge is its report), before threads. Every process that this one
 * forks from now on has these limits and writes no byte to a file. What it forks in its turn
 * (GPGME's way to gpg) starts no process and, unless it is root's, no thread; as root's it needs
 * seccomp for that. With seccomp it also signals nobody and keeps its limits; with Landlock it
 * changes nothing in any file system. One that could not take all that on ends with status 127 and
 * executes nothing. E_IO.
 */
int confine_gpg(const struct confine_gpg_limits *limits, const struct confine_report *judge,
    struct confine_report *out, struct err *e) RESULT_USED;

#endif
