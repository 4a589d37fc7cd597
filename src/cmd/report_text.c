/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/packets.h"

const char *
outcome_word(enum outcome o)
{
	switch (o) {
	case OUTCOME_PROVEN:
		return "accepted";
	case OUTCOME_REFUSED:
		return "refused";
	case OUTCOME_UNDECIDED:
	case OUTCOME_UNSET:
		break;
	}
	return "no verdict";
}

/* "  label:     text", the text escaped. */
static void
line(struct buf *out, const char *label, const char *text)
{
	AUTO_STR char *escaped = text_escaped(text);

	buf_addf(out, "  %-11s %s\n", label, escaped);
}

/* A sigstore signature: no time and no user ID are signed with it. */
static void
sigstore_lines(struct buf *out, const struct attempt *a)
{
	const struct sigstore_facts *f = &a->sigstore;
	AUTO_STR char *by = xasprintf("sigstore key %s (%s, %u bits)%s%s", f->fingerprint,
	    public_key_kind_name(f->kind), f->bits, f->key_name != NULL ? " " : "",
	    f->key_name != NULL ? f->key_name : "");

	line(out, "signed as:", a->payload.claimed_reference);
	line(out, "signed by:", by);
	if (f->log.proven) {
		AUTO_STR char *when = text_utc(f->log.integrated_time);
		AUTO_STR char *log = xasprintf("entry %lld, of %s, by the log's key %s",
		    (long long)f->log.log_index, when, f->log.log_key);

		line(out, "in Rekor:", log);
	}
	line(out, "signature:", a->location);
}

static void
openpgp_lines(struct buf *out, const struct attempt *a)
{
	AUTO_STR char *hash = pgp_hash_name(a->facts.hash_algorithm);
	AUTO_STR char *key = pgp_key_algorithm_name(a->facts.key_algorithm);
	AUTO_STR char *created = text_utc(a->facts.created);
	AUTO_STR char *by = xasprintf(
	    "%s %s", a->facts.fingerprint, a->facts.user_id != NULL ? a->facts.user_id : "");
	AUTO_STR char *when = xasprintf("%s (%s, %s)", created, key, hash);

	line(out, "signed as:", a->payload.claimed_reference);
	line(out, "signed by:", by);
	line(out, "signed on:", when);
	line(out, "signature:", a->location);
}

static void
signature_lines(struct buf *out, const struct attempt *a)
{
	switch (a->scheme) {
	case SCHEME_OPENPGP:
		openpgp_lines(out, a);
		return;
	case SCHEME_SIGSTORE:
		sigstore_lines(out, a);
		return;
	case SCHEME_UNSET:
		break;
	}
	line(out, "signature:", a->location);
}

/* The store that a signature is from, when it is a directory that was recognised. */
static void
store_line(struct buf *out, const struct attempt *a)
{
	AUTO_STR char *text = NULL;

	if (a->layout == NULL)
		return;
	text = xasprintf("%s (%s)", a->store, a->layout);
	line(out, "store:", text);
}

static void
manifest_line(struct buf *out, const struct image_report *r)
{
	AUTO_STR char *text = NULL;

	if (digest_is_set(&r->list.digest)) {
		AUTO_STR char *list = xasprintf("%s (%s), of which the image for this machine",
		    r->list.location, r->list.digest.text);

		line(out, "list:", list);
	}
	if (r->manifest_location != NULL && r->manifest_bytes > 0)
		text = xasprintf("%s (%zu bytes, %s)", r->manifest_location, r->manifest_bytes,
		    r->manifest_kind != MANIFEST_UNSET ? manifest_media_type(r->manifest_kind)
						       : "not taken as a manifest");
	else if (r->digest_only)
		text = xstrdup("not fetched: the digest was given, and is all that is verified");
	if (text != NULL)
		line(out, "manifest:", text);
	if (r->place.path != NULL) {
		AUTO_STR char *place = xasprintf("%s, %s", r->place.path, r->place.kind);

		line(out, "found in:", place);
	}
}

/* Who was asked before: one that serves other bytes is of interest whatever came of the image. */
static void
asked_lines(struct buf *out, const struct asked *a)
{
	for (size_t i = 0; a->n > 1 && i < a->n; i++) {
		const struct asked_place *p = &a->v[i];
		AUTO_STR char *text = NULL;

		if (p->outcome == ASKED_USED)
			continue;
		text = xasprintf("%s: %s: %s", p->name, asked_word(p->outcome), p->detail);
		line(out, "asked:", text);
	}
}

static void
attempt_line(struct buf *out, const struct attempt *a)
{
	AUTO_STR char *text = NULL;
	AUTO_STR char *layout = a->layout != NULL ? xasprintf(" (%s)", a->layout) : xstrdup("");

	text = xasprintf("%s%s: %s%s%s", a->location != NULL ? a->location : a->store, layout,
	    reason_word(a->reason), a->detail != NULL ? ": " : "",
	    a->detail != NULL ? a->detail : "");
	line(out, "tried:", text);
}

/* Which part of the node's files decided. */
static void
policy_lines(struct buf *out, const struct image_report *r)
{
	const struct policy_report *p = &r->policy;
	AUTO_STR char *place = NULL;
	AUTO_STR char *store = NULL;

	if (p->file == NULL)
		return;
	place = xasprintf(
	    "%s%s%s", p->file, p->place != NULL ? ": " : "", p->place != NULL ? p->place : "");
	line(out, "policy:", place);
	if (p->lookaside == NULL)
		return;
	store = xasprintf("%s (%s)%s", p->lookaside, p->lookaside_from,
	    p->attachments ? ", and sigstore signatures beside the image" : "");
	line(out, "signatures:", store);
}

