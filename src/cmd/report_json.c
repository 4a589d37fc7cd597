/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/report_text.h"
#include "formats/packets.h"

/* jansson fails only for lack of memory here, which ends the process as everywhere else. */
static json_t *
must(json_t *j)
{
	return must_have(j);
}

static void
set(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, must(value)) != 0)
		must_have(NULL);
}

static void
append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, must(value)) != 0)
		must_have(NULL);
}

/* Invalid UTF-8 is text from outside, which then stands there escaped. */
static json_t *
text_value(const char *s)
{
	AUTO_STR char *escaped = NULL;
	json_t *j;

	if (s == NULL)
		return json_null();
	j = json_string(s);
	if (j != NULL)
		return j;
	escaped = text_escaped(s);
	return json_string(escaped);
}

const char *
report_json_outcome(enum outcome o)
{
	return o == OUTCOME_PROVEN || o == OUTCOME_REFUSED ? outcome_word(o) : "no-verdict";
}

/* "" is "unknown" for facts: null in the document. */
static json_t *
known(const char *s)
{
	return s[0] != '\0' ? text_value(s) : json_null();
}

static void
set_owned(json_t *o, const char *key, char *text)
{
	set(o, key, text_value(text));
	free(text);
}

static void
add_signature(json_t *o, const struct signature_facts *f)
{
	set(o, "verified", json_boolean(f->verified));
	set(o, "key_id", known(f->issuer));
	set(o, "fingerprint", known(f->fingerprint));
	set(o, "signing_key", known(f->signing_key));
	set(o, "user_id", text_value(f->user_id));
	set_owned(o, "key_algorithm",
	    f->key_algorithm != 0 ? pgp_key_algorithm_name(f->key_algorithm) : NULL);
	set_owned(
	    o, "hash_algorithm", f->hash_algorithm != 0 ? pgp_hash_name(f->hash_algorithm) : NULL);
	set(o, "signature_version", f->version != 0 ? json_integer(f->version) : json_null());
	set_owned(o, "signed_at", f->verified ? text_utc(f->created) : NULL);
}

json_t *
report_json_signature(const struct signature_facts *f)
{
	json_t *o = must(json_object());

	add_signature(o, f);
	return o;
}

static void
add_payload(json_t *o, const struct payload *p)
{
	bool read = p->claimed_reference != NULL;

	set(o, "signed_reference", text_value(p->claimed_reference));
	set(o, "signed_digest", read ? text_value(p->claimed_digest.text) : json_null());
	set(o, "creator", text_value(p->creator));
	set(o, "timestamp", p->has_timestamp ? json_integer(p->timestamp) : json_null());
}

/* Of a sigstore signature; null for others. */
static json_t *
sigstore_value(const struct attempt *a)
{
	const struct sigstore_facts *f = &a->sigstore;
	json_t *o, *log;

	if (a->scheme != SCHEME_SIGSTORE)
		return json_null();
	o = must(json_object());
	set(o, "verified", json_boolean(f->verified));
	set(o, "fingerprint", known(f->fingerprint));
	set(o, "key_algorithm", known(public_key_kind_name(f->kind)));
	set(o, "bits", f->bits != 0 ? json_integer(f->bits) : json_null());
	set(o, "key_name", text_value(f->key_name));
	if (!f->log.proven) {
		set(o, "log", json_null());
		return o;
	}
	log = must(json_object());
	set(log, "index", json_integer(f->log.log_index));
	set_owned(log, "integrated_at", text_utc(f->log.integrated_time));
	set(log, "key", text_value(f->log.log_key));
	set(o, "log", log);
	return o;
}

static json_t *
attempt_value(const struct attempt *a)
{
	json_t *o = must(json_object());

	set(o, "kind", text_value(scheme_word(a->scheme)));
	set(o, "requirement", text_value(a->requirement));
	set(o, "store", text_value(a->store));
	set(o, "layout", text_value(a->layout));
	set(o, "location", text_value(a->location));
	set(o, "bytes", json_integer((json_int_t)a->bytes));
	set(o, "outcome", text_value(report_json_outcome(a->outcome)));
	set(o, "reason", text_value(reason_word(a->reason)));
	set(o, "detail", text_value(a->detail));
	add_signature(o, &a->facts);
	add_payload(o, &a->payload);
	set(o, "sigstore", sigstore_value(a));
	return o;
}

static json_t *
policy_value(const struct policy_report *p)
{
	json_t *o;

	if (p->file == NULL)
		return json_null();
	o = must(json_object());
	set(o, "file", text_value(p->file));
	set(o, "place", text_value(p->place));
	set(o, "transport", text_value(p->transport));
	set(o, "scope", text_value(p->scope));
	set(o, "lookaside", text_value(p->lookaside));
	set(o, "lookaside_from", text_value(p->lookaside_from));
	set(o, "sigstore_attachments", json_boolean(p->attachments));
	set(o, "sigstore_attachments_from", text_value(p->attachments_from));
	return o;
}

