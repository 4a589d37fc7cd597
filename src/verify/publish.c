/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/outdir.h"

/* Where in the tree the signatures of a manifest are, for free(); NULL: nowhere. */
static char *
place_of(enum publish_layout layout, const struct signature_to_publish *s)
{
	const char *hex = digest_hex(s->manifest);

	if (s->proof == NULL || !digest_is_sha256(s->manifest))
		return NULL;
	switch (layout) {
	case PUBLISH_STORE:
		return xasprintf("sha256=%s", hex);
	case PUBLISH_LOOKASIDE:
		return xasprintf("%s@sha256=%s", s->name->path, hex);
	case PUBLISH_UNSET:
		break;
	}
	return NULL;
}

/* As many as those read who read such a tree: one more would never be seen. */
static unsigned
most(enum publish_layout layout)
{
	switch (layout) {
	case PUBLISH_STORE:
		return MAX_SIGNATURES_PER_STORE;
	case PUBLISH_LOOKASIDE:
		return MAX_SIGNATURES_PER_LOOKASIDE;
	case PUBLISH_UNSET:
		break;
	}
	return 0;
}

static bool
has(const struct beneath_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* The first name that is free: readers stop where one is missing. For free(). */
static char *
free_name(struct outdir *d, const char *place, unsigned max, struct err *e)
{
	AUTO(beneath_names) names = BENEATH_NAMES_INIT;

	if (outdir_list(d, place, MAX_TREE_NAMES, &names, e) != 0)
		return NULL;
	for (unsigned number = 1; number <= max; number++) {
		AUTO_STR char *name = xasprintf("signature-%u", number);

		if (!has(&names, name))
			return steal(&name);
	}
	(void)err_set(e, E_TOO_LARGE,
	    "%s/%s has %u signatures, and nobody reads more: remove those that nobody needs",
	    outdir_path(d), place, max);
	return NULL;
}

static int
add(struct outdir *d, const char *place, unsigned max, struct bytes blob, char **where,
    struct err *e)
{
	AUTO_STR char *name = free_name(d, place, max, e);
	AUTO_STR char *file = NULL;

	if (name == NULL)
		return -1;
	file = xasprintf("%s/%s", place, name);
	if (outdir_add(d, file, blob, e) != 0 || outdir_commit(d, e) != 0)
		return -1;
	*where = xasprintf("%s/%s", outdir_path(d), file);
	return 0;
}

int
publish_signature(const char *directory, enum publish_layout layout,
    const struct signature_to_publish *s, const struct deadline *deadline, char **where,
    struct err *e)
{
	AUTO_STR char *place = place_of(layout, s);
	AUTO_PTR(outdir) d = NULL;

	*where = NULL;
	if (place == NULL)
		return err_set(e, E_INVALID, "there is nothing to publish");
	if (outdir_open(&d, directory, e) == 0 && outdir_lock(d, deadline, e) == 0 &&
	    add(d, place, most(layout), s->blob, where, e) == 0)
		return 0;
	return err_wrap(e, "publishing the signature");
}
