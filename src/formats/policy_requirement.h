/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One requirement of policy.json, and what it takes to judge it. */
#ifndef RELSIG_FORMATS_POLICY_REQUIREMENT_H
#define RELSIG_FORMATS_POLICY_REQUIREMENT_H

#include "base/base.h"
#include "base/err.h"
#include "formats/json.h"
#include "formats/policy_identity.h"
#include "formats/policy_source.h"

enum policy_requirement_type {
	POLICY_UNSET = 0, /* refuse */
	POLICY_INSECURE_ACCEPT_ANYTHING,
	POLICY_REJECT,
	POLICY_SIGNED_BY,	  /* key_type, keys, identity */
	POLICY_SIGNED_BASE_LAYER, /* identity; containers/image always rejects */
	POLICY_SIGSTORE_SIGNED,	  /* trust, what belongs to it, rekor, identity */
};

enum policy_key_type {
	POLICY_KEY_UNSET = 0,
	POLICY_KEY_GPG_KEYS,
	/* What containers/image reads but then rejects every signature for. */
	POLICY_KEY_SIGNED_BY_GPG_KEYS,
	POLICY_KEY_X509_CERTIFICATES,
	POLICY_KEY_SIGNED_BY_X509_CAS,
};

enum policy_trust {
	POLICY_TRUST_UNSET = 0,
	POLICY_TRUST_KEYS,   /* keys */
	POLICY_TRUST_FULCIO, /* fulcio; rekor is there */
	POLICY_TRUST_PKI,    /* pki; no rekor */
};

/* A certificate issued after a login: both strings are not empty. */
struct policy_fulcio {
	struct policy_source ca;
	char *oidc_issuer, *subject_email;
};

/* A certificate of one's own authority: one of the strings at least, and all that are must match.
 */
struct policy_pki {
	struct policy_source roots;
	struct policy_source intermediates; /* may be NONE */
	char *subject_email, *subject_hostname;
};

/* All zero is no requirement, which refuses. Strings are owned. */
struct policy_requirement {
	enum policy_requirement_type type;
	char *place; /* for messages: "transports.docker[\"quay.io\"][0]" */
	enum policy_key_type key_type;
	enum policy_trust trust;
	struct policy_source keys; /* of SIGNED_BY: n may be 0, which no signature satisfies */
	struct policy_fulcio fulcio;
	struct policy_pki pki;
	struct policy_source rekor; /* keys of a transparency log; NONE: it is not asked for */
	struct policy_identity identity;
};
#define POLICY_REQUIREMENT_INIT                                                                    \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Whatever containers/image refuses to read is refused, with E_INVALID and the place of it. On
 * failure out may be half made: free it.
 */
int policy_requirement_parse(struct policy_requirement *out, const json_t *value, const char *place,
    struct err *e) RESULT_USED;
/* The words of policy.json; "no requirement" and "no keys" for none. */
const char *policy_requirement_word(enum policy_requirement_type type);
const char *policy_key_type_word(enum policy_key_type type);
void policy_requirement_free(struct policy_requirement *r);
AUTO_DEFINE(policy_requirement)

#endif
