/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Find two RSA keys with the same 64-bit key ID. Not part of any build: what it found stands in
 * same_key_id.txt, and make_keys.py takes it from there. To search again:
 *
 *     cc -O2 -Wno-deprecated-declarations -o collide collide.c -lcrypto
 *     nice ./collide 5E0BE100 MODULUS-A MODULUS-B
 *
 * The first argument is the time of making, the moduli have 2048 bits, all in hex. It prints "0
 * E-A" and "1 E-B", public exponents. To make keys of them both moduli want factors p for which
 * (p-1)/2 is a prime too (openssl prime -generate -safe): nearly every odd number is an exponent
 * then.
 *
 * A version 4 key ID is the end of SHA-1 over the key (RFC 4880 §12.2), and the exponent stands in
 * the last block, so that a key costs one block. A step from key ID x leads to the key ID of the
 * key with x in its exponent; the last bit of x chooses the modulus. Two ways into one point are a
 * collision, of different moduli every other time: some 2^33 steps, with walks that end at points
 * of many zeros (van Oorschot and Wiener, Parallel Collision Search with Cryptanalytic
 * Applications, 1999). With SHA extensions that takes ten minutes.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

enum {
	N_BYTES = 256,
	E_BYTES = 10,
	BODY = 6 + 2 + N_BYTES + 2 + E_BYTES,
	HASHED = 3 + BODY,
	LAST = 4 * SHA_CBLOCK,		    /* where the last block begins */
	X_AT = HASHED - E_BYTES + 1 - LAST, /* where x stands in it, between a 1 and a 1 */
	ZEROS = 20,			    /* bits of an end point: a walk has 2^20 steps */
	WALKS = 1 << 18,
};

/* Each of the two moduli: SHA-1's state before the last block, and that block. */
struct modulus {
	SHA_CTX before;
	uint8_t block[SHA_CBLOCK];
};
static struct modulus moduli[2];

struct walk {
	uint64_t from, to;
};
static struct walk walks[WALKS]; /* a hash table by end point; to 0: free */

static void
put(uint8_t *p, uint64_t number, size_t n)
{
	while (n-- > 0) {
		p[n] = (uint8_t)number;
		number >>= 8;
	}
}

static bool
prepare(struct modulus *m, uint32_t created, const char *hex)
{
	uint8_t text[LAST + SHA_CBLOCK] = { 0x99, BODY >> 8, BODY & 0xff, 4 };
	uint8_t *n = text + 3 + 8;

	put(text + 4, created, 4);
	text[8] = 1; /* RSA */
	put(text + 9, N_BYTES * 8, 2);
	for (size_t i = 0; i < N_BYTES; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &n[i]) != 1)
			return false;
	put(n + N_BYTES, E_BYTES * 8 - 7, 2);
	text[HASHED - E_BYTES] = 1;
	text[HASHED - 1] = 1;
	text[HASHED] = 0x80; /* SHA-1's padding */
	put(text + sizeof text - 8, HASHED * 8, 8);
	SHA1_Init(&m->before);
	for (size_t i = 0; i < LAST; i += SHA_CBLOCK)
		SHA1_Transform(&m->before, text + i);
	memcpy(m->block, text + LAST, SHA_CBLOCK);
	return strlen(hex) == 2 * N_BYTES && n[0] >= 0x80;
}

static uint64_t
step(uint64_t x)
{
	struct modulus *m = &moduli[x & 1];
	SHA_CTX sha = m->before;

	put(m->block + X_AT, x, 8);
	SHA1_Transform(&sha, m->block);
	return (uint64_t)sha.h3 << 32 | sha.h4;
}

static bool
is_end(uint64_t x)
{
	return x >> (64 - ZEROS) == 0;
}

static uint64_t
length(uint64_t x)
{
	uint64_t n = 0;

	for (; !is_end(x); x = step(x))
		n++;
	return n;
}

/* Two walks to the same end: where do they meet? */
static bool
meet(uint64_t a, uint64_t b)
{
	uint64_t la = length(a), lb = length(b);

	for (; la > lb; la--)
		a = step(a);
	for (; lb > la; lb--)
		b = step(b);
	if (a == b)
		return false; /* one began on the other */
	while (step(a) != step(b)) {
		a = step(a);
		b = step(b);
	}
	fprintf(stderr, "collision, moduli %d and %d\n", (int)(a & 1), (int)(b & 1));
	if ((a & 1) == (b & 1))
		return false;
	printf("%d 01%016llx01\n%d 01%016llx01\n", (int)(a & 1), (unsigned long long)a,
	    (int)(b & 1), (unsigned long long)b);
	return true;
}

static bool
add(uint64_t from, uint64_t to)
{
	size_t at = (size_t)(to % WALKS);

	while (walks[at].to != 0 && walks[at].to != to)
		at = (at + 1) % WALKS;
	if (walks[at].to == to)
		return meet(walks[at].from, from);
	walks[at] = (struct walk){ from, to };
	return false;
}

int
main(int argc, char **argv)
{
	uint64_t start = UINT64_C(0x9e3779b97f4a7c15), done = 0;

	if (argc != 4 || !prepare(&moduli[0], (uint32_t)strtoul(argv[1], NULL, 16), argv[2]) ||
	    !prepare(&moduli[1], (uint32_t)strtoul(argv[1], NULL, 16), argv[3])) {
		fprintf(stderr, "usage: collide TIME MODULUS-A MODULUS-B\n");
		return 2;
	}
	for (size_t i = 0; i < WALKS / 2; i++) {
		uint64_t from = start *= UINT64_C(6364136223846793005), x = step(from);
		uint64_t n = 1;

		for (; !is_end(x) && n < (uint64_t)40 << ZEROS; n++)
			x = step(x);
		done += n;
		if (i % 256 == 0)
			fprintf(
			    stderr, "2^33 x %.2f\n", (double)done / (double)(UINT64_C(1) << 33));
		if (is_end(x) && add(from, x))
			return 0;
	}
	return 1;
}
