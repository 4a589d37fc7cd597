/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/release_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is named by no digest is wrong. */
static void
check_one(const struct image_references *r, size_t i)
{
	const struct release_component *c = &r->v[i];

	if (c->name == NULL || c->name[0] == '\0' || c->pullspec == NULL)
		abort();
	if (c->wrong == NULL && (!digest_is_sha256(&c->image.digest) || c->image.tag != NULL))
		abort();
	if (i > 0 && strcmp(r->v[i - 1].name, c->name) > 0)
		abort();
	if (i > 0 && strcmp(r->v[i - 1].name, c->name) == 0 && c->wrong == NULL)
		abort();
}

/* A release beside itself: nothing is added or removed, and what is right is the same. */
static void
check_diff(const struct image_references *r)
{
	AUTO(release_diff) d = RELEASE_DIFF_INIT;

	release_diff_make(&d, r, r);
	if (d.n == 0 || d.n > r->n || d.counts[COMPONENT_ADDED] != 0 ||
	    d.counts[COMPONENT_REMOVED] != 0)
		abort();
	for (size_t i = 0; i < d.n; i++) {
		if (d.v[i].old != image_references_find(r, d.v[i].old->name) ||
		    d.v[i].new != d.v[i].old)
			abort();
		if (d.v[i].change != COMPONENT_SAME && d.v[i].old->wrong == NULL)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	if (image_references_parse(&r, bytes_of(data, size), &e) != 0) {
		if (r.v != NULL || r.n != 0 || r.version != NULL ||
		    (e.code != E_INVALID && e.code != E_TOO_LARGE))
			abort();
		return 0;
	}
	if (r.n == 0 || r.n > MAX_RELEASE_COMPONENTS || r.version[0] == '\0')
		abort();
	for (size_t i = 0; i < r.n; i++)
		check_one(&r, i);
	check_diff(&r);
	return 0;
}
