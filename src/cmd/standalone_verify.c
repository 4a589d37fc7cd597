/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig standalone-verify: skopeo's command of that name, its arguments and its success line */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/children.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "cmd/confined.h"
#include "cmd/options.h"
#include "trust/claim.h"
#include "trust/gpg.h"
#include "trust/openpgp.h"
#include "trust/verdict.h"

static const struct subcommand command = { "standalone-verify",
	"[OPTION...] MANIFEST DOCKER-REFERENCE KEY-FINGERPRINTS SIGNATURE",
	"Verify one signature file over one manifest file, as \"skopeo standalone-verify\" does.",
	"KEY-FINGERPRINTS is a comma list of primary keys' fingerprints, or \"any\" with "
	"--public-key-file: any key\n"
	"of that file. Without the file, the keys are taken from the user's own gpg keyring." };

struct inputs {
	const char *manifest_file, *reference, *fingerprint_list, *signature_file;
	const char *key_file; /* or NULL */
	bool allow_weak;
	unsigned timeout_ms;
	struct deadline deadline; /* --timeout */
	struct buf manifest, signature;
	struct identity identity;
	struct trusted_keys keys;
};

static void
inputs_free(struct inputs *in)
{
	buf_free(&in->manifest);
	buf_free(&in->signature);
	identity_free(&in->identity);
	trusted_keys_free(&in->keys);
}
AUTO_DEFINE(inputs)

static int
read_reference(struct inputs *in, struct err *e)
{
	AUTO(reference) r = REFERENCE_INIT;

	if (reference_parse(&r, in->reference, e) != 0)
		return err_wrap(e, "DOCKER-REFERENCE");
	identity_exact(&in->identity, &r);
	return 0;
}

/* The user's own gpg exports the named keys; nothing of its configuration decides about them. */
static int
export_keys(struct inputs *in, struct err *e)
{
	const char **patterns = NULL;
	AUTO_PTR(gpg) gpg = NULL;
	AUTO(buf) ring = BUF_INIT;
	size_t n = 0;
	int r;

	if (gpg_open(&gpg, &in->deadline, e) != 0)
		return -1;
	for (size_t i = 0; i < in->keys.n_fingerprints; i++)
		*LIST_ADD(patterns, n) = in->keys.fingerprints[i];
	(void)LIST_ADD(patterns, n); /* NULL: the end */
	r = gpg_export(gpg, patterns, MAX_KEY_FILE_BYTES,
	    deadline_left_ms(&in->deadline, GPG_TIMEOUT_MS), &ring, e);
	deadline_explain(&in->deadline, e);
	free(patterns);
	if (r != 0)
		return err_wrap(e, "exporting keys from the user's keyring");
	if (ring.n == 0)
		return err_set(e, E_USAGE,
		    "the user's keyring has none of the keys %s; use --public-key-file",
		    in->fingerprint_list);
	return certificates_add(&in->keys.certificates, buf_bytes(&ring), "the user's keyring", e);
}

static int
read_fingerprints(struct inputs *in, struct err *e)
{
	AUTO_STR char *list = xstrdup(in->fingerprint_list);
	char fingerprint[FINGERPRINT_HEX + 1];
	char *rest = list, *item;

	while ((item = strsep(&rest, ",")) != NULL) {
		if (item[0] == '\0')
			continue;
		if (fingerprint_parse(fingerprint, item, e) != 0)
			return err_wrap(e, "KEY-FINGERPRINTS");
		trusted_keys_add(&in->keys, fingerprint);
	}
	if (in->keys.n_fingerprints == 0)
		return err_set(e, E_USAGE, "KEY-FINGERPRINTS names no key");
	return 0;
}

static int
read_keys(struct inputs *in, struct err *e)
{
	bool any = strcmp(in->fingerprint_list, "any") == 0;
	AUTO(buf) file = BUF_INIT;

	if (any && in->key_file == NULL)
		return err_set(
		    e, E_USAGE, "\"any\" needs --public-key-file: any key of which file?");
	if (!any && read_fingerprints(in, e) != 0)
		return -1;
	if (in->key_file == NULL)
		return export_keys(in, e);
	if (file_read_by(&file, in->key_file, MAX_KEY_FILE_BYTES, &in->deadline, e) != 0 ||
	    certificates_add(&in->keys.certificates, buf_bytes(&file), in->key_file, e) != 0)
		return err_wrap(e, "reading public keys");
	if (any)
		trusted_keys_add_all(&in->keys);
	return 0;
}

