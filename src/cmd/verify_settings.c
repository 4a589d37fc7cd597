/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verify_settings.h"

#include <string.h>

#include "base/limits.h"
#include "formats/proxy.h"
#include "transport/store.h"
#include "verify/stores.h"

const struct subcommand verify_command = { "verify", "[OPTION...] IMAGE...",
	"Is each IMAGE an OpenShift release that Red Hat signed?",
	"IMAGE is sha256:HEX, a version (4.14.3, 4.14.3-x86_64), "
	"[docker://]HOST/PATH[:TAG][@DIGEST],\n"
	"dir:PATH, oci:PATH[:TAG], file://REPOSITORY:TAG, or - to read names from standard input, "
	"one a line." };

const struct subcommand save_command = {
	"save", "[OPTION...] -o DIR IMAGE...",
	"Verify each IMAGE, and save what verifies it elsewhere, without a network.",
	"IMAGE, and all other options, as for \"relsig verify\". What is not accepted is not saved."
};

/* --help has them in this order. */
enum { TRUST_ROWS = 13, PLACE_ROWS = 13, RUN_ROWS = 8 };

/* What is trusted, and which signatures are wanted. */
static void
trust_rows(struct verify_settings *s, struct option_row out[TRUST_ROWS])
{
	const struct option_row rows[] = {
		/* The first one is save's own. */
		{ OPTION_STRING, 'o', "output", "DIR", "the directory to save to, made or added to",
		    &s->output, 0, 0 },
		{ OPTION_LIST, 0, "key", "FILE", "trust the OpenPGP keys of FILE (repeatable)",
		    &s->keys, 0, 0 },
		{ OPTION_LIST, 0, "fingerprint", "FPR",
		    "... but only these primary keys (repeatable, a,b)", &s->fingerprints, 0, 0 },
		{ OPTION_STRING, 0, "identity", "REF", "the repository[:tag] that must be signed",
		    &s->identity, 0, 0 },
		{ OPTION_LIST, 0, "store", "URL|DIR",
		    "signature store: https, http, file or a directory (repeatable)", &s->stores, 0,
		    0 },
		{ OPTION_LIST, 0, "signature", "FILE",
		    "use this signature, ask no store (repeatable)", &s->signatures, 0, 0 },
		{ OPTION_LIST, 0, "signature-configmap", "FILE",
		    "ConfigMaps with signatures, or a directory of them (repeatable)",
		    &s->signature_configmaps, 0, 0 },
		{ OPTION_STRING, 0, "require", "openpgp|sigstore|both",
		    "which signatures are wanted (default openpgp)", &s->require, 0, 0 },
		{ OPTION_LIST, 0, "sigstore-key", "FILE",
		    "trust the public key in the PEM file (repeatable)", &s->sigstore_keys, 0, 0 },
		{ OPTION_LIST, 0, "cluster-image-policy", "FILE",
		    "... or the keys of ClusterImagePolicy objects (repeatable)",
		    &s->cluster_image_policies, 0, 0 },
		{ OPTION_STRING, 0, "policy", "FILE",
		    "decide as a node with this policy.json; default: its own", &s->policy, 0, 0 },
		{ OPTION_STRING, 0, "registries.d", "DIR", "... and with this registries.d",
		    &s->registriesd, 0, 0 },
		{ OPTION_FLAG, 0, "require-signed", NULL, "refuse what a policy accepts unverified",
		    &s->require_signed, 0, 0 },
	};

	_Static_assert(ARRAY_LEN(rows) == TRUST_ROWS, "as many as there is room for");
	memcpy(out, rows, sizeof(rows));
}

