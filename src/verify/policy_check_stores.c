/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "transport/store.h"
#include "verify/policy_check.h"

static char *
place_of_section(const struct registriesd_section *s)
{
	if (s->scope == NULL)
		return xasprintf("%s: default-docker", s->file);
	return xasprintf("%s: docker[\"%s\"]", s->file, s->scope);
}

static const char *
url_of(const struct registriesd_section *s)
{
	return s->lookaside != NULL ? s->lookaside : s->sigstore;
}

/*
 * --- registries.d by itself ---------------------------------------------------------------------
 */

static void
check_url(const char *url, const char *place, struct findings *out)
{
	AUTO(err) e = ERR_INIT;

	if (store_check_url(url, &e) != 0)
		findings_add(out, FINDING_ERROR, place, "%s", err_msg(&e));
	else if (text_starts_with(url, "http:"))
		findings_add(out, FINDING_WARNING, place,
		    "%s: over plain http anybody on the way can withhold signatures, or hand out "
		    "old "
		    "ones",
		    url);
}

static void
check_section(const struct registriesd_section *s, struct findings *out)
{
	AUTO_STR char *place = place_of_section(s);
	AUTO(scopes) chain = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;

	if (s->scope != NULL && scopes_of_scope(&chain, s->scope, &e) != 0)
		findings_add(out, FINDING_ERROR, place, "%s", err_msg(&e));
	if (url_of(s) != NULL)
		check_url(url_of(s), place, out);
	if (s->lookaside != NULL && s->sigstore != NULL && strcmp(s->lookaside, s->sigstore) != 0)
		findings_add(out, FINDING_WARNING, place,
		    "\"sigstore\" %s is not read, as \"lookaside\" is there", s->sigstore);
}

void
policy_check_sections(const struct registriesd *r, struct findings *out)
{
	for (size_t i = 0; i < r->n; i++)
		check_section(&r->v[i], out);
}

/*
 * --- who reads what -----------------------------------------------------------------------------
 */

static bool
wants(const struct policy_entry *entry, enum policy_requirement_type type)
{
	bool found = false;

	for (size_t i = 0; i < entry->n; i++)
		found = found || entry->v[i].type == type;
	return found;
}

static bool
is_docker(const struct policy_entry *entry)
{
	return entry->transport != NULL && strcmp(entry->transport, "docker") == 0;
}

/* Is scope, or one that is broader, the scope wide? */
static bool
is_within(const struct scopes *chain, const char *wide)
{
	for (size_t i = 0; i < chain->n; i++)
		if (strcmp(chain->v[i], wide) == 0)
			return true;
	return false;
}

/* Does something that may decide about an image of the section want such signatures? */
static bool
is_read(const struct policy *p, const struct registriesd_section *section,
    enum policy_requirement_type type)
{
	AUTO(scopes) chain = SCOPES_INIT;
	AUTO(err) ignored = ERR_INIT;

	/* One that matches nothing is told already. */
	if (section->scope != NULL && scopes_of_scope(&chain, section->scope, &ignored) != 0)
		return true;
	if (wants(policy_lookup(p, "docker", &chain), type))
		return true;
	for (size_t i = 0; i < p->n; i++) {
		AUTO(scopes) own = SCOPES_INIT;

		if (!is_docker(&p->v[i]) || !wants(&p->v[i], type))
			continue;
		if (section->scope == NULL)
			return true;
		if (p->v[i].scope[0] != '\0' &&
		    scopes_of_scope(&own, p->v[i].scope, &ignored) == 0 &&
		    is_within(&own, section->scope))
			return true;
	}
	return false;
}

static void
check_readers(
    const struct policy *p, const struct registriesd_section *section, struct findings *out)
{
	AUTO_STR char *place = place_of_section(section);

	if (url_of(section) != NULL && !is_read(p, section, POLICY_SIGNED_BY))
		findings_add(out, FINDING_WARNING, place,
		    "nobody reads %s: no signedBy of the policy is for these images",
		    url_of(section));
	if (section->attachments == REGISTRIESD_ON && !is_read(p, section, POLICY_SIGSTORE_SIGNED))
		findings_add(out, FINDING_WARNING, place,
		    "use-sigstore-attachments is on, and no sigstoreSigned of the policy is for "
		    "these "
		    "images");
}

/* A section that is for a part of the entry's images only. */
static bool
part_has(const struct registriesd *r, const char *scope, enum policy_requirement_type type)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct registriesd_section *s = &r->v[i];
		AUTO(scopes) chain = SCOPES_INIT;
		AUTO(err) ignored = ERR_INIT;

		if (type == POLICY_SIGNED_BY ? url_of(s) == NULL : s->attachments != REGISTRIESD_ON)
			continue;
		/* What is for everything was found, or lost against what is for these images. */
		if (s->scope == NULL)
			continue;
		if (scope[0] == '\0')
			return true;
		if (scopes_of_scope(&chain, s->scope, &ignored) == 0 && is_within(&chain, scope))
			return true;
	}
	return false;
}

static void
check_no_store(const struct policy_check_subject *s, const struct policy_entry *entry,
    enum policy_requirement_type type, const char *place, struct findings *out)
{
	bool by_red_hat = entry->scope != NULL && policy_scope_is_red_hat(entry->scope);
	enum finding_severity severity = FINDING_WARNING;

	/* What a MachineConfig does not carry may be on the node; Red Hat's nodes come with these.
	 */
	if (s->view->configs != NULL && by_red_hat)
		severity = FINDING_NOTE;
	else if (s->view->configs == NULL && type == POLICY_SIGSTORE_SIGNED)
		severity = FINDING_ERROR;
	if (type == POLICY_SIGNED_BY)
		findings_add(out, severity, place,
		    "signatures are wanted, and no lookaside is %s: a node asks its own disk for "
		    "them",
		    s->view->configs != NULL ? "carried" : "in registries.d");
	else
		findings_add(out, severity, place,
		    "sigstore signatures are wanted, and use-sigstore-attachments is not switched "
		    "on "
		    "%s: without it none is looked for",
		    s->view->configs != NULL ? "by what is carried" : "in registries.d");
}

/* Of an entry for images in registries: scope "" is the transport's, or the policy's default. */
static void
check_entry(const struct policy_check_subject *s, const struct policy_entry *entry,
    const char *scope, struct findings *out)
{
	static const enum policy_requirement_type types[] = { POLICY_SIGNED_BY,
		POLICY_SIGSTORE_SIGNED };
	AUTO_STR char *place = xasprintf("%s: %s", s->policy_file, entry->place);
	AUTO(scopes) chain = SCOPES_INIT;
	AUTO(err) ignored = ERR_INIT;
	struct registriesd_choice choice;

	if (scope[0] != '\0' && scopes_of_scope(&chain, scope, &ignored) != 0)
		return;
	registriesd_find(s->registriesd, chain.v, chain.n, &choice);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		bool has = types[i] == POLICY_SIGNED_BY ? choice.url != NULL : choice.attachments;

		if (wants(entry, types[i]) && !has && !part_has(s->registriesd, scope, types[i]))
			check_no_store(s, entry, types[i], place, out);
	}
}

void
policy_check_stores(const struct policy_check_subject *s, struct findings *out)
{
	for (size_t i = 0; i < s->registriesd->n; i++)
		check_readers(s->policy, &s->registriesd->v[i], out);
	check_entry(s, &s->policy->fallback, "", out);
	for (size_t i = 0; i < s->policy->n; i++)
		if (is_docker(&s->policy->v[i]))
			check_entry(s, &s->policy->v[i], s->policy->v[i].scope, out);
}
