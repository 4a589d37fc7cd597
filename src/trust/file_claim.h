/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a signed list of sums to the files that it lists: the proof that a file of some name has the
 * digest that the list has for this name. There is no other way to make one.
 */
#ifndef RELSIG_TRUST_FILE_CLAIM_H
#define RELSIG_TRUST_FILE_CLAIM_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/sums.h"
#include "trust/reason.h"
#include "trust/signed_bytes.h"

/* Opaque: only signed_sums_make makes one. */
struct signed_sums;

/*
 * Read the list, every line of it. REFUSED: malformed-payload, when the bytes were not signed as a
 * list of sums, or are none; too-large, when it names more than max_files.
 */
enum outcome signed_sums_make(struct signed_sums **out, const struct signed_bytes *bytes,
    size_t max_files, enum reason *why, struct err *e) RESULT_USED;
/* What it lists; borrowed. */
const struct sums *signed_sums_list(const struct signed_sums *s);
/* The digest that it has for this name; false, and no digest, when it does not list the name. */
bool signed_sums_digest(const struct signed_sums *s, const char *name, struct digest *out);
void signed_sums_free(struct signed_sums *s);
AUTO_PTR_DEFINE(signed_sums)

/* Opaque: only file_hash_end makes one. */
struct file_claim;

/* The bytes of the file of this name, piece by piece: begin, add, end. */
struct file_hash;
struct file_hash *file_hash_begin(const struct signed_sums *s, const char *name);
void file_hash_add(struct file_hash *h, struct bytes piece);
/* How many bytes were added. */
uint64_t file_hash_count(const struct file_hash *h);
/*
 * Consumes h; all of the file was added. PROVEN: *out is set. REFUSED: no-signature, when the list
 * does not have the name; content-mismatch, when the bytes have another digest. UNDECIDED: OpenSSL
 * failed.
 */
enum outcome file_hash_end(
    struct file_claim **out, struct file_hash *h, enum reason *why, struct err *e) RESULT_USED;
void file_hash_free(struct file_hash *h);
AUTO_PTR_DEFINE(file_hash)

/* Which file it is about: its name in the list, and the digest. Borrowed. */
const char *file_claim_name(const struct file_claim *c);
const struct digest *file_claim_digest(const struct file_claim *c);
void file_claim_free(struct file_claim *c);
AUTO_PTR_DEFINE(file_claim)

#endif
