/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/public_key.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/digest.h"

/* An RSA key of fewer bits is weak. */
enum { MIN_RSA_BITS = 2048 };
/* Of base64 in a line of PEM (RFC 7468). */
enum { PEM_COLUMNS = 64 };

/*
 * How the SubjectPublicKeyInfo of each kind with a fixed length begins (RFC 5480, RFC 8410): what
 * follows is X and Y, or the key. So a curve is named, and a point uncompressed.
 */
static const struct form {
	const char *prefix;
	size_t prefix_n, rest;
} forms[] = {
	/* P-256 */
	{ "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01"
	  "\x07\x03\x42\x00\x04",
	    27, 64 },
	/* P-384 */
	{ "\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62"
	  "\x00\x04",
	    24, 96 },
	/* P-521 */
	{ "\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23\x03"
	  "\x81\x86\x00\x04",
	    26, 132 },
	/* Ed25519 */
	{ "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12, 32 },
};

static bool
has_listed_form(struct bytes spki)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(forms); i++)
		if (spki.n == forms[i].prefix_n + forms[i].rest &&
		    memcmp(spki.p, forms[i].prefix, forms[i].prefix_n) == 0)
			return true;
	return false;
}

/* What PEM_read_bio gives. */
struct block {
	char *name, *header;
	unsigned char *data;
	long n;
};

static void
block_free(struct block *b)
{
	OPENSSL_free(b->name);
	OPENSSL_free(b->header);
	OPENSSL_free(b->data);
}
AUTO_DEFINE(block)

static int
read_block(struct block *out, struct bytes pem, struct err *e)
{
	BIO *bio;
	int ok;

	if (pem.n > MAX_KEY_FILE_BYTES)
		return err_set(e, E_TOO_LARGE, "public key: %zu bytes, want at most %zu", pem.n,
		    MAX_KEY_FILE_BYTES);
	if (pem.n == 0)
		return err_set(e, E_INVALID, "public key: empty, want PEM");
	bio = must_have(BIO_new_mem_buf(pem.p, (int)pem.n));
	ok = PEM_read_bio(bio, &out->name, &out->header, &out->data, &out->n);
	BIO_free(bio);
	if (ok != 1)
		return err_set(
		    e, E_INVALID, "public key: no PEM block that begins and ends as one");
	if (out->header[0] != '\0')
		return err_set(e, E_INVALID, "public key: a PEM block with headers");
	return 0;
}

/* The key, and the encoding of it that the block must equal. */
static int
decode(struct public_key *out, const struct block *block, struct err *e)
{
	const unsigned char *p = block->data;
	unsigned char *again = NULL;
	int n = 0;
	bool same;

	if (strcmp(block->name, PEM_STRING_PUBLIC) == 0) {
		out->key = d2i_PUBKEY(NULL, &p, block->n);
		n = out->key != NULL ? i2d_PUBKEY(out->key, &again) : 0;
	} else if (strcmp(block->name, PEM_STRING_RSA_PUBLIC) == 0) {
		out->key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, block->n);
		n = out->key != NULL ? i2d_PublicKey(out->key, &again) : 0;
	} else {
		return err_set(e, E_UNSUPPORTED,
		    "public key: a PEM block \"%.100s\", want \"" PEM_STRING_PUBLIC
		    "\" or \"" PEM_STRING_RSA_PUBLIC "\"",
		    block->name);
	}
	same = again != NULL && n == block->n && memcmp(again, block->data, (size_t)n) == 0;
	OPENSSL_free(again);
	if (out->key == NULL)
		return err_set(e, E_INVALID, "public key: the PEM block \"%s\" holds no such key",
		    block->name);
	if (!same)
		return err_set(e, E_INVALID,
		    "public key: not in DER, or with something after it, or in a form of its own");
	return 0;
}

static int
describe(struct public_key *out, struct err *e)
{
	unsigned char *spki = NULL;
	int n = i2d_PUBKEY(out->key, &spki);
	struct digest digest;
	int r;

	if (n > 0)
		buf_add(&out->spki, spki, (size_t)n);
	OPENSSL_free(spki);
	out->bits = (unsigned)EVP_PKEY_bits(out->key);
	switch (EVP_PKEY_base_id(out->key)) {
	case EVP_PKEY_EC:
		out->kind = PUBLIC_KEY_ECDSA;
		break;
	case EVP_PKEY_RSA:
		out->kind = PUBLIC_KEY_RSA;
		break;
	case EVP_PKEY_ED25519:
		out->kind = PUBLIC_KEY_ED25519;
		out->bits = 256; /* OpenSSL 1.1.1 says 253 */
		break;
	}
	r = digest_of_bytes(&digest, buf_bytes(&out->spki), e);
	if (r == 0)
		memcpy(out->fingerprint, digest_hex(&digest), sizeof(out->fingerprint));
	return r;
}

