/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is this blob signed by a trusted key, and what exactly was signed? The acceptance predicate:
 * preflight (formats/signed_message), gpg's evidence (trust/gpg) in full, identity of the signer,
 * time.
 */
#ifndef RELSIG_TRUST_OPENPGP_H
#define RELSIG_TRUST_OPENPGP_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "trust/keys.h"
#include "trust/reason.h"
#include "trust/signed_bytes.h"

struct openpgp;

/* For reports. Hints until verified is true; user_id is untrusted text in any case. */
struct signature_facts {
	bool verified;
	char issuer[17];			/* key ID that the blob names, "" when unknown */
	char fingerprint[FINGERPRINT_HEX + 1];	/* of the signer's primary key; "" until verified */
	char signing_key[FINGERPRINT_HEX + 1];	/* of the (sub)key that signed; "" until verified */
	char *user_id;				/* owned; NULL until verified */
	unsigned hash_algorithm, key_algorithm; /* OpenPGP numbers, 0 when unknown */
	unsigned version;			/* of the signature packet, 0 when unknown */
	int64_t created;			/* seconds since 1970, 0 until verified */
};
#define SIGNATURE_FACTS_INIT                                                                       \
	{                                                                                          \
		0                                                                                  \
	}
void signature_facts_free(struct signature_facts *f);
AUTO_DEFINE(signature_facts)

struct openpgp_options {
	bool allow_weak;	  /* --allow-weak-crypto */
	int timeout_ms;		  /* for each run of gpg */
	struct deadline deadline; /* of all of them */
};

/*
 * Make the private home, point GNUPGHOME at it, start to look for gpg. Cheap; before threads start.
 */
int openpgp_open(
    struct openpgp **out, const struct openpgp_options *options, struct err *e) RESULT_USED;
/*
 * Fill the home with these keys, which are borrowed; wait for gpg. Once, before any verification.
 */
int openpgp_trust(struct openpgp *o, const struct trusted_keys *keys, struct err *e) RESULT_USED;
/* "2.2.40"; "" before openpgp_trust. */
const char *openpgp_gpg_version(const struct openpgp *o);
/* Remove the home. NULL is fine. */
void openpgp_free(struct openpgp *o);
AUTO_PTR_DEFINE(openpgp)

/*
 * OUTCOME_PROVEN: *out is set, facts are verified. OUTCOME_REFUSED: why and e say which rule
 * failed. OUTCOME_UNDECIDED: gpg could not do its work (why is io-error or timed-out). now is the
 * time, in seconds since 1970. May be called by several threads at once.
 */
enum outcome openpgp_verify(struct openpgp *o, struct bytes blob, int64_t now,
    struct signed_bytes **out, struct signature_facts *facts, enum reason *why,
    struct err *e) RESULT_USED;
/*
 * The same, trusting these keys and not those of openpgp_trust, among which each of them must be:
 * gpg looks for keys there.
 */
enum outcome openpgp_verify_by(struct openpgp *o, const struct trusted_keys *keys,
    struct bytes blob, int64_t now, struct signed_bytes **out, struct signature_facts *facts,
    enum reason *why, struct err *e) RESULT_USED;

/* How a list of sums and its signature come, found out by looking. */
enum signed_form {
	SIGNED_FORM_UNSET = 0,
	SIGNED_OPAQUE,	  /* one OpenPGP message: sha256sum.txt.sig of 2019 */
	SIGNED_CLEARTEXT, /* readable, with the signature below */
	SIGNED_DETACHED,  /* the signature alone; the text is another file */
};
/*
 * The same for a signed list of sums, with the keys of openpgp_trust. text is NULL, and blob opaque
 * or in clear text; or it is what the detached signature in blob has to sign. The signed bytes are
 * of PAYLOAD_SUMS: of an opaque and a cleartext message what gpg put out, with LF at lines' ends;
 * of a detached one the very text that gpg was given. form is how it came, whatever is judged.
 */
enum outcome openpgp_verify_sums(struct openpgp *o, struct bytes blob, const struct bytes *text,
    int64_t now, struct signed_bytes **out, enum signed_form *form, struct signature_facts *facts,
    enum reason *why, struct err *e) RESULT_USED;

#endif
