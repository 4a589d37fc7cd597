/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One image of a registry, by the name that it has upstream, fetched from its mirrors in order and
 * then, if allowed, from upstream. Nothing is judged here: with whatever came first, or with bytes
 * that everybody else has no better than, the caller does what it does with a hostile registry's.
 */
#ifndef RELSIG_TRANSPORT_MIRROR_CHAIN_H
#define RELSIG_TRANSPORT_MIRROR_CHAIN_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/mirrors.h"
#include "transport/asked.h"
#include "transport/registry.h"
#include "transport/store.h"

struct mirror_chain;

/* Nothing is asked for yet. All is borrowed for the chain's life; mirrors may be NULL: none. */
struct mirror_chain *mirror_chain_open(
    const struct mirrors *mirrors, struct registry *registry, const struct reference *image);
/*
 * The raw manifest of the image, or of this instance of the list that it is, as registry_manifest.
 * By a tag alone, the first that has it gives it. With a digest to compare, bytes of another digest
 * are noted and the next place is asked; when no place is left and each has answered, such bytes
 * are what comes back, for the caller to refuse. Each place and what came of it is added to asked.
 * Otherwise an error that names all of them, when there are several: E_NOT_FOUND when it is nowhere
 * and everybody said so; E_USAGE when nobody may be asked, or a mirror's name is none.
 */
int mirror_chain_manifest(struct mirror_chain *c, const struct digest *instance, size_t max,
    struct asked *asked, struct buf *out, char **where, struct err *e) RESULT_USED;
/* The name by which the manifest was got; until then the image's own. Borrowed. */
const struct reference *mirror_chain_used(const struct mirror_chain *c);
/*
 * The sigstore signatures that are beside the image with this digest: those of the place that gave
 * the manifest, then of the others. It ends with STORE_END when each of them has none, or no more;
 * when one could not be read it goes on with the next, and ends with STORE_FAILED.
 */
int mirror_chain_attachments(struct mirror_chain *c, const struct digest *digest,
    struct store_iter **out, struct err *e) RESULT_USED;
void mirror_chain_free(struct mirror_chain *c);
AUTO_PTR_DEFINE(mirror_chain)

#endif
