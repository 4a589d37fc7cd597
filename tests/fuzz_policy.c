/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/policy.h"
#include "trust/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing is read that has no requirement, no place to name, or could be satisfied by nothing. */
static void
check_entry(const struct policy_entry *entry)
{
	const struct policy_requirement *r;

	if (entry->n == 0 || entry->place == NULL)
		abort();
	for (r = entry->v; r < entry->v + entry->n; r++) {
		AUTO(identity) identity = IDENTITY_INIT;

		if (r->type == POLICY_UNSET || r->place == NULL)
			abort();
		if (r->type == POLICY_SIGNED_BY && r->keys.kind == POLICY_SOURCE_NONE)
			abort();
		if ((r->type == POLICY_SIGSTORE_SIGNED) != (r->trust != POLICY_TRUST_UNSET))
			abort();
		identity_for_policy(&identity, &r->identity, NULL);
		if (identity.rule != IDENTITY_UNSET && !reference_is_set(&r->identity.reference))
			abort();
	}
}

/* A scope that is an image's repository decides about its images, if no tag's scope does. */
static void
check_scope(const struct policy *p, const struct policy_entry *entry)
{
	AUTO_STR char *image = xasprintf("%s:tag", entry->scope);
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(scopes) scopes = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *repository = NULL;
	const struct policy_entry *decides;

	if (reference_parse(&r, image, &e) != 0 || scopes_of_reference(&scopes, &r, &e) != 0)
		return;
	repository = reference_repository(&r);
	decides = policy_lookup(p, entry->transport, &scopes);
	if (strcmp(repository, entry->scope) == 0 && decides != entry &&
	    strcmp(decides->scope, scopes.v[0]) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(policy) p = POLICY_INIT;
	AUTO(err) e = ERR_INIT;
	size_t i;

	if (policy_parse(&p, bytes_of(data, size), &e) != 0) {
		if (p.n != 0 || p.fallback.n != 0 || (e.code != E_INVALID && e.code != E_TOO_LARGE))
			abort();
		return 0;
	}
	check_entry(&p.fallback);
	for (i = 0; i < p.n; i++) {
		check_entry(&p.v[i]);
		check_scope(&p, &p.v[i]);
	}
	return 0;
}
