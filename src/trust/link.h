/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From what was signed to what it refers to: a chain of digests. A link proves that some bytes have
 * the digest that a proven parent names; the first parent is a verdict that accepts. There is no
 * other way to make one.
 */
#ifndef RELSIG_TRUST_LINK_H
#define RELSIG_TRUST_LINK_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "trust/reason.h"
#include "trust/verdict.h"

struct link;

/*
 * The start: the manifest whose digest was accepted. NULL unless the verdict accepts, something in
 * it was verified, and the bytes have the digest.
 */
struct link *link_begin(
    const struct verdict *accepted, const struct digest *digest, struct bytes manifest);
/*
 * The parent names the digest and the size (NULL: it names none); these are the bytes. REFUSED with
 * REASON_MANIFEST_DIGEST_MISMATCH and a message when they are not.
 */
enum outcome link_follow(struct link **out, const struct link *parent, const struct digest *named,
    const uint64_t *size, struct bytes content, enum reason *why, struct err *e) RESULT_USED;

/* Bytes that come piece by piece: begin, add, end. */
struct link_hash;
struct link_hash *link_hash_begin(
    const struct link *parent, const struct digest *named, uint64_t size);
void link_hash_add(struct link_hash *h, struct bytes piece);
/* Consumes h. As link_follow. */
enum outcome link_hash_end(
    struct link **out, struct link_hash *h, enum reason *why, struct err *e) RESULT_USED;
void link_hash_free(struct link_hash *h);
AUTO_PTR_DEFINE(link_hash)
/*
 * A blob that was not read: only the size that its holder says was compared. Such a link has no
 * bytes, proves no more than that, and is no parent.
 */
enum outcome link_by_size(struct link **out, const struct link *parent, const struct digest *named,
    uint64_t want, uint64_t got, enum reason *why, struct err *e) RESULT_USED;

const struct digest *link_digest(const struct link *l);
bool link_is_by_size(const struct link *l) RESULT_USED;
void link_free(struct link *l);
AUTO_PTR_DEFINE(link)

#endif
