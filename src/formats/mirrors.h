/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where an image's bytes may come from: the mirrors of ImageDigestMirrorSet, ImageTagMirrorSet
 * (config.openshift.io/v1) and ImageContentSourcePolicy (operator.openshift.io/v1alpha1), and of
 * --mirror, as the machine config operator and containers/image combine them.
 */
#ifndef RELSIG_FORMATS_MIRRORS_H
#define RELSIG_FORMATS_MIRRORS_H

#include "base/base.h"
#include "base/err.h"
#include "formats/reference.h"

/* Which images a mirror is for. */
enum mirror_use {
	MIRROR_UNSET = 0,
	MIRROR_DIGEST, /* those named by a digest, with a tag or without */
	MIRROR_TAG,    /* those named by a tag alone */
	MIRROR_ANY,    /* of --mirror */
};

/* What one entry of one object says. */
struct mirror_set {
	enum mirror_use use;
	char *source; /* HOST[:PORT][/PATH] or *.HOST, owned */
	char **v;     /* the mirrors in order, HOST[:PORT][/PATH], owned; perhaps none */
	size_t n;
	bool never; /* mirrorSourcePolicy: NeverContactSource */
};

/* All zero: no mirrors. */
struct mirrors {
	struct mirror_set *v;
	size_t n;
};
#define MIRRORS_INIT                                                                               \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Append every entry of every object of a YAML or JSON stream, or of a List; file names it in
 * messages. E_INVALID with the place: another kind of object, unknown members, a name that no image
 * has, the same mirror twice in a list, NeverContactSource without a mirror or with the source
 * among the mirrors, entries for one source that disagree about it, here or in what was read
 * before; E_TOO_LARGE. Nothing is appended then.
 */
int mirrors_read(struct mirrors *out, const char *file, struct bytes in, struct err *e) RESULT_USED;
/* Append one mirror, given as "SOURCE=MIRROR": E_INVALID. */
int mirrors_add_pair(struct mirrors *out, const char *pair, struct err *e) RESULT_USED;
/* For the two above: append one entry, whose strings are copied; place names it in messages. */
int mirrors_add(struct mirrors *out, const struct mirror_set *set, const char *place,
    struct err *e) RESULT_USED;
/* Drop all but the first n. */
void mirrors_cut(struct mirrors *m, size_t n);

/* One place where an image is asked for. */
struct mirror_place {
	struct reference image; /* its name there */
	bool mirror;		/* not the image's own registry */
	/* The source in whose entry NeverContactSource forbids to ask here; borrowed; or NULL. */
	const char *forbidden;
};

struct mirror_places {
	struct mirror_place *v;
	size_t n;
};
#define MIRROR_PLACES_INIT                                                                         \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Where to ask for an image with a tag or a digest, in order, each place once; its own registry is
 * the last, unless it is among the mirrors. The entries with the longest source that the image's
 * repository is in are used, all of them: --mirror's first, the others merged so that the order of
 * each is kept, if possible. There is always a place. A name with a tag and a digest has no tag at
 * a mirror. E_INVALID when what replaces the source leaves no name of an image. mirrors is borrowed
 * for the places' life.
 */
int mirror_places_find(struct mirror_places *out, const struct mirrors *mirrors,
    const struct reference *image, struct err *e) RESULT_USED;

void mirror_places_free(struct mirror_places *p);
AUTO_DEFINE(mirror_places)
void mirrors_free(struct mirrors *m);
AUTO_DEFINE(mirrors)

#endif
