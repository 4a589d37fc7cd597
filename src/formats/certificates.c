/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/certificates.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/armor.h"
#include "formats/packets.h"

static int
add_certificate(struct certificates *c, struct bytes *rest, const char *name, struct err *e)
{
	AUTO(certificate) cert = { 0 };

	if (certificate_read(&cert, rest, &c->skipped, name, e) != 0)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].keys[0].fingerprint, cert.keys[0].fingerprint) == 0)
			return certificate_merge(&c->v[i], &cert, &c->skipped, name, e);
	if (c->n == MAX_CERTIFICATES)
		return err_set(e, E_TOO_LARGE, "%s: more than %u keys", name, MAX_CERTIFICATES);
	*LIST_ADD(c->v, c->n) = cert;
	cert = (struct certificate){ 0 };
	return 0;
}

/* What a file yields beside the certificates. */
struct yield {
	size_t taken;		/* certificates */
	struct buf revocations; /* whole packets that revoke a key, apart from it */
};

static void
yield_free(struct yield *y)
{
	buf_free(&y->revocations);
}
AUTO_DEFINE(yield)

static void
keep_revocation(struct yield *y, const struct packet *p)
{
	if (p->tag == PGP_TAG_SIGNATURE && certificate_revokes(p->body))
		buf_add(&y->revocations, p->whole.p, p->whole.n);
}

/*
 * Leave a packet out that starts no certificate that can be used, and all that belongs to it, but
 * for revocations: gpg would apply them, and some other key may be the one that is meant.
 */
static void
skip_to_next_key(struct certificates *c, struct yield *y, struct bytes *rest, const char *name)
{
	struct bytes look = *rest;
	struct packet p;

	if (!packet_next(&look, &p)) {
		key_note(&c->skipped, "%s: bytes that are not a whole OpenPGP packet", name);
		*rest = bytes_of(NULL, 0);
		return;
	}
	if (p.tag == PGP_TAG_SECRET_KEY)
		key_note(&c->skipped, "%s: a secret key; relsig wants the public one", name);
	else if (p.tag == PGP_TAG_PUBLIC_KEY)
		key_note(&c->skipped, "%s: a key of version %u, only version 4 can be used", name,
		    p.body.n > 0 ? p.body.p[0] : 0u);
	else
		key_note(&c->skipped, "%s: an OpenPGP packet (tag %u) that belongs to no key", name,
		    p.tag);
	keep_revocation(y, &p);
	*rest = look;
	while (
	    packet_next(&look, &p) && p.tag != PGP_TAG_PUBLIC_KEY && p.tag != PGP_TAG_SECRET_KEY) {
		keep_revocation(y, &p);
		*rest = look;
	}
}

static int
add_keyring(
    struct certificates *c, struct bytes ring, const char *name, struct yield *y, struct err *e)
{
	while (ring.n > 0) {
		if (certificate_starts(ring)) {
			if (add_certificate(c, &ring, name, e) != 0)
				return -1;
			y->taken++;
		} else {
			skip_to_next_key(c, y, &ring, name);
		}
	}
	return 0;
}

static int
add_armored(
    struct certificates *c, struct bytes file, const char *name, struct yield *y, struct err *e)
{
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;
	unsigned n = 0;

	while (armor_next(&file, &block)) {
		n++;
		if (block.bad != NULL)
			key_note(&c->skipped, "%s: armoured block %u: %s", name, n, block.bad);
		else if (strcmp(block.label, "PGP PUBLIC KEY BLOCK") != 0)
			key_note(&c->skipped, "%s: armoured block %u is no public key", name, n);
		else if (add_keyring(c, buf_bytes(&block.data), name, y, e) != 0)
			return -1;
	}
	if (n == 0)
		key_note(&c->skipped, "%s: neither an armoured block nor a binary keyring", name);
	return 0;
}

static int
compare_fingerprints(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two certificates with one subkey: nobody could say which of them signed. */
static int
check_no_shared_keys(const struct certificates *c, const char *name, struct err *e)
{
	const char **v = NULL;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->v[i].n_keys; k++)
			*LIST_ADD(v, n) = c->v[i].keys[k].fingerprint;
	if (n > 0)
		qsort(v, n, sizeof(*v), compare_fingerprints);
	for (size_t i = 1; i < n && r == 0; i++)
		if (strcmp(v[i - 1], v[i]) == 0)
			r = err_set(
			    e, E_INVALID, "%s: the key %s belongs to two certificates", name, v[i]);
	free(v);
	return r;
}

int
certificates_add(struct certificates *out, struct bytes file, const char *name, struct err *e)
{
	static const char keybox[] = "KBXf";
	AUTO(yield) y = { 0 };
	int r;

	if (file.n > MAX_KEY_FILE_BYTES)
		return err_set(e, E_TOO_LARGE, "%s: more than %zu bytes", name, MAX_KEY_FILE_BYTES);
	if (file.n > 12 && (file.p[0] & 0x80) == 0 && memcmp(file.p + 8, keybox, 4) == 0)
		return err_set(
		    e, E_INVALID, "%s: a keybox of gpg; use what \"gpg --export\" writes", name);
	if (file.n == 0)
		key_note(&out->skipped, "%s: empty", name);
	if (file.n > 0 && (file.p[0] & 0x80) != 0)
		r = add_keyring(out, file, name, &y, e);
	else
		r = add_armored(out, file, name, &y, e);
	if (r != 0)
		return -1;
	if (y.taken == 0)
		return err_set(e, E_INVALID, "no usable OpenPGP public key: %s",
		    out->skipped.n > 0 ? out->skipped.v[out->skipped.n - 1] : name);
	for (size_t i = 0; i < out->n && y.revocations.n > 0; i++)
		if (certificate_restrict(
			&out->v[i], buf_bytes(&y.revocations), &out->skipped, name, e) != 0)
			return -1;
	return check_no_shared_keys(out, name, e);
}

const struct certificate *
certificates_by_primary(const struct certificates *c, const char *fingerprint)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].keys[0].fingerprint, fingerprint) == 0)
			return &c->v[i];
	return NULL;
}

const struct certificate *
certificates_by_key(const struct certificates *c, const char *fingerprint)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->v[i].n_keys; k++)
			if (strcmp(c->v[i].keys[k].fingerprint, fingerprint) == 0)
				return &c->v[i];
	return NULL;
}

bool
certificates_has_key_id(const struct certificates *c, const char *key_id)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->v[i].n_keys; k++)
			if (text_ends_with(c->v[i].keys[k].fingerprint, key_id))
				return true;
	return false;
}

void
certificates_keep(struct certificates *c, const char *fingerprint)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->v[i].keys[0].fingerprint, fingerprint) == 0)
			c->v[kept++] = c->v[i];
		else
			certificate_free(&c->v[i]);
	}
	c->n = kept;
}

void
certificates_free(struct certificates *c)
{
	for (size_t i = 0; i < c->n; i++)
		certificate_free(&c->v[i]);
	free(c->v);
	key_notes_free(&c->skipped);
	*c = (struct certificates)CERTIFICATES_INIT;
}
