/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/openpgp.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/signed_message.h"
#include "formats/signed_text.h"
#include "trust/evidence.h"
#include "trust/gpg.h"
#include "trust/gpghome.h"
#include "trust/signed_bytes_make.h"

struct openpgp {
	struct openpgp_options options;
	const struct trusted_keys *keys; /* borrowed; NULL before openpgp_trust */
	struct gpghome *home;
	/* gpg is looked for in a thread of its own, which owns these two until it was joined. */
	struct gpg *gpg;
	struct err gpg_error;
	pthread_t finder;
	bool finding;
};

void
signature_facts_free(struct signature_facts *f)
{
	free(f->user_id);
	*f = (struct signature_facts)SIGNATURE_FACTS_INIT;
}

static void *
find_gpg(void *arg)
{
	struct openpgp *o = arg;

	if (gpg_open(&o->gpg, &o->options.deadline, &o->gpg_error) != 0)
		o->gpg = NULL;
	return NULL;
}

static void
await_gpg(struct openpgp *o)
{
	if (o->finding)
		pthread_join(o->finder, NULL);
	o->finding = false;
}

int
openpgp_open(struct openpgp **out, const struct openpgp_options *options, struct err *e)
{
	AUTO_PTR(openpgp) o = xcalloc(1, sizeof(*o));

	*out = NULL;
	o->options = *options;
	if (gpghome_make(&o->home, e) != 0)
		return -1;
	/* Asking gpg for its version takes as long as everything else before a verification. */
	o->finding = pthread_create(&o->finder, NULL, find_gpg, o) == 0;
	if (!o->finding)
		(void)find_gpg(o);
	*out = steal(&o);
	return 0;
}

int
openpgp_trust(struct openpgp *o, const struct trusted_keys *keys, struct err *e)
{
	if (gpghome_fill(o->home, &keys->certificates, e) != 0)
		return -1;
	await_gpg(o);
	if (o->gpg == NULL)
		return err_set(e, o->gpg_error.code, "%s", err_msg(&o->gpg_error));
	o->keys = keys;
	return 0;
}

const char *
openpgp_gpg_version(const struct openpgp *o)
{
	return o->keys != NULL ? gpg_version(o->gpg) : "";
}

void
openpgp_free(struct openpgp *o)
{
	if (o == NULL)
		return;
	await_gpg(o);
	gpg_free(o->gpg);
	err_free(&o->gpg_error);
	gpghome_free(o->home);
	free(o);
}

/*
 * --- one blob -----------------------------------------------------------------------------------
 */

/* What comes of it that the preflight refused. */
static enum outcome
refuse_unread(enum reason *why, const struct err *e)
{
	switch (e->code) {
	case E_WEAK:
		*why = REASON_WEAK_CRYPTO;
		return OUTCOME_REFUSED;
	case E_TOO_LARGE:
		*why = REASON_TOO_LARGE;
		return OUTCOME_REFUSED;
	case E_IO:
		*why = REASON_IO_ERROR;
		return OUTCOME_UNDECIDED;
	case E_NONE:
	case E_USAGE:
	case E_NOT_FOUND:
	case E_INVALID:
	case E_UNSUPPORTED:
	case E_MISMATCH:
	case E_TIMED_OUT:
	case E_UNREACHABLE:
	case E_DENIED:
		break;
	}
	*why = REASON_NOT_A_SIGNATURE;
	return OUTCOME_REFUSED;
}

static void
fill_facts(struct signature_facts *facts, struct validsig *v)
{
	facts->verified = true;
	memcpy(facts->fingerprint, v->primary, sizeof(facts->fingerprint));
	memcpy(facts->signing_key, v->signing_key, sizeof(facts->signing_key));
	facts->created = v->created;
	facts->user_id = steal(&v->user_id);
}

static void
note_issuer(struct signature_facts *facts, const struct signed_message *m)
{
	memcpy(facts->issuer, m->issuer, sizeof(facts->issuer));
	facts->hash_algorithm = m->hash_algorithm;
	facts->key_algorithm = m->key_algorithm;
	facts->version = m->signature_version;
}

/* Octets to text: a cleartext message is signed with CR LF between its lines. */
static void
take_output(struct buf *out, const struct signed_message *message, struct bytes octets)
{
	if (message->signature_class == 0)
		buf_add(out, octets.p, octets.n);
	else
		signed_text_lines(out, octets);
}

