/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/digest.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/text.h"

/* The registered algorithms of OCI image-spec descriptor.md that a signature may name. */
static const struct {
	const char *prefix;
	size_t hex;
} algorithms[] = {
	{ "sha256:", 64 },
	{ "sha384:", 96 },
	{ "sha512:", 128 },
};

enum { SHA256_BYTES = 32 };

/* What an error message shows of a text that may be long. */
#define SHOWN_BYTES 150

static int
wrong_hex(struct bytes text, struct bytes hex, size_t want, struct err *e)
{
	size_t i;
	int shown = (int)(text.n < SHOWN_BYTES ? text.n : SHOWN_BYTES);

	if (hex.n != want)
		return err_set(e, E_INVALID,
		    "digest \"%.*s\" has %zu characters after \"%.*s\", want %zu hex digits", shown,
		    (const char *)text.p, hex.n, (int)(text.n - hex.n), (const char *)text.p, want);
	for (i = 0; i < hex.n; i++)
		if (hex.p[i] >= 'A' && hex.p[i] <= 'F')
			return err_set(e, E_INVALID,
			    "digest \"%.*s\" is in upper case, want lower-case hex digits", shown,
			    (const char *)text.p);
	return err_set(e, E_INVALID, "digest \"%.*s\" holds a character that is not a hex digit",
	    shown, (const char *)text.p);
}

int
digest_parse(struct digest *out, struct bytes text, struct err *e)
{
	struct bytes hex;
	size_t i, prefix;

	*out = (struct digest){ 0 };
	for (i = 0; i < ARRAY_LEN(algorithms); i++) {
		prefix = strlen(algorithms[i].prefix);
		if (text.n < prefix || memcmp(text.p, algorithms[i].prefix, prefix) != 0)
			continue;
		hex = bytes_of(text.p + prefix, text.n - prefix);
		if (!text_is_lower_hex(hex, algorithms[i].hex))
			return wrong_hex(text, hex, algorithms[i].hex, e);
		memcpy(out->text, text.p, text.n);
		return 0;
	}
	return err_set(e, E_INVALID,
	    "\"%.*s\" is not a digest: want sha256: and 64 lower-case hex digits",
	    (int)(text.n < SHOWN_BYTES ? text.n : SHOWN_BYTES),
	    text.n > 0 ? (const char *)text.p : "");
}

static void
write_sha256(struct digest *out, const uint8_t *md)
{
	AUTO_STR char *hex = text_hex(md, SHA256_BYTES);

	memcpy(out->text, "sha256:", strlen("sha256:"));
	memcpy(out->text + strlen("sha256:"), hex, strlen(hex));
}

static int
fail(struct err *e)
{
	return err_set(e, E_IO, "OpenSSL could not compute a SHA-256 digest");
}

int
digest_of_bytes(struct digest *out, struct bytes content, struct err *e)
{
	uint8_t md[EVP_MAX_MD_SIZE];

	*out = (struct digest){ 0 };
	if (content.n == 0)
		content = bytes_of_str("");
	if (EVP_Digest(content.p, content.n, md, NULL, EVP_sha256(), NULL) != 1)
		return fail(e);
	write_sha256(out, md);
	return 0;
}

struct digest_hash {
	EVP_MD_CTX *ctx;
	bool failed;
};

struct digest_hash *
digest_hash_new(void)
{
	struct digest_hash *h = xcalloc(1, sizeof(*h));

	h->ctx = must_have(EVP_MD_CTX_new());
	h->failed = EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1;
	return h;
}

void
digest_hash_add(struct digest_hash *h, struct bytes piece)
{
	h->failed = h->failed || EVP_DigestUpdate(h->ctx, piece.p, piece.n) != 1;
}

int
digest_hash_end(struct digest_hash *h, struct digest *out, struct err *e)
{
	uint8_t md[EVP_MAX_MD_SIZE];

	*out = (struct digest){ 0 };
	if (h->failed || EVP_DigestFinal_ex(h->ctx, md, NULL) != 1)
		return fail(e);
	write_sha256(out, md);
	return 0;
}

void
digest_hash_free(struct digest_hash *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

bool
digest_is_set(const struct digest *d)
{
	return d->text[0] != '\0';
}

bool
digest_is_sha256(const struct digest *d)
{
	return text_starts_with(d->text, "sha256:");
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return digest_is_set(a) && digest_is_set(b) && strcmp(a->text, b->text) == 0;
}

const char *
digest_hex(const struct digest *d)
{
	const char *colon = strchr(d->text, ':');

	return colon != NULL ? colon + 1 : "";
}
