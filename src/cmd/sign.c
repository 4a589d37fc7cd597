/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig sign: manifests signed, and the signatures published in a store of one's own */
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/confined.h"
#include "cmd/sign_settings.h"
#include "cmd/verify_helpers.h"
#include "transport/source.h"
#include "trust/signing.h"
#include "verify/made_signature.h"

/* All that a run owns. */
struct run {
	struct sign_settings s;
	struct deadline deadline;
	struct utsname machine;
	struct trusted_keys keys;
	struct signing *signing;
	struct http *http;
	struct confined confined;
	struct helpers *helpers;
	struct credential_options credentials;
	struct registry *registry;
	struct openpgp *openpgp;
};

static void
run_free(struct run *r)
{
	openpgp_free(r->openpgp);
	registry_free(r->registry);
	helpers_free(r->helpers);
	http_free(r->http);
	signing_free(r->signing);
	trusted_keys_free(&r->keys);
	sign_settings_free(&r->s);
	confined_free(&r->confined);
}
AUTO_DEFINE(run)

/* First of all, and before anything comes from outside. */
static int
start_signing(struct run *r, struct err *e)
{
	const struct signing_options options = { .fingerprint = r->s.fingerprint,
		.homedir = r->s.homedir,
		.passphrase_file = r->s.passphrase_file,
		.creator = "relsig " RELSIG_VERSION,
		.names = r->s.names,
		.n_names = r->s.n,
		.add_digest = true,
		.deadline = r->deadline };

	return signing_start(&r->signing, &options, &r->keys, e);
}

static bool
needs_fetcher(const struct run *r)
{
	for (size_t i = 0; i < r->s.n; i++)
		if (r->s.images[i].kind == IMAGE_REGISTRY && r->s.s.manifest == NULL)
			return true;
	return false;
}

static int
prepare(struct run *r, struct err *e)
{
	const struct verify_settings *s = &r->s.s;
	const struct http_options ho = { .cert_dir = s->cert_dir,
		.proxy = s->proxy,
		.tls_no_verify = !s->tls_verify,
		.offline = s->offline,
		.timeout_ms = s->request_timeout_ms,
		.retry_times = s->retry_times,
		.deadline = r->deadline };
	const struct openpgp_options oo = { .timeout_ms = GPG_TIMEOUT_MS, .deadline = r->deadline };
	const struct mirrors none = { 0 };

	if (start_signing(r, e) != 0 || file_make_directories(r->s.directory, 0777, e) != 0 ||
	    children_adopt(e) != 0 || http_open(&r->http, &ho, e) != 0)
		return -1;
	r->helpers = helpers_new(HELPER_TIMEOUT_MS, &r->deadline);
	r->credentials = (struct credential_options){ .creds = s->creds,
		.authfile = s->authfile,
		.deadline = r->deadline,
		.helpers = r->helpers };
	verify_helpers_ask(
	    &r->credentials, s, s->images.v, s->images.n, &none, image_machine(r->machine.machine));
	if (confined_enter(&r->confined, needs_fetcher(r) ? r->http : NULL, NULL, r->s.directory,
		&r->deadline, e) != 0 ||
	    openpgp_open(&r->openpgp, &oo, e) != 0 || openpgp_trust(r->openpgp, &r->keys, e) != 0)
		return -1;
	r->registry = registry_new(r->http, &r->credentials);
	return 0;
}

static enum outcome
undecided(enum reason *why, const struct err *e)
{
	*why = reason_of_error(e->code);
	return OUTCOME_UNDECIDED;
}

static enum outcome
find_manifest(struct run *r, size_t i, struct subject **out, enum reason *why, struct err *e)
{
	const struct source_options options = { .registry = r->registry,
		.directory = r->s.s.directory,
		.manifest_file = r->s.s.manifest,
		.deadline = r->deadline };
	const struct image_name *image = &r->s.images[i];
	AUTO_PTR(source) source = source_open(image, &options);
	const struct digest *asked;
	AUTO(buf) manifest = BUF_INIT;
	AUTO_STR char *where = NULL;

	if (source_manifest(source, &manifest, &where, e) != 0)
		return undecided(why, e);
	asked = digest_is_set(&image->reference.digest) ? &image->reference.digest
							: source_digest(source);
	return subject_from_manifest(out, buf_bytes(&manifest),
	    asked != NULL && digest_is_set(asked) ? asked : NULL, why, e);
}

static void
report(const struct run *r, size_t i, const struct digest *digest, const struct reference *name,
    const char *where)
{
	AUTO_STR char *signed_as = reference_string(name);
	AUTO_STR char *given = text_escaped(r->s.images[i].given);
	AUTO_STR char *path = text_escaped(where);

	printf("signed: %s\n  digest:     %s\n  signed as:  %s\n  signed by:  %s\n"
	       "  signature:  %s\n",
	    given, digest->text, signed_as, r->s.fingerprint, path);
}

static enum outcome
sign_one(struct run *r, size_t i, enum reason *why, struct err *e)
{
	AUTO(reference) name = REFERENCE_INIT;
	AUTO_PTR(subject) subject = NULL;
	AUTO_PTR(claim) claim = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO_STR char *where = NULL;
	struct signature_to_publish made;
	enum outcome outcome = find_manifest(r, i, &subject, why, e);

	if (outcome != OUTCOME_PROVEN)
		return outcome;
	reference_copy(&name, &r->s.names[i]);
	if (name.tag == NULL)
		name.digest = *subject_digest(subject);
	if (signing_sign(r->signing, i, subject_digest(subject), &blob, e) != 0)
		return undecided(why, e);
	outcome =
	    made_signature_prove(&claim, r->openpgp, subject, &name, buf_bytes(&blob), why, e);
	if (outcome != OUTCOME_PROVEN)
		return outcome;
	made = (struct signature_to_publish){ claim, &name, subject_digest(subject),
		buf_bytes(&blob) };
	if (publish_signature(r->s.directory, r->s.layout, &made, &r->deadline, &where, e) != 0)
		return undecided(why, e);
	report(r, i, subject_digest(subject), &name, where);
	return OUTCOME_PROVEN;
}

/* What one image came to says nothing of the others. */
static int
sign_all(struct run *r)
{
	int status = 0;

	for (size_t i = 0; i < r->s.n; i++) {
		AUTO(err) e = ERR_INIT;
		enum reason why = REASON_UNSET;
		enum outcome outcome = sign_one(r, i, &why, &e);

		if (outcome == OUTCOME_PROVEN)
			continue;
		print_error("%s: %s: %s: %s", outcome == OUTCOME_REFUSED ? "refused" : "not signed",
		    r->s.images[i].given, reason_word(why), err_msg(&e));
		if (outcome == OUTCOME_REFUSED)
			status = STATUS_REFUSED;
		else if (status == 0)
			status = STATUS_NO_VERDICT;
	}
	return finish_output(status);
}

int
cmd_sign(int argc, char **argv)
{
	AUTO(run) r = { .deadline = DEADLINE_NEVER };
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();

	switch (sign_settings_read(&r.s, argc, argv, &e)) {
	case OPTIONS_HELP:
		return finish_output(0);
	case OPTIONS_BAD:
		return fail(sign_command.name, &e);
	case OPTIONS_READ:
		break;
	}
	r.deadline = deadline_after(start, r.s.s.timeout_ms);
	if (uname(&r.machine) != 0)
		(void)err_sys(&e, E_IO, "uname");
	else if (sign_settings_check(&r.s, image_machine(r.machine.machine), &e) == 0 &&
		 prepare(&r, &e) == 0)
		return sign_all(&r);
	return fail(sign_command.name, &e);
}
