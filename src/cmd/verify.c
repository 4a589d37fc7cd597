/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig verify, and relsig save, which verifies first */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/children.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "cmd/confined.h"
#include "cmd/verify_helpers.h"
#include "cmd/verify_mirrors.h"
#include "cmd/verify_report.h"
#include "cmd/verify_settings.h"
#include "cmd/verify_wanted.h"
#include "transport/store.h"
#include "verify/batch.h"
#include "verify/keysearch.h"

/* Where Red Hat publishes the signatures of releases. */
static const char *const default_stores[] = {
	"https://mirror.openshift.com/pub/openshift-v4/signatures/openshift-release-dev/"
	"ocp-release",
	"https://mirror.openshift.com/pub/openshift-v4/signatures/openshift/release",
	"https://storage.googleapis.com/openshift-release/official/signatures/openshift/"
	"release",
};

/* All that a run owns. */
struct run {
	const struct subcommand *command;
	struct verify_settings s;
	struct deadline deadline; /* --timeout */
	struct reference identity;
	char (*fingerprints)[FINGERPRINT_HEX + 1];
	size_t n_fingerprints;
	struct buf names_text; /* standard input */
	char **names;	       /* the array is owned; strings borrowed from argv or names_text */
	size_t n_names;
	struct utsname machine;
	struct http *http;
	struct confined confined;
	struct registry *registry;
	struct helpers *helpers;
	struct credential_options credentials;
	struct openpgp *openpgp;
	struct ready *ready;
	struct key_search keys;
	bool keys_found;
	struct verify_wanted wanted;
	struct mirrors mirrors;
	struct stores stores;
	struct save *save; /* of relsig save */
	struct places places; /* --from */
};

static void
run_free(struct run *r)
{
	ready_free(r->ready);
	save_free(r->save);
	openpgp_free(r->openpgp);
	key_search_free(&r->keys);
	verify_wanted_free(&r->wanted);
	mirrors_free(&r->mirrors);
	stores_free(&r->stores);
	places_free(&r->places);
	registry_free(r->registry);
	helpers_free(r->helpers);
	http_free(r->http);
	free(r->names);
	free(r->fingerprints);
	buf_free(&r->names_text);
	reference_free(&r->identity);
	verify_settings_free(&r->s);
	confined_free(&r->confined);
}
AUTO_DEFINE(run)

/*
 * --- the command line ---------------------------------------------------------------------------
 */

/* --fingerprint takes comma lists, as skopeo does. */
static int
read_fingerprints(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->s.fingerprints.n; i++) {
		AUTO_STR char *list = xstrdup(r->s.fingerprints.v[i]);
		char *rest = list, *item;

		while ((item = strsep(&rest, ",")) != NULL)
			if (fingerprint_parse(
				*LIST_ADD(r->fingerprints, r->n_fingerprints), item, e) != 0)
				return -1;
	}
	return 0;
}

static int
read_identity(struct run *r, struct err *e)
{
	const char *text = r->s.identity != NULL ? r->s.identity : RELEASE_REPOSITORY;

	return reference_parse(&r->identity, text, e) == 0 ? 0 : err_wrap(e, "--identity");
}

/* Names from standard input: one a line, blank lines and lines that begin with # are skipped. */
static int
read_names(struct run *r, struct err *e)
{
	char *rest, *name;

	if (r->names_text.p != NULL)
		return err_set(e, E_USAGE, "standard input can be read once only");
	if (file_read_fd_by(&r->names_text, STDIN_FILENO, "standard input", MAX_NAMES_BYTES,
		&r->deadline, e) != 0)
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
	for (size_t i = 0; i < r->s.images.n; i++) {
		if (strcmp(r->s.images.v[i], "-") != 0)
			*LIST_ADD(r->names, r->n_names) = r->s.images.v[i];
		else if (read_names(r, e) != 0)
			return -1;
	}
	if (r->n_names == 0)
		return err_set(e, E_USAGE, "no IMAGE is given");
	return 0;
}

/*
 * --- the run ------------------------------------------------------------------------------------
 */

