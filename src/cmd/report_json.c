/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/json_build.h"
#include "cmd/report_text.h"
#include "formats/packets.h"

const char *
report_json_outcome(enum outcome o)
{
	return o == OUTCOME_PROVEN || o == OUTCOME_REFUSED ? outcome_word(o) : "no-verdict";
}

/* "" is "unknown" for facts: null in the document. */
static json_t *
known(const char *s)
{
	return s[0] != '\0' ? json_text(s) : json_null();
}

static void
set_owned(json_t *o, const char *key, char *text)
{
	json_put(o, key, json_text(text));
	free(text);
}

static void
add_signature(json_t *o, const struct signature_facts *f)
{
	json_put(o, "verified", json_boolean(f->verified));
	json_put(o, "key_id", known(f->issuer));
	json_put(o, "fingerprint", known(f->fingerprint));
	json_put(o, "signing_key", known(f->signing_key));
	json_put(o, "user_id", json_text(f->user_id));
	set_owned(o, "key_algorithm",
	    f->key_algorithm != 0 ? pgp_key_algorithm_name(f->key_algorithm) : NULL);
	set_owned(
	    o, "hash_algorithm", f->hash_algorithm != 0 ? pgp_hash_name(f->hash_algorithm) : NULL);
	json_put(o, "signature_version", f->version != 0 ? json_integer(f->version) : json_null());
	set_owned(o, "signed_at", f->verified ? text_utc(f->created) : NULL);
}

json_t *
report_json_signature(const struct signature_facts *f)
{
	json_t *o = must_have(json_object());

	add_signature(o, f);
	return o;
}

static void
add_payload(json_t *o, const struct payload *p)
{
	bool read = p->claimed_reference != NULL;

	json_put(o, "signed_reference", json_text(p->claimed_reference));
	json_put(o, "signed_digest", read ? json_text(p->claimed_digest.text) : json_null());
	json_put(o, "creator", json_text(p->creator));
	json_put(o, "timestamp", p->has_timestamp ? json_integer(p->timestamp) : json_null());
}

/* Of a sigstore signature; null for others. */
static json_t *
sigstore_value(const struct attempt *a)
{
	const struct sigstore_facts *f = &a->sigstore;
	json_t *o, *log;

	if (a->scheme != SCHEME_SIGSTORE)
		return json_null();
	o = must_have(json_object());
	json_put(o, "verified", json_boolean(f->verified));
	json_put(o, "fingerprint", known(f->fingerprint));
	json_put(o, "key_algorithm", known(public_key_kind_name(f->kind)));
	json_put(o, "bits", f->bits != 0 ? json_integer(f->bits) : json_null());
	json_put(o, "key_name", json_text(f->key_name));
	if (!f->log.proven) {
		json_put(o, "log", json_null());
		return o;
	}
	log = must_have(json_object());
	json_put(log, "index", json_integer(f->log.log_index));
	set_owned(log, "integrated_at", text_utc(f->log.integrated_time));
	json_put(log, "key", json_text(f->log.log_key));
	json_put(o, "log", log);
	return o;
}

static json_t *
attempt_value(const struct attempt *a)
{
	json_t *o = must_have(json_object());

	json_put(o, "kind", json_text(scheme_word(a->scheme)));
	json_put(o, "requirement", json_text(a->requirement));
	json_put(o, "store", json_text(a->store));
	json_put(o, "layout", json_text(a->layout));
	json_put(o, "location", json_text(a->location));
	json_put(o, "bytes", json_integer((json_int_t)a->bytes));
	json_put(o, "outcome", json_text(report_json_outcome(a->outcome)));
	json_put(o, "reason", json_text(reason_word(a->reason)));
	json_put(o, "detail", json_text(a->detail));
	add_signature(o, &a->facts);
	add_payload(o, &a->payload);
	json_put(o, "sigstore", sigstore_value(a));
	return o;
}

