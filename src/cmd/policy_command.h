/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands below "relsig policy" share. */
#ifndef RELSIG_CMD_POLICY_COMMAND_H
#define RELSIG_CMD_POLICY_COMMAND_H

#include <stdio.h>

#include "base/err.h"
#include "cmd/confined.h"
#include "cmd/options.h"
#include "formats/machine_config.h"
#include "verify/findings.h"

/* The number goes up when a member changes its meaning or goes away, not when one is added. */
#define POLICY_SCHEMA_VERSION 1

/* As in command.h; argv[0] is the word after "policy". */
int policy_explain_command(int argc, char **argv);
int policy_check_command(int argc, char **argv);
int policy_machine_config_command(int argc, char **argv);

/*
 * What is read is another's: this process has no network, and writes nothing. From now on the run
 * ends after timeout_ms; 0 for never.
 */
int policy_confine(struct confined *out, unsigned timeout_ms, struct err *e) RESULT_USED;
/* --machine-config's files, which must be for one node. */
int policy_read_machine_configs(
    struct machine_configs *out, const struct string_list *files, struct err *e) RESULT_USED;
/* "severity: place: text", escaped, each on a line. */
void policy_print_findings(FILE *to, const struct findings *f);

#endif
