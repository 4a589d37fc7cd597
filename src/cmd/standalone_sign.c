/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig standalone-sign: skopeo's command of that name, with its arguments */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "cmd/confined.h"
#include "cmd/options.h"
#include "formats/fingerprint.h"
#include "trust/signing.h"
#include "verify/made_signature.h"

static const struct subcommand command = { "standalone-sign",
	"[OPTION...] -o SIGNATURE MANIFEST DOCKER-REFERENCE KEY-FINGERPRINT",
	"Sign one manifest file with a key of the user's gpg, as \"skopeo standalone-sign\" does.",
	"KEY-FINGERPRINT is that of the primary key. SIGNATURE is written only when relsig itself "
	"accepts it." };

struct inputs {
	const char *manifest_file, *output;
	const char *homedir, *passphrase_file; /* or NULL */
	unsigned timeout_ms;
	struct deadline deadline;
	struct reference name;
	char fingerprint[FINGERPRINT_HEX + 1];
	struct trusted_keys keys;
	struct buf manifest, signature;
};

static void
inputs_free(struct inputs *in)
{
	reference_free(&in->name);
	trusted_keys_free(&in->keys);
	buf_free(&in->manifest);
	buf_free(&in->signature);
}
AUTO_DEFINE(inputs)

static int
check(struct inputs *in, const char *reference, const char *fingerprint, struct err *e)
{
	struct stat st;

	if (in->output == NULL || in->output[0] == '\0')
		return err_set(e, E_USAGE, "want -o SIGNATURE: where to write it");
	/* It is renamed over what is there: a device would be gone. */
	if (lstat(in->output, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, E_USAGE, "-o %s: it is there, and no regular file", in->output);
	if (reference_parse(&in->name, reference, e) != 0)
		return err_wrap(e, "DOCKER-REFERENCE");
	if (fingerprint_parse(in->fingerprint, fingerprint, e) != 0)
		return err_wrap(e, "KEY-FINGERPRINT");
	return 0;
}

/* Where the output will be, for free(). */
static char *
directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

static enum outcome
make(struct inputs *in, struct signing *signing, struct openpgp *o, enum reason *why, struct err *e)
{
	const struct digest *asked = digest_is_set(&in->name.digest) ? &in->name.digest : NULL;
	AUTO_PTR(subject) subject = NULL;
	AUTO_PTR(claim) claim = NULL;
	enum outcome outcome;

	outcome = subject_from_manifest(&subject, buf_bytes(&in->manifest), asked, why, e);
	if (outcome != OUTCOME_PROVEN)
		return outcome;
	if (signing_sign(signing, 0, subject_digest(subject), &in->signature, e) != 0) {
		*why = reason_of_error(e->code);
		return OUTCOME_UNDECIDED;
	}
	return made_signature_prove(
	    &claim, o, subject, &in->name, buf_bytes(&in->signature), why, e);
}

static int
sign(struct inputs *in, struct err *e)
{
	const struct signing_options so = { .fingerprint = in->fingerprint,
		.homedir = in->homedir,
		.passphrase_file = in->passphrase_file,
		.creator = "relsig " RELSIG_VERSION,
		.names = &in->name,
		.n_names = 1,
		.deadline = in->deadline };
	const struct openpgp_options oo = { .timeout_ms = GPG_TIMEOUT_MS,
		.deadline = in->deadline };
	AUTO_STR char *directory = directory_of(in->output);
	AUTO(confined) confined = CONFINED_INIT;
	AUTO_PTR(signing) signing = NULL;
	AUTO_PTR(openpgp) o = NULL;
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	if (signing_start(&signing, &so, &in->keys, e) != 0)
		return -1;
	if (file_read_by(&in->manifest, in->manifest_file, MAX_MANIFEST_BYTES, &in->deadline, e) !=
	    0)
		return err_wrap(e, "reading the manifest");
	if (children_adopt(e) != 0 ||
	    confined_enter(&confined, NULL, NULL, directory, &in->deadline, e) != 0 ||
	    openpgp_open(&o, &oo, e) != 0 || openpgp_trust(o, &in->keys, e) != 0)
		return -1;
	outcome = make(in, signing, o, &why, e);
	if (outcome == OUTCOME_PROVEN)
		return file_write(in->output, buf_bytes(&in->signature), 0644, e) == 0 ? 0 : -1;
	print_error("%s: %s: %s", outcome == OUTCOME_REFUSED ? "refused" : "not signed",
	    reason_word(why), err_msg(e));
	return outcome == OUTCOME_REFUSED ? STATUS_REFUSED : STATUS_NO_VERDICT;
}

int
cmd_standalone_sign(int argc, char **argv)
{
	AUTO(inputs) in = { 0 };
	const struct option_row rows[] = {
		{ OPTION_STRING, 'o', "output", "SIGNATURE", "the file to write", &in.output, 0,
		    0 },
		{ OPTION_STRING, 0, "passphrase-file", "FILE",
		    "the key's passphrase is the first line of FILE", &in.passphrase_file, 0, 0 },
		{ OPTION_STRING, 0, "homedir", "DIR", "gpg's home directory, with the key",
		    &in.homedir, 0, 0 },
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &in.timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	AUTO(string_list) arguments = STRING_LIST_INIT;
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	int status;

	if (!read_arguments(&command, rows, argc, argv, 3, &arguments, &status))
		return status;
	in.deadline = deadline_after(start, in.timeout_ms);
	in.manifest_file = arguments.v[0];
	if (check(&in, arguments.v[1], arguments.v[2], &e) != 0)
		return fail(command.name, &e);
	status = sign(&in, &e);
	return status >= 0 ? status : fail(command.name, &e);
}