static json_t *
policy_value(const struct policy_report *p)
{
	json_t *o;

	if (p->file == NULL)
		return json_null();
	o = must_have(json_object());
	json_put(o, "file", json_text(p->file));
	json_put(o, "place", json_text(p->place));
	json_put(o, "transport", json_text(p->transport));
	json_put(o, "scope", json_text(p->scope));
	json_put(o, "lookaside", json_text(p->lookaside));
	json_put(o, "lookaside_from", json_text(p->lookaside_from));
	json_put(o, "sigstore_attachments", json_boolean(p->attachments));
	json_put(o, "sigstore_attachments_from", json_text(p->attachments_from));
	return o;
}

static json_t *
requirement_value(const struct image_report *r, const struct requirement_report *q)
{
	const struct obligation *obligation = &r->verdict.v[q->obligation];
	enum outcome outcome = verdict_outcome_of(&r->verdict, q->obligation);
	json_t *o = must_have(json_object());

	json_put(o, "place", json_text(q->place));
	json_put(o, "type", json_text(q->type));
	json_put(o, "expected_reference", json_text(q->identity));
	json_put(o, "outcome", json_text(report_json_outcome(outcome)));
	json_put(o, "verified", json_boolean(obligation->discharged));
	json_put(o, "reason",
	    outcome == OUTCOME_PROVEN ? json_null() : json_text(reason_word(obligation->reason)));
	json_put(
	    o, "detail", outcome == OUTCOME_PROVEN ? json_null() : json_text(obligation->detail));
	json_put(o, "attempt",
	    q->accepted > 0 ? json_integer((json_int_t)q->accepted - 1) : json_null());
	return o;
}

/* null when the manifest came from elsewhere than a place in the file system. */
static json_t *
place_value(const struct place_report *p)
{
	json_t *o;

	if (p->path == NULL)
		return json_null();
	o = must_have(json_object());
	json_put(o, "path", json_text(p->path));
	json_put(o, "kind", json_text(p->kind));
	return o;
}

static json_t *
manifest_value(const struct image_report *r)
{
	json_t *o = must_have(json_object());
	bool fetched = r->manifest_location != NULL && !r->digest_only;

	json_put(o, "fetched", json_boolean(fetched && r->manifest_bytes > 0));
	json_put(o, "location", json_text(r->manifest_location));
	json_put(o, "place", place_value(&r->place));
	json_put(o, "bytes", json_integer((json_int_t)r->manifest_bytes));
	json_put(o, "media_type", known(manifest_media_type(r->manifest_kind)));
	return o;
}

static json_t *
asked_value(const struct asked_place *p)
{
	json_t *o = must_have(json_object());

	json_put(o, "name", json_text(p->name));
	json_put(o, "mirror", json_boolean(p->mirror));
	json_put(o, "outcome", json_text(asked_word(p->outcome)));
	json_put(o, "location", json_text(p->location));
	json_put(o, "detail", json_text(p->detail));
	return o;
}

/* null when the image is not one of a list. */
static json_t *
list_value(const struct list_report *l)
{
	json_t *o;

	if (!digest_is_set(&l->digest))
		return json_null();
	o = must_have(json_object());
	json_put(o, "digest", json_text(l->digest.text));
	json_put(o, "location", json_text(l->location));
	return o;
}

