/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "trust/evidence.h"

#define BODY "hello"
#define PRIMARY "89ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define SUBKEY "0123456789ABCDEF0123456789ABCDEF01234567"
#define ANOTHER "FFFFFFFF0123456789ABCDEF0123456789ABCDEF"
#define STRANGER "FFFFFFFF89ABCDEF0123456789ABCDEF01234567"
#define NOW 1600000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
add_lines(struct gpg_result *r, const char *lines)
{
	size_t n, word;

	for (; *lines != '\0'; lines += n + (lines[n] == '\n')) {
		struct gpg_status *line = LIST_ADD(r->status, r->n_status);

		n = strcspn(lines, "\n");
		word = strcspn(lines, " \n");
		line->keyword = xstrndup(lines, word);
		line->args = xstrndup(lines + word + (word < n), n - word - (word < n));
	}
}

/*
 * The first line: timed out, capped, exited, validity's reason, wrong usage as digits of 0 or 1 in
 * one word; then the operation's error, the exit status, how many signatures, and the first one's
 * status, summary and validity. After it come gpg's status lines.
 */
static const char *
read_result(struct gpg_result *r, const char *text)
{
	unsigned n = 0, status = 0, summary = 0, validity = 0;
	char flags[6] = "";

	if (sscanf(text, "%5[01] %u %d %u %u %u %u", flags, &r->op_error, &r->exit_status, &n,
		&status, &summary, &validity) != 7 ||
	    strlen(flags) != 5)
		return NULL;
	r->timed_out = flags[0] == '1';
	r->capped = flags[1] == '1';
	r->exited = flags[2] == '1';
	r->op_message = xstrdup("");
	r->diagnostics = xstrdup("");
	buf_add_str(&r->output, BODY);
	for (n %= 4; r->n_signatures < n;)
		*LIST_ADD(r->signatures, r->n_signatures) = (struct gpg_signature){
			.status = status,
			.summary = summary,
			.validity = validity,
			.validity_reason = flags[3] == '1',
			.wrong_key_usage = flags[4] == '1',
			.fingerprint = xstrdup(SUBKEY),
		};
	return text + strcspn(text, "\n") + (strchr(text, '\n') != NULL);
}

static void
add_certificate(struct trusted_keys *keys, const char *primary, const char *subkey)
{
	struct certificates *c = &keys->certificates;
	struct certificate *one = LIST_ADD(c->v, c->n);

	for (size_t i = 0; i < 2; i++)
		(void)snprintf(LIST_ADD(one->keys, one->n_keys)->fingerprint, FINGERPRINT_HEX + 1,
		    "%s", i == 0 ? primary : subkey);
	one->user_id = xstrdup("");
}

/* How many lines of the text begin with the word. */
static size_t
count(const char *text, const char *word)
{
	size_t n = 0, length = strlen(word);

	for (; text != NULL; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, word, length) == 0 && strchr(" \n", text[length]) != NULL)
			n++;
	}
	return n;
}

/* The one VALIDSIG line names the subkey of the trusted key, and nothing but what was signed. */
static bool
valid_line_fits(const char *lines)
{
	const char *start =
	    strncmp(lines, "VALIDSIG ", 9) == 0 ? lines : strstr(lines, "\nVALIDSIG ") + 1;
	AUTO_STR char *line = xstrndup(start, strcspn(start, "\n"));
	char *rest = line, *f[11];

	for (size_t i = 0; i < ARRAY_LEN(f); i++) {
		f[i] = strsep(&rest, " ");
		if (f[i] == NULL)
			return false;
	}
	return strcasecmp(f[1], SUBKEY) == 0 && strtoul(f[3], NULL, 10) <= NOW + 24 * 60 * 60 &&
	       strtoul(f[5], NULL, 10) == 4 && strtoul(f[7], NULL, 10) == 1 &&
	       strtoul(f[8], NULL, 10) == 8 && strcmp(f[9], "00") == 0 &&
	       strcasecmp(f[10], PRIMARY) == 0;
}

/* The rule in other words: gpg is content, one good signature, and no complaint. */
static bool
may_be_proven(const struct gpg_result *r, const char *lines)
{
	static const char *const once[] = { "PLAINTEXT", "NEWSIG", "GOODSIG", "VALIDSIG" };
	static const char *const never[] = { "BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG",
		"NO_PUBKEY", "NODATA", "UNEXPECTED", "FAILURE", "ERROR", "BEGIN_DECRYPTION",
		"ENC_TO", "BADARMOR", "DECRYPTION_OKAY", "IMPORT_OK" };
	const struct gpg_signature *s = r->signatures;

	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		if (count(lines, once[i]) != 1)
			return false;
	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (count(lines, never[i]) != 0)
			return false;
	return !r->timed_out && !r->capped && r->exited && r->op_error == 0 &&
	       r->exit_status == 0 && r->n_signatures == 1 && s->status == 0 &&
	       !s->wrong_key_usage && s->validity_reason == 0 && valid_line_fits(lines);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *text = xstrndup(size > 0 ? (const char *)data : "", size);
	AUTO(signed_message)
	message = { .hash_algorithm = 8,
		.key_algorithm = 1,
		.signature_version = 4,
		.issuer = "89ABCDEF01234567",
		.body_length = strlen(BODY) };
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO(gpg_result) result = GPG_RESULT_INIT;
	const struct evidence evidence = { &keys, &message, &result, false, 1000 };
	const char *lines = read_result(&result, text);
	enum reason why = REASON_UNSET;
	AUTO(validsig) v = VALIDSIG_INIT;
	AUTO(err) e = ERR_INIT;

	if (lines == NULL)
		return 0;
	add_lines(&result, lines);
	buf_add_str(&message.reframed, BODY);
	add_certificate(&keys, PRIMARY, SUBKEY);
	add_certificate(&keys, ANOTHER, STRANGER);
	trusted_keys_add(&keys, PRIMARY);
	if (evidence_judge(&evidence, NOW, &v, &why, &e) == OUTCOME_PROVEN) {
		if (!may_be_proven(&result, lines) || strcmp(v.primary, PRIMARY) != 0)
			abort();
	} else if (why == REASON_UNSET || why == REASON_ACCEPTED || e.code == E_NONE) {
		abort();
	}
	return 0;
}
