/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig policy machine-config */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/policy_command.h"
#include "verify/machine_config_check.h"
#include "verify/node_files.h"

static const struct subcommand command = { "policy machine-config", "[OPTION...]",
	"Print the MachineConfig that puts a policy.json, its registries.d and its keys on nodes.",
	"Only what \"relsig policy check --machine-config\" finds nothing in is printed: exit "
	"status 0.\n"
	"Otherwise the findings are on standard error: 1 something is wrong or weak, 2 no answer.\n"
	"relsig-policy(1) has more." };

/* The version that the documentation writes by hand, and the Ignition of the first nodes with it.
 */
#define BUTANE_VERSION "4.8.0"
#define IGNITION_VERSION "3.2.0"

struct settings {
	struct node_config_options places;
	const char *role, *name, *encoding, *ignition_version;
	unsigned timeout_ms;
	bool butane, allow_warnings;
};

static int
make_form(struct machine_config_form *out, const struct settings *s, char **name, struct err *e)
{
	if (strcmp(s->encoding, "base64") != 0 && strcmp(s->encoding, "url") != 0)
		return err_set(e, E_USAGE, "--encoding %s: want base64 or url", s->encoding);
	if (s->role[0] == '\0' || (s->name != NULL && s->name[0] == '\0'))
		return err_set(e, E_USAGE, "--role and --name must not be empty");
	if (s->butane && s->ignition_version != NULL)
		return err_set(e, E_USAGE,
		    "--ignition-version is for a MachineConfig; butane chooses it by its own "
		    "version");
	*name = s->name != NULL ? xstrdup(s->name) : xasprintf("51-%s-rh-registry-trust", s->role);
	*out = (struct machine_config_form){ .butane = s->butane,
		.percent = strcmp(s->encoding, "url") == 0,
		.name = *name,
		.role = s->role };
	if (s->butane)
		out->version = BUTANE_VERSION;
	else
		out->version = s->ignition_version != NULL ? s->ignition_version : IGNITION_VERSION;
	return 0;
}

/* What is about to be printed, read as a reader will, and checked. */
static int
check_text(const struct buf *text, struct findings *findings, struct err *e)
{
	AUTO(machine_configs) configs = MACHINE_CONFIGS_INIT;

	if (machine_configs_read(&configs, "the MachineConfig", buf_bytes(text), e) != 0)
		return -1;
	machine_configs_check(&configs, findings);
	return 0;
}

static int
status_but_warnings(const struct findings *f)
{
	int status = STATUS_ACCEPTED;

	for (size_t i = 0; i < f->n; i++) {
		switch (f->v[i].severity) {
		case FINDING_NOTE:
		case FINDING_WARNING:
			break;
		case FINDING_ERROR:
			return STATUS_REFUSED;
		case FINDING_UNJUDGED:
		case FINDING_UNSET:
			status = STATUS_NO_VERDICT;
			break;
		}
	}
	return status;
}

static int
print_machine_config(
    const struct settings *s, const struct machine_config_form *form, struct err *e)
{
	AUTO(confined) confined = CONFINED_INIT;
	AUTO(node_files) files = NODE_FILES_INIT;
	AUTO(findings) findings = FINDINGS_INIT;
	AUTO(buf) text = BUF_INIT;
	int status;

	if (policy_confine(&confined, s->timeout_ms, e) != 0 ||
	    node_files_collect(&files, &s->places, e) != 0 ||
	    machine_config_write(&text, form, files.v, files.n, e) != 0 ||
	    check_text(&text, &findings, e) != 0)
		return -1;
	status =
	    s->allow_warnings ? status_but_warnings(&findings) : findings_exit_status(&findings);
	if (findings_exit_status(&findings) != STATUS_ACCEPTED)
		policy_print_findings(stderr, &findings);
	if (status == STATUS_ACCEPTED)
		fwrite(text.p, 1, text.n, stdout);
	else
		print_error("%s: nothing is printed, for what stands above", command.name);
	return finish_output(status);
}

int
policy_machine_config_command(int argc, char **argv)
{
	struct settings s = { .role = "worker", .encoding = "base64" };
	const struct option_row rows[] = {
		{ OPTION_STRING, 0, "policy", "FILE", "this policy.json", &s.places.policy_file, 0,
		    0 },
		{ OPTION_STRING, 0, "registries.d", "DIR",
		    "and this directory of registries.d files", &s.places.registriesd, 0, 0 },
		{ OPTION_STRING, 0, "root", "DIR", "DIR stands for /, for keys too", &s.places.root,
		    0, 0 },
		{ OPTION_STRING, 0, "role", "ROLE", "of the nodes: worker (default), master, ...",
		    &s.role, 0, 0 },
		{ OPTION_STRING, 0, "name", "NAME", "(default 51-ROLE-rh-registry-trust)", &s.name,
		    0, 0 },
		{ OPTION_FLAG, 0, "butane", NULL, "print what butane makes a MachineConfig of",
		    &s.butane, 0, 0 },
		{ OPTION_STRING, 0, "encoding", "base64|url", "of the files (default base64)",
		    &s.encoding, 0, 0 },
		{ OPTION_STRING, 0, "ignition-version", "VERSION", "(default 3.2.0)",
		    &s.ignition_version, 0, 0 },
		{ OPTION_FLAG, 0, "allow-warnings", NULL, "print it though there are warnings",
		    &s.allow_warnings, 0, 0 },
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &s.timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	AUTO(string_list) arguments = STRING_LIST_INIT;
	struct machine_config_form form;
	AUTO_STR char *name = NULL;
	AUTO(err) e = ERR_INIT;
	int status;

	if (!read_arguments(&command, rows, argc, argv, 0, &arguments, &status))
		return status;
	status = make_form(&form, &s, &name, &e) != 0 ? -1 : print_machine_config(&s, &form, &e);
	return status >= 0 ? status : fail(command.name, &e);
}