static bool
stores_are_default(const struct verify_settings *s)
{
	return s->stores.n == 0 && s->signatures.n == 0 && s->signature_configmaps.n == 0;
}

/*
 * ConfigMaps first, as in a cluster. Beside --signature no other store is asked. What cannot be
 * opened is a store that failed.
 */
static void
open_stores(struct run *r)
{
	const struct verify_settings *s = &r->s;

	if (verify_settings_by_policy(s))
		return;
	for (size_t i = 0; i < s->signature_configmaps.n; i++)
		stores_add_configmap(&r->stores, s->signature_configmaps.v[i], &r->deadline);
	for (size_t i = 0; i < s->stores.n && s->signatures.n == 0; i++)
		stores_add(&r->stores, s->stores.v[i]);
	for (size_t i = 0; i < ARRAY_LEN(default_stores) && stores_are_default(s); i++)
		stores_add(&r->stores, default_stores[i]);
}

/* Only when everything is said to be here, the network is surely not asked. */
static bool
needs_fetcher(const struct run *r)
{
	const struct verify_settings *s = &r->s;
	bool needs = verify_settings_by_policy(s) || s->keys.n == 0 ||
		     (s->from.n == 0 && (s->sigstore || (!s->digest_only && s->manifest == NULL) ||
					    stores_are_default(s)));

	for (size_t i = 0; i < s->stores.n; i++)
		needs = needs || store_needs_network(s->stores.v[i]);
	return needs;
}

/* Is Red Hat's key looked for where it usually is? */
static bool
searches_keys(const struct verify_settings *s)
{
	return s->openpgp && s->keys.n == 0 && !verify_settings_by_policy(s);
}

static int
prepare(struct run *r, struct err *e)
{
	const struct http_options ho = { .cert_dir = r->s.cert_dir,
		.proxy = r->s.proxy,
		.tls_no_verify = !r->s.tls_verify,
		.offline = r->s.offline,
		.timeout_ms = r->s.request_timeout_ms,
		.retry_times = r->s.retry_times,
		.deadline = r->deadline };
	const struct openpgp_options oo = {
		.allow_weak = r->s.allow_weak, .timeout_ms = GPG_TIMEOUT_MS, .deadline = r->deadline
	};
	AUTO_STR char *cache = NULL;

	if (uname(&r->machine) != 0)
		return err_sys(e, E_IO, "uname");
	if (searches_keys(&r->s) && !r->s.offline)
		cache = key_cache_make();
	if (r->s.output != NULL && save_open(&r->save, r->s.output, e) != 0)
		return -1;
	if (children_adopt(e) != 0 || http_open(&r->http, &ho, e) != 0)
		return -1;
	/* Programs of the user's choice: the last that are run. */
	r->helpers = helpers_new(HELPER_TIMEOUT_MS, &r->deadline);
	r->credentials = (struct credential_options){ .creds = r->s.creds,
		.authfile = r->s.authfile,
		.deadline = r->deadline,
		.helpers = r->helpers };
	verify_helpers_ask(&r->credentials, &r->s, r->names, r->n_names, &r->mirrors,
	    image_machine(r->machine.machine));
	if (confined_enter(&r->confined, needs_fetcher(r) ? r->http : NULL, cache, r->s.output,
		&r->deadline, e) != 0 ||
	    openpgp_open(&r->openpgp, &oo, e) != 0)
		return -1;
	r->registry = registry_new(r->http, &r->credentials);
	r->ready = ready_new();
	return 0;
}

static int
find_keys(struct run *r, struct err *e)
{
	struct key_options ko = { .files = r->s.keys.v,
		.n_files = r->s.keys.n,
		.fingerprints = (const char(*)[FINGERPRINT_HEX + 1]) r->fingerprints,
		.n_fingerprints = r->n_fingerprints,
		.http = r->http,
		.deadline = r->deadline };
	struct filetree **folders = NULL;
	int result;

	if (r->keys_found)
		return 0;
	for (size_t i = 0; i < r->places.n; i++)
		if (place_is_saved(r->places.v[i]))
			*LIST_ADD(folders, ko.n_folders) = place_tree(r->places.v[i]);
	ko.folders = folders;
	result = keys_find(&r->keys, &ko, e);
	free(folders);
	r->keys_found = result == 0;
	return result;
}

