/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/file_claim.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct signed_sums {
	struct sums list;
};

struct file_claim {
	char *name;
	struct digest digest;
};

struct file_hash {
	char *name;
	struct digest want; /* "no digest": the list does not have the name */
	uint64_t got;
	struct digest_hash *hash;
};

/*
 * --- the list -----------------------------------------------------------------------------------
 */

enum outcome
signed_sums_make(struct signed_sums **out, const struct signed_bytes *bytes, size_t max_files,
    enum reason *why, struct err *e)
{
	struct sums list;

	*out = NULL;
	*why = REASON_MALFORMED_PAYLOAD;
	if (signed_bytes_type(bytes) != PAYLOAD_SUMS) {
		(void)err_set(e, E_INVALID, "this was not signed as a list of sums");
		return OUTCOME_REFUSED;
	}
	if (sums_parse(&list, signed_bytes_payload(bytes), max_files, e) != 0) {
		if (e->code == E_TOO_LARGE)
			*why = REASON_TOO_LARGE;
		return OUTCOME_REFUSED;
	}
	*why = REASON_UNSET;
	*out = xcalloc(1, sizeof(**out));
	(*out)->list = list;
	return OUTCOME_PROVEN;
}

const struct sums *
signed_sums_list(const struct signed_sums *s)
{
	return &s->list;
}

bool
signed_sums_digest(const struct signed_sums *s, const char *name, struct digest *out)
{
	const struct sums_entry *entry = sums_find(&s->list, name);
	AUTO_STR char *hex = NULL;

	*out = (struct digest){ "" };
	if (entry == NULL)
		return false;
	hex = text_hex(entry->digest, SUMS_DIGEST_BYTES);
	stpcpy(stpcpy(out->text, "sha256:"), hex);
	return true;
}

void
signed_sums_free(struct signed_sums *s)
{
	if (s == NULL)
		return;
	sums_free(&s->list);
	free(s);
}

/*
 * --- a file of it -------------------------------------------------------------------------------
 */

struct file_hash *
file_hash_begin(const struct signed_sums *s, const char *name)
{
	struct file_hash *h = xcalloc(1, sizeof(*h));

	h->name = xstrdup(name);
	(void)signed_sums_digest(s, name, &h->want);
	h->hash = digest_hash_new();
	return h;
}

void
file_hash_add(struct file_hash *h, struct bytes piece)
{
	h->got += piece.n;
	digest_hash_add(h->hash, piece);
}

uint64_t
file_hash_count(const struct file_hash *h)
{
	return h->got;
}

enum outcome
file_hash_end(struct file_claim **out, struct file_hash *h, enum reason *why, struct err *e)
{
	AUTO_PTR(file_hash) owned = h;
	struct digest got;

	*out = NULL;
	if (!digest_is_set(&owned->want)) {
		(void)err_set(e, E_MISMATCH, "the signed list has no file of this name");
		*why = REASON_NO_SIGNATURE;
		return OUTCOME_REFUSED;
	}
	if (digest_hash_end(owned->hash, &got, e) != 0) {
		*why = REASON_IO_ERROR;
		return OUTCOME_UNDECIDED;
	}
	if (!digest_equal(&got, &owned->want)) {
		(void)err_set(e, E_MISMATCH, "the file has the digest %s, want %s", got.text,
		    owned->want.text);
		*why = REASON_CONTENT_MISMATCH;
		return OUTCOME_REFUSED;
	}
	*out = xcalloc(1, sizeof(**out));
	(*out)->name = steal(&owned->name);
	(*out)->digest = got;
	return OUTCOME_PROVEN;
}

void
file_hash_free(struct file_hash *h)
{
	if (h == NULL)
		return;
	digest_hash_free(h->hash);
	free(h->name);
	free(h);
}

const char *
file_claim_name(const struct file_claim *c)
{
	return c->name;
}

const struct digest *
file_claim_digest(const struct file_claim *c)
{
	return &c->digest;
}

void
file_claim_free(struct file_claim *c)
{
	if (c == NULL)
		return;
	free(c->name);
	free(c);
}