/* Where images are, how they are asked for, and what of them will do. */
static void
place_rows(struct verify_settings *s, struct option_row out[PLACE_ROWS])
{
	const struct option_row rows[] = {
		{ OPTION_LIST, 0, "mirror", "SOURCE=MIRROR",
		    "ask the mirror first for images of the source (repeatable)", &s->mirrors, 0,
		    0 },
		{ OPTION_LIST, 0, "mirror-config", "FILE",
		    "... as ImageDigestMirrorSet objects say it (repeatable)", &s->mirror_configs,
		    0, 0 },
		{ OPTION_LIST, 0, "from", "PATH",
		    "find images in this tree, not in a registry (repeatable)", &s->from, 0, 0 },
		{ OPTION_STRING, 0, "dir", "DIR", "where file:// images are (default: here)",
		    &s->directory, 0, 0 },
		{ OPTION_STRING, 0, "manifest", "FILE", "take the manifest from FILE", &s->manifest,
		    0, 0 },
		{ OPTION_FLAG, 0, "digest-only", NULL,
		    "fetch no manifest: verify the digest as given", &s->digest_only, 0, 0 },
		{ OPTION_FLAG, 0, "allow-weak-crypto", NULL,
		    "accept SHA-1, SHA-224, RIPEMD-160, short keys", &s->allow_weak, 0, 0 },
		{ OPTION_FLAG, 0, "offline", NULL, "touch no network", &s->offline, 0, 0 },
		{ OPTION_STRING, 0, "authfile", "FILE", "credentials for registries", &s->authfile,
		    0, 0 },
		{ OPTION_STRING, 0, "creds", "USER:PASSWORD", "credentials for the registry",
		    &s->creds, 0, 0 },
		{ OPTION_STRING, 0, "cert-dir", "DIR",
		    "*.crt here are trusted too; *.cert and *.key are ours", &s->cert_dir, 0, 0 },
		{ OPTION_STRING, 0, "proxy", "URL", "ask servers through this proxy; \"\" for none",
		    &s->proxy, 0, 0 },
		{ OPTION_BOOL, 0, "tls-verify", "BOOL", "verify TLS certificates (default true)",
		    &s->tls_verify, 0, 0 },
	};

	_Static_assert(ARRAY_LEN(rows) == PLACE_ROWS, "as many as there is room for");
	memcpy(out, rows, sizeof(rows));
}

/* Limits, and what is printed. */
static void
run_rows(struct verify_settings *s, struct option_row out[RUN_ROWS])
{
	const struct option_row rows[] = {
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &s->timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_DURATION, 0, "request-timeout", "TIME",
		    "limit for one request (default 30s)", &s->request_timeout_ms, 0,
		    MAX_REQUEST_TIMEOUT_MS },
		{ OPTION_NUMBER, 0, "retry-times", "N",
		    "tries after a failure in passing (default 2)", &s->retry_times, 0, 20 },
		{ OPTION_NUMBER, 'j', "jobs", "N", "images at once (default 4)", &s->jobs, 1,
		    MAX_JOBS },
		{ OPTION_FLAG, 0, "json", NULL, "print a JSON report, relsig-report(5)", &s->json,
		    0, 0 },
		{ OPTION_FLAG, 'q', "quiet", NULL, "print nothing, only exit", &s->quiet, 0, 0 },
		{ OPTION_FLAG, 'v', "verbose", NULL, "print every attempt", &s->verbose, 0, 0 },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};

	_Static_assert(ARRAY_LEN(rows) == RUN_ROWS, "as many as there is room for");
	memcpy(out, rows, sizeof(rows));
}

void
verify_settings_rows(struct verify_settings *s, struct option_row out[VERIFY_SETTINGS_ROWS])
{
	_Static_assert(TRUST_ROWS + PLACE_ROWS + RUN_ROWS == VERIFY_SETTINGS_ROWS,
	    "as many as there is room for");
	trust_rows(s, out);
	place_rows(s, out + TRUST_ROWS);
	run_rows(s, out + TRUST_ROWS + PLACE_ROWS);
	*s = (struct verify_settings){ .tls_verify = true,
		.request_timeout_ms = HTTP_TIMEOUT_MS,
		.retry_times = HTTP_RETRY_TIMES,
		.jobs = DEFAULT_JOBS };
}

enum options_result
verify_settings_read(struct verify_settings *s, const struct subcommand *command, int argc,
    char **argv, struct err *e)
{
	const bool saves = command == &save_command;
	struct option_row rows[VERIFY_SETTINGS_ROWS];

	verify_settings_rows(s, rows);
	return options_read(command, saves ? rows : rows + 1, argc, argv, &s->images, e);
}

bool
verify_settings_by_policy(const struct verify_settings *s)
{
	return s->policy != NULL || s->registriesd != NULL;
}