static int
read_inputs(struct inputs *in, struct err *e)
{
	if (read_reference(in, e) != 0)
		return -1;
	if (file_read_by(&in->manifest, in->manifest_file, MAX_MANIFEST_BYTES, &in->deadline, e) !=
	    0)
		return err_wrap(e, "reading the manifest");
	if (file_read_by(
		&in->signature, in->signature_file, MAX_SIGNATURE_BYTES, &in->deadline, e) != 0)
		return err_wrap(e, "reading the signature");
	return read_keys(in, e);
}

/* The trust argument for one blob. On PROVEN the success line is due. */
static enum outcome
judge(struct inputs *in, struct openpgp *o, struct verdict *v, struct signature_facts *facts,
    struct payload *payload, struct err *e)
{
	AUTO_PTR(subject) subject = NULL;
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO_PTR(claim) claim = NULL;
	struct expectation expected = { .identity = &in->identity,
		.optional = PAYLOAD_OPTIONAL_REQUIRED };
	size_t obligation =
	    verdict_require(v, "a trusted key signed this manifest by this reference");
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	outcome = subject_from_manifest(&subject, buf_bytes(&in->manifest), NULL, &why, e);
	if (outcome == OUTCOME_PROVEN)
		outcome = openpgp_verify(
		    o, buf_bytes(&in->signature), (int64_t)time(NULL), &bytes, facts, &why, e);
	expected.subject = subject;
	if (outcome == OUTCOME_PROVEN)
		outcome = claim_make(&claim, bytes, &expected, payload, &why, e);
	if (outcome == OUTCOME_PROVEN)
		verdict_discharge(v, obligation, claim);
	else if (outcome == OUTCOME_REFUSED)
		verdict_refuse(v, obligation, why, err_msg(e));
	else
		verdict_undecided(v, obligation, why, err_msg(e));
	return verdict_outcome(v);
}

static int
report(const struct verdict *v, const struct signature_facts *facts, const struct payload *payload)
{
	struct tally tally = { 0 };

	tally_add(&tally, v);
	if (verdict_accepted(v))
		printf("Signature verified using fingerprint %s, digest %s\n", facts->fingerprint,
		    payload->claimed_digest.text);
	else
		print_error("%s: %s: %s",
		    verdict_outcome(v) == OUTCOME_REFUSED ? "refused" : "no verdict",
		    reason_word(verdict_reason(v)), verdict_detail(v));
	return finish_output(tally_exit_status(&tally));
}

static int
verify(struct inputs *in, struct err *e)
{
	const struct openpgp_options options = {
		.allow_weak = in->allow_weak, .timeout_ms = GPG_TIMEOUT_MS, .deadline = in->deadline
	};
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO(payload) payload = PAYLOAD_INIT;
	AUTO(verdict) v = VERDICT_INIT;
	AUTO(confined) confined = CONFINED_INIT;
	AUTO_PTR(openpgp) o = NULL;

	/* Reading may ask the user's own gpg for its keys, with all that belongs to it. */
	if (children_adopt(e) != 0 || read_inputs(in, e) != 0 ||
	    confined_enter(&confined, NULL, NULL, NULL, &in->deadline, e) != 0 ||
	    openpgp_open(&o, &options, e) != 0 || openpgp_trust(o, &in->keys, e) != 0)
		return -1;
	(void)judge(in, o, &v, &facts, &payload, e);
	return report(&v, &facts, &payload);
}

int
cmd_standalone_verify(int argc, char **argv)
{
	AUTO(inputs) in = { 0 };
	const struct option_row rows[] = {
		{ OPTION_STRING, 0, "public-key-file", "FILE",
		    "trust keys of FILE, not of the user's keyring", &in.key_file, 0, 0 },
		{ OPTION_FLAG, 0, "allow-weak-crypto", NULL,
		    "accept SHA-1, SHA-224, RIPEMD-160, short keys", &in.allow_weak, 0, 0 },
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &in.timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	AUTO(string_list) arguments = STRING_LIST_INIT;
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	int status;

	if (!read_arguments(&command, rows, argc, argv, 4, &arguments, &status))
		return status;
	in.deadline = deadline_after(start, in.timeout_ms);
	in.manifest_file = arguments.v[0];
	in.reference = arguments.v[1];
	in.fingerprint_list = arguments.v[2];
	in.signature_file = arguments.v[3];
	status = verify(&in, &e);
	return status >= 0 ? status : fail(command.name, &e);
}
