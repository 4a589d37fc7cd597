/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/public_keys.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

int
public_keys_add(struct public_keys *k, struct bytes pem, bool allow_weak, struct err *e)
{
	struct public_key key;

	if (public_key_read(&key, pem, allow_weak, e) != 0)
		return -1;
	*LIST_ADD(k->v, k->n) = key;
	return 0;
}

/* What one key says. Zero is no. */
enum answer { ANSWER_NO = 0, ANSWER_YES, ANSWER_UNUSABLE };

static enum answer
ask(const struct public_key *k, struct bytes message, struct bytes signature)
{
	/* Ed25519 has its own hash inside; for all others containers/image knows only this one. */
	const EVP_MD *hash = k->kind == PUBLIC_KEY_ED25519 ? NULL : EVP_sha256();
	enum answer answer = ANSWER_UNUSABLE;
	EVP_MD_CTX *ctx;

	if (k->kind == PUBLIC_KEY_UNSET)
		return ANSWER_NO;
	ctx = must_have(EVP_MD_CTX_new());
	/* 1 alone is good: 0 is a bad signature, less than that one in a form that is none. */
	if (EVP_DigestVerifyInit(ctx, NULL, hash, NULL, k->key) == 1)
		answer = EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1
			     ? ANSWER_YES
			     : ANSWER_NO;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return answer;
}

enum outcome
public_keys_verify(const struct public_keys *k, struct bytes message, struct bytes signature,
    const struct public_key **signer, struct err *e)
{
	size_t i, unusable = 0;

	*signer = NULL;
	if (k == NULL || k->n == 0) {
		(void)err_set(e, E_IO, "no keys were given");
		return OUTCOME_UNDECIDED;
	}
	for (i = 0; i < k->n && signature.n > 0; i++) {
		switch (ask(&k->v[i], message, signature)) {
		case ANSWER_YES:
			*signer = &k->v[i];
			return OUTCOME_PROVEN;
		case ANSWER_UNUSABLE:
			unusable++;
			break;
		case ANSWER_NO:
			break;
		}
	}
	if (unusable > 0) {
		(void)err_set(
		    e, E_IO, "OpenSSL cannot verify with %zu of %zu keys here", unusable, k->n);
		return OUTCOME_UNDECIDED;
	}
	if (k->n == 1)
		(void)err_set(e, E_INVALID,
		    "altered, or not made by the trusted %s key with SHA-256 fingerprint %s",
		    public_key_kind_name(k->v[0].kind), k->v[0].fingerprint);
	else
		(void)err_set(
		    e, E_INVALID, "altered, or made by none of the %zu trusted keys", k->n);
	return OUTCOME_REFUSED;
}

const char *
public_key_known_name(const char *fingerprint)
{
	return strcmp(fingerprint, OPENSHIFT_SIGSTORE_KEY) == 0 ? "OpenShift's release key" : NULL;
}

void
public_keys_free(struct public_keys *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		public_key_free(&k->v[i]);
	free(k->v);
	*k = (struct public_keys)PUBLIC_KEYS_INIT;
}
