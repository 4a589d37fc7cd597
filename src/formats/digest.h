/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests as image specifications write them: "sha256:" and 64 lower-case hex digits. sha384 and
 * sha512 are well-formed too (a payload may name one) but nothing is ever computed with them, so
 * they never equal the digest of a manifest.
 */
#ifndef RELSIG_FORMATS_DIGEST_H
#define RELSIG_FORMATS_DIGEST_H

#include "base/base.h"
#include "base/err.h"

/* All zero is "no digest": it equals nothing, not even another one. */
struct digest {
	char text[sizeof("sha512:") + 128]; /* "algorithm:hex", or "" */
};

/* Strict; OCI image-spec descriptor.md, "Digests". On failure out is "no digest". */
int digest_parse(struct digest *out, struct bytes text, struct err *e) RESULT_USED;
/* SHA-256 of the bytes, by OpenSSL. */
int digest_of_bytes(struct digest *out, struct bytes content, struct err *e) RESULT_USED;
/* The same of bytes that come piece by piece; a failure of OpenSSL shows at the end. */
struct digest_hash;
struct digest_hash *digest_hash_new(void);
void digest_hash_add(struct digest_hash *h, struct bytes piece);
/* Of all that was added; nothing may be added afterwards. E_IO. */
int digest_hash_end(struct digest_hash *h, struct digest *out, struct err *e) RESULT_USED;
void digest_hash_free(struct digest_hash *h);
AUTO_PTR_DEFINE(digest_hash)
bool digest_is_set(const struct digest *d) RESULT_USED;
bool digest_is_sha256(const struct digest *d) RESULT_USED;
/* True only for two digests that are set and the same, algorithm included. */
bool digest_equal(const struct digest *a, const struct digest *b) RESULT_USED;
/* The part after the colon; "" for no digest. */
const char *digest_hex(const struct digest *d);

#endif
