/* SPDX-License-Identifier: GPL-3.0-or-later */
/* github.com/openshift/runtime-utils, pkg/registries; containers/image, pkg/sysregistriesv2. */
#include "formats/mirrors.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/mirror_order.h"

static void
set_free(struct mirror_set *s)
{
	free(s->source);
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
}

void
mirrors_cut(struct mirrors *m, size_t n)
{
	while (m->n > n)
		set_free(&m->v[--m->n]);
}

void
mirrors_free(struct mirrors *m)
{
	mirrors_cut(m, 0);
	free(m->v);
	*m = (struct mirrors)MIRRORS_INIT;
}

void
mirror_places_free(struct mirror_places *p)
{
	for (size_t i = 0; i < p->n; i++)
		reference_free(&p->v[i].image);
	free(p->v);
	*p = (struct mirror_places)MIRROR_PLACES_INIT;
}

/*
 * --- one entry ----------------------------------------------------------------------------------
 */

static bool
is_wildcard(const char *source)
{
	return text_starts_with(source, "*.");
}

/* Is it the front of an image's name, as names are compared, with nothing to be filled in? */
static int
check_name(const char *name, const char *place, struct err *e)
{
	AUTO_STR char *image = xasprintf("%s/x/x", name);
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(err) why = ERR_INIT;
	AUTO_STR char *found = NULL;

	if (!reference_is_prefix(name) || reference_parse(&r, image, &why) != 0)
		return err_set(
		    e, E_INVALID, "%s: \"%.300s\": want HOST[:PORT][/PATH]", place, name);
	found = reference_string(&r);
	if (strcmp(found, image) != 0)
		return err_set(e, E_INVALID,
		    "%s: \"%.300s\": no image's name begins so: it would mean %.300s", place, name,
		    found);
	return 0;
}

/* A wildcard stands before the end of a host's name, without a port and a path. */
static int
check_source(const char *source, const char *place, struct err *e)
{
	AUTO_STR char *host = NULL;

	if (!is_wildcard(source))
		return check_name(source, place, e);
	host = xasprintf("x%s", source + 1);
	if (strpbrk(source, ":/") != NULL || check_name(host, place, e) != 0)
		return err_set(e, E_INVALID, "%s: \"%.300s\": want *.HOST", place, source);
	return 0;
}

static bool
is_listed(const struct mirror_set *s, const char *mirror, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s->v[i], mirror) == 0)
			return true;
	return false;
}

static int
check_set(const struct mirror_set *s, const char *place, struct err *e)
{
	if (check_source(s->source, place, e) != 0)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		if (check_name(s->v[i], place, e) != 0)
			return -1;
		if (is_listed(s, s->v[i], i))
			return err_set(
			    e, E_INVALID, "%s: the mirror %s is there twice", place, s->v[i]);
	}
	if (s->never && (s->n == 0 || is_listed(s, s->source, s->n)))
		return err_set(e, E_INVALID,
		    "%s: NeverContactSource wants mirrors, and %s not among them", place,
		    s->source);
	return 0;
}

/* With those for the same source that are there already. */
static int
check_others(const struct mirrors *m, const struct mirror_set *s, const char *place, struct err *e)
{
	size_t mirrors = s->n;

	if (m->n >= MAX_MIRROR_SETS)
		return err_set(e, E_TOO_LARGE, "%s: more than %u sources with mirrors", place,
		    MAX_MIRROR_SETS);
	for (size_t i = 0; i < m->n; i++) {
		const struct mirror_set *other = &m->v[i];

		if (strcmp(other->source, s->source) != 0)
			continue;
		mirrors += other->n;
		if (s->use != MIRROR_ANY && other->use != MIRROR_ANY && other->never != s->never)
			return err_set(e, E_INVALID,
			    "%s: two entries for %s disagree about mirrorSourcePolicy", place,
			    s->source);
	}
	if (mirrors > MAX_MIRRORS_PER_SOURCE)
		return err_set(e, E_TOO_LARGE, "%s: more than %u mirrors of %s", place,
		    MAX_MIRRORS_PER_SOURCE, s->source);
	return 0;
}

int
mirrors_add(struct mirrors *out, const struct mirror_set *set, const char *place, struct err *e)
{
	struct mirror_set *new;

	if (check_set(set, place, e) != 0 || check_others(out, set, place, e) != 0)
		return -1;
	new = LIST_ADD(out->v, out->n);
	new->use = set->use;
	new->never = set->never;
	new->source = xstrdup(set->source);
	for (size_t i = 0; i < set->n; i++)
		*LIST_ADD(new->v, new->n) = xstrdup(set->v[i]);
	return 0;
}