/* On the curve, and of its order. OpenSSL's check of RSA keys is left alone: chance has a part in
 * it. */
static bool
is_sound_point(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = must_have(EVP_PKEY_CTX_new(key, NULL));
	int r = EVP_PKEY_public_check(ctx);

	EVP_PKEY_CTX_free(ctx);
	return r == 1;
}

/* RSAPublicKey (RFC 8017 §A.1.1): an odd modulus; an odd exponent from 3 to 2^31 - 1, as in Go. */
static bool
is_sound_rsa(EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int size = i2d_PublicKey(key, &der), tag, class;
	const unsigned char *p = der, *digits;
	ASN1_INTEGER *n = NULL, *e = NULL;
	uint64_t exponent = 0;
	bool sound = false;
	long rest;

	if (size > 0 && (ASN1_get_object(&p, &rest, &tag, &class, size) & 0x80) == 0 &&
	    d2i_ASN1_INTEGER(&n, &p, rest) != NULL &&
	    d2i_ASN1_INTEGER(&e, &p, size - (long)(p - der)) != NULL &&
	    ASN1_INTEGER_get_uint64(&exponent, e) == 1) {
		digits = ASN1_STRING_get0_data(n);
		sound = exponent >= 3 && exponent <= INT32_MAX && exponent % 2 == 1 &&
			ASN1_STRING_length(n) > 0 && digits[ASN1_STRING_length(n) - 1] % 2 == 1;
	}
	ASN1_INTEGER_free(n);
	ASN1_INTEGER_free(e);
	OPENSSL_free(der);
	return sound;
}

/* Of Ed25519, any 32 octets: what is no point verifies nothing. */
static bool
is_sound(const struct public_key *k)
{
	return k->kind == PUBLIC_KEY_ED25519 ||
	       (k->kind == PUBLIC_KEY_ECDSA && is_sound_point(k->key)) ||
	       (k->kind == PUBLIC_KEY_RSA && is_sound_rsa(k->key));
}

static int
judge(const struct public_key *k, bool allow_weak, struct err *e)
{
	if (k->kind == PUBLIC_KEY_UNSET ||
	    (k->kind != PUBLIC_KEY_RSA && !has_listed_form(buf_bytes(&k->spki))))
		return err_set(e, E_UNSUPPORTED,
		    "public key: neither RSA nor Ed25519 nor ECDSA on P-256, P-384 or P-521 (the "
		    "curve named, the point uncompressed)");
	if (k->kind == PUBLIC_KEY_RSA && k->bits < MIN_RSA_BITS && !allow_weak)
		return err_set(e, E_WEAK, "public key: RSA of %u bits, want %d or more", k->bits,
		    MIN_RSA_BITS);
	if (!is_sound(k))
		return err_set(e, E_INVALID,
		    "public key: not a point of the curve, or not a modulus and an exponent");
	return 0;
}

int
public_key_read(struct public_key *out, struct bytes pem, bool allow_weak, struct err *e)
{
	AUTO(block) block = { 0 };
	int r = -1;

	*out = (struct public_key)PUBLIC_KEY_INIT;
	if (read_block(&block, pem, e) == 0 && block.name != NULL && decode(out, &block, e) == 0 &&
	    describe(out, e) == 0)
		r = judge(out, allow_weak, e);
	if (r != 0)
		public_key_free(out);
	/* What OpenSSL noted of its failures is said already, and belongs to no later call. */
	ERR_clear_error();
	return r;
}

const char *
public_key_kind_name(enum public_key_kind kind)
{
	switch (kind) {
	case PUBLIC_KEY_ECDSA:
		return "ECDSA";
	case PUBLIC_KEY_RSA:
		return "RSA";
	case PUBLIC_KEY_ED25519:
		return "Ed25519";
	case PUBLIC_KEY_UNSET:
		break;
	}
	return "";
}

char *
public_key_pem(const struct public_key *k)
{
	AUTO_STR char *base64 = text_base64(buf_bytes(&k->spki));
	AUTO(buf) out = BUF_INIT;

	buf_add_str(&out, "-----BEGIN PUBLIC KEY-----\n");
	for (const char *at = base64; at[0] != '\0'; at += strnlen(at, PEM_COLUMNS))
		buf_addf(&out, "%.*s\n", PEM_COLUMNS, at);
	buf_add_str(&out, "-----END PUBLIC KEY-----\n");
	return buf_steal_str(&out);
}

bool
public_key_equal(const struct public_key *a, const struct public_key *b)
{
	return a->spki.n > 0 && bytes_equal(buf_bytes(&a->spki), buf_bytes(&b->spki));
}

void
public_key_free(struct public_key *k)
{
	EVP_PKEY_free(k->key);
	buf_free(&k->spki);
	*k = (struct public_key)PUBLIC_KEY_INIT;
}
