/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A preloaded library that counts the calls which can fail, by class, and makes the one that the
 *environment names fail. tests/fault/run starts it; nothing else does.
 *
 *	FAULT_PAGE=FILE   a file of sizeof(struct fault_page) zero bytes: what was counted, and what
 *was made to fail FAULT_PLAN="PROGRAM CLASS N ERRNO MODE" in PROGRAM let the N-th call (from 1) of
 *CLASS fail with ERRNO; MODE: once; on, which is that call and all later ones; short or shorts,
 *which transfer one byte and do not fail
 *
 * A process that the program forks counts as the program until it executes another one.
 */
#ifndef RELSIG_TESTS_FAULT_INJECT_H
#define RELSIG_TESTS_FAULT_INJECT_H

#include <stdint.h>

/* The kinds of calls, in the order of their counters. */
#define FAULT_CLASSES(X)                                                                           \
	X(memory)                                                                                  \
	X(open) X(read) X(write) X(receive) X(send) X(close) X(sync) X(rename) X(make) X(remove)   \
	    X(fork) X(execute) X(pipe) X(thread) X(limit) X(duplicate) X(poll) X(wait) X(status)   \
		X(fcntl) X(lock) X(mode) X(list) X(signal) X(kill) X(seek) X(environment) X(syscall)       \
		    X(socket) X(resolve) X(gpgme) X(digest) X(inflate) X(curl)

#define FAULT_ENUM(name) FAULT_##name,
enum fault_class { FAULT_CLASSES(FAULT_ENUM) FAULT_N_CLASSES };

enum { FAULT_N_PROGRAMS = 3 }; /* relsig, relsig-fetch, gpg */

struct fault_page {
	uint32_t hits;	    /* how many calls were made to fail */
	uint32_t n_classes; /* set by the library, for the reader to compare */
	char function[32];  /* the first that failed */
	char caller[96];    /* who called it: object+offset */
	char last[96];	    /* who called the last */
	uint32_t calls[FAULT_N_PROGRAMS][FAULT_N_CLASSES];
};

enum fault_answer { FAULT_GO = 0, FAULT_FAIL, FAULT_SHORT };

/* Count one call; is it to fail? Then errno is set. */
enum fault_answer fault(enum fault_class class, const char *function, const void *caller);
/* The planned errno, for functions that return it. */
int fault_errno(void);
/* The function of that name that would be called without this library. */
void *fault_real(const char *name);

/*
 * A function that comes between: RETURNS NAME PARAMETERS, which returns BAD when it is to fail. All
 * real ones are looked up before main: a lookup takes locks, which a forked process of many threads
 * must not do.
 */
#define FAULT_REAL(returns, name, parameters)                                                      \
	static returns(*real_##name) parameters;                                                   \
	static void __attribute__((constructor)) find_##name(void)                                 \
	{                                                                                          \
		*(void **)&real_##name = fault_real(#name);                                        \
	}
#define FAULT_REAL_OF(name) (real_##name == NULL ? find_##name() : (void)0, real_##name)
#define FAULT_HERE(class, name) fault(FAULT_##class, #name, __builtin_return_address(0))
#define FAULT_WRAP(class, returns, bad, name, parameters, arguments)                               \
	returns name parameters;                                                                   \
	FAULT_REAL(returns, name, parameters)                                                      \
	returns name parameters                                                                    \
	{                                                                                          \
		if (FAULT_HERE(class, name) != FAULT_GO)                                           \
			return bad;                                                                \
		return FAULT_REAL_OF(name) arguments;                                              \
	}

#endif
