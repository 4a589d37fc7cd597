/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig policy check */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/json_build.h"
#include "cmd/options.h"
#include "cmd/policy_command.h"
#include "verify/machine_config_check.h"
#include "verify/node_config.h"
#include "verify/policy_check.h"
#include "verify/registriesd_files.h"

static const struct subcommand command = { "policy check", "[OPTION...] [FILE...]",
	"What is wrong or weak in a policy.json, in registries.d, and in the keys that they name?",
	"FILE is a policy.json, a *.yaml of registries.d or such a directory; without any, this\n"
	"machine's. Exit status: 0 nothing, 1 something is wrong or weak, 2 it cannot be judged.\n"
	"relsig-policy(1) has more." };

struct check_run {
	struct node_config_options places;
	struct string_list configs, files;
	unsigned timeout_ms;
	bool json;
	char *policy_file;
	struct registriesd_files registriesd;
	bool registriesd_known; /* the list above is all that a node has */
	struct findings findings;
};

static void
check_run_free(struct check_run *r)
{
	string_list_free(&r->configs);
	string_list_free(&r->files);
	free(r->policy_file);
	registriesd_files_free(&r->registriesd);
	findings_free(&r->findings);
}
AUTO_DEFINE(check_run)

/*
 * --- which files --------------------------------------------------------------------------------
 */

/* A directory that cannot be listed is a finding, unless it is not there and nobody named it. */
static void
add_directory(struct check_run *r, const char *directory, bool named)
{
	AUTO(err) e = ERR_INIT;

	r->registriesd_known = true;
	if (registriesd_files_list(&r->registriesd, directory, &e) == 0 ||
	    (e.code == E_NOT_FOUND && !named))
		return;
	r->registriesd_known = false;
	findings_add(&r->findings, FINDING_UNJUDGED, directory, "%s", err_msg(&e));
}

static int
add_named_files(struct check_run *r, struct err *e)
{
	for (size_t i = 0; i < r->files.n; i++) {
		const char *name = r->files.v[i];
		struct stat st;

		if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
			add_directory(r, name, true);
		} else if (text_ends_with(name, ".yaml")) {
			*LIST_ADD(r->registriesd.v, r->registriesd.n) = xstrdup(name);
			r->registriesd_known = true;
		} else if (r->policy_file != NULL) {
			return err_set(e, E_USAGE,
			    "%s and %s are both taken for a policy.json: a node has one",
			    r->policy_file, name);
		} else {
			r->policy_file = xstrdup(name);
		}
	}
	return 0;
}

static void
add_places(struct check_run *r)
{
	const char *root = r->places.root != NULL ? r->places.root : "";
	AUTO_STR char *directory = r->places.registriesd != NULL
				       ? xstrdup(r->places.registriesd)
				       : node_config_place(root, "registries.d");

	r->policy_file = r->places.policy_file != NULL ? xstrdup(r->places.policy_file)
						       : node_config_place(root, "policy.json");
	add_directory(r, directory, r->places.registriesd != NULL);
}

/*
 * --- checking -----------------------------------------------------------------------------------
 */

static int
check_files(struct check_run *r, struct err *e)
{
	const struct node_view view = { .root = r->places.root != NULL ? r->places.root : "" };
	struct policy_check what = { .view = &view };
	const char **names = NULL;
	size_t n = 0;

	if (r->files.n == 0)
		add_places(r);
	else if (add_named_files(r, e) != 0)
		return -1;
	for (size_t i = 0; i < r->registriesd.n; i++)
		*LIST_ADD(names, n) = r->registriesd.v[i];
	(void)LIST_ADD(names, n); /* NULL: the end */
	what.policy_file = r->policy_file;
	what.registriesd_files = r->registriesd_known ? names : NULL;
	policy_check(&what, &r->findings);
	free(names);
	return 0;
}

static int
check_machine_configs(struct check_run *r, struct err *e)
{
	AUTO(machine_configs) configs = MACHINE_CONFIGS_INIT;

	if (policy_read_machine_configs(&configs, &r->configs, e) != 0)
		return -1;
	machine_configs_check(&configs, &r->findings);
	if (r->places.root == NULL)
		return 0;
	machine_configs_compare(&configs, r->places.root, &r->findings);
	return check_files(r, e);
}

