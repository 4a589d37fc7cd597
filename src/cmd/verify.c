/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig verify, and relsig save, which verifies first */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "cmd/verify_report.h"
#include "cmd/verify_run.h"
#include "verify/batch.h"

/* All that a run owns. */
struct run {
	const struct subcommand *command;
	struct verify_run base;
	struct buf names_text; /* standard input */
	char **names;	       /* the array is owned; strings borrowed from argv or names_text */
	size_t n_names;
	struct save *save; /* of relsig save */
};

static void
run_free(struct run *r)
{
	save_free(r->save);
	verify_run_free(&r->base);
	free(r->names);
	buf_free(&r->names_text);
}
AUTO_DEFINE(run)

/* Names from standard input: one a line, blank lines and lines that begin with # are skipped. */
static int
read_names(struct run *r, struct err *e)
{
	char *rest, *name;

	if (r->names_text.p != NULL)
		return err_set(e, E_USAGE, "standard input can be read once only");
	if (file_read_fd_by(&r->names_text, STDIN_FILENO, "standard input", MAX_NAMES_BYTES,
		&r->base.deadline, e) != 0)
		return -1;
	buf_add_byte(&r->names_text, '\0');
	if (strlen(buf_str(&r->names_text)) + 1 != r->names_text.n)
		return err_set(e, E_USAGE, "standard input: a NUL where names are wanted");
	rest = (char *)r->names_text.p;
	while ((name = strsep(&rest, "\n")) != NULL) {
		size_t n;

		name += strspn(name, " \t\r");
		for (n = strlen(name); n > 0 && strchr(" \t\r", name[n - 1]) != NULL; n--)
			name[n - 1] = '\0';
		if (n > 0 && name[0] != '#')
			*LIST_ADD(r->names, r->n_names) = name;
	}
	return 0;
}

static int
collect_names(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->base.s.images.n; i++) {
		if (strcmp(r->base.s.images.v[i], "-") != 0)
			*LIST_ADD(r->names, r->n_names) = r->base.s.images.v[i];
		else if (read_names(r, e) != 0)
			return -1;
	}
	if (r->n_names == 0)
		return err_set(e, E_USAGE, "no IMAGE is given");
	return 0;
}

static int
report(struct run *r, struct batch *batch)
{
	const struct verify_report report = { .command = r->command->name,
		.settings = &r->base.s,
		.wanted = &r->base.wanted,
		.keys = &r->base.keys,
		.keys_found = &r->base.keys_found,
		.openpgp = r->base.openpgp,
		.confined = &r->base.confined,
		.machine = r->base.options.machine,
		.save = r->save,
		.deadline = r->base.deadline };

	return verify_report_print(&report, batch);
}

static int
verify(struct run *r, struct err *e)
{
	const char *output = r->base.s.output;
	const struct verify_run_names names = { .v = r->names,
		.n = r->n_names,
		.asked = r->names,
		.n_asked = r->n_names,
		.output = output };
	AUTO_PTR(batch) batch = NULL;

	if (verify_run_mirrors(&r->base, e) != 0 ||
	    (output != NULL && save_open(&r->save, output, e) != 0) ||
	    verify_run_open(&r->base, &names, e) != 0)
		return -1;
	r->base.options.keep = output != NULL;
	if (batch_start(&batch, &r->base.run, r->names, r->n_names, r->base.s.jobs, e) != 0)
		return -1;
	verify_run_keys(&r->base);
	return report(r, batch);
}

static int
run_command(const struct subcommand *command, int argc, char **argv)
{
	AUTO(run) r = { .command = command };
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	int status;

	switch (verify_settings_read(&r.base.s, command, argc, argv, &e)) {
	case OPTIONS_HELP:
		return finish_output(0);
	case OPTIONS_BAD:
		return fail(command->name, &e);
	case OPTIONS_READ:
		break;
	}
	if (verify_run_read(&r.base, start, &e) != 0 || collect_names(&r, &e) != 0 ||
	    verify_settings_check(&r.base.s, command, r.n_names, &e) != 0)
		return fail(command->name, &e);
	status = verify(&r, &e);
	return status >= 0 ? status : fail(command->name, &e);
}

int
cmd_verify(int argc, char **argv)
{
	return run_command(&verify_command, argc, argv);
}

int
cmd_save(int argc, char **argv)
{
	return run_command(&save_command, argc, argv);
}
