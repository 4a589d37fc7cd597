/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/mirror_chain.h"

#include <stdlib.h>
#include <string.h>

#include "transport/attachment.h"

struct mirror_chain {
	const struct mirrors *mirrors;
	struct registry *registry;
	const struct reference *image;
	struct mirror_places places; /* none: not looked up yet */
	size_t used;		     /* the place that gave the manifest */
};

struct mirror_chain *
mirror_chain_open(
    const struct mirrors *mirrors, struct registry *registry, const struct reference *image)
{
	static const struct mirrors none = MIRRORS_INIT;
	struct mirror_chain *c = xcalloc(1, sizeof(*c));

	c->mirrors = mirrors != NULL ? mirrors : &none;
	c->registry = registry;
	c->image = image;
	return c;
}

void
mirror_chain_free(struct mirror_chain *c)
{
	if (c == NULL)
		return;
	mirror_places_free(&c->places);
	free(c);
}

static int
find_places(struct mirror_chain *c, struct err *e)
{
	if (c->places.n > 0 || mirror_places_find(&c->places, c->mirrors, c->image, e) == 0)
		return 0;
	e->code = E_USAGE;
	return -1;
}

/* The i-th to be asked: first who gave the manifest, then the others as they are. */
static size_t
nth(const struct mirror_chain *c, size_t i)
{
	if (i == 0)
		return c->used;
	return i <= c->used ? i - 1 : i;
}

const struct reference *
mirror_chain_used(const struct mirror_chain *c)
{
	return c->places.n > 0 ? &c->places.v[c->used].image : c->image;
}

/*
 * --- the manifest -------------------------------------------------------------------------------
 */

/* One search for a manifest. */
struct search {
	const struct digest *instance; /* not set: the image itself */
	struct digest want;	       /* not set: whatever the tag stands for */
	size_t max;
	struct asked *asked;
	size_t before;	  /* in asked */
	struct buf other; /* bytes of another digest, if no better ones come; and where they were */
	char *other_where;
	enum errc code; /* of what stood in the way, if anything did */
};

static void
search_free(struct search *s)
{
	buf_free(&s->other);
	free(s->other_where);
}
AUTO_DEFINE(search)

static bool
is_wanted(const struct search *s, const struct buf *got, char **why, struct err *e)
{
	struct digest digest;

	if (!digest_is_set(&s->want))
		return true;
	if (digest_of_bytes(&digest, buf_bytes(got), e) != 0 || digest_equal(&digest, &s->want))
		return e->code == E_NONE;
	*why = xasprintf("another manifest, with the digest %s", digest.text);
	return false;
}

static void
note_error(struct search *s, const char *name, bool mirror, const struct err *e)
{
	asked_add_error(s->asked, name, mirror, e);
	if (e->code != E_NOT_FOUND)
		s->code = e->code;
}

/* Ask one place. True: it gave what was wanted. */
static bool
ask(struct mirror_chain *c, struct search *s, const struct mirror_place *place, struct buf *out,
    char **where)
{
	AUTO(reference) image = REFERENCE_INIT;
	AUTO_STR char *name = NULL;
	AUTO_STR char *url = NULL;
	AUTO_STR char *why = NULL;
	AUTO(err) e = ERR_INIT;

	reference_copy(&image, &place->image);
	if (digest_is_set(s->instance)) {
		free(image.tag);
		image.tag = NULL;
		image.digest = *s->instance;
	}
	name = reference_string(&image);
	if (place->forbidden != NULL) {
		AUTO_STR char *said =
		    xasprintf("NeverContactSource, in a mirror set for %s", place->forbidden);

		asked_add(s->asked, name, place->mirror, ASKED_FORBIDDEN, NULL, said);
		return false;
	}
	if (registry_manifest(c->registry, &image, NULL, s->max, out, &url, &e) != 0) {
		note_error(s, name, place->mirror, &e);
		return false;
	}
	if (is_wanted(s, out, &why, &e)) {
		asked_add_used(s->asked, name, place->mirror, url);
		*where = steal(&url);
		return true;
	}
	if (why == NULL) {
		note_error(s, name, place->mirror, &e);
		return false;
	}
	asked_add(s->asked, name, place->mirror, ASKED_OTHER, url, why);
	buf_clear(&s->other);
	buf_add(&s->other, out->p, out->n);
	free(s->other_where);
	s->other_where = steal(&url);
	return false;
}

