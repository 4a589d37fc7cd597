/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting relsig-fetch: one socket as its standard input, and nothing else of ours but stderr. */
#ifndef RELSIG_TRANSPORT_FETCHER_PROCESS_H
#define RELSIG_TRANSPORT_FETCHER_PROCESS_H

#include <sys/types.h>

#include "base/base.h"
#include "base/err.h"

struct fetcher_process {
	pid_t pid; /* 0 when there is none */
	int fd;	   /* our end of the socket: non-blocking, closed on exec */
};
#define FETCHER_PROCESS_INIT                                                                       \
	{                                                                                          \
		.pid = 0, .fd = -1                                                                 \
	}

/* relsig-fetch beside this program, or else in RELSIG_LIBEXECDIR; for free(). */
char *fetcher_process_find(void);
/*
 * Start the program at path; NULL: where it is found. It gets a process group of its own, so that a
 * Ctrl-C reaches the judge alone: the fetcher ends when its socket does. E_IO, naming the path.
 */
int fetcher_process_start(struct fetcher_process *out, const char *path, struct err *e) RESULT_USED;
/*
 * Send all of it, by until (clock_ms): E_UNREACHABLE when it takes no more, or has ended, which may
 * also show when reading: error is errno, or 0 at the end of the stream.
 */
int fetcher_process_send(
    const struct fetcher_process *p, struct bytes b, int64_t until, struct err *e) RESULT_USED;
int fetcher_process_ended(int error, struct err *e);
/* SIGKILL and reap; the socket stays open (a thread may be looking at it) but says end of file. */
void fetcher_process_kill(struct fetcher_process *p);
/* Kill, and close the socket. */
void fetcher_process_free(struct fetcher_process *p);

#endif
