/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/certificate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "base/limits.h"
#include "formats/packets.h"

void
key_note(struct key_notes *notes, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	*LIST_ADD(notes->v, notes->n) = xstrdup(line);
}

void
key_notes_free(struct key_notes *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		free(notes->v[i]);
	free(notes->v);
	*notes = (struct key_notes){ 0 };
}

static bool
is_version_4(const struct packet *p)
{
	return p->body.n >= 6 && p->body.p[0] == 4;
}

bool
certificate_starts(struct bytes ring)
{
	struct packet p;

	return packet_next(&ring, &p) && p.tag == PGP_TAG_PUBLIC_KEY && is_version_4(&p);
}

/*
 * A certificate is a row of components, each a packet and the signatures on it: the primary key,
 * user IDs, subkeys (RFC 4880 §11.1). Kept so while reading, so that two copies of one can be
 * merged.
 */
struct component {
	uint8_t tag;
	struct bytes head;	/* body of the packet, inside the input */
	struct packet *packets; /* the packet itself, then its signatures */
	size_t n_packets;
};

struct draft {
	struct component *v;
	size_t n;
};

static void
draft_free(struct draft *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->v[i].packets);
	free(d->v);
	*d = (struct draft){ 0 };
}
AUTO_DEFINE(draft)

/* RFC 4880 §12.2: SHA-1 over 0x99, the length, the body. An identifier here, not a signature. */
static int
compute_fingerprint(char out[FINGERPRINT_HEX + 1], struct bytes body, struct err *e)
{
	AUTO(buf) b = BUF_INIT;
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (body.n > 0xffff)
		return err_set(e, E_INVALID, "a key packet of %zu bytes", body.n);
	buf_add_byte(&b, 0x99);
	buf_add_byte(&b, (uint8_t)(body.n >> 8));
	buf_add_byte(&b, (uint8_t)body.n);
	buf_add(&b, body.p, body.n);
	if (EVP_Digest(b.p, b.n, md, &n, EVP_sha1(), NULL) != 1 || n * 2 != FINGERPRINT_HEX)
		return err_set(e, E_IO, "OpenSSL cannot compute SHA-1, which names OpenPGP keys");
	for (unsigned i = 0; i < n; i++)
		snprintf(out + 2 * (size_t)i, 3, "%02X", md[i]);
	return 0;
}

/* RFC 4880 §5.5.2: version 4, time(4), algorithm, integers, the first of which gives the size. */
static int
describe_key(struct certificate_key *key, struct bytes body, struct err *e)
{
	if (compute_fingerprint(key->fingerprint, body, e) != 0)
		return -1;
	key->algorithm = body.p[5];
	key->bits = 0;
	switch (key->algorithm) {
	case PGP_PK_RSA:
	case PGP_PK_RSA_E:
	case PGP_PK_RSA_S:
	case PGP_PK_DSA:
		if (body.n >= 8)
			key->bits = be_number(body.p + 6, 2);
		break;
	default:
		break;
	}
	return 0;
}

static struct component *
find_component(struct draft *d, uint8_t tag, struct bytes head)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].tag == tag && bytes_equal(d->v[i].head, head))
			return &d->v[i];
	return NULL;
}

static int
add_signature(struct component *c, const struct packet *p, struct err *e)
{
	for (size_t i = 1; i < c->n_packets; i++)
		if (bytes_equal(c->packets[i].body, p->body))
			return 0;
	if (c->n_packets > MAX_SIGNATURES_PER_COMPONENT)
		return err_set(e, E_TOO_LARGE, "more than %u signatures on one key or user ID",
		    MAX_SIGNATURES_PER_COMPONENT);
	*LIST_ADD(c->packets, c->n_packets) = *p;
	return 0;
}

static int
add_component(struct draft *d, const struct packet *p, struct component **now, struct err *e)
{
	*now = find_component(d, p->tag, p->body);
	if (*now != NULL)
		return 0;
	if (d->n == MAX_COMPONENTS)
		return err_set(e, E_TOO_LARGE, "a certificate of more than %u keys and user IDs",
		    MAX_COMPONENTS);
	*now = LIST_ADD(d->v, d->n);
	(*now)->tag = p->tag;
	(*now)->head = p->body;
	*LIST_ADD((*now)->packets, (*now)->n_packets) = *p;
	return 0;
}

