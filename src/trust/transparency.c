/* SPDX-License-Identifier: GPL-3.0-or-later */
/* containers/image, signature/internal/rekor_set.go: VerifyRekorSET, comparison by comparison. */
#include "trust/transparency.h"

#include <string.h>

#include "formats/digest.h"
#include "formats/rekor.h"

static enum outcome
refuse(enum reason *why, enum reason reason)
{
	*why = reason;
	return OUTCOME_REFUSED;
}

/*
 * The log speaks of an entry; that it is the one of this signature is ours to see: without any of
 * the three, a promise for something else would do (CVE-2026-22703).
 */
static int
compare(const struct rekor_entry *entry, const struct transparency_wanted *wanted, struct err *e)
{
	AUTO(public_key) logged = PUBLIC_KEY_INIT;
	struct digest digest;

	/* Its strength was judged where it was trusted. */
	if (digest_of_bytes(&digest, wanted->payload, e) != 0 ||
	    public_key_read(&logged, buf_bytes(&entry->public_key), true, e) != 0)
		return -1;
	if (!public_key_equal(&logged, wanted->key))
		return err_set(e, E_MISMATCH, "it is for the key %s, want %s", logged.fingerprint,
		    wanted->key->fingerprint);
	if (!bytes_equal(buf_bytes(&entry->signature), wanted->signature))
		return err_set(e, E_MISMATCH, "it is for another signature");
	if (!digest_equal(&entry->digest, &digest))
		return err_set(e, E_MISMATCH, "it is for a payload with the digest %s, want %s",
		    entry->digest.text, digest.text);
	return 0;
}

/* ECDSA is the only kind of key that a log of containers/image has. */
static int
check_keys(const struct public_keys *log_keys, struct err *e)
{
	size_t i;

	for (i = 0; i < log_keys->n; i++)
		if (log_keys->v[i].kind != PUBLIC_KEY_ECDSA)
			return err_set(e, E_UNSUPPORTED, "a log's key is %s, want ECDSA",
			    public_key_kind_name(log_keys->v[i].kind));
	return 0;
}

enum outcome
transparency_verify(const struct public_keys *log_keys, const char *bundle,
    const struct transparency_wanted *wanted, struct transparency_facts *facts, enum reason *why,
    struct err *e)
{
	AUTO(rekor_bundle) b = REKOR_BUNDLE_INIT;
	AUTO(rekor_entry) entry = REKOR_ENTRY_INIT;
	const struct public_key *signer = NULL;
	enum outcome outcome;

	*facts = (struct transparency_facts){ 0 };
	if (check_keys(log_keys, e) != 0)
		return refuse(why, REASON_REJECTED_BY_POLICY);
	if (bundle == NULL) {
		(void)err_set(e, E_NOT_FOUND, "no promise of the Rekor log, and one is required");
		return refuse(why, REASON_REJECTED_BY_POLICY);
	}
	if (rekor_bundle_parse(&b, bytes_of_str(bundle), e) != 0) {
		(void)err_wrap(e, "Rekor");
		return refuse(why, REASON_NOT_A_SIGNATURE);
	}
	outcome = public_keys_verify(
	    log_keys, buf_bytes(&b.signed_form), buf_bytes(&b.promise), &signer, e);
	if (outcome != OUTCOME_PROVEN) {
		(void)err_wrap(e, "the Rekor log's promise");
		*why = outcome == OUTCOME_REFUSED ? REASON_BAD_SIGNATURE : REASON_IO_ERROR;
		return outcome;
	}
	/* Not one byte of the entry is read before the log's key has signed it. */
	if (rekor_entry_parse(&entry, buf_bytes(&b.entry), e) != 0 ||
	    compare(&entry, wanted, e) != 0) {
		(void)err_wrap(e, "the Rekor log's entry");
		return refuse(why, REASON_BAD_SIGNATURE);
	}
	facts->proven = true;
	facts->integrated_time = b.integrated_time;
	facts->log_index = b.log_index;
	memcpy(facts->log_key, signer->fingerprint, sizeof(facts->log_key));
	return OUTCOME_PROVEN;
}