/* A policy says who must have signed by which name, and registries.d where signatures are. */
static int
check_policy(const struct verify_settings *s, struct err *e)
{
	if (!verify_settings_by_policy(s))
		return s->require_signed ? err_set(e, E_USAGE,
					       "--require-signed is for --policy: without one "
					       "nothing is accepted unverified")
					 : 0;
	if (s->keys.n > 0 || s->fingerprints.n > 0 || s->identity != NULL || s->stores.n > 0 ||
	    s->signatures.n > 0 || s->signature_configmaps.n > 0 || s->require != NULL ||
	    s->sigstore_keys.n > 0 || s->cluster_image_policies.n > 0 || s->from.n > 0)
		return err_set(e, E_USAGE,
		    "with --policy or --registries.d, keys, names and stores are those of the "
		    "node's "
		    "files: --key, --fingerprint, --identity, --store, --signature, "
		    "--signature-configmap, --require, "
		    "--sigstore-key, --cluster-image-policy and --from have no place beside them");
	return 0;
}

static int
read_require(struct verify_settings *s, struct err *e)
{
	const char *kind = s->require != NULL ? s->require : "openpgp";
	bool keys = s->sigstore_keys.n > 0 || s->cluster_image_policies.n > 0;

	s->openpgp = strcmp(kind, "openpgp") == 0 || strcmp(kind, "both") == 0;
	s->sigstore = strcmp(kind, "sigstore") == 0 || strcmp(kind, "both") == 0;
	if (!s->openpgp && !s->sigstore)
		return err_set(
		    e, E_USAGE, "--require \"%s\": want openpgp, sigstore or both", kind);
	if (s->sigstore && !keys)
		return err_set(e, E_USAGE,
		    "--require %s wants --sigstore-key or --cluster-image-policy: who must have "
		    "signed",
		    kind);
	if (!s->sigstore && keys)
		return err_set(e, E_USAGE,
		    "--sigstore-key and --cluster-image-policy are for --require sigstore or both");
	if (s->sigstore_keys.n > 0 && s->cluster_image_policies.n > 0)
		return err_set(
		    e, E_USAGE, "--sigstore-key and --cluster-image-policy exclude each other");
	return 0;
}

/* Here already, and not by the first request that fails: it is the same for all. */
static int
check_proxy(const char *url, struct err *e)
{
	AUTO(proxy) p = PROXY_INIT;

	if (url == NULL || url[0] == '\0' || proxy_parse(&p, url, e) == 0)
		return 0;
	return err_wrap(e, "--proxy");
}

int
verify_settings_check(
    struct verify_settings *s, const struct subcommand *command, size_t n_names, struct err *e)
{
	if (command == &save_command && (s->output == NULL || s->output[0] == '\0'))
		return err_set(e, E_USAGE, "want -o DIR: where to save");
	if (check_policy(s, e) != 0)
		return -1;
	/* Where nothing is verified there is nothing to save: that is no success. */
	s->require_signed =
	    s->require_signed || (command == &save_command && verify_settings_by_policy(s));
	if (read_require(s, e) != 0)
		return -1;
	if (s->digest_only && s->manifest != NULL)
		return err_set(e, E_USAGE, "--digest-only and --manifest exclude each other");
	if (s->manifest != NULL && n_names > 1)
		return err_set(
		    e, E_USAGE, "--manifest is the manifest of one IMAGE; %zu are given", n_names);
	if (s->fingerprints.n > 0 && s->keys.n == 0)
		return err_set(e, E_USAGE,
		    "--fingerprint says which keys of --key files are trusted: give "
		    "--key too");
	if (s->from.n > 0 && (s->mirrors.n > 0 || s->mirror_configs.n > 0))
		return err_set(e, E_USAGE,
		    "--from looks for images in files, --mirror and --mirror-config in "
		    "registries: they exclude each other");
	if (s->json && s->quiet)
		return err_set(e, E_USAGE, "--json and --quiet exclude each other");
	if (check_proxy(s->proxy, e) != 0)
		return -1;
	for (size_t i = 0; i < s->stores.n; i++) {
		if (stores_is_path(s->stores.v[i]))
			continue;
		if (store_check_url(s->stores.v[i], e) != 0)
			return err_wrap(e, "--store");
		if (s->offline && store_needs_network(s->stores.v[i]))
			return err_set(e, E_USAGE,
			    "--store %s needs the network, --offline forbids it", s->stores.v[i]);
	}
	return 0;
}

void
verify_settings_free(struct verify_settings *s)
{
	string_list_free(&s->keys);
	string_list_free(&s->from);
	string_list_free(&s->fingerprints);
	string_list_free(&s->stores);
	string_list_free(&s->signatures);
	string_list_free(&s->signature_configmaps);
	string_list_free(&s->images);
	string_list_free(&s->sigstore_keys);
	string_list_free(&s->cluster_image_policies);
	string_list_free(&s->mirrors);
	string_list_free(&s->mirror_configs);
}