/* Class of a version 3 or 4 signature (RFC 4880 §5.2.1); -1 when it is none that gpg can use. */
static int
signature_class(struct bytes body)
{
	if (body.n > 2 && body.p[0] == 3)
		return body.p[2];
	if (body.n > 1 && body.p[0] == 4)
		return body.p[1];
	return -1;
}

/*
 * What a signature restricts: the key itself (1f, and 20, a revocation), subkeys (28), identities
 * (30). 0 for all others.
 */
static uint8_t
restricted_tag(const struct packet *p)
{
	switch (signature_class(p->body)) {
	case 0x1f:
	case 0x20:
		return PGP_TAG_PUBLIC_KEY;
	case 0x28:
		return PGP_TAG_PUBLIC_SUBKEY;
	case 0x30:
		return PGP_TAG_USER_ID;
	default:
		return 0;
	}
}

bool
certificate_revokes(struct bytes signature)
{
	return signature_class(signature) == 0x20;
}

/*
 * Take the certificate at the front of rest, whose first packet is a version 4 primary key, into d;
 * when d holds that certificate already, they become one. Packets that gpg does not know in a
 * keyring would make it forget every key there, so only known ones are taken.
 */
static int
read_draft(
    struct draft *d, struct bytes *rest, struct key_notes *notes, const char *name, struct err *e)
{
	struct component *now = NULL, *at;
	struct bytes look = *rest;
	bool started = false;
	struct packet p;

	while (look.n > 0) {
		if (!packet_next(&look, &p)) {
			key_note(notes, "%s: bytes that are not a whole OpenPGP packet", name);
			*rest = bytes_of(NULL, 0);
			return 0;
		}
		if (started && (p.tag == PGP_TAG_PUBLIC_KEY || p.tag == PGP_TAG_SECRET_KEY))
			return 0;
		*rest = look;
		started = true;
		switch (p.tag) {
		case PGP_TAG_PUBLIC_SUBKEY:
			if (!is_version_4(&p)) {
				key_note(notes, "%s: a subkey of version %u", name,
				    p.body.n > 0 ? p.body.p[0] : 0u);
				now = NULL;
				break;
			}
			/* FALLTHROUGH */
		case PGP_TAG_PUBLIC_KEY:
		case PGP_TAG_USER_ID:
		case PGP_TAG_USER_ATTRIBUTE:
			if (add_component(d, &p, &now, e) != 0)
				return err_wrap(e, "%s", name);
			break;
		case PGP_TAG_SIGNATURE:
			/* After what is left out only restrictions count: see place_restrictions.
			 */
			at = now != NULL || restricted_tag(&p) == 0 ? now : &d->v[0];
			if (at != NULL && signature_class(p.body) >= 0 &&
			    add_signature(at, &p, e) != 0)
				return err_wrap(e, "%s", name);
			break;
		default:
			break;
		}
	}
	return 0;
}

static int
count_keys(struct certificate *cert, const struct draft *d, const char *name, struct err *e)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->v[i].tag != PGP_TAG_PUBLIC_KEY && d->v[i].tag != PGP_TAG_PUBLIC_SUBKEY)
			continue;
		if (cert->n_keys == MAX_KEYS_PER_CERTIFICATE)
			return err_set(e, E_TOO_LARGE, "%s: a certificate with more than %u keys",
			    name, MAX_KEYS_PER_CERTIFICATE);
		if (describe_key(LIST_ADD(cert->keys, cert->n_keys), d->v[i].head, e) != 0)
			return err_wrap(e, "%s", name);
	}
	return 0;
}

static int
place_everywhere(struct draft *d, const struct packet *p, struct err *e)
{
	uint8_t tag = restricted_tag(p);

	for (size_t i = 0; i < d->n && tag != 0; i++)
		if (d->v[i].tag == tag && add_signature(&d->v[i], p, e) != 0)
			return -1;
	return 0;
}

