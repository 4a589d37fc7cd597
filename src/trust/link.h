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

/* Opaque: only trust/link makes one. */
struct link;

/*
 * The start: the manifest that was accepted. REFUSED with content-mismatch and a message unless the
 * verdict accepts, and what it verified (verdict_digest) is the digest, which the bytes have.
 */
enum outcome link_begin(struct link **out, const struct verdict *accepted,
    const struct digest *digest, struct bytes manifest, enum reason *why,
    struct err *e) RESULT_USED;
/*
 * The parent names the digest and the size (NULL: it names none); these are the bytes. REFUSED with
 * content-mismatch and a message when they are not, and when the parent is none or one by size.
 * UNDECIDED: OpenSSL failed.
 */
enum outcome link_follow(struct link **out, const struct link *parent, const struct digest *named,
    const uint64_t *size, struct bytes content, enum reason *why, struct err *e) RESULT_USED;

/* Bytes that come piece by piece: begin, add, end. parent and named as link_follow. */
struct link_hash;
struct link_hash *link_hash_begin(
    const struct link *parent, const struct digest *named, uint64_t size);
void link_hash_add(struct link_hash *h, struct bytes piece);
/* How many bytes were added. */
uint64_t link_hash_count(const struct link_hash *h);
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
