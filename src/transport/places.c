/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/places.h"

#include <stdlib.h>

#include "base/limits.h"
#include "transport/attachment.h"

int
places_open(struct places *out, char *const *paths, size_t n, const struct deadline *deadline,
    struct err *e)
{
	*out = (struct places)PLACES_INIT;
	for (size_t i = 0; i < n; i++) {
		if (place_open(LIST_ADD(out->v, out->n), paths[i], deadline, e) == 0)
			continue;
		places_free(out);
		return err_wrap(e, "--from");
	}
	return 0;
}

void
places_free(struct places *p)
{
	for (size_t i = 0; i < p->n; i++)
		place_free(p->v[i]);
	free(p->v);
	*p = (struct places)PLACES_INIT;
}

int
places_manifest(const struct places *p, const struct place_query *query, struct buf *out,
    struct place_found *found, const struct place **by, char **where, struct err *e)
{
	AUTO(buf) asked = BUF_INIT;

	*by = NULL;
	*where = NULL;
	for (size_t i = 0; i < p->n; i++) {
		if (place_manifest(p->v[i], query, out, found, where, e) == 0) {
			*by = p->v[i];
			return 0;
		}
		if (e->code != E_NOT_FOUND)
			return err_wrap(e, "%s (%s)", place_path(p->v[i]), place_word(p->v[i]));
		place_found_free(found);
		buf_addf(
		    &asked, "%s%s: %s", asked.n > 0 ? "; " : "", place_path(p->v[i]), err_msg(e));
		err_free(e);
	}
	return err_set(e, E_NOT_FOUND, "%s", buf_str(&asked));
}

/*
 * --- signatures ---------------------------------------------------------------------------------
 */

bool
places_bring_signatures(const struct places *p)
{
	for (size_t i = 0; p != NULL && i < p->n; i++)
		if (place_brings_signatures(p->v[i]))
			return true;
	return false;
}

struct signatures {
	const struct places *places;
	struct digest digest;
	size_t next;		/* the place after the one that is asked */
	struct store_iter *now; /* of that one; NULL: ask the next */
};

static void
free_signatures(void *state)
{
	struct signatures *s = state;

	store_iter_free(s->now);
	free(s);
}

static enum store_item
next_signature(void *state, struct buf *blob, char **where, struct err *e)
{
	struct signatures *s = state;

	for (;;) {
		enum store_item item;

		if (s->now == NULL && s->next == s->places->n)
			return STORE_END;
		if (s->now == NULL) {
			struct place *p = s->places->v[s->next++];

			if (place_signatures(&s->now, p, &s->digest, e) != 0) {
				*where = xstrdup(place_path(p));
				return STORE_FAILED;
			}
			if (s->now == NULL)
				continue;
		}
		item = store_next(s->now, blob, where, e);
		if (item != STORE_END)
			return item;
		store_iter_free(s->now);
		s->now = NULL;
	}
}

static const struct store_kind signatures_kind = { next_signature, free_signatures };

struct store_iter *
places_signatures(const struct places *p, const struct digest *digest)
{
	struct signatures *s = xcalloc(1, sizeof(*s));

	s->places = p;
	s->digest = *digest;
	return store_open_kind(&signatures_kind, s);
}

/*
 * --- sigstore signatures beside the image -------------------------------------------------------
 */

struct beside {
	const struct places *places;
	char *repository; /* owned */
	bool exact;
	struct place_found found;
};

static int
beside_manifest(void *state, const char *tag, struct buf *out, char **where, struct err *e)
{
	struct beside *b = state;
	const struct place_query query = {
		.repository = b->repository, .exact = b->exact, .tag = tag
	};
	const struct place *by;

	return places_manifest(b->places, &query, out, &b->found, &by, where, e);
}

static int
beside_blob(void *state, const struct digest *digest, size_t max, struct buf *out, char **where,
    struct err *e)
{
	struct beside *b = state;

	return place_blob(&b->found, digest, max, out, where, e);
}

static void
beside_free(void *state)
{
	struct beside *b = state;

	place_found_free(&b->found);
	free(b->repository);
	free(b);
}

static const struct attachment_reader beside_reader = { beside_manifest, beside_blob, beside_free };

int
places_attachments(struct store_iter **out, const struct places *p, const char *repository,
    bool exact, const struct digest *digest, struct err *e)
{
	struct beside *b = xcalloc(1, sizeof(*b));

	b->places = p;
	b->repository = xstrdup(repository);
	b->exact = exact;
	return attachment_open_reader(out, &beside_reader, b, digest, e);
}
