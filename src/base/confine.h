/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a process gives up before it meets bytes from outside, so that whoever takes it over with
 * them gains little. Two roles, one call each: before the first thread (an error otherwise: the
 * kernel's restrictions are a thread's, and its descendants'), after what must be open is open,
 * once.
 *
 * What the kernel, or the container around us, does not have is left out, and the report says so.
 * What it has and refuses is an error: nobody then runs less confined than the report says.
 */
#ifndef RELSIG_BASE_CONFINE_H
#define RELSIG_BASE_CONFINE_H

#include "base/base.h"
#include "base/confine_report.h"
#include "base/err.h"

struct confine_judge_paths {
	/*
	 * A private directory, which must exist: everything of the run is written beneath it, and
	 * it can be removed itself in the end. TMPDIR must lead there afterwards.
	 */
	const char *home;
	const char *cache;	    /* NULL for none; one that does not exist is none */
	const char *const *outputs; /* NULL-terminated, each must exist; NULL for none */
};

/*
 * The judge, and all that it starts from now on (gpg): reads and executes everything; writes, makes
 * and removes only beneath the given directories, to /dev/null, and to what is open already; has no
 * socket but those open already; none of the calls of confine_seccomp.h. E_IO.
 */
int confine_judge(const struct confine_judge_paths *writable, struct confine_report *out,
    struct err *e) RESULT_USED;

/* Descriptors of a fetcher, and (not with a sanitizer) bytes of memory that it may write to. */
#define CONFINE_FETCHER_FILES 1024u
#define CONFINE_FETCHER_MEMORY ((uint32_t)3 << 30)

/*
 * The fetcher: executes nothing, starts threads but no process, signals none; reads files beneath
 * the given paths only (NULL-terminated; what is missing is passed over), writes none; makes
 * sockets of AF_INET and AF_INET6, and AF_NETLINK's for routes, which getaddrinfo(3) asks for
 * addresses; accepts no connection. AF_UNIX is no socket of it: a user's session bus, container
 * engine or agent would start programs on its behalf; getaddrinfo does without nscd and
 * systemd-resolved's socket, through files and DNS. A write to an open file ends with EFBIG. E_IO.
 */
int confine_fetcher(
    const char *const *readable, struct confine_report *out, struct err *e) RESULT_USED;

#endif