static json_t *
requirement_value(const struct image_report *r, const struct requirement_report *q)
{
	const struct obligation *obligation = &r->verdict.v[q->obligation];
	enum outcome outcome = verdict_outcome_of(&r->verdict, q->obligation);
	json_t *o = must(json_object());

	set(o, "place", text_value(q->place));
	set(o, "type", text_value(q->type));
	set(o, "expected_reference", text_value(q->identity));
	set(o, "outcome", text_value(report_json_outcome(outcome)));
	set(o, "verified", json_boolean(obligation->discharged));
	set(o, "reason",
	    outcome == OUTCOME_PROVEN ? json_null() : text_value(reason_word(obligation->reason)));
	set(o, "detail", outcome == OUTCOME_PROVEN ? json_null() : text_value(obligation->detail));
	set(o, "attempt",
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
	o = must(json_object());
	set(o, "path", text_value(p->path));
	set(o, "kind", text_value(p->kind));
	return o;
}

static json_t *
manifest_value(const struct image_report *r)
{
	json_t *o = must(json_object());
	bool fetched = r->manifest_location != NULL && !r->digest_only;

	set(o, "fetched", json_boolean(fetched && r->manifest_bytes > 0));
	set(o, "location", text_value(r->manifest_location));
	set(o, "place", place_value(&r->place));
	set(o, "bytes", json_integer((json_int_t)r->manifest_bytes));
	set(o, "media_type", known(manifest_media_type(r->manifest_kind)));
	return o;
}

static json_t *
asked_value(const struct asked_place *p)
{
	json_t *o = must(json_object());

	set(o, "name", text_value(p->name));
	set(o, "mirror", json_boolean(p->mirror));
	set(o, "outcome", text_value(asked_word(p->outcome)));
	set(o, "location", text_value(p->location));
	set(o, "detail", text_value(p->detail));
	return o;
}

/* null when the image is not one of a list. */
static json_t *
list_value(const struct list_report *l)
{
	json_t *o;

	if (!digest_is_set(&l->digest))
		return json_null();
	o = must(json_object());
	set(o, "digest", text_value(l->digest.text));
	set(o, "location", text_value(l->location));
	return o;
}

json_t *
report_json_image(const struct image_report *r)
{
	json_t *o = must(json_object()), *attempts = must(json_array());
	json_t *requirements = must(json_array()), *asked = must(json_array());
	enum outcome outcome = verdict_outcome(&r->verdict);
	const struct attempt *a = outcome == OUTCOME_PROVEN ? r->accepted : NULL;

	set(o, "image", text_value(r->given));
	set(o, "outcome", text_value(report_json_outcome(outcome)));
	set(o, "reason", text_value(reason_word(verdict_reason(&r->verdict))));
	set(o, "detail", known(verdict_detail(&r->verdict)));
	set(o, "verified", json_boolean(verdict_verified(&r->verdict)));
	set(o, "digest", known(r->digest.text));
	set(o, "digest_only", json_boolean(r->digest_only));
	set(o, "expected_reference", text_value(r->expected_identity));
	set(o, "signed_reference",
	    a != NULL ? text_value(a->payload.claimed_reference) : json_null());
	set(o, "fingerprint", a != NULL ? known(a->facts.fingerprint) : json_null());
	set(o, "list", list_value(&r->list));
	set(o, "manifest", manifest_value(r));
	for (size_t i = 0; i < r->asked.n; i++)
		append(asked, asked_value(&r->asked.v[i]));
	set(o, "asked", asked);
	set(o, "policy", policy_value(&r->policy));
	for (size_t i = 0; i < r->n_requirements; i++)
		append(requirements, requirement_value(r, &r->requirements[i]));
	set(o, "requirements", requirements);
	for (size_t i = 0; i < r->n_attempts; i++)
		append(attempts, attempt_value(&r->attempts[i]));
	set(o, "attempts", attempts);
	return o;
}

static void
set_strings(json_t *o, const char *key, char *const *v, size_t n)
{
	json_t *array = must(json_array());

	for (size_t i = 0; i < n; i++)
		append(array, text_value(v[i]));
	set(o, key, array);
}

static json_t *
keys_value(const struct key_search *s)
{
	json_t *o = must(json_object()), *trusted = must(json_array());

	set_strings(o, "origins", s->origins, s->n_origins);
	for (size_t i = 0; i < s->keys.n_fingerprints; i++)
		append(trusted, json_string(s->keys.fingerprints[i]));
	set(o, "trusted", trusted);
	set_strings(o, "left_out", s->keys.certificates.skipped.v, s->keys.certificates.skipped.n);
	return o;
}

static json_t *
parts_value(const struct confine_report *r)
{
	json_t *o = must(json_object());

	for (unsigned i = 0; i < CONFINE_PARTS; i++)
		set(o, confine_word((enum confine_part)i), text_value(confine_text(r->parts[i])));
	return o;
}

static json_t *
confinement_value(const struct confined *c)
{
	json_t *o = parts_value(&c->judge);
	struct confine_report fetcher;

	set(o, "fetcher", confined_fetcher(c, &fetcher) ? parts_value(&fetcher) : json_null());
	set(o, "gpg", parts_value(&c->gpg));
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
	json_t *o = must(json_object());

	set(o, "schema_version", json_integer(REPORT_SCHEMA_VERSION));
	set(o, "relsig", text_value(RELSIG_VERSION));
	set(o, "gpg", known(gpg_version));
	set(o, "command", text_value(command));
	set_owned(o, "verified_at", text_utc(now));
	set(o, "outcome", text_value(report_json_outcome(outcomes[status])));
	set(o, "exit_status", json_integer(status));
	set(o, "accepted", json_integer((json_int_t)tally->accepted));
	set(o, "refused", json_integer((json_int_t)tally->refused));
	set(o, "no_verdict", json_integer((json_int_t)tally->undecided));
	set(o, "saved_to", text_value(saved_to));
	set(o, "keys", keys != NULL ? keys_value(keys) : json_null());
	set(o, "confinement", confinement_value(confined));
	set(o, "images", images);
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