int
mirrors_add_pair(struct mirrors *out, const char *pair, struct err *e)
{
	AUTO_STR char *source = xstrdup(pair);
	char *mirror = strchr(source, '=');
	struct mirror_set set = { .use = MIRROR_ANY, .source = source, .v = &mirror, .n = 1 };

	if (mirror == NULL)
		return err_set(e, E_INVALID, "\"%.300s\": want SOURCE=MIRROR", pair);
	*mirror++ = '\0';
	return mirrors_add(out, &set, pair, e);
}

/*
 * --- the places of an image ---------------------------------------------------------------------
 */

/* Is a repository's host, without its port, in the domain of a wildcard? */
static bool
is_in_domain(const char *repository, const char *wildcard)
{
	AUTO_STR char *host = xstrndup(repository, strcspn(repository, ":/"));

	return text_ends_with(host, wildcard + 1);
}

/*
 * How much of HOST[:PORT]/PATH a source stands for; 0: the image is not in it. A wildcard stands
 * for the host with its port.
 */
static size_t
matching(const char *source, const char *repository)
{
	size_t n = strlen(source);

	if (is_wildcard(source))
		return is_in_domain(repository, source) ? strcspn(repository, "/") : 0;
	if (!text_starts_with(repository, source))
		return 0;
	return repository[n] == '/' || repository[n] == '\0' ? n : 0;
}

/* The longest source that the repository is in; of two, the one that is no wildcard. NULL: none. */
static const char *
find_source(const struct mirrors *m, const char *repository)
{
	const char *found = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const char *source = m->v[i].source;
		size_t n = strlen(source), longest = found != NULL ? strlen(found) : 0;

		if (mirror_set_is_used(&m->v[i]) && matching(source, repository) > 0 &&
		    (n > longest || (n == longest && is_wildcard(found))))
			found = source;
	}
	return found;
}

static bool
is_forbidden(const struct mirrors *m, const char *source)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].never && strcmp(m->v[i].source, source) == 0)
			return true;
	return false;
}

/* The place's reference becomes the place's. One that is there already is dropped. */
static void
add_place(struct mirror_places *out, const struct mirrors *m, struct reference *image, bool mirror)
{
	AUTO_STR char *repository = reference_repository(image);
	const char *source = find_source(m, repository);
	struct mirror_place *place;

	for (size_t i = 0; i < out->n; i++)
		if (reference_same_repository(&out->v[i].image, image))
			return;
	place = LIST_ADD(out->v, out->n);
	place->image = *image;
	place->mirror = mirror;
	place->forbidden = source != NULL && is_forbidden(m, source) ? source : NULL;
	*image = (struct reference)REFERENCE_INIT;
}

static void
add_own(struct mirror_places *out, const struct mirrors *m, const struct reference *image)
{
	AUTO(reference) own = REFERENCE_INIT;

	reference_copy(&own, image);
	add_place(out, m, &own, false);
}

static int
add_mirror(struct mirror_places *out, const struct mirrors *m, const char *mirror, const char *rest,
    const struct reference *image, struct err *e)
{
	bool by_digest = digest_is_set(&image->digest);
	AUTO_STR char *name = xasprintf("%s%s%s%s", mirror, rest, by_digest ? "@" : ":",
	    by_digest ? image->digest.text : image->tag);
	AUTO(reference) there = REFERENCE_INIT;
	AUTO_STR char *found = NULL;

	if (reference_parse(&there, name, e) != 0)
		return err_wrap(e, "the mirror %s", mirror);
	found = reference_string(&there);
	if (strcmp(found, name) != 0)
		return err_set(e, E_INVALID,
		    "the mirror %s: \"%s\" is no image's name: a path is missing", mirror, name);
	if (reference_same_repository(&there, image))
		add_own(out, m, image);
	else
		add_place(out, m, &there, true);
	return 0;
}

int
mirror_places_find(struct mirror_places *out, const struct mirrors *mirrors,
    const struct reference *image, struct err *e)
{
	AUTO_STR char *repository = reference_repository(image);
	const char *source = find_source(mirrors, repository);
	AUTO(mirror_places) places = MIRROR_PLACES_INIT;
	AUTO(mirror_order) order = MIRROR_ORDER_INIT;
	const char *rest;

	*out = (struct mirror_places)MIRROR_PLACES_INIT;
	if (source != NULL)
		mirror_order_find(&order, mirrors, source,
		    digest_is_set(&image->digest) ? MIRROR_DIGEST : MIRROR_TAG);
	for (size_t i = 0; i < order.n; i++) {
		rest = repository + matching(source, repository);
		if (strcmp(order.v[i], source) == 0)
			add_own(&places, mirrors, image);
		else if (add_mirror(&places, mirrors, order.v[i], rest, image, e) != 0)
			return -1;
	}
	add_own(&places, mirrors, image);
	*out = places;
	places = (struct mirror_places)MIRROR_PLACES_INIT;
	return 0;
}
