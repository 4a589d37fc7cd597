/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verify_wanted.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"

void
verify_wanted_free(struct verify_wanted *w)
{
	policy_run_free(&w->policy);
	node_config_free(&w->config);
	public_keys_free(&w->sigstore_keys);
	for (size_t i = 0; i < w->n_cluster_keys; i++)
		requirement_keys_free(&w->cluster_keys[i]);
	free(w->cluster_keys);
	cluster_image_policies_free(&w->cluster_policies);
}

static int
read_sigstore_keys(struct verify_wanted *w, const struct verify_settings *s, struct err *e)
{
	for (size_t i = 0; i < s->sigstore_keys.n; i++) {
		const char *path = s->sigstore_keys.v[i];
		AUTO(buf) pem = BUF_INIT;

		if (file_read_by(&pem, path, MAX_KEY_FILE_BYTES, &w->deadline, e) != 0)
			return err_wrap(e, "--sigstore-key");
		if (public_keys_add(&w->sigstore_keys, buf_bytes(&pem), s->allow_weak, e) != 0) {
			e->code = E_USAGE;
			return err_wrap(e, "--sigstore-key %s", path);
		}
	}
	return 0;
}

static int
read_cluster_policies(struct verify_wanted *w, const struct verify_settings *s, struct err *e)
{
	const struct policy_key_files files = { "", w->deadline };

	for (size_t i = 0; i < s->cluster_image_policies.n; i++) {
		const char *path = s->cluster_image_policies.v[i];
		AUTO(buf) text = BUF_INIT;

		if (file_read_by(&text, path, MAX_POLICY_BYTES, &w->deadline, e) != 0)
			return err_wrap(e, "--cluster-image-policy");
		if (cluster_image_policies_read(&w->cluster_policies, path, buf_bytes(&text), e) !=
		    0) {
			e->code = E_USAGE;
			return err_wrap(e, "--cluster-image-policy");
		}
	}
	for (size_t i = 0; i < w->cluster_policies.n; i++)
		requirement_keys_read(LIST_ADD(w->cluster_keys, w->n_cluster_keys),
		    &w->cluster_policies.v[i].requirement, &files, s->allow_weak);
	return 0;
}

/* For the report: every key of the policy's requirements, and the files that they are in. */
static void
note_keys(const struct verify_wanted *w, struct key_search *keys)
{
	for (size_t i = 0; i < w->policy.n; i++) {
		const struct policy_source *s = &w->policy.v[i].requirement->keys;
		const struct trusted_keys *k = &w->policy.v[i].openpgp;

		for (size_t p = 0; s->kind == POLICY_SOURCE_FILES && p < s->n; p++)
			*LIST_ADD(keys->origins, keys->n_origins) = xstrdup(s->paths[p]);
		for (size_t f = 0; f < k->n_fingerprints; f++)
			trusted_keys_add(&keys->keys, k->fingerprints[f]);
	}
}

static int
read_policy(struct verify_wanted *w, const struct verify_settings *s, char *const *names,
    size_t n_names, const char *machine, struct key_search *keys, struct err *e)
{
	bool own = s->policy == NULL || strcmp(s->policy, "default") == 0;
	const struct node_config_options options = { .policy_file = own ? NULL : s->policy,
		.registriesd = s->registriesd,
		.deadline = w->deadline };

	if (node_config_read(&w->config, &options, e) != 0 ||
	    policy_run_make(&w->policy, &w->config, names, n_names, machine, s->allow_weak,
		&keys->keys, e) != 0) {
		e->code = e->code == E_IO || e->code == E_TIMED_OUT ? e->code : E_USAGE;
		return err_wrap(e, "the node's policy");
	}
	note_keys(w, keys);
	return 0;
}

int
verify_wanted_read(struct verify_wanted *out, const struct verify_settings *s, char *const *names,
    size_t n_names, const char *machine, struct key_search *keys, struct err *e)
{
	if (verify_settings_by_policy(s))
		return read_policy(out, s, names, n_names, machine, keys, e);
	return read_sigstore_keys(out, s, e) == 0 ? read_cluster_policies(out, s, e) : -1;
}

void
verify_wanted_apply(
    const struct verify_wanted *w, const struct verify_settings *s, struct image_options *options)
{
	options->require_signed = s->require_signed;
	if (verify_settings_by_policy(s)) {
		options->policy = &w->policy;
		return;
	}
	options->openpgp = s->openpgp;
	options->sigstore = s->sigstore;
	if (s->sigstore_keys.n > 0)
		options->sigstore_keys = &w->sigstore_keys;
	if (w->cluster_policies.n > 0) {
		options->cluster_policies = &w->cluster_policies;
		options->cluster_keys = w->cluster_keys;
	}
}
