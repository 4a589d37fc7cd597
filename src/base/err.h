/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors are values: made where something failed, wrapped with context on the way up, printed once
 * by cmd/. The code is for programs (it chooses the reason word and the exit status), the message
 * for people: "outer: inner", each part saying what was tried, what was got, what was wanted.
 */
#ifndef RELSIG_BASE_ERR_H
#define RELSIG_BASE_ERR_H

#include "base/base.h"

enum errc {
	E_NONE = 0,    /* no error */
	E_USAGE,       /* the command line or a setting is wrong */
	E_NOT_FOUND,   /* the thing asked for is not there (404, ENOENT) */
	E_INVALID,     /* the bytes are not what their format demands */
	E_WEAK,	       /* cryptography that is refused by default */
	E_UNSUPPORTED, /* well-formed, but of a kind that is refused */
	E_MISMATCH,    /* two things that must be equal are not */
	E_TOO_LARGE,   /* over a cap of limits.h */
	E_TIMED_OUT,   /* a deadline passed */
	E_UNREACHABLE, /* the network, TLS or a server stood in the way */
	E_DENIED,      /* a server wants (other) credentials */
	E_IO,	       /* files, processes, memory of this machine */
};

/* All zero is "no error". The message is untrusted text: escape it before it reaches a terminal. */
struct err {
	enum errc code;
	char *msg; /* owned; NULL when code is E_NONE */
};
#define ERR_INIT                                                                                   \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Record an error (an earlier one in e is dropped). Always -1, so that "return err_set(...)" reads.
 */
int err_set(struct err *e, enum errc code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* As err_set, with ": strerror(errno)" at the end. */
int err_sys(struct err *e, enum errc code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Put "context: " before the message that e holds. Always -1. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The message, never NULL. Valid until e changes. */
const char *err_msg(const struct err *e);
/* Forget the error. Safe on a zeroed struct. */
void err_free(struct err *e);
AUTO_DEFINE(err)

#endif
