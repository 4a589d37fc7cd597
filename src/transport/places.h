/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All places that --from names, asked in order. Threads may share them. */
#ifndef RELSIG_TRANSPORT_PLACES_H
#define RELSIG_TRANSPORT_PLACES_H

#include "transport/place.h"

struct places {
	struct place **v;
	size_t n;
};
#define PLACES_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}

/* Open and recognise each path; as place_open. */
int places_open(struct places *out, char *const *paths, size_t n, const struct deadline *deadline,
    struct err *e) RESULT_USED;
void places_free(struct places *p);
AUTO_DEFINE(places)

/*
 * As place_manifest, of the first place that has it, which goes to by. E_NOT_FOUND names all; any
 * other failure of a place is the end: a place that cannot be read proves nothing of the image.
 */
int places_manifest(const struct places *p, const struct place_query *query, struct buf *out,
    struct place_found *found, const struct place **by, char **where, struct err *e) RESULT_USED;
/* Is there any that keeps signatures? p may be NULL. */
bool places_bring_signatures(const struct places *p) RESULT_USED;
/*
 * The signatures that places have of a sha256 digest, place after place, each with its own caps. p
 * is borrowed for the iterator's life.
 */
struct store_iter *places_signatures(const struct places *p, const struct digest *digest);
/*
 * The sigstore signatures beside the image, as attachment_open has it; repository and exact as in a
 * query.
 */
int places_attachments(struct store_iter **out, const struct places *p, const char *repository,
    bool exact, const struct digest *digest, struct err *e) RESULT_USED;

#endif
