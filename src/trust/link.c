/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/link.h"

#include <inttypes.h>
#include <stdlib.h>

struct link {
	struct digest digest;
	bool by_size;
};

struct link_hash {
	struct digest named;
	bool follows; /* the parent is proven */
	uint64_t want, got;
	struct digest_hash *hash;
};

static enum outcome
make(struct link **out, const struct digest *digest, bool by_size)
{
	*out = xcalloc(1, sizeof(**out));
	(*out)->digest = *digest;
	(*out)->by_size = by_size;
	return OUTCOME_PROVEN;
}

/* May anything follow from the parent? */
static bool
is_parent(const struct link *parent)
{
	return parent != NULL && !parent->by_size;
}

static enum outcome
no_parent(const struct digest *named, enum reason *why, struct err *e)
{
	(void)err_set(e, E_MISMATCH, "%s: what names it was not proven", named->text);
	*why = REASON_CONTENT_MISMATCH;
	return OUTCOME_REFUSED;
}

static enum outcome
wrong_size(const struct digest *named, uint64_t got, uint64_t want, enum reason *why, struct err *e)
{
	(void)err_set(
	    e, E_MISMATCH, "%s: has %" PRIu64 " bytes, want %" PRIu64, named->text, got, want);
	*why = REASON_CONTENT_MISMATCH;
	return OUTCOME_REFUSED;
}

static enum outcome
compare(struct link **out, const struct digest *named, const struct digest *got, enum reason *why,
    struct err *e)
{
	if (digest_equal(got, named))
		return make(out, named, false);
	(void)err_set(e, E_MISMATCH, "the bytes have the digest %s, want %s", got->text,
	    digest_is_set(named) ? named->text : "none");
	*why = REASON_CONTENT_MISMATCH;
	return OUTCOME_REFUSED;
}

static enum outcome
compare_bytes(struct link **out, const struct digest *named, struct bytes content, enum reason *why,
    struct err *e)
{
	struct digest got;

	if (digest_of_bytes(&got, content, e) == 0)
		return compare(out, named, &got, why, e);
	*why = REASON_IO_ERROR;
	return OUTCOME_UNDECIDED;
}

enum outcome
link_begin(struct link **out, const struct verdict *accepted, const struct digest *digest,
    struct bytes manifest, enum reason *why, struct err *e)
{
	const struct digest *about = verdict_digest(accepted);

	*out = NULL;
	if (about != NULL && digest_equal(about, digest))
		return compare_bytes(out, digest, manifest, why, e);
	return no_parent(digest, why, e);
}

enum outcome
link_follow(struct link **out, const struct link *parent, const struct digest *named,
    const uint64_t *size, struct bytes content, enum reason *why, struct err *e)
{
	*out = NULL;
	if (!is_parent(parent))
		return no_parent(named, why, e);
	if (size != NULL && *size != content.n)
		return wrong_size(named, content.n, *size, why, e);
	return compare_bytes(out, named, content, why, e);
}

/*
 * --- piece by piece -----------------------------------------------------------------------------
 */

struct link_hash *
link_hash_begin(const struct link *parent, const struct digest *named, uint64_t size)
{
	struct link_hash *h = xcalloc(1, sizeof(*h));

	h->named = *named;
	h->follows = is_parent(parent);
	h->want = size;
	h->hash = digest_hash_new();
	return h;
}

void
link_hash_add(struct link_hash *h, struct bytes piece)
{
	h->got += piece.n;
	digest_hash_add(h->hash, piece);
}

uint64_t
link_hash_count(const struct link_hash *h)
{
	return h->got;
}

enum outcome
link_hash_end(struct link **out, struct link_hash *h, enum reason *why, struct err *e)
{
	AUTO_PTR(link_hash) owned = h;
	struct digest got;

	*out = NULL;
	if (!owned->follows)
		return no_parent(&owned->named, why, e);
	if (owned->got != owned->want)
		return wrong_size(&owned->named, owned->got, owned->want, why, e);
	if (digest_hash_end(owned->hash, &got, e) == 0)
		return compare(out, &owned->named, &got, why, e);
	*why = REASON_IO_ERROR;
	return OUTCOME_UNDECIDED;
}

void
link_hash_free(struct link_hash *h)
{
	if (h == NULL)
		return;
	digest_hash_free(h->hash);
	free(h);
}

/*
 * --- by size ------------------------------------------------------------------------------------
 */

enum outcome
link_by_size(struct link **out, const struct link *parent, const struct digest *named,
    uint64_t want, uint64_t got, enum reason *why, struct err *e)
{
	*out = NULL;
	if (!is_parent(parent) || !digest_is_set(named))
		return no_parent(named, why, e);
	return want == got ? make(out, named, true) : wrong_size(named, got, want, why, e);
}

const struct digest *
link_digest(const struct link *l)
{
	return &l->digest;
}

bool
link_is_by_size(const struct link *l)
{
	return l->by_size;
}

void
link_free(struct link *l)
{
	free(l);
}
