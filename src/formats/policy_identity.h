/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "signedIdentity" of policy.json: whose name a signature must bear. trust/identity compares. */
#ifndef RELSIG_FORMATS_POLICY_IDENTITY_H
#define RELSIG_FORMATS_POLICY_IDENTITY_H

#include "base/base.h"
#include "base/err.h"
#include "formats/json.h"
#include "formats/reference.h"

enum policy_identity_rule {
	POLICY_IDENTITY_UNSET = 0,
	POLICY_IDENTITY_MATCH_EXACT,
	POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT, /* the default where none is written */
	POLICY_IDENTITY_MATCH_REPOSITORY,
	POLICY_IDENTITY_EXACT_REFERENCE,  /* reference, with a tag or a digest */
	POLICY_IDENTITY_EXACT_REPOSITORY, /* reference, whose tag and digest mean nothing */
	POLICY_IDENTITY_REMAP,		  /* prefix, signed_prefix */
};

/* All zero is no rule. Strings are owned. */
struct policy_identity {
	enum policy_identity_rule rule;
	struct reference reference;
	char *prefix, *signed_prefix;
};
#define POLICY_IDENTITY_INIT                                                                       \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Exact keys, a known "type", references and prefixes that containers/image takes. E_INVALID with
 * the place ("default[0].signedIdentity.prefix: ...") otherwise. On failure out may be half made:
 * free it.
 */
int policy_identity_parse(
    struct policy_identity *out, const json_t *value, const char *place, struct err *e) RESULT_USED;
/* The rule's word in policy.json; "no rule" for none. */
const char *policy_identity_word(enum policy_identity_rule rule);
void policy_identity_free(struct policy_identity *i);
AUTO_DEFINE(policy_identity)

#endif
