/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "verify/policy_check.h"

/* containers-transports(5), and "atomic" and "ostree", which older programs had. */
static const char *const transports[] = { "docker", "docker-archive", "docker-daemon", "dir", "oci",
	"oci-archive", "containers-storage", "sif", "tarball", "atomic", "ostree" };

bool
policy_scope_is_red_hat(const char *scope)
{
	static const char *const hosts[] = { "registry.redhat.io", "registry.access.redhat.com" };

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (text_starts_with(scope, hosts[i]) &&
		    (scope[strlen(hosts[i])] == '\0' || scope[strlen(hosts[i])] == '/'))
			return true;
	return false;
}

static enum policy_decision
decision_of_requirement(const struct policy_requirement *r)
{
	switch (r->type) {
	case POLICY_INSECURE_ACCEPT_ANYTHING:
		return POLICY_DECISION_ACCEPT;
	case POLICY_SIGNED_BY:
		return r->key_type == POLICY_KEY_GPG_KEYS && r->keys.n > 0 ? POLICY_DECISION_SIGNED
									   : POLICY_DECISION_REJECT;
	case POLICY_SIGSTORE_SIGNED:
		return POLICY_DECISION_SIGNED;
	case POLICY_UNSET:
	case POLICY_REJECT:
	case POLICY_SIGNED_BASE_LAYER:
		break;
	}
	return POLICY_DECISION_REJECT;
}

/* All must hold: the strictest is what comes of them. */
enum policy_decision
policy_decision_of(const struct policy_entry *entry)
{
	enum policy_decision all = entry->n > 0 ? POLICY_DECISION_ACCEPT : POLICY_DECISION_REJECT;

	for (size_t i = 0; i < entry->n; i++) {
		enum policy_decision one = decision_of_requirement(&entry->v[i]);

		if (one > all)
			all = one;
	}
	return all;
}

/* What is in the file, as places in findings are written. */
static char *
place_in(const struct policy_check_subject *s, const char *what)
{
	return xasprintf("%s: %s", s->policy_file, what);
}

/*
 * --- one requirement ----------------------------------------------------------------------------
 */

static void
check_sigstore(const struct policy_requirement *r, const char *place, struct findings *out)
{
	const char *means = NULL;

	switch (r->trust) {
	case POLICY_TRUST_KEYS:
	case POLICY_TRUST_UNSET:
		break;
	case POLICY_TRUST_FULCIO:
		means = "fulcio";
		break;
	case POLICY_TRUST_PKI:
		means = "pki";
		break;
	}
	if (means != NULL)
		findings_add(out, FINDING_NOTE, place,
		    "relsig cannot judge signatures by \"%s\"; nodes can, by releases of their "
		    "software that know it",
		    means);
}

static void
check_requirement(
    const struct policy_check_subject *s, const struct policy_requirement *r, struct findings *out)
{
	AUTO_STR char *place = place_in(s, r->place);

	switch (r->type) {
	case POLICY_SIGNED_BASE_LAYER:
		findings_add(out, FINDING_ERROR, place,
		    "\"signedBaseLayer\" was never implemented: it rejects every image");
		return;
	case POLICY_SIGNED_BY:
		if (r->key_type != POLICY_KEY_GPG_KEYS)
			findings_add(out, FINDING_ERROR, place,
			    "keyType \"%s\" was never implemented: it rejects every image",
			    policy_key_type_word(r->key_type));
		else if (r->keys.n == 0)
			findings_add(
			    out, FINDING_ERROR, place, "no key is named: it rejects every image");
		return;
	case POLICY_SIGSTORE_SIGNED:
		check_sigstore(r, place, out);
		return;
	case POLICY_INSECURE_ACCEPT_ANYTHING:
	case POLICY_REJECT:
	case POLICY_UNSET:
		break;
	}
}

/*
 * --- which entry decides ------------------------------------------------------------------------
 */

static bool
has_tag(const char *scope)
{
	const char *slash = strrchr(scope, '/');

	return slash != NULL && strchr(slash, ':') != NULL && strchr(slash, '@') == NULL;
}