/* Nobody gave what was wanted: say what each did. */
static int
explain(const struct search *s, struct err *e)
{
	size_t n = s->asked->n - s->before, forbidden = 0;
	AUTO(buf) text = BUF_INIT;
	enum errc code = s->code != E_NONE ? s->code : E_NOT_FOUND;

	for (size_t i = s->before; i < s->asked->n; i++) {
		const struct asked_place *p = &s->asked->v[i];

		forbidden += p->outcome == ASKED_FORBIDDEN;
		if (n > 1)
			buf_addf(&text, "%s%s: ", i > s->before ? "; " : "", p->name);
		buf_add_str(&text, p->detail);
	}
	if (forbidden == n)
		return err_set(e, E_USAGE, "nobody may be asked: %s", buf_str(&text));
	return err_set(e, code, "%s%s", n > 1 ? "no place gave it: " : "", buf_str(&text));
}

int
mirror_chain_manifest(struct mirror_chain *c, const struct digest *instance, size_t max,
    struct asked *asked, struct buf *out, char **where, struct err *e)
{
	AUTO(search)
	s = { .instance = instance,
		.want = digest_is_set(instance) ? *instance : c->image->digest,
		.max = max,
		.asked = asked,
		.before = asked->n };

	*where = NULL;
	buf_clear(out);
	if (find_places(c, e) != 0)
		return -1;
	for (size_t i = 0; i < c->places.n; i++) {
		size_t k = nth(c, i);

		if (ask(c, &s, &c->places.v[k], out, where)) {
			c->used = k;
			return 0;
		}
	}
	buf_clear(out);
	if (s.other_where == NULL || s.code != E_NONE)
		return explain(&s, e);
	buf_add(out, s.other.p, s.other.n);
	*where = steal(&s.other_where);
	return 0;
}

/*
 * --- sigstore signatures ------------------------------------------------------------------------
 */

struct attachments {
	struct mirror_chain *chain;
	struct digest digest;
	size_t next;		/* which place to ask */
	struct store_iter *now; /* of the place that is being asked; or NULL */
	struct err failure;	/* of those that could not be read */
	char *failed_at;
};

static void
attachments_free(void *state)
{
	struct attachments *a = state;

	store_iter_free(a->now);
	err_free(&a->failure);
	free(a->failed_at);
	free(a);
}

/* The failures of several places are one message. */
static void
note_failure(struct attachments *a, char *where, struct err *e)
{
	AUTO_STR char *at = where;

	if (a->failure.code == E_NONE) {
		a->failure = *e;
		*e = (struct err)ERR_INIT;
		a->failed_at = steal(&at);
		return;
	}
	(void)err_wrap(e, "%s; %s", err_msg(&a->failure), at != NULL ? at : "");
	err_free(&a->failure);
	a->failure = *e;
	*e = (struct err)ERR_INIT;
}

/* False: there is no place left. */
static bool
open_next(struct attachments *a)
{
	const struct mirror_chain *c = a->chain;

	while (a->now == NULL && a->next < c->places.n) {
		const struct mirror_place *place = &c->places.v[nth(c, a->next++)];
		AUTO(err) e = ERR_INIT;

		if (place->forbidden == NULL &&
		    attachment_open(&a->now, c->registry, &place->image, &a->digest, &e) != 0)
			note_failure(a, reference_string(&place->image), &e);
	}
	return a->now != NULL;
}

static enum store_item
next_attachment(void *state, struct buf *blob, char **where, struct err *e)
{
	struct attachments *a = state;

	while (open_next(a)) {
		enum store_item item = store_next(a->now, blob, where, e);

		if (item == STORE_ITEM)
			return item;
		if (item != STORE_END)
			note_failure(a, steal(where), e);
		store_iter_free(a->now);
		a->now = NULL;
	}
	if (a->failure.code == E_NONE)
		return STORE_END;
	*where = steal(&a->failed_at);
	*e = a->failure;
	a->failure = (struct err)ERR_INIT;
	return STORE_FAILED;
}

int
mirror_chain_attachments(
    struct mirror_chain *c, const struct digest *digest, struct store_iter **out, struct err *e)
{
	static const struct store_kind kind = { next_attachment, attachments_free };
	struct attachments *a;

	*out = NULL;
	if (find_places(c, e) != 0)
		return -1;
	a = xcalloc(1, sizeof(*a));
	a->chain = c;
	a->digest = *digest;
	*out = store_open_kind(&kind, a);
	return 0;
}