/*
 * --- the report ---------------------------------------------------------------------------------
 */

static size_t
count(const struct findings *f, enum finding_severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->v[i].severity == severity ? 1 : 0;
	return n;
}

static void
print_text(const struct check_run *r)
{
	const struct findings *f = &r->findings;

	policy_print_findings(stdout, f);
	printf("errors: %zu, warnings: %zu, not judged: %zu, notes: %zu\n", count(f, FINDING_ERROR),
	    count(f, FINDING_WARNING), count(f, FINDING_UNJUDGED), count(f, FINDING_NOTE));
}

static void
print_json(const struct check_run *r)
{
	json_t *o = must_have(json_object());
	json_t *findings = must_have(json_array());
	json_t *registriesd = must_have(json_array());
	json_t *configs = must_have(json_array());

	for (size_t i = 0; i < r->registriesd.n; i++)
		json_push(registriesd, json_text(r->registriesd.v[i]));
	for (size_t i = 0; i < r->configs.n; i++)
		json_push(configs, json_text(r->configs.v[i]));
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];
		json_t *one = must_have(json_object());

		json_put(one, "severity", json_text(finding_word(f->severity)));
		json_put(one, "place", json_text(f->place));
		json_put(one, "text", json_text(f->text));
		json_push(findings, one);
	}
	json_put(o, "schema_version", json_integer(POLICY_SCHEMA_VERSION));
	json_put(o, "policy", json_text(r->policy_file));
	json_put(o, "registriesd", registriesd);
	json_put(o, "machine_configs", configs);
	json_put(o, "findings", findings);
	json_print(o);
}

static int
check(struct check_run *r, struct err *e)
{
	AUTO(confined) confined = CONFINED_INIT;

	if (policy_confine(&confined, r->timeout_ms, e) != 0 ||
	    (r->configs.n > 0 ? check_machine_configs(r, e) : check_files(r, e)) != 0)
		return -1;
	if (r->json)
		print_json(r);
	else
		print_text(r);
	return finish_output(findings_exit_status(&r->findings));
}

static int
check_settings(const struct check_run *r, struct err *e)
{
	bool named = r->places.policy_file != NULL || r->places.registriesd != NULL;

	if (r->configs.n > 0 && (named || r->files.n > 0))
		return err_set(e, E_USAGE,
		    "--machine-config is checked alone, or with --root: no FILE, --policy or "
		    "--registries.d besides");
	if (r->files.n > 0 && named)
		return err_set(e, E_USAGE,
		    "name files as arguments, or by --policy and --registries.d: not both");
	return 0;
}

int
policy_check_command(int argc, char **argv)
{
	AUTO(check_run) r = { 0 };
	const struct option_row rows[] = {
		{ OPTION_STRING, 0, "policy", "FILE", "this policy.json", &r.places.policy_file, 0,
		    0 },
		{ OPTION_STRING, 0, "registries.d", "DIR", "this directory of registries.d files",
		    &r.places.registriesd, 0, 0 },
		{ OPTION_STRING, 0, "root", "DIR", "DIR stands for the node's /", &r.places.root, 0,
		    0 },
		{ OPTION_LIST, 0, "machine-config", "FILE",
		    "what this MachineConfig or Butane file brings (repeatable)", &r.configs, 0,
		    0 },
		{ OPTION_FLAG, 0, "json", NULL, "print JSON, relsig-policy(1)", &r.json, 0, 0 },
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &r.timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	AUTO(err) e = ERR_INIT;
	int status;

	switch (options_read(&command, rows, argc, argv, &r.files, &e)) {
	case OPTIONS_HELP:
		return finish_output(STATUS_ACCEPTED);
	case OPTIONS_BAD:
		return fail(command.name, &e);
	case OPTIONS_READ:
		break;
	}
	if (check_settings(&r, &e) != 0)
		return fail(command.name, &e);
	status = check(&r, &e);
	return status >= 0 ? status : fail(command.name, &e);
}
