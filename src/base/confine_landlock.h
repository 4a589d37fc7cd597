/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Landlock, by its system calls: headers differ from machine to machine, and the version of the
 * running kernel is what counts. See Documentation/userspace-api/landlock.rst of Linux.
 */
#ifndef RELSIG_BASE_CONFINE_LANDLOCK_H
#define RELSIG_BASE_CONFINE_LANDLOCK_H

#include "base/base.h"
#include "base/confine_report.h"
#include "base/err.h"

/* Rights to files, as in linux/landlock.h; the number is the version that brought it. */
#define LANDLOCK_EXECUTE ((uint64_t)1 << 0) /* 1 */
#define LANDLOCK_WRITE_FILE ((uint64_t)1 << 1)
#define LANDLOCK_READ_FILE ((uint64_t)1 << 2)
#define LANDLOCK_READ_DIR ((uint64_t)1 << 3)
#define LANDLOCK_REMOVE_DIR ((uint64_t)1 << 4)
#define LANDLOCK_REMOVE_FILE ((uint64_t)1 << 5)
#define LANDLOCK_MAKE_CHAR ((uint64_t)1 << 6)
#define LANDLOCK_MAKE_DIR ((uint64_t)1 << 7)
#define LANDLOCK_MAKE_REG ((uint64_t)1 << 8)
#define LANDLOCK_MAKE_SOCK ((uint64_t)1 << 9)
#define LANDLOCK_MAKE_FIFO ((uint64_t)1 << 10)
#define LANDLOCK_MAKE_BLOCK ((uint64_t)1 << 11)
#define LANDLOCK_MAKE_SYM ((uint64_t)1 << 12)
#define LANDLOCK_REFER ((uint64_t)1 << 13)     /* 2 */
#define LANDLOCK_TRUNCATE ((uint64_t)1 << 14)  /* 3 */
#define LANDLOCK_IOCTL_DEV ((uint64_t)1 << 15) /* 5 */
#define LANDLOCK_ALL_FILES (((uint64_t)1 << 16) - 1)
#define LANDLOCK_READ (LANDLOCK_READ_FILE | LANDLOCK_READ_DIR)

#define LANDLOCK_BIND_TCP ((uint64_t)1 << 0) /* 4 */
#define LANDLOCK_CONNECT_TCP ((uint64_t)1 << 1)

#define LANDLOCK_SCOPE_ABSTRACT_UNIX ((uint64_t)1 << 0) /* 6 */
#define LANDLOCK_SCOPE_SIGNALS ((uint64_t)1 << 1)

/* The running kernel's version; 0 when it is not to be had, and why_not says why. */
int landlock_version(enum confine_state *why_not);
/* Whether this version restricts TCP. */
bool landlock_has_tcp(int version);

/* A set of rules. What the version does not know is left out of the rights. */
struct landlock {
	int version, fd;
	uint64_t files; /* rights that are denied where no rule allows them */
};
#define LANDLOCK_INIT                                                                              \
	{                                                                                          \
		.fd = -1                                                                           \
	}
/* Deny these rights to files, and to TCP; forbid what is in scopes. version > 0. E_IO. */
int landlock_open(struct landlock *l, int version, uint64_t files, uint64_t tcp, uint64_t scopes,
    struct err *e) RESULT_USED;
/* Allow them for a file, or for a directory and all beneath it. E_IO, also when it is not there. */
int landlock_allow(struct landlock *l, const char *path, uint64_t files, struct err *e) RESULT_USED;
/* The same; a path that is not there, or cannot be reached, is passed over. */
int landlock_allow_if_there(
    struct landlock *l, const char *path, uint64_t files, struct err *e) RESULT_USED;
/* From now on, for this thread and all that it starts. Needs no_new_privs. E_IO. */
int landlock_enter(struct landlock *l, struct err *e) RESULT_USED;
void landlock_free(struct landlock *l);
AUTO_DEFINE(landlock)

#endif
