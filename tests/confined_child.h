/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that confines itself and then tries one thing, so that the test's own stays free. */
#ifndef RELSIG_TESTS_CONFINED_CHILD_H
#define RELSIG_TESTS_CONFINED_CHILD_H

#include <errno.h>

#include "base/confine.h"
#include "base/confine_seccomp.h"

/* A kernel (or a container around it) that answers a system call so; all zero: this one, as it is.
 */
struct other_kernel {
	const char *call;
	int answer; /* errno */
	/* Only when its first argument is one less; 0: always. */
	unsigned first_argument_plus_1;
};
#define WITHOUT_SECCOMP                                                                            \
	{                                                                                          \
		"seccomp", ENOSYS, 0                                                               \
	}
#define WITHOUT_LANDLOCK                                                                           \
	{                                                                                          \
		"landlock_create_ruleset", ENOSYS, 0                                               \
	}

/* From now on it does, for this thread and all that it starts. False: there is no seccomp. */
bool confined_play(const struct other_kernel *k);

struct confined_child {
	enum confine_role role; /* CONFINE_ROLE_GPG: a judge whose gpg is confined, too */
	struct other_kernel kernel;
	/* Both in the child: before it is confined (or it ends with CONFINED_CANNOT), after; what
	 * it returns is in the answer. NULL: none. */
	void (*prepare)(void);
	int (*attempt)(void *arg);
	void *arg;
	/* The judge's home is tree_path("home"); the fetcher reads tree_path("readable"). */
	const struct confine_judge_paths *writable; /* or these, for the judge */
	const char *const *readable;		    /* or these, for the fetcher */
};

/* Of CONFINE_ROLE_GPG. */
#define CONFINED_GPG_MEMORY ((uint64_t)256 << 20)
#define CONFINED_GPG_SECONDS 1
#define CONFINED_GPG_FILES 64

/* Valid until the next run. */
struct confined_answer {
	int confined;		      /* what confine_judge or another returned */
	struct confine_report report; /* of the role */
	enum errc code;
	char message[256];
	bool ended; /* the attempt came to its end */
	int result;
	int signal;	  /* that killed it; 0 for none */
	char detail[256]; /* for the attempt to say more */
};

enum { CONFINED_CANNOT = 98 };
/*
 * Run it in a new process. NULL (and a counted skip) when it could not be prepared, or this machine
 * has no filter to play another kernel with. After tree_make.
 */
const struct confined_answer *confined_run(const char *row, const struct confined_child *c);
/*
 * May the attempt be a system call that libc does not make? Not under valgrind, which ends the
 * program at some and answers others itself: false, and a counted skip.
 */
bool confined_can_call(const char *row);
/* For attempts: the place of their detail. */
char *confined_detail(size_t *size);

#endif
