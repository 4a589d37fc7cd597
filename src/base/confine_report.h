/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process has given up, and what it could not: for reports, and to be told to others. */
#ifndef RELSIG_BASE_CONFINE_REPORT_H
#define RELSIG_BASE_CONFINE_REPORT_H

/* In the order in which they are taken on. */
enum confine_part {
	CONFINE_NO_NEW_PRIVS, /* no program that is executed gains rights by it */
	CONFINE_LIMITS,	      /* resource limits, umask; the fetcher's capabilities */
	CONFINE_FILES,	      /* Landlock: files */
	CONFINE_TCP,	      /* Landlock: TCP */
	CONFINE_SECCOMP,      /* system calls */
};
#define CONFINE_PARTS 5

enum confine_state {
	CONFINE_UNKNOWN = 0, /* nobody has said anything: never in effect */
	CONFINE_IN_EFFECT,
	CONFINE_NO_NO_NEW_PRIVS, /* the others: why not */
	CONFINE_NO_LANDLOCK,
	CONFINE_LANDLOCK_IS_OFF,
	CONFINE_LANDLOCK_IS_DENIED,
	CONFINE_LANDLOCK_HAS_NO_TCP,
	CONFINE_NO_SECCOMP,
	CONFINE_SECCOMP_IS_DENIED,
};
#define CONFINE_STATE_LAST CONFINE_SECCOMP_IS_DENIED

/* All zero: nothing is in effect. Holds no memory. */
struct confine_report {
	enum confine_state parts[CONFINE_PARTS];
};
#define CONFINE_REPORT_INIT                                                                        \
	{                                                                                          \
		{                                                                                  \
			CONFINE_UNKNOWN                                                            \
		}                                                                                  \
	}

/* The part's word in reports: "no-new-privs", "limits", "landlock-files", "landlock-tcp",
 * "seccomp". */
const char *confine_word(enum confine_part part);
/* "in effect", or why not, for people. */
const char *confine_text(enum confine_state state);

#endif