/* gpg's part, for a message that the preflight let through. */
static enum outcome
verify_message(struct openpgp *o, const struct trusted_keys *keys, enum payload_type type,
    const struct signed_message *message, int64_t now, struct signed_bytes **out,
    struct signature_facts *facts, enum reason *why, struct err *e)
{
	AUTO(gpg_result) result = GPG_RESULT_INIT;
	AUTO(validsig) v = VALIDSIG_INIT;
	AUTO(buf) text = BUF_INIT;
	const struct deadline *deadline = &o->options.deadline;
	struct evidence evidence = { .keys = keys,
		.message = message,
		.result = &result,
		.allow_weak = o->options.allow_weak };
	enum outcome outcome;

	note_issuer(facts, message);
	if (deadline_passed(deadline)) {
		(void)deadline_error(deadline, e);
		*why = REASON_TIMED_OUT;
		return OUTCOME_UNDECIDED;
	}
	*why = REASON_IO_ERROR;
	evidence.timeout_ms = deadline_left_ms(deadline, o->options.timeout_ms);
	if (gpg_verify(o->gpg, buf_bytes(&message->reframed), message->body_length,
		evidence.timeout_ms, &result, e) != 0)
		return OUTCOME_UNDECIDED;
	outcome = evidence_judge(&evidence, now, &v, why, e);
	if (outcome != OUTCOME_PROVEN) {
		deadline_explain(deadline, e);
		return outcome;
	}
	fill_facts(facts, &v);
	take_output(&text, message, buf_bytes(&result.output));
	*out = signed_bytes_make(type, buf_bytes(&text));
	*why = REASON_UNSET;
	return OUTCOME_PROVEN;
}

/* Nothing is known yet; are there keys? */
static bool
begin(const struct trusted_keys *of_gpg, const struct trusted_keys *keys, struct signed_bytes **out,
    struct signature_facts *facts, enum reason *why, struct err *e)
{
	*out = NULL;
	*why = REASON_IO_ERROR;
	signature_facts_free(facts);
	if (of_gpg != NULL && keys != NULL)
		return true;
	(void)err_set(e, E_IO, "no keys were given to gpg");
	return false;
}

enum outcome
openpgp_verify_by(struct openpgp *o, const struct trusted_keys *keys, struct bytes blob,
    int64_t now, struct signed_bytes **out, struct signature_facts *facts, enum reason *why,
    struct err *e)
{
	AUTO(signed_message) message = SIGNED_MESSAGE_INIT;

	if (!begin(o->keys, keys, out, facts, why, e))
		return OUTCOME_UNDECIDED;
	if (signed_message_parse(&message, blob, MAX_INFLATED_BYTES, o->options.allow_weak, e) != 0)
		return refuse_unread(why, e);
	return verify_message(o, keys, PAYLOAD_ATOMIC, &message, now, out, facts, why, e);
}

enum outcome
openpgp_verify(struct openpgp *o, struct bytes blob, int64_t now, struct signed_bytes **out,
    struct signature_facts *facts, enum reason *why, struct err *e)
{
	return openpgp_verify_by(o, o->keys, blob, now, out, facts, why, e);
}

static int
parse_sums_message(struct signed_message *out, enum signed_form *form, struct bytes blob,
    const struct bytes *text, bool allow_weak, struct err *e)
{
	if (text != NULL) {
		*form = SIGNED_DETACHED;
		return signed_text_detached(out, blob, *text, allow_weak, e);
	}
	if (signed_text_is_cleartext(blob)) {
		*form = SIGNED_CLEARTEXT;
		return signed_text_cleartext(out, blob, allow_weak, e);
	}
	*form = SIGNED_OPAQUE;
	return signed_message_parse(out, blob, MAX_SUMS_BYTES, allow_weak, e);
}

enum outcome
openpgp_verify_sums(struct openpgp *o, struct bytes blob, const struct bytes *text, int64_t now,
    struct signed_bytes **out, enum signed_form *form, struct signature_facts *facts,
    enum reason *why, struct err *e)
{
	AUTO(signed_message) message = SIGNED_MESSAGE_INIT;

	*form = SIGNED_FORM_UNSET;
	if (!begin(o->keys, o->keys, out, facts, why, e))
		return OUTCOME_UNDECIDED;
	if (parse_sums_message(&message, form, blob, text, o->options.allow_weak, e) != 0)
		return refuse_unread(why, e);
	return verify_message(o, o->keys, PAYLOAD_SUMS, &message, now, out, facts, why, e);
}