/* One line for each requirement, when there are several or a policy has them. */
static void
requirement_lines(struct buf *out, const struct image_report *r)
{
	for (size_t i = 0; i < r->n_requirements; i++) {
		const struct requirement_report *q = &r->requirements[i];
		const struct obligation *o = &r->verdict.v[q->obligation];
		AUTO_STR char *text = NULL;

		if (r->policy.file == NULL && r->n_requirements == 1)
			return;
		text = xasprintf("%s%s%s: %s%s%s%s%s", q->place != NULL ? q->place : "",
		    q->place != NULL ? " " : "", q->type,
		    o->discharged ? "met"
		    : o->waived	  ? "verifies nothing"
				  : "not met",
		    o->discharged || o->waived ? "" : ": ",
		    o->discharged || o->waived ? "" : reason_word(o->reason),
		    q->identity != NULL ? ", wants " : "", q->identity != NULL ? q->identity : "");
		line(out, "requires:", text);
	}
}

/* What a person would do next; NULL when the detail says it all. */
static const char *
next_step(enum reason r)
{
	switch (r) {
	case REASON_NO_SIGNATURE:
		return "is it a release? then name the store that has its signature with --store";
	case REASON_UNKNOWN_KEY:
		return "if another key is to be trusted, give it with --key";
	case REASON_IDENTITY_MISMATCH:
		return "if that is the name you mean, say so with --identity";
	case REASON_MANIFEST_DIGEST_MISMATCH:
		return "do not use this image: the registry serves other bytes than were asked for";
	case REASON_BAD_SIGNATURE:
	case REASON_SIGNED_DIGEST_MISMATCH:
		return "do not use this image before you know why";
	case REASON_WEAK_CRYPTO:
		return "--allow-weak-crypto accepts it, if you must";
	case REASON_UNSET:
	case REASON_NOT_A_SIGNATURE:
	case REASON_UNTRUSTED_KEY:
	case REASON_KEY_EXPIRED:
	case REASON_KEY_REVOKED:
	case REASON_SIGNATURE_EXPIRED:
	case REASON_MALFORMED_PAYLOAD:
	case REASON_UNSUPPORTED_MANIFEST:
	case REASON_REJECTED_BY_POLICY:
	case REASON_UNREACHABLE:
	case REASON_TOO_LARGE:
	case REASON_TIMED_OUT:
	case REASON_IO_ERROR:
	case REASON_USAGE:
	case REASON_CONTENT_MISSING:
	case REASON_CONTENT_MISMATCH:
	case REASON_ACCEPTED:
		break;
	}
	return NULL;
}

static void
failure_lines(struct buf *out, const struct image_report *r)
{
	enum reason reason = verdict_reason(&r->verdict);
	/* What a policy wants is changed there, not by an option. */
	const char *step = r->policy.file == NULL ? next_step(reason) : NULL;

	line(out, "because:", verdict_detail(&r->verdict));
	if (digest_is_set(&r->digest))
		line(out, "digest:", r->digest.text);
	if (r->expected_identity != NULL)
		line(out, "wanted:", r->expected_identity);
	manifest_line(out, r);
	asked_lines(out, &r->asked);
	policy_lines(out, r);
	requirement_lines(out, r);
	for (size_t i = 0; i < r->n_attempts; i++)
		attempt_line(out, &r->attempts[i]);
	if (step != NULL)
		line(out, "hint:", step);
}

/* Of an image that is accepted. */
static void
acceptance_lines(struct buf *out, const struct image_report *r, bool verbose)
{
	if (!verdict_verified(&r->verdict))
		line(out, "warning:",
		    "the policy accepts this image whatever it is; nobody is known to have signed "
		    "it");
	line(out, "digest:", r->digest.text);
	for (size_t i = 0; i < r->n_requirements; i++)
		if (r->requirements[i].accepted > 0)
			signature_lines(out, &r->attempts[r->requirements[i].accepted - 1]);
	for (size_t i = 0; verbose && i < r->n_attempts; i++)
		if (r->attempts[i].outcome == OUTCOME_PROVEN)
			store_line(out, &r->attempts[i]);
	manifest_line(out, r);
	asked_lines(out, &r->asked);
	policy_lines(out, r);
	requirement_lines(out, r);
	for (size_t i = 0; verbose && i < r->n_attempts; i++)
		if (r->attempts[i].outcome != OUTCOME_PROVEN)
			attempt_line(out, &r->attempts[i]);
}

static bool
is_accepted(const struct image_report *r)
{
	return verdict_outcome(&r->verdict) == OUTCOME_PROVEN &&
	       (r->accepted != NULL || r->policy.file != NULL);
}

void
report_text_lines(struct buf *out, const struct image_report *r, bool verbose)
{
	if (is_accepted(r))
		acceptance_lines(out, r, verbose);
	else
		failure_lines(out, r);
}

void
report_text(struct buf *out, const struct image_report *r, bool verbose)
{
	AUTO_STR char *name = text_escaped(r->given);

	buf_addf(out, "%s: %s", outcome_word(verdict_outcome(&r->verdict)), name);
	if (!is_accepted(r))
		buf_addf(out, ": %s", reason_word(verdict_reason(&r->verdict)));
	else if (!verdict_verified(&r->verdict))
		buf_add_str(out, ": NOTHING WAS VERIFIED");
	buf_add_byte(out, '\n');
	report_text_lines(out, r, verbose);
}
