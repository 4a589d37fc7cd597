/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verify_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/children.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "cmd/verify_helpers.h"
#include "cmd/verify_mirrors.h"
#include "formats/image_name.h"
#include "transport/http.h"
#include "transport/store.h"

/* Where Red Hat publishes the signatures of releases. */
static const char *const default_stores[] = {
	"https://mirror.openshift.com/pub/openshift-v4/signatures/openshift-release-dev/"
	"ocp-release",
	"https://mirror.openshift.com/pub/openshift-v4/signatures/openshift/release",
	"https://storage.googleapis.com/openshift-release/official/signatures/openshift/"
	"release",
};

void
verify_run_free(struct verify_run *r)
{
	ready_free(r->ready);
	openpgp_free(r->openpgp);
	key_search_free(&r->keys);
	verify_wanted_free(&r->wanted);
	mirrors_free(&r->mirrors);
	stores_free(&r->stores);
	places_free(&r->places);
	registry_free(r->registry);
	helpers_free(r->helpers);
	http_free(r->http);
	free(r->fingerprints);
	reference_free(&r->identity);
	verify_settings_free(&r->s);
	confined_free(&r->confined);
}

/* --fingerprint takes comma lists, as skopeo does. */
static int
read_fingerprints(struct verify_run *r, struct err *e)
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
read_identity(struct verify_run *r, struct err *e)
{
	const char *text = r->s.identity != NULL ? r->s.identity : RELEASE_REPOSITORY;

	return reference_parse(&r->identity, text, e) == 0 ? 0 : err_wrap(e, "--identity");
}

int
verify_run_read(struct verify_run *r, int64_t start_ms, struct err *e)
{
	r->deadline = deadline_after(start_ms, r->s.timeout_ms);
	return read_fingerprints(r, e) == 0 ? read_identity(r, e) : -1;
}

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
open_stores(struct verify_run *r)
{
	const struct verify_settings *s = &r->s;

	if (verify_settings_by_policy(s) || s->no_images)
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
needs_fetcher(const struct verify_run *r)
{
	const struct verify_settings *s = &r->s;
	bool needs =
	    verify_settings_by_policy(s) || s->keys.n == 0 || s->fetches ||
	    (!s->no_images && s->from.n == 0 &&
		(s->sigstore || (!s->digest_only && s->manifest == NULL) || stores_are_default(s)));

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

int
verify_run_mirrors(struct verify_run *r, struct err *e)
{
	return verify_mirrors_read(
	    &r->mirrors, &r->s.mirrors, &r->s.mirror_configs, &r->deadline, e);
}

static int
open_http(struct verify_run *r, struct err *e)
{
	const struct http_options options = { .cert_dir = r->s.cert_dir,
		.proxy = r->s.proxy,
		.tls_no_verify = !r->s.tls_verify,
		.offline = r->s.offline,
		.timeout_ms = r->s.request_timeout_ms,
		.retry_times = r->s.retry_times,
		.deadline = r->deadline };

	return http_open(&r->http, &options, e);
}

static int
prepare(struct verify_run *r, const struct verify_run_names *names, struct err *e)
{
	const struct openpgp_options oo = {
		.allow_weak = r->s.allow_weak, .timeout_ms = GPG_TIMEOUT_MS, .deadline = r->deadline
	};
	AUTO_STR char *cache = NULL;

	if (uname(&r->machine) != 0)
		return err_sys(e, E_IO, "uname");
	if (searches_keys(&r->s) && !r->s.offline)
		cache = key_cache_make();
	if (children_adopt(e) != 0 || open_http(r, e) != 0)
		return -1;
	/* Programs of the user's choice: the last that are run. */
	r->helpers = helpers_new(HELPER_TIMEOUT_MS, &r->deadline);
	r->credentials = (struct credential_options){ .creds = r->s.creds,
		.authfile = r->s.authfile,
		.deadline = r->deadline,
		.helpers = r->helpers };
	verify_helpers_ask(&r->credentials, &r->s, names->asked, names->n_asked, &r->mirrors,
	    image_machine(r->machine.machine));
	if (confined_enter(&r->confined, needs_fetcher(r) ? r->http : NULL, cache, names->output,
		&r->deadline, e) != 0 ||
	    openpgp_open(&r->openpgp, &oo, e) != 0)
		return -1;
	r->registry = registry_new(r->http, &r->credentials);
	r->ready = ready_new();
	return 0;
}

static int
find_keys(struct verify_run *r, struct err *e)
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

void
verify_run_keys(struct verify_run *r)
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

static void
set_options(struct verify_run *r)
{
	r->options = (struct image_options){ .signature_files = r->s.signatures.v,
		.n_signature_files = r->s.signatures.n,
		.stores = &r->stores,
		.stores_are_default = stores_are_default(&r->s),
		.identity = &r->identity,
		.manifest_file = r->s.manifest,
		.mirrors = &r->mirrors,
		.places = r->s.from.n > 0 ? &r->places : NULL,
		.directory = r->s.directory,
		.digest_only = r->s.digest_only,
		.machine = image_machine(r->machine.machine),
		.deadline = r->deadline };
	r->run = (struct image_run){ .options = &r->options,
		.http = r->http,
		.registry = r->registry,
		.openpgp = r->openpgp,
		.keys = r->ready };
}

int
verify_run_open(struct verify_run *r, const struct verify_run_names *names, struct err *e)
{
	if (prepare(r, names, e) != 0 ||
	    places_open(&r->places, r->s.from.v, r->s.from.n, &r->deadline, e) != 0)
		return -1;
	if (r->s.verbose && !r->s.quiet)
		confined_tell(&r->confined);
	open_stores(r);
	set_options(r);
	/*
	 * Only the search in the default places may need the network, and runs beside the threads.
	 */
	r->wanted.deadline = r->deadline;
	if (verify_wanted_read(
		&r->wanted, &r->s, names->v, names->n, r->options.machine, &r->keys, e) != 0)
		return -1;
	r->keys_found = verify_settings_by_policy(&r->s);
	verify_wanted_apply(&r->wanted, &r->s, &r->options);
	if (r->s.keys.n > 0 && r->s.openpgp && find_keys(r, e) != 0 && e->code != E_TIMED_OUT)
		return -1;
	/* When the time is up, the report still has every image. */
	err_free(e);
	return 0;
}