json_t *
report_json_image(const struct image_report *r)
{
	json_t *o = must_have(json_object()), *attempts = must_have(json_array());
	json_t *requirements = must_have(json_array()), *asked = must_have(json_array());
	enum outcome outcome = verdict_outcome(&r->verdict);
	const struct attempt *a = outcome == OUTCOME_PROVEN ? r->accepted : NULL;

	json_put(o, "image", json_text(r->given));
	json_put(o, "outcome", json_text(report_json_outcome(outcome)));
	json_put(o, "reason", json_text(reason_word(verdict_reason(&r->verdict))));
	json_put(o, "detail", known(verdict_detail(&r->verdict)));
	json_put(o, "verified", json_boolean(verdict_verified(&r->verdict)));
	json_put(o, "digest", known(r->digest.text));
	json_put(o, "digest_only", json_boolean(r->digest_only));
	json_put(o, "expected_reference", json_text(r->expected_identity));
	json_put(o, "signed_reference",
	    a != NULL ? json_text(a->payload.claimed_reference) : json_null());
	json_put(o, "fingerprint", a != NULL ? known(a->facts.fingerprint) : json_null());
	json_put(o, "list", list_value(&r->list));
	json_put(o, "manifest", manifest_value(r));
	for (size_t i = 0; i < r->asked.n; i++)
		json_push(asked, asked_value(&r->asked.v[i]));
	json_put(o, "asked", asked);
	json_put(o, "policy", policy_value(&r->policy));
	for (size_t i = 0; i < r->n_requirements; i++)
		json_push(requirements, requirement_value(r, &r->requirements[i]));
	json_put(o, "requirements", requirements);
	for (size_t i = 0; i < r->n_attempts; i++)
		json_push(attempts, attempt_value(&r->attempts[i]));
	json_put(o, "attempts", attempts);
	return o;
}

static void
set_strings(json_t *o, const char *key, char *const *v, size_t n)
{
	json_t *array = must_have(json_array());

	for (size_t i = 0; i < n; i++)
		json_push(array, json_text(v[i]));
	json_put(o, key, array);
}

static json_t *
keys_value(const struct key_search *s)
{
	json_t *o = must_have(json_object()), *trusted = must_have(json_array());

	set_strings(o, "origins", s->origins, s->n_origins);
	for (size_t i = 0; i < s->keys.n_fingerprints; i++)
		json_push(trusted, json_string(s->keys.fingerprints[i]));
	json_put(o, "trusted", trusted);
	set_strings(o, "left_out", s->keys.certificates.skipped.v, s->keys.certificates.skipped.n);
	return o;
}

static json_t *
parts_value(const struct confine_report *r)
{
	json_t *o = must_have(json_object());

	for (unsigned i = 0; i < CONFINE_PARTS; i++)
		json_put(
		    o, confine_word((enum confine_part)i), json_text(confine_text(r->parts[i])));
	return o;
}

static json_t *
confinement_value(const struct confined *c)
{
	json_t *o = parts_value(&c->judge);
	struct confine_report fetcher;

	json_put(o, "fetcher", confined_fetcher(c, &fetcher) ? parts_value(&fetcher) : json_null());
	json_put(o, "gpg", parts_value(&c->gpg));
	return o;
}

json_t *
report_json_document(const char *command, json_t *images, const char *saved_to,
    const struct key_search *keys, const char *gpg_version, const struct confined *confined,
    const struct tally *tally, int64_t now)
{
	static const enum outcome outcomes[] = { OUTCOME_PROVEN, OUTCOME_REFUSED,
		OUTCOME_UNDECIDED };
	int status = tally_exit_status(tally);
	json_t *o = must_have(json_object());

	json_put(o, "schema_version", json_integer(REPORT_SCHEMA_VERSION));
	json_put(o, "relsig", json_text(RELSIG_VERSION));
	json_put(o, "gpg", known(gpg_version));
	json_put(o, "command", json_text(command));
	set_owned(o, "verified_at", text_utc(now));
	json_put(o, "outcome", json_text(report_json_outcome(outcomes[status])));
	json_put(o, "exit_status", json_integer(status));
	json_put(o, "accepted", json_integer((json_int_t)tally->accepted));
	json_put(o, "refused", json_integer((json_int_t)tally->refused));
	json_put(o, "no_verdict", json_integer((json_int_t)tally->undecided));
	json_put(o, "saved_to", json_text(saved_to));
	json_put(o, "keys", keys != NULL ? keys_value(keys) : json_null());
	json_put(o, "confinement", confinement_value(confined));
	json_put(o, "images", images);
	return o;
}

void
report_json_text(struct buf *out, json_t *document)
{
	char *text;

	/* ASCII alone: nothing in it can mean anything to a terminal. */
	text = json_dumps(document, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(document);
	buf_addf(out, "%s\n", (const char *)must_have(text));
	free(text);
}
