/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/sign_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

const struct subcommand sign_command = { "sign", "[OPTION...] --key-id FPR --store DIR IMAGE...",
	"Sign the manifest of each IMAGE with a key of the user's gpg, and publish the signature.",
	"IMAGE as for \"relsig verify\". A signature is published only when relsig itself accepts "
	"it." };

enum options_result
sign_settings_read(struct sign_settings *s, int argc, char **argv, struct err *e)
{
	struct verify_settings *v = &s->s;
	const struct option_row rows[] = {
		{ OPTION_STRING, 0, "key-id", "FPR", "sign with this primary key", &s->key_id, 0,
		    0 },
		{ OPTION_STRING, 0, "homedir", "DIR", "gpg's home directory, with the key",
		    &s->homedir, 0, 0 },
		{ OPTION_STRING, 0, "passphrase-file", "FILE",
		    "the key's passphrase is the first line of FILE", &s->passphrase_file, 0, 0 },
		{ OPTION_STRING, 0, "store", "DIR",
		    "publish to this signature store, made or added to", &s->store, 0, 0 },
		{ OPTION_STRING, 0, "lookaside", "DIR", "... or to this lookaside tree",
		    &s->lookaside, 0, 0 },
		{ OPTION_STRING, 0, "identity", "REF", "sign as this repository[:tag]",
		    &v->identity, 0, 0 },
		{ OPTION_STRING, 0, "dir", "DIR", "where file:// images are (default: here)",
		    &v->directory, 0, 0 },
		{ OPTION_STRING, 0, "manifest", "FILE", "take the manifest from FILE", &v->manifest,
		    0, 0 },
		{ OPTION_FLAG, 0, "offline", NULL, "touch no network", &v->offline, 0, 0 },
		{ OPTION_STRING, 0, "authfile", "FILE", "credentials for registries", &v->authfile,
		    0, 0 },
		{ OPTION_STRING, 0, "creds", "USER:PASSWORD", "credentials for the registry",
		    &v->creds, 0, 0 },
		{ OPTION_STRING, 0, "cert-dir", "DIR",
		    "*.crt here are trusted too; *.cert and *.key are ours", &v->cert_dir, 0, 0 },
		{ OPTION_STRING, 0, "proxy", "URL", "ask servers through this proxy; \"\" for none",
		    &v->proxy, 0, 0 },
		{ OPTION_BOOL, 0, "tls-verify", "BOOL", "verify TLS certificates (default true)",
		    &v->tls_verify, 0, 0 },
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &v->timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_DURATION, 0, "request-timeout", "TIME",
		    "limit for one request (default 30s)", &v->request_timeout_ms, 0,
		    MAX_REQUEST_TIMEOUT_MS },
		{ OPTION_NUMBER, 0, "retry-times", "N",
		    "tries after a failure in passing (default 2)", &v->retry_times, 0, 20 },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};

	*s = (struct sign_settings){ .s = { .tls_verify = true,
					 .request_timeout_ms = HTTP_TIMEOUT_MS,
					 .retry_times = HTTP_RETRY_TIMES } };
	return options_read(&sign_command, rows, argc, argv, &v->images, e);
}

static int
check_target(struct sign_settings *s, struct err *e)
{
	if (s->key_id == NULL)
		return err_set(e, E_USAGE, "want --key-id FPR: the key to sign with");
	if (fingerprint_parse(s->fingerprint, s->key_id, e) != 0)
		return err_wrap(e, "--key-id");
	if ((s->store != NULL) == (s->lookaside != NULL))
		return err_set(e, E_USAGE, "want --store DIR or --lookaside DIR, and not both");
	s->directory = s->store != NULL ? s->store : s->lookaside;
	s->layout = s->store != NULL ? PUBLISH_STORE : PUBLISH_LOOKASIDE;
	/* A URL is for those who read: "https:/..." would become a directory here. */
	if (s->directory[0] == '\0' || strstr(s->directory, "://") != NULL)
		return err_set(e, E_USAGE, "\"%s\": want the path of a directory", s->directory);
	if (s->s.images.n == 0)
		return err_set(e, E_USAGE, "no IMAGE is given");
	if (s->s.manifest != NULL && s->s.images.n > 1)
		return err_set(e, E_USAGE, "--manifest is the manifest of one IMAGE; %zu are given",
		    s->s.images.n);
	return 0;
}

static int
read_identity(const struct sign_settings *s, struct reference *out, struct err *e)
{
	if (s->s.identity == NULL)
		return 0;
	if (reference_parse(out, s->s.identity, e) != 0)
		return err_wrap(e, "--identity");
	if (digest_is_set(&out->digest))
		return err_set(e, E_USAGE, "--identity %s: the digest is the image's, leave it out",
		    s->s.identity);
	if (out->tag != NULL && s->s.images.n > 1)
		return err_set(e, E_USAGE, "--identity %s: one tag for %zu images", s->s.identity,
		    s->s.images.n);
	return 0;
}

/*
 * The name that an image is signed by: its tag, or else its digest, in its own repository or the
 * one of --identity. Not both: nobody could pull it by a name that a signature with both would
 * match.
 */
static int
choose_name(struct reference *out, const struct image_name *image, const struct reference *identity,
    struct err *e)
{
	if (!reference_is_set(identity) && image->kind != IMAGE_REGISTRY)
		return err_set(e, E_USAGE,
		    "%s has no name that a node would know it by: want --identity REPOSITORY[:TAG]",
		    image->given);
	reference_copy(out, reference_is_set(identity) ? identity : &image->reference);
	if (out->tag == NULL && image->reference.tag != NULL)
		out->tag = xstrdup(image->reference.tag);
	out->digest = (struct digest){ "" };
	return 0;
}

int
sign_settings_check(struct sign_settings *s, const char *machine, struct err *e)
{
	AUTO(reference) identity = REFERENCE_INIT;
	size_t n = s->s.images.n;

	if (check_target(s, e) != 0 || read_identity(s, &identity, e) != 0)
		return -1;
	s->images = xcalloc(n, sizeof(*s->images));
	s->names = xcalloc(n, sizeof(*s->names));
	s->n = n;
	for (size_t i = 0; i < n; i++)
		if (image_name_parse(&s->images[i], s->s.images.v[i], machine, e) != 0 ||
		    choose_name(&s->names[i], &s->images[i], &identity, e) != 0)
			return -1;
	return 0;
}

void
sign_settings_free(struct sign_settings *s)
{
	for (size_t i = 0; i < s->n; i++) {
		image_name_free(&s->images[i]);
		reference_free(&s->names[i]);
	}
	free(s->images);
	free(s->names);
	verify_settings_free(&s->s);
}
