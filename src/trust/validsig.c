/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/validsig.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { MAX_FIELDS = 12 };

void
validsig_free(struct validsig *v)
{
	free(v->user_id);
	*v = (struct validsig)VALIDSIG_INIT;
}

bool
gpg_status_has(const struct gpg_result *r, const char *keyword, const char *prefix)
{
	for (size_t i = 0; i < r->n_status; i++)
		if (strcmp(r->status[i].keyword, keyword) == 0 &&
		    text_starts_with(r->status[i].args, prefix))
			return true;
	return false;
}

/* Fields between single spaces; the count, or MAX_FIELDS + 1 when there are more. */
static size_t
split(const char *s, struct bytes fields[MAX_FIELDS])
{
	size_t n = 0, len;

	for (;;) {
		len = strcspn(s, " ");
		if (n == MAX_FIELDS)
			return n + 1;
		fields[n++] = bytes_of(s, len);
		if (s[len] == '\0')
			return n;
		s += len + 1;
	}
}

static bool
copy_fingerprint(char out[FINGERPRINT_HEX + 1], struct bytes field)
{
	uint8_t raw[FINGERPRINT_HEX / 2];

	if (!text_unhex(raw, sizeof(raw), field))
		return false;
	for (size_t i = 0; i < field.n; i++)
		out[i] = (char)(field.p[i] >= 'a' ? field.p[i] - 'a' + 'A' : field.p[i]);
	out[FINGERPRINT_HEX] = '\0';
	return true;
}

static bool
small_number(unsigned *out, struct bytes field)
{
	uint64_t v;

	if (!text_number(&v, field, 0, 255))
		return false;
	*out = (unsigned)v;
	return true;
}

/* fpr date timestamp expires version reserved key-algorithm hash class primary-fpr */
static int
read_validsig(struct validsig *out, const char *args, struct err *e)
{
	struct bytes f[MAX_FIELDS];
	uint64_t created;
	uint8_t class = 0;

	if (split(args, f) < 10 || !copy_fingerprint(out->signing_key, f[0]) ||
	    !text_number(&created, f[2], 0, UINT32_MAX) || !small_number(&out->version, f[4]) ||
	    !small_number(&out->key_algorithm, f[6]) || !small_number(&out->hash_algorithm, f[7]) ||
	    !text_unhex(&class, 1, f[8]) || !copy_fingerprint(out->primary, f[9]))
		return err_set(e, E_INVALID, "gpg's VALIDSIG line cannot be read: %s", args);
	out->signature_class = class;
	out->created = (int64_t)created;
	return 0;
}

/* GOODSIG: key ID, then the user ID with %XX for what could break a line. */
static char *
decode_user_id(const char *args)
{
	const char *s = strchr(args, ' ');
	AUTO(buf) b = BUF_INIT;
	uint8_t c;

	for (s = s != NULL ? s + 1 : ""; *s != '\0'; s++) {
		if (*s == '%' && strlen(s) >= 3 && text_unhex(&c, 1, bytes_of(s + 1, 2)) &&
		    c != 0) {
			buf_add_byte(&b, c);
			s += 2;
		} else {
			buf_add_byte(&b, (uint8_t)*s);
		}
	}
	return buf_steal_str(&b);
}

static bool
is_harmless(const struct gpg_status *line)
{
	static const char *const words[] = { "KEY_CONSIDERED", "SIG_ID", "KEYEXPIRED", "KEYREVOKED",
		"POLICY_URL", "SIG_SUBPACKET", "PROGRESS", "VERIFICATION_COMPLIANCE_MODE",
		"ASSERT_SIGNER" };
	static const char *const families[] = { "TRUST_", "NOTATION_" };
	struct bytes f[MAX_FIELDS];

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(line->keyword, words[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (text_starts_with(line->keyword, families[i]))
			return true;
	/* ASSERT_PUBKEY_ALGO fingerprint state algorithm: 1 is "met". */
	return strcmp(line->keyword, "ASSERT_PUBKEY_ALGO") == 0 && split(line->args, f) >= 2 &&
	       bytes_equal(f[1], bytes_of("1", 1));
}

int
validsig_read(struct validsig *out, const struct gpg_result *r, size_t output_length, struct err *e)
{
	unsigned plaintext = 0, newsig = 0, goodsig = 0, validsig = 0;
	uint64_t length;

	validsig_free(out);
	for (size_t i = 0; i < r->n_status; i++) {
		const struct gpg_status *line = &r->status[i];

		if (strcmp(line->keyword, "PLAINTEXT") == 0) {
			plaintext++;
		} else if (strcmp(line->keyword, "PLAINTEXT_LENGTH") == 0) {
			if (!text_number(
				&length, bytes_of_str(line->args), output_length, output_length))
				return err_set(e, E_INVALID,
				    "gpg reports %s bytes of data, want %zu", line->args,
				    output_length);
		} else if (strcmp(line->keyword, "NEWSIG") == 0) {
			newsig++;
		} else if (strcmp(line->keyword, "GOODSIG") == 0) {
			goodsig++;
			/* A second one refuses below. */
			if (out->user_id == NULL)
				out->user_id = decode_user_id(line->args);
		} else if (strcmp(line->keyword, "VALIDSIG") == 0) {
			validsig++;
			if (read_validsig(out, line->args, e) != 0)
				return -1;
		} else if (!is_harmless(line)) {
			return err_set(e, E_INVALID,
			    "gpg reports \"%s %s\", which does not belong to a good "
			    "signature",
			    line->keyword, line->args);
		}
	}
	if (plaintext != 1 || newsig != 1 || goodsig != 1 || validsig != 1)
		return err_set(e, E_INVALID,
		    "gpg reports PLAINTEXT %u, NEWSIG %u, GOODSIG %u, VALIDSIG %u "
		    "times, want each once",
		    plaintext, newsig, goodsig, validsig);
	return 0;
}
