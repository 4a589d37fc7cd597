/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig policy */
#include "cmd/policy_command.h"

#include <stdio.h>
#include <string.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/deadline.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/nearest.h"
#include "verify/machine_config_check.h"

struct entry {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *purpose;
};

static const struct entry commands[] = {
	{ "explain", policy_explain_command,
	    "what applies to an image: scope, keys, name, stores" },
	{ "check", policy_check_command, "all that is wrong or weak in a policy" },
	{ "machine-config", policy_machine_config_command,
	    "print the MachineConfig that puts a policy on nodes" },
};

static void
print_usage(FILE *to)
{
	fprintf(to, "usage: relsig policy COMMAND [OPTION...] [ARGUMENT...]\n\n"
		    "What do policy.json and registries.d make a node do?\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-18s %s\n", commands[i].name, commands[i].purpose);
	fprintf(to, "\nEach of them has --help. The manual is relsig-policy(1).\n");
}

int
policy_confine(struct confined *out, unsigned timeout_ms, struct err *e)
{
	const struct deadline deadline = deadline_after(clock_ms(), timeout_ms);

	return children_adopt(e) != 0 ? -1 : confined_enter(out, NULL, NULL, NULL, &deadline, e);
}

int
policy_read_machine_configs(
    struct machine_configs *out, const struct string_list *files, struct err *e)
{
	for (size_t i = 0; i < files->n; i++) {
		const char *name = files->v[i];
		AUTO(buf) text = BUF_INIT;

		if (file_read(&text, name, MAX_MACHINE_CONFIG_BYTES, e) != 0 ||
		    machine_configs_read(out, name, buf_bytes(&text), e) != 0)
			return -1;
	}
	return machine_configs_for_one_node(out, e);
}

void
policy_print_findings(FILE *to, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		AUTO_STR char *place = text_escaped(f->v[i].place);
		AUTO_STR char *text = text_escaped(f->v[i].text);

		fprintf(to, "%s: %s: %s\n", finding_word(f->v[i].severity), place, text);
	}
}

static int
unknown_command(const char *name)
{
	const char *names[ARRAY_LEN(commands)], *near;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		names[i] = commands[i].name;
	near = nearest_word(name, names, ARRAY_LEN(commands));
	print_error("usage: unknown command \"policy %s\"%s%s (try \"relsig help policy%s%s\")",
	    name, near != NULL ? ": policy " : "", near != NULL ? near : "",
	    near != NULL ? " " : "", near != NULL ? near : "");
	return STATUS_NO_VERDICT;
}

int
cmd_policy(int argc, char **argv)
{
	if (argc < 2) {
		print_usage(stderr);
		return STATUS_NO_VERDICT;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return finish_output(STATUS_ACCEPTED);
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return unknown_command(argv[1]);
}
