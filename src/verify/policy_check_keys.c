/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/limits.h"
#include "formats/certificates.h"
#include "formats/packets.h"
#include "formats/public_key.h"
#include "verify/policy_check.h"

/* As trust/evidence has it, and NIST since 2013. */
enum { MIN_KEY_BITS = 2048 };

/* What one source of keys is for: content is judged as that. */
typedef void content_check(
    const char *place, const char *name, struct bytes content, struct findings *out);

/*
 * --- content ------------------------------------------------------------------------------------
 */

/* Why no signature by this primary key, or a subkey of it, is accepted; NULL when one may be. */
static const char *
primary_fault(const struct certificate *cert)
{
	switch (cert->keys[0].algorithm) {
	case PGP_PK_RSA:
	case PGP_PK_RSA_S:
	case PGP_PK_DSA:
		return cert->keys[0].bits < MIN_KEY_BITS ? "its primary key is too short" : NULL;
	case PGP_PK_ECDSA:
	case PGP_PK_EDDSA:
		return NULL;
	default:
		return "its primary key is of a kind that cannot sign";
	}
}

static void
check_openpgp(const char *place, const char *name, struct bytes content, struct findings *out)
{
	AUTO(certificates) certificates = CERTIFICATES_INIT;
	AUTO(err) e = ERR_INIT;
	size_t usable = 0;

	if (certificates_add(&certificates, content, name, &e) != 0) {
		findings_add(out, FINDING_ERROR, place, "%s", err_msg(&e));
		return;
	}
	for (size_t i = 0; i < certificates.skipped.n; i++)
		findings_add(out, FINDING_NOTE, name, "left out: %s", certificates.skipped.v[i]);
	for (size_t i = 0; i < certificates.n; i++) {
		const char *fault = primary_fault(&certificates.v[i]);

		if (fault != NULL)
			findings_add(out, FINDING_WARNING, name, "%s %s: %s",
			    certificates.v[i].keys[0].fingerprint, certificates.v[i].user_id,
			    fault);
		else
			usable++;
	}
	if (usable == 0)
		findings_add(
		    out, FINDING_ERROR, place, "%s: no primary key that can be used", name);
}

static void
check_public(const char *place, const char *name, struct bytes content, struct findings *out)
{
	AUTO(public_key) key = PUBLIC_KEY_INIT;
	AUTO(err) e = ERR_INIT;

	if (public_key_read(&key, content, false, &e) != 0)
		findings_add(out, e.code == E_WEAK ? FINDING_WARNING : FINDING_ERROR, place,
		    "%s: %s", name, err_msg(&e));
}

/* Certificates of an authority: who judges by them reads them. */
static void
check_certificates(const char *place, const char *name, struct bytes content, struct findings *out)
{
	if (content.n == 0)
		findings_add(out, FINDING_ERROR, place, "%s: empty", name);
}

/*
 * --- where it is --------------------------------------------------------------------------------
 */

static void
not_shown(const struct node_view *view, const char *place, const char *path, struct findings *out)
{
	bool known = strcmp(path, NODE_RED_HAT_KEY_FILE) == 0;
	const char *where = view->configs != NULL ? "not carried" : "not in the directory";

	if (known)
		findings_add(out, FINDING_NOTE, path,
		    "%s: it is taken for what Red Hat's nodes come with", where);
	else
		findings_add(out, FINDING_WARNING, place,
		    "%s: %s: it must be on the node, which then accepts nothing without it", path,
		    where);
}

static void
check_file(const struct policy_check_subject *s, const char *place, const char *path,
    content_check *check, struct findings *out)
{
	AUTO(viewed_file) file = VIEWED_FILE_INIT;
	AUTO(err) e = ERR_INIT;

	if (path[0] != '/') {
		findings_add(out, FINDING_ERROR, place,
		    "\"%s\" is a relative path: what it means depends on where a program was "
		    "started",
		    path);
		return;
	}
	switch (node_view_read(s->view, path, MAX_KEY_FILE_BYTES, &file, &e)) {
	case NODE_VIEW_READ:
		break;
	case NODE_VIEW_NOT_SHOWN:
		not_shown(s->view, place, path, out);
		return;
	case NODE_VIEW_MISSING:
		findings_add(
		    out, FINDING_ERROR, place, "%s: nothing is accepted without it", err_msg(&e));
		return;
	case NODE_VIEW_UNREADABLE:
	case NODE_VIEW_UNSET:
		findings_add(out, FINDING_UNJUDGED, place, "%s", err_msg(&e));
		return;
	}
	if (s->view->configs == NULL && file.mode != -1 && (file.mode & 022) != 0)
		findings_add(out, FINDING_WARNING, path,
		    "others than its owner may write it (%04o)", (unsigned)file.mode);
	check(place, path, buf_bytes(&file.content), out);
}

static void
check_source(const struct policy_check_subject *s, const struct policy_source *source,
    content_check *check, struct findings *out)
{
	AUTO_STR char *place = NULL;

	if (source->kind == POLICY_SOURCE_NONE)
		return;
	place = xasprintf("%s: %s", s->policy_file, source->place);
	for (size_t i = 0; i < source->n; i++) {
		AUTO_STR char *name = xasprintf("%s[%zu]", source->place, i);

		if (source->kind == POLICY_SOURCE_FILES)
			check_file(s, place, source->paths[i], check, out);
		else
			check(place, source->n > 1 ? name : source->place,
			    buf_bytes(&source->data[i]), out);
	}
}

static void
check_requirement(
    const struct policy_check_subject *s, const struct policy_requirement *r, struct findings *out)
{
	switch (r->type) {
	case POLICY_SIGNED_BY:
		if (r->key_type == POLICY_KEY_GPG_KEYS)
			check_source(s, &r->keys, check_openpgp, out);
		return;
	case POLICY_SIGSTORE_SIGNED:
		check_source(s, &r->keys, check_public, out);
		check_source(s, &r->fulcio.ca, check_certificates, out);
		check_source(s, &r->pki.roots, check_certificates, out);
		check_source(s, &r->pki.intermediates, check_certificates, out);
		check_source(s, &r->rekor, check_public, out);
		return;
	case POLICY_UNSET:
	case POLICY_INSECURE_ACCEPT_ANYTHING:
	case POLICY_REJECT:
	case POLICY_SIGNED_BASE_LAYER:
		break;
	}
}

void
policy_check_keys(const struct policy_check_subject *s, struct findings *out)
{
	const struct policy *p = s->policy;

	for (size_t i = 0; i < p->fallback.n; i++)
		check_requirement(s, &p->fallback.v[i], out);
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->v[i].n; k++)
			check_requirement(s, &p->v[i].v[k], out);
}
