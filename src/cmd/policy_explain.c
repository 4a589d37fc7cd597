/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig policy explain */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/limits.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/json_build.h"
#include "cmd/options.h"
#include "cmd/policy_command.h"
#include "verify/machine_config_check.h"
#include "verify/policy_explain.h"

static const struct subcommand command = { "policy explain", "[OPTION...] IMAGE",
	"What would a node's policy demand of IMAGE, and where would it look? Nothing is fetched.",
	"IMAGE is as with verify. relsig-policy(1) has more." };

/*
 * --- for people ---------------------------------------------------------------------------------
 */

static void
line(const char *label, const char *text)
{
	AUTO_STR char *escaped = text_escaped(text);

	printf("  %-13s%s%s\n", label, escaped[0] != '\0' ? " " : "", escaped);
}

static const char *
meaning(const struct policy_requirement *r)
{
	switch (r->type) {
	case POLICY_INSECURE_ACCEPT_ANYTHING:
		return ": anything will do, unsigned images too";
	case POLICY_REJECT:
		return ": no image will do";
	case POLICY_SIGNED_BASE_LAYER:
		return ": never implemented, no image will do";
	case POLICY_SIGNED_BY:
		if (r->key_type != POLICY_KEY_GPG_KEYS)
			return " with a keyType that was never implemented: no image will do";
		return r->keys.n > 0 ? ": an OpenPGP signature by one of these keys"
				     : " without a key: no image will do";
	case POLICY_SIGSTORE_SIGNED:
		return ": a sigstore signature by one of these";
	case POLICY_UNSET:
		break;
	}
	return ": no image will do";
}

static void
print_key(const struct explained_key *k)
{
	AUTO_STR char *text = xasprintf("%s%s%s%s%s (%s)", k->kind,
	    k->fingerprint[0] != '\0' ? " " : "", k->fingerprint, k->owner != NULL ? " " : "",
	    k->owner != NULL ? k->owner : "", k->source);

	line(k->of_log ? "  key of a log:" : "  key:", text);
}

static void
print_requirement(const struct explained_requirement *r)
{
	const struct policy_requirement *q = r->requirement;
	AUTO_STR char *text = xasprintf("%s%s", policy_requirement_word(q->type), meaning(q));
	AUTO_STR char *name = NULL;

	line("requirement:", text);
	for (size_t i = 0; i < r->n_keys; i++)
		print_key(&r->keys[i]);
	for (size_t i = 0; i < r->n_unreadable; i++)
		line("  not read:", r->unreadable[i]);
	if (q->fulcio.oidc_issuer != NULL)
		line("  issuer:", q->fulcio.oidc_issuer);
	if (q->fulcio.subject_email != NULL || q->pki.subject_email != NULL)
		line("  e-mail:", q->fulcio.subject_email != NULL ? q->fulcio.subject_email
								  : q->pki.subject_email);
	if (q->pki.subject_hostname != NULL)
		line("  host name:", q->pki.subject_hostname);
	if (r->identity == NULL)
		return;
	name = xasprintf("%s (%s)", r->identity, policy_identity_word(q->identity.rule));
	line("  signed as:", name);
}

static void
print_stores(const struct explanation *x)
{
	AUTO_STR char *url = NULL;
	AUTO_STR char *attachments = NULL;

	if (!x->in_registry) {
		url = xasprintf("%s1 and so on, beside the manifest", x->signatures);
		line("signatures:", url);
		return;
	}
	url = xasprintf("%s (%s)", x->stores.lookaside, x->stores.lookaside_from);
	attachments =
	    xasprintf("%s (%s)", x->stores.attachments ? "asked of the registry" : "not asked for",
		x->stores.attachments_from);
	line("signatures:", url);
	line("sigstore:", attachments);
}

static void
print_text(
    const struct explanation *x, const struct node_config *config, const struct image_name *image)
{
	AUTO_STR char *name = text_escaped(image->given);

	printf("%s\n", name);
	line("policy:", config->policy_file);
	line("registries.d:",
	    config->registriesd_directory != NULL ? config->registriesd_directory : "none");
	line("decides:", x->entry->place);
	for (size_t i = 0; i < x->n; i++)
		print_requirement(&x->v[i]);
	print_stores(x);
}

/*
 * --- for programs -------------------------------------------------------------------------------
 */

static json_t *
key_value(const struct explained_key *k)
{
	json_t *o = must_have(json_object());

	json_put(o, "kind", json_text(k->kind));
	json_put(
	    o, "fingerprint", k->fingerprint[0] != '\0' ? json_text(k->fingerprint) : json_null());
	json_put(o, "owner", json_text(k->owner));
	json_put(o, "source", json_text(k->source));
	json_put(o, "of_log", json_boolean(k->of_log));
	return o;
}

