/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What "relsig help" tells that belongs to no command: the manual's essentials, where there is no
 * manual. A new topic is one row; tests/test_in_step.sh compares the words with the manual's.
 */
#ifndef RELSIG_CMD_HELP_TOPICS_H
#define RELSIG_CMD_HELP_TOPICS_H

#include <stddef.h>

struct help_topic {
	const char *name, *purpose;
	const char *text;    /* lines */
	const char *section; /* of relsig(1), which has the rest */
};

extern const struct help_topic help_topics[];
extern const size_t n_help_topics;

#endif