/* While the threads ask the network, give the keys to gpg. */
static void
prepare_keys(struct run *r)
{
	AUTO(err) e = ERR_INIT;

	/* A policy's keys are read by now; sigstore alone needs no gpg. */
	if (!verify_settings_by_policy(&r->s) && r->s.openpgp && find_keys(r, &e) != 0) {
		ready_set(r->ready, &e);
		return;
	}
	ready_set(r->ready, openpgp_trust(r->openpgp, &r->keys.keys, &e) == 0 ? NULL : &e);
	if (r->keys.note != NULL && !r->s.quiet)
		print_error("note: %s", r->keys.note);
}

static int
report(struct run *r, const char *machine, struct batch *batch)
{
	const struct verify_report report = { .command = r->command->name,
		.settings = &r->s,
		.wanted = &r->wanted,
		.keys = &r->keys,
		.keys_found = &r->keys_found,
		.openpgp = r->openpgp,
		.confined = &r->confined,
		.machine = machine,
		.save = r->save,
		.deadline = r->deadline };

	return verify_report_print(&report, batch);
}

static int
verify(struct run *r, struct err *e)
{
	struct image_options options = { .signature_files = r->s.signatures.v,
		.n_signature_files = r->s.signatures.n,
		.identity = &r->identity,
		.manifest_file = r->s.manifest,
		.mirrors = &r->mirrors,
		.places = r->s.from.n > 0 ? &r->places : NULL,
		.directory = r->s.directory,
		.digest_only = r->s.digest_only,
		.keep = r->s.output != NULL,
		.deadline = r->deadline };
	struct image_run run = { .options = &options };
	AUTO_PTR(batch) batch = NULL;

	/* First: whose credentials are wanted, is to be known when programs may still be run. */
	if (verify_mirrors_read(
		&r->mirrors, &r->s.mirrors, &r->s.mirror_configs, &r->deadline, e) != 0 ||
	    prepare(r, e) != 0)
		return -1;
	if (places_open(&r->places, r->s.from.v, r->s.from.n, &r->deadline, e) != 0)
		return -1;
	if (r->s.verbose && !r->s.quiet)
		confined_tell(&r->confined);
	options.machine = image_machine(r->machine.machine);
	open_stores(r);
	options.stores = &r->stores;
	options.stores_are_default = stores_are_default(&r->s);
	run.http = r->http;
	run.registry = r->registry;
	run.openpgp = r->openpgp;
	run.keys = r->ready;
	/*
	 * Only the search in the default places may need the network, and runs beside the threads.
	 */
	r->wanted.deadline = r->deadline;
	if (verify_wanted_read(
		&r->wanted, &r->s, r->names, r->n_names, options.machine, &r->keys, e) != 0)
		return -1;
	r->keys_found = verify_settings_by_policy(&r->s);
	verify_wanted_apply(&r->wanted, &r->s, &options);
	if (r->s.keys.n > 0 && r->s.openpgp && find_keys(r, e) != 0 && e->code != E_TIMED_OUT)
		return -1;
	/* When the time is up, the report still has every image. */
	err_free(e);
	if (batch_start(&batch, &run, r->names, r->n_names, r->s.jobs, e) != 0)
		return -1;
	prepare_keys(r);
	return report(r, options.machine, batch);
}

static int
run_command(const struct subcommand *command, int argc, char **argv)
{
	AUTO(run) r = { .command = command };
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	int status;

	switch (verify_settings_read(&r.s, command, argc, argv, &e)) {
	case OPTIONS_HELP:
		return finish_output(0);
	case OPTIONS_BAD:
		return fail(command->name, &e);
	case OPTIONS_READ:
		break;
	}
	r.deadline = deadline_after(start, r.s.timeout_ms);
	if (read_fingerprints(&r, &e) != 0 || read_identity(&r, &e) != 0 ||
	    collect_names(&r, &e) != 0 || verify_settings_check(&r.s, command, r.n_names, &e) != 0)
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
