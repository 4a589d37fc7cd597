/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/sigstore_signature.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

/* The member of out that an annotation goes to, or NULL. */
static char **
place_of(struct sigstore_annotations *out, const char *key)
{
	if (strcmp(key, SIGSTORE_SIGNATURE_ANNOTATION) == 0)
		return &out->signature;
	if (strcmp(key, SIGSTORE_BUNDLE_ANNOTATION) == 0)
		return &out->bundle;
	if (strcmp(key, SIGSTORE_CERTIFICATE_ANNOTATION) == 0)
		return &out->certificate;
	if (strcmp(key, SIGSTORE_CHAIN_ANNOTATION) == 0)
		return &out->chain;
	return NULL;
}

static int
read_one(struct sigstore_annotations *out, const char *key, const json_t *value, const char *where,
    struct err *e)
{
	char **place = place_of(out, key);

	if (!json_is_string(value))
		return err_set(e, E_INVALID, "%s: \"%.100s\" is not a string", where, key);
	if (place == NULL)
		return 0;
	if (json_string_length(value) > MAX_SIGSTORE_ANNOTATION_BYTES)
		return err_set(e, E_TOO_LARGE, "%s: \"%s\" is %zu bytes, want at most %zu", where,
		    key, json_string_length(value), MAX_SIGSTORE_ANNOTATION_BYTES);
	*place = xstrdup(json_string_value(value));
	return 0;
}

int
sigstore_annotations_read(
    struct sigstore_annotations *out, const json_t *object, const char *where, struct err *e)
{
	const char *key;
	json_t *value;

	*out = (struct sigstore_annotations)SIGSTORE_ANNOTATIONS_INIT;
	if (object == NULL || json_is_null(object))
		return 0;
	if (!json_is_object(object))
		return err_set(e, E_INVALID, "%s: not an object", where);
	json_object_foreach((json_t *)object, key, value)
	{
		if (read_one(out, key, value, where, e) != 0) {
			sigstore_annotations_free(out);
			return -1;
		}
	}
	return 0;
}

void
sigstore_annotations_free(struct sigstore_annotations *a)
{
	free(a->signature);
	free(a->bundle);
	free(a->certificate);
	free(a->chain);
	*a = (struct sigstore_annotations)SIGSTORE_ANNOTATIONS_INIT;
}

int
sigstore_base64_decode(struct buf *out, const char *text, struct err *e)
{
	AUTO(buf) joined = BUF_INIT;
	size_t n;

	for (; *text != '\0'; text += n) {
		text += strspn(text, "\r\n");
		n = strcspn(text, "\r\n");
		buf_add(&joined, text, n);
	}
	return text_base64_decode(out, buf_bytes(&joined), e);
}

int
sigstore_signature_octets(struct buf *out, const struct sigstore_signature *s, struct err *e)
{
	buf_clear(out);
	if (s->media_type == NULL || strcmp(s->media_type, SIGSTORE_SIGNATURE_TYPE) != 0)
		return err_set(e, E_UNSUPPORTED,
		    "sigstore: media type \"%.200s\", want \"" SIGSTORE_SIGNATURE_TYPE "\"",
		    s->media_type != NULL ? s->media_type : "");
	if (s->annotations.signature == NULL)
		return err_set(e, E_INVALID,
		    "sigstore: the annotation \"" SIGSTORE_SIGNATURE_ANNOTATION "\" is missing");
	if (sigstore_base64_decode(out, s->annotations.signature, e) != 0)
		return err_wrap(e, "sigstore: " SIGSTORE_SIGNATURE_ANNOTATION);
	if (out->n == 0)
		return err_set(e, E_INVALID,
		    "sigstore: the annotation \"" SIGSTORE_SIGNATURE_ANNOTATION "\" is empty");
	return 0;
}

void
sigstore_signature_free(struct sigstore_signature *s)
{
	free(s->media_type);
	buf_free(&s->payload);
	sigstore_annotations_free(&s->annotations);
	*s = (struct sigstore_signature)SIGSTORE_SIGNATURE_INIT;
}