static json_t *
requirement_value(const struct explained_requirement *r)
{
	const struct policy_requirement *q = r->requirement;
	json_t *o = must_have(json_object());
	json_t *keys = must_have(json_array());
	json_t *unreadable = must_have(json_array());

	for (size_t i = 0; i < r->n_keys; i++)
		json_push(keys, key_value(&r->keys[i]));
	for (size_t i = 0; i < r->n_unreadable; i++)
		json_push(unreadable, json_text(r->unreadable[i]));
	json_put(o, "type", json_text(policy_requirement_word(q->type)));
	json_put(o, "place", json_text(q->place));
	json_put(o, "key_type",
	    q->key_type != POLICY_KEY_UNSET ? json_text(policy_key_type_word(q->key_type))
					    : json_null());
	json_put(o, "keys", keys);
	json_put(o, "unreadable", unreadable);
	json_put(o, "identity_rule",
	    r->identity != NULL ? json_text(policy_identity_word(q->identity.rule)) : json_null());
	json_put(o, "identity", json_text(r->identity));
	return o;
}

static void
print_json(
    const struct explanation *x, const struct node_config *config, const struct image_name *image)
{
	json_t *o = must_have(json_object());
	json_t *requirements = must_have(json_array());

	for (size_t i = 0; i < x->n; i++)
		json_push(requirements, requirement_value(&x->v[i]));
	json_put(o, "schema_version", json_integer(POLICY_SCHEMA_VERSION));
	json_put(o, "image", json_text(image->given));
	json_put(o, "policy", json_text(config->policy_file));
	json_put(o, "registriesd", json_text(config->registriesd_directory));
	json_put(o, "place", json_text(x->entry->place));
	json_put(o, "transport", json_text(x->entry->transport));
	json_put(o, "scope", json_text(x->entry->scope));
	json_put(o, "requirements", requirements);
	json_put(o, "lookaside", json_text(x->stores.lookaside));
	json_put(o, "lookaside_from", json_text(x->stores.lookaside_from));
	json_put(o, "attachments", json_boolean(x->stores.attachments));
	json_put(o, "attachments_from", json_text(x->stores.attachments_from));
	json_put(o, "signature_files", json_text(x->signatures));
	json_put(o, "complete", json_boolean(x->complete));
	json_print(o);
}

/*
 * --- the run ------------------------------------------------------------------------------------
 */

struct explain_run {
	struct node_config_options places;
	struct string_list configs, images;
	unsigned timeout_ms;
	bool json;
	struct machine_configs read;
	struct node_config config;
};

static void
explain_run_free(struct explain_run *r)
{
	string_list_free(&r->configs);
	string_list_free(&r->images);
	machine_configs_free(&r->read);
	node_config_free(&r->config);
}
AUTO_DEFINE(explain_run)

static int
read_config(struct explain_run *r, struct err *e)
{
	if (r->configs.n == 0)
		return node_config_read(&r->config, &r->places, e);
	if (policy_read_machine_configs(&r->read, &r->configs, e) != 0)
		return -1;
	return machine_configs_node(&r->read, &r->config, e);
}

static int
explain(struct explain_run *r, struct err *e)
{
	AUTO(confined) confined = CONFINED_INIT;
	AUTO(image_name) image = IMAGE_NAME_INIT;
	AUTO(explanation) x = EXPLANATION_INIT;
	struct node_view keys = { .configs = r->configs.n > 0 ? &r->read : NULL };
	struct utsname machine;

	if (uname(&machine) != 0)
		return err_sys(e, E_IO, "uname");
	if (image_name_parse(&image, r->images.v[0], image_machine(machine.machine), e) != 0 ||
	    policy_confine(&confined, r->timeout_ms, e) != 0 || read_config(r, e) != 0)
		return -1;
	keys.root = r->config.root;
	if (policy_explain(&x, &r->config, &keys, &image, e) != 0)
		return -1;
	if (r->json)
		print_json(&x, &r->config, &image);
	else
		print_text(&x, &r->config, &image);
	return finish_output(x.complete ? STATUS_ACCEPTED : STATUS_NO_VERDICT);
}

static int
check_settings(const struct explain_run *r, struct err *e)
{
	const struct node_config_options *p = &r->places;

	if (r->configs.n > 0 &&
	    (p->policy_file != NULL || p->registriesd != NULL || p->root != NULL))
		return err_set(e, E_USAGE,
		    "--machine-config is explained alone: no --policy, --registries.d or --root "
		    "besides");
	return 0;
}

int
policy_explain_command(int argc, char **argv)
{
	AUTO(explain_run) r = { 0 };
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

	if (!read_arguments(&command, rows, argc, argv, 1, &r.images, &status))
		return status;
	status = check_settings(&r, &e) != 0 ? -1 : explain(&r, &e);
	return status >= 0 ? status : fail(command.name, &e);
}
