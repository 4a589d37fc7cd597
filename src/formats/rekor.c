/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigstore/rekor, pkg/types/hashedrekord/v0.0.1; containers/image, internal/rekor_set.go. */
#include "formats/rekor.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/json.h"

/* The largest integer that every reader of JSON reads as itself (RFC 8785 §3.2.2.3). */
#define MAX_EXACT_INTEGER ((INT64_C(1) << 53) - 1)

/* A string member in base64, decoded; text, when not NULL, gets it as it stands, borrowed. */
static int
read_base64(struct buf *out, const char **text, const json_t *o, const char *where, const char *key,
    struct err *e)
{
	const char *value = json_member_string(o, where, key, e);

	if (value == NULL)
		return -1;
	if (text_base64_decode(out, bytes_of_str(value), e) != 0)
		return err_wrap(e, "%s.%s", where, key);
	if (out->n == 0)
		return err_set(e, E_INVALID, "%s: \"%s\" is empty", where, key);
	if (text != NULL)
		*text = value;
	return 0;
}

static int
read_integer(int64_t *out, const json_t *o, const char *where, const char *key, struct err *e)
{
	const json_t *value = json_object_get(o, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > MAX_EXACT_INTEGER)
		return err_set(e, E_INVALID,
		    "%s: \"%s\" is missing or not an integer of 0 to 2^53 - 1", where, key);
	*out = json_integer_value(value);
	return 0;
}

static int
read_promised(struct rekor_bundle *out, const json_t *payload, struct err *e)
{
	static const char *const keys[] = { "body", "integratedTime", "logIndex", "logID", NULL };
	static const char where[] = "bundle.Payload";
	const char *body = "", *id;

	if (json_only_keys(payload, where, keys, e) != 0 ||
	    read_base64(&out->entry, &body, payload, where, "body", e) != 0 ||
	    read_integer(&out->integrated_time, payload, where, "integratedTime", e) != 0 ||
	    read_integer(&out->log_index, payload, where, "logIndex", e) != 0)
		return -1;
	id = json_member_string(payload, where, "logID", e);
	if (id == NULL)
		return -1;
	if (!text_is_lower_hex(bytes_of_str(id), 64))
		return err_set(
		    e, E_INVALID, "%s: \"logID\" is not 64 lower-case hex digits", where);
	/* Sorted, no white space; neither string holds a character that would be escaped. */
	buf_addf(&out->signed_form,
	    "{\"body\":\"%s\",\"integratedTime\":%lld,\"logID\":\"%s\",\"logIndex\":%lld}", body,
	    (long long)out->integrated_time, id, (long long)out->log_index);
	return 0;
}

static int
read_bundle(struct rekor_bundle *out, const json_t *document, struct err *e)
{
	static const char *const keys[] = { "SignedEntryTimestamp", "Payload", NULL };
	const json_t *payload;

	if (json_only_keys(document, "bundle", keys, e) != 0 ||
	    read_base64(&out->promise, NULL, document, "bundle", keys[0], e) != 0)
		return -1;
	payload = json_member_object(document, "bundle", keys[1], e);
	return payload != NULL ? read_promised(out, payload, e) : -1;
}

int
rekor_bundle_parse(struct rekor_bundle *out, struct bytes json, struct err *e)
{
	AUTO_JSON json_t *document = json_read(json, "bundle", e);

	*out = (struct rekor_bundle)REKOR_BUNDLE_INIT;
	if (document != NULL && read_bundle(out, document, e) == 0)
		return 0;
	rekor_bundle_free(out);
	return -1;
}

void
rekor_bundle_free(struct rekor_bundle *b)
{
	buf_free(&b->promise);
	buf_free(&b->signed_form);
	buf_free(&b->entry);
	*b = (struct rekor_bundle)REKOR_BUNDLE_INIT;
}

/*
 * --- the entry ----------------------------------------------------------------------------------
 */

/* A string member that may have one value only. */
static int
require(const json_t *o, const char *where, const char *key, const char *want, struct err *e)
{
	const char *value = json_member_string(o, where, key, e);

	if (value == NULL)
		return -1;
	if (strcmp(value, want) != 0)
		return err_set(e, E_UNSUPPORTED, "%s: \"%s\" is \"%.100s\", want \"%s\"", where,
		    key, value, want);
	return 0;
}

static int
read_hash(struct rekor_entry *out, const json_t *data, struct err *e)
{
	static const char *const in_data[] = { "hash", NULL };
	static const char *const keys[] = { "algorithm", "value", NULL };
	static const char where[] = "entry.spec.data.hash";
	AUTO_STR char *text = NULL;
	const json_t *hash;
	const char *value;

	if (json_only_keys(data, "entry.spec.data", in_data, e) != 0)
		return -1;
	hash = json_member_object(data, "entry.spec.data", in_data[0], e);
	if (hash == NULL || json_only_keys(hash, where, keys, e) != 0 ||
	    require(hash, where, "algorithm", "sha256", e) != 0)
		return -1;
	value = json_member_string(hash, where, "value", e);
	if (value == NULL)
		return -1;
	text = xasprintf("sha256:%s", value);
	return digest_parse(&out->digest, bytes_of_str(text), e) == 0 ? 0
								      : err_wrap(e, "%s", where);
}

static int
read_signature(struct rekor_entry *out, const json_t *signature, struct err *e)
{
	static const char *const keys[] = { "content", "publicKey", NULL };
	static const char *const in_key[] = { "content", NULL };
	static const char where[] = "entry.spec.signature";
	const json_t *key;

	if (json_only_keys(signature, where, keys, e) != 0 ||
	    read_base64(&out->signature, NULL, signature, where, "content", e) != 0)
		return -1;
	key = json_member_object(signature, where, "publicKey", e);
	if (key == NULL || json_only_keys(key, "entry.spec.signature.publicKey", in_key, e) != 0)
		return -1;
	return read_base64(
	    &out->public_key, NULL, key, "entry.spec.signature.publicKey", "content", e);
}

static int
read_entry(struct rekor_entry *out, const json_t *document, struct err *e)
{
	static const char *const keys[] = { "apiVersion", "kind", "spec", NULL };
	static const char *const in_spec[] = { "data", "signature", NULL };
	const json_t *spec, *part;

	if (json_only_keys(document, "entry", keys, e) != 0 ||
	    require(document, "entry", "kind", "hashedrekord", e) != 0 ||
	    require(document, "entry", "apiVersion", "0.0.1", e) != 0)
		return -1;
	spec = json_member_object(document, "entry", "spec", e);
	if (spec == NULL || json_only_keys(spec, "entry.spec", in_spec, e) != 0)
		return -1;
	part = json_member_object(spec, "entry.spec", "data", e);
	if (part == NULL || read_hash(out, part, e) != 0)
		return -1;
	part = json_member_object(spec, "entry.spec", "signature", e);
	return part != NULL ? read_signature(out, part, e) : -1;
}

int
rekor_entry_parse(struct rekor_entry *out, struct bytes json, struct err *e)
{
	AUTO_JSON json_t *document = json_read(json, "entry", e);

	*out = (struct rekor_entry)REKOR_ENTRY_INIT;
	if (document != NULL && read_entry(out, document, e) == 0)
		return 0;
	rekor_entry_free(out);
	return -1;
}

void
rekor_entry_free(struct rekor_entry *entry)
{
	buf_free(&entry->signature);
	buf_free(&entry->public_key);
	*entry = (struct rekor_entry)REKOR_ENTRY_INIT;
}