/*
 * gpg ignores a revocation in a keyring that does not stand where it belongs, and "gpg --import"
 * moves it there. As nothing is verified here, it is put wherever it could belong; where it does
 * not, gpg ignores it.
 */
static int
place_restrictions(struct draft *d, const char *name, struct err *e)
{
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 1; k < d->v[i].n_packets; k++) {
			struct packet p = d->v[i].packets[k];

			if (place_everywhere(d, &p, e) != 0)
				return err_wrap(e, "%s", name);
		}
	return 0;
}

/*
 * The order of RFC 4880 §11.1: the key and what signs it directly, then identities, then subkeys.
 */
static void
serialize(struct buf *out, const struct draft *d)
{
	static const uint8_t order[][2] = { { PGP_TAG_PUBLIC_KEY, PGP_TAG_PUBLIC_KEY },
		{ PGP_TAG_USER_ID, PGP_TAG_USER_ATTRIBUTE },
		{ PGP_TAG_PUBLIC_SUBKEY, PGP_TAG_PUBLIC_SUBKEY } };

	for (size_t o = 0; o < ARRAY_LEN(order); o++)
		for (size_t i = 0; i < d->n; i++)
			if (d->v[i].tag == order[o][0] || d->v[i].tag == order[o][1])
				for (size_t k = 0; k < d->v[i].n_packets; k++)
					buf_add(out, d->v[i].packets[k].whole.p,
					    d->v[i].packets[k].whole.n);
}

static int
fill_certificate(struct certificate *cert, struct draft *d, const char *name, struct err *e)
{
	if (place_restrictions(d, name, e) != 0 || count_keys(cert, d, name, e) != 0)
		return -1;
	serialize(&cert->raw, d);
	for (size_t i = 0; i < d->n && cert->user_id == NULL; i++)
		if (d->v[i].tag == PGP_TAG_USER_ID)
			cert->user_id = xstrndup((const char *)d->v[i].head.p, d->v[i].head.n);
	if (cert->user_id == NULL)
		cert->user_id = xstrdup("");
	return 0;
}

void
certificate_free(struct certificate *cert)
{
	free(cert->keys);
	free(cert->user_id);
	buf_free(&cert->raw);
	*cert = (struct certificate){ 0 };
}

int
certificate_read(struct certificate *out, struct bytes *rest, struct key_notes *notes,
    const char *name, struct err *e)
{
	AUTO(draft) d = { 0 };

	*out = (struct certificate){ 0 };
	if (read_draft(&d, rest, notes, name, e) == 0 && fill_certificate(out, &d, name, e) == 0)
		return 0;
	certificate_free(out);
	return -1;
}

int
certificate_merge(struct certificate *have, const struct certificate *more, struct key_notes *notes,
    const char *name, struct err *e)
{
	struct bytes first = buf_bytes(&have->raw), second = buf_bytes(&more->raw);
	AUTO(certificate) merged = { 0 };
	AUTO(draft) d = { 0 };

	if (read_draft(&d, &first, notes, name, e) != 0 ||
	    read_draft(&d, &second, notes, name, e) != 0 ||
	    fill_certificate(&merged, &d, name, e) != 0)
		return -1;
	certificate_free(have);
	*have = merged;
	merged = (struct certificate){ 0 };
	return 0;
}

int
certificate_restrict(struct certificate *cert, struct bytes signatures, struct key_notes *notes,
    const char *name, struct err *e)
{
	AUTO(certificate) restricted = { 0 };
	AUTO(buf) all = BUF_INIT;
	struct bytes rest;

	buf_add(&all, cert->raw.p, cert->raw.n);
	buf_add(&all, signatures.p, signatures.n);
	rest = buf_bytes(&all);
	if (certificate_read(&restricted, &rest, notes, name, e) != 0)
		return -1;
	certificate_free(cert);
	*cert = restricted;
	restricted = (struct certificate){ 0 };
	return 0;
}