static const char *
decision_words(enum policy_decision d)
{
	switch (d) {
	case POLICY_DECISION_ACCEPT:
		return "accepts anything";
	case POLICY_DECISION_SIGNED:
		return "wants signatures";
	case POLICY_DECISION_REJECT:
	case POLICY_DECISION_UNSET:
		break;
	}
	return "rejects everything";
}

/* entry against what would decide if it were not there. */
static void
check_against_parent(const struct policy_entry *entry, const struct policy_entry *parent,
    const char *place, struct findings *out)
{
	enum policy_decision own = policy_decision_of(entry);
	enum policy_decision wider = policy_decision_of(parent);

	if (own == POLICY_DECISION_ACCEPT && wider == POLICY_DECISION_SIGNED)
		findings_add(out, FINDING_WARNING, place,
		    "insecureAcceptAnything in place of %s, which wants signatures", parent->place);
	else if (has_tag(entry->scope) && own != wider)
		findings_add(out, FINDING_WARNING, place,
		    "%s, but for this tag alone: by digest, or another tag, %s decides, which %s",
		    decision_words(own), parent->place, decision_words(wider));
}

static void
check_docker_scope(const struct policy_check_subject *s, const struct policy_entry *entry,
    const char *place, struct findings *out)
{
	AUTO(scopes) chain = SCOPES_INIT;
	struct scopes wider = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;

	if (entry->scope[0] == '\0') {
		check_against_parent(entry, &s->policy->fallback, place, out);
		return;
	}
	if (scopes_of_scope(&chain, entry->scope, &e) != 0) {
		findings_add(out, FINDING_ERROR, place, "%s", err_msg(&e));
		return;
	}
	/* Borrowed: the scopes after the entry's own. */
	wider.v = chain.v + 1;
	wider.n = chain.n - 1;
	check_against_parent(entry, policy_lookup(s->policy, "docker", &wider), place, out);
}

static void
check_transport(
    const struct policy_check_subject *s, const struct policy_entry *entry, struct findings *out)
{
	AUTO_STR char *place = NULL;

	for (size_t i = 0; i < ARRAY_LEN(transports); i++)
		if (strcmp(entry->transport, transports[i]) == 0)
			return;
	place = place_in(s, entry->place);
	findings_add(out, FINDING_ERROR, place,
	    "no transport is called \"%s\", so no image is ever searched for here (\"docker\" is "
	    "for "
	    "registries)",
	    entry->transport);
}

/*
 * --- Red Hat's registries, the default ----------------------------------------------------------
 */

static void
check_red_hat(const struct policy_check_subject *s, const char *host, struct findings *out)
{
	struct scopes scopes = { .v = &host, .n = 1 };
	const struct policy_entry *entry = policy_lookup(s->policy, "docker", &scopes);
	AUTO_STR char *place = place_in(s, entry->place);

	if (policy_decision_of(entry) == POLICY_DECISION_ACCEPT)
		findings_add(out, FINDING_WARNING, place,
		    "images of %s are not verified, though Red Hat signs them", host);
}

static void
check_fallback(const struct policy_check_subject *s, struct findings *out)
{
	AUTO_STR char *place = place_in(s, s->policy->fallback.place);

	findings_add(out, FINDING_NOTE, place, "what no scope names: it %s",
	    decision_words(policy_decision_of(&s->policy->fallback)));
}

void
policy_check_entries(const struct policy_check_subject *s, struct findings *out)
{
	const struct policy *p = s->policy;

	check_fallback(s, out);
	for (size_t i = 0; i < p->fallback.n; i++)
		check_requirement(s, &p->fallback.v[i], out);
	for (size_t i = 0; i < p->n; i++) {
		const struct policy_entry *entry = &p->v[i];
		AUTO_STR char *place = place_in(s, entry->place);

		check_transport(s, entry, out);
		for (size_t k = 0; k < entry->n; k++)
			check_requirement(s, &entry->v[k], out);
		if (strcmp(entry->transport, "docker") == 0)
			check_docker_scope(s, entry, place, out);
	}
	check_red_hat(s, "registry.redhat.io", out);
	check_red_hat(s, "registry.access.redhat.com", out);
}
