/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/signature_blob.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/json_write.h"

static const char simple_signing[] = "\0simple-signing\n";
static const char sigstore_json[] = "\0sigstore-json\n";

/*
 * RFC 4880 §4.2: compressed data, a one-pass signature, a signature, in old and new format.
 * containers/image has 0x3d, which begins no packet, for 0x93.
 */
static bool
may_begin_message(uint8_t first)
{
	return (first >= 0xa0 && first <= 0xa3) || first == 0xc8 ||
	       (first >= 0x90 && first <= 0x93) || first == 0xc4 ||
	       (first >= 0x88 && first <= 0x8b) || first == 0xc2;
}

static int
parse_openpgp(struct signature_blob *out, struct bytes blob, struct err *e)
{
	if (blob.n == 0)
		return err_set(e, E_INVALID, "signature: empty");
	if (!may_begin_message(blob.p[0]))
		return err_set(e, E_INVALID,
		    "signature: unrecognized format, beginning with the octet 0x%02x", blob.p[0]);
	out->kind = SIGNATURE_BLOB_OPENPGP;
	out->openpgp = blob;
	return 0;
}

static int
read_document(struct sigstore_signature *out, const json_t *document, struct err *e)
{
	static const char *const keys[] = { "mimeType", "payload", "annotations", NULL };
	const char *type, *payload;
	const json_t *annotations;

	if (json_only_keys(document, "sigstore", keys, e) != 0)
		return -1;
	type = json_member_string(document, "sigstore", "mimeType", e);
	if (type == NULL)
		return -1;
	payload = json_member_string(document, "sigstore", "payload", e);
	if (payload == NULL)
		return -1;
	annotations = json_object_get(document, "annotations");
	if (annotations == NULL)
		return err_set(e, E_INVALID, "sigstore: key \"annotations\" is missing");
	if (sigstore_annotations_read(&out->annotations, annotations, "sigstore.annotations", e) !=
	    0)
		return -1;
	if (sigstore_base64_decode(&out->payload, payload, e) != 0)
		return err_wrap(e, "sigstore.payload");
	out->media_type = xstrdup(type);
	return 0;
}

static int
parse_sigstore(struct signature_blob *out, struct bytes text, struct err *e)
{
	AUTO_JSON json_t *document = json_read(text, "sigstore", e);

	if (document == NULL || read_document(&out->sigstore, document, e) != 0)
		return -1;
	out->kind = SIGNATURE_BLOB_SIGSTORE;
	return 0;
}

/* What follows prefix; false when blob does not begin with it. */
static bool
after(struct bytes *rest, struct bytes blob, const char *prefix, size_t n)
{
	if (blob.n < n || memcmp(blob.p, prefix, n) != 0)
		return false;
	*rest = bytes_of(blob.p + n, blob.n - n);
	return true;
}

int
signature_blob_parse(struct signature_blob *out, struct bytes blob, struct err *e)
{
	struct bytes rest;
	int r;

	*out = (struct signature_blob)SIGNATURE_BLOB_INIT;
	if (after(&rest, blob, simple_signing, sizeof(simple_signing) - 1))
		r = parse_openpgp(out, rest, e);
	else if (after(&rest, blob, sigstore_json, sizeof(sigstore_json) - 1))
		r = parse_sigstore(out, rest, e);
	else if (blob.n > 0 && blob.p[0] == '\0')
		r = err_set(e, E_UNSUPPORTED, "signature: of no known kind after the octet 0");
	else
		r = parse_openpgp(out, blob, e);
	if (r != 0)
		signature_blob_free(out);
	return r;
}

static void
set_string(json_t *object, const char *key, const char *value)
{
	if (value != NULL)
		json_put(object, key, json_string(value));
}

void
signature_blob_add_sigstore(struct buf *out, const struct sigstore_signature *s)
{
	AUTO_JSON json_t *document = must_have(json_object());
	json_t *annotations = must_have(json_object());
	AUTO_STR char *payload = text_base64(buf_bytes(&s->payload));
	AUTO_STR char *text = NULL;

	set_string(annotations, SIGSTORE_SIGNATURE_ANNOTATION, s->annotations.signature);
	set_string(annotations, SIGSTORE_BUNDLE_ANNOTATION, s->annotations.bundle);
	set_string(annotations, SIGSTORE_CERTIFICATE_ANNOTATION, s->annotations.certificate);
	set_string(annotations, SIGSTORE_CHAIN_ANNOTATION, s->annotations.chain);
	set_string(document, "mimeType", s->media_type);
	set_string(document, "payload", payload);
	json_put(document, "annotations", annotations);
	text = must_have(json_dumps(document, JSON_COMPACT));
	buf_add(out, sigstore_json, sizeof(sigstore_json) - 1);
	buf_add_str(out, text);
}

void
signature_blob_free(struct signature_blob *b)
{
	sigstore_signature_free(&b->sigstore);
	*b = (struct signature_blob)SIGNATURE_BLOB_INIT;
}
