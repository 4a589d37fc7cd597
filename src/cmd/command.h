/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands, and how all of them speak: errors once, on standard error, escaped. */
#ifndef RELSIG_CMD_COMMAND_H
#define RELSIG_CMD_COMMAND_H

#include "base/base.h"
#include "base/err.h"
#include "cmd/options.h"

/* Exit status (DESIGN: as cmp and grep have it). */
enum { STATUS_ACCEPTED = 0, STATUS_REFUSED = 1, STATUS_NO_VERDICT = 2 };

/* Each takes its own argv, argv[0] being the subcommand, and gives the exit status. */
int cmd_verify(int argc, char **argv);
int cmd_save(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_verify_files(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_standalone_sign(int argc, char **argv);
int cmd_standalone_verify(int argc, char **argv);
int cmd_manifest_digest(int argc, char **argv);
int cmd_untrusted_dump(int argc, char **argv);
int cmd_version(int argc, char **argv);

/*
 * Read the options, and exactly want arguments. True: go on. False: status is what the command ends
 * with, after --help or a usage error.
 */
bool read_arguments(const struct subcommand *command, const struct option_row *rows, int argc,
    char **argv, size_t want, struct string_list *arguments, int *status) RESULT_USED;

/* "relsig: " and the message, escaped, on standard error. */
void print_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The error of a command, "usage: " and a pointer to its help included; gives STATUS_NO_VERDICT. */
int fail(const char *command, const struct err *e);
/*
 * Flush standard output. The status given, or STATUS_NO_VERDICT with a message when not all could
 * be written: an answer that nobody got is none.
 */
int finish_output(int status);

#endif
