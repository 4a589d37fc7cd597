/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of relsig audit, as it was given: what it shares with verify, and its own. */
#ifndef RELSIG_CMD_AUDIT_SETTINGS_H
#define RELSIG_CMD_AUDIT_SETTINGS_H

#include "base/base.h"
#include "base/err.h"
#include "cmd/options.h"
#include "cmd/verify_settings.h"
#include "verify/audit.h"

extern const struct subcommand audit_command;

/* Strings are borrowed from argv, but for those that are owned. */
struct audit_settings {
	struct string_list arch, component_lists; /* as they were given */
	const char *blobs_word, *report;
	bool pullspecs, diff;
	/* What the first three come to; all strings owned. */
	enum audit_blobs blobs;
	char **architectures; /* Go's words */
	size_t n_architectures;
	char **components;
	size_t n_components;
};
#define AUDIT_SETTINGS_INIT                                                                        \
	{                                                                                          \
		0                                                                                  \
	}

/* As options_read. What verify has too goes to s. */
enum options_result audit_settings_read(struct audit_settings *a, struct verify_settings *s,
    int argc, char **argv, struct err *e) RESULT_USED;
/* Do they go together? What they come to is set. E_USAGE. */
int audit_settings_check(
    struct audit_settings *a, struct verify_settings *s, struct err *e) RESULT_USED;
void audit_settings_free(struct audit_settings *a);
AUTO_DEFINE(audit_settings)

#endif
