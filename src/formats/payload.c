/* SPDX-License-Identifier: GPL-3.0-or-later */
/* containers-signature(5), "The JSON format"; the order of the checks is the document's. cosign's
 * form is that of sigstore/cosign, specs/SIGNATURE_SPEC.md. */
#include "formats/payload.h"

#include <stdlib.h>
#include <string.h>

#include "formats/json.h"

/* What critical.type must be, or NULL. */
static const char *
type_text(enum payload_type type)
{
	switch (type) {
	case PAYLOAD_ATOMIC:
		return "atomic container signature";
	case PAYLOAD_COSIGN:
		return "cosign container image signature";
	case PAYLOAD_SUMS:
	case PAYLOAD_TYPE_UNSET:
		break;
	}
	return NULL;
}

/*
 * containers/image reads the number as a double and refuses what is not whole or not an int64; so a
 * number that a double rounds up to 2^63 is refused too, however it was written.
 */
static int
parse_timestamp(struct payload *out, const json_t *value, struct err *e)
{
	double d;

	if (!json_is_number(value))
		return err_set(e, E_INVALID, "optional: \"timestamp\" is not a number");
	d = json_number_value(value);
	if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0))
		return err_set(e, E_INVALID, "optional: \"timestamp\" is out of range");
	out->timestamp = json_is_integer(value) ? json_integer_value(value) : (int64_t)d;
	if (json_is_real(value) && (double)out->timestamp != d)
		return err_set(e, E_INVALID, "optional: \"timestamp\" is not a whole number");
	out->has_timestamp = true;
	return 0;
}

/* Other members may be anything; these two may be null, as in containers/image. */
static int
parse_optional(struct payload *out, const json_t *optional, struct err *e)
{
	const json_t *creator = json_object_get(optional, "creator");
	const json_t *timestamp = json_object_get(optional, "timestamp");

	if (creator != NULL && !json_is_null(creator)) {
		if (!json_is_string(creator))
			return err_set(e, E_INVALID, "optional: \"creator\" is not a string");
		out->creator = xstrdup(json_string_value(creator));
	}
	if (timestamp != NULL && !json_is_null(timestamp))
		return parse_timestamp(out, timestamp, e);
	return 0;
}

static int
parse_image(struct payload *out, const json_t *image, struct err *e)
{
	static const char *const keys[] = { "docker-manifest-digest", NULL };
	const char *digest;

	if (json_only_keys(image, "critical.image", keys, e) != 0)
		return -1;
	digest = json_member_string(image, "critical.image", keys[0], e);
	if (digest == NULL)
		return -1;
	if (digest_parse(&out->claimed_digest, bytes_of_str(digest), e) != 0)
		return err_wrap(e, "critical.image.%s", keys[0]);
	return 0;
}

static int
parse_identity(struct payload *out, const json_t *identity, struct err *e)
{
	static const char *const keys[] = { "docker-reference", NULL };
	const char *reference;

	if (json_only_keys(identity, "critical.identity", keys, e) != 0)
		return -1;
	reference = json_member_string(identity, "critical.identity", keys[0], e);
	if (reference == NULL)
		return -1;
	if (reference[0] == '\0')
		return err_set(e, E_INVALID, "critical.identity: \"%s\" is empty", keys[0]);
	out->claimed_reference = xstrdup(reference);
	return 0;
}

static int
parse_critical(struct payload *out, const json_t *critical, enum payload_type wanted, struct err *e)
{
	static const char *const keys[] = { "type", "image", "identity", NULL };
	const char *type, *want = type_text(wanted);
	const json_t *image, *identity;

	if (json_only_keys(critical, "critical", keys, e) != 0)
		return -1;
	type = json_member_string(critical, "critical", "type", e);
	if (type == NULL)
		return -1;
	if (want == NULL || strcmp(type, want) != 0)
		return err_set(e, E_INVALID, "critical: \"type\" is \"%.100s\", want \"%s\"", type,
		    want != NULL ? want : "none");
	image = json_member_object(critical, "critical", "image", e);
	if (image == NULL || parse_image(out, image, e) != 0)
		return -1;
	identity = json_member_object(critical, "critical", "identity", e);
	return identity != NULL ? parse_identity(out, identity, e) : -1;
}

static int
parse_document(struct payload *out, const json_t *document, enum payload_type type,
    enum payload_optional mode, struct err *e)
{
	static const char *const keys[] = { "critical", "optional", NULL };
	const json_t *critical, *optional;

	if (json_only_keys(document, "payload", keys, e) != 0)
		return -1;
	critical = json_member_object(document, "payload", "critical", e);
	if (critical == NULL || parse_critical(out, critical, type, e) != 0)
		return -1;
	optional = json_object_get(document, "optional");
	if (type == PAYLOAD_ATOMIC && mode == PAYLOAD_OPTIONAL_MAY_BE_ABSENT && optional == NULL)
		return 0;
	/* cosign writes null when nothing was annotated. */
	if (type == PAYLOAD_COSIGN && json_is_null(optional))
		return 0;
	optional = json_member_object(document, "payload", "optional", e);
	return optional != NULL ? parse_optional(out, optional, e) : -1;
}

int
payload_parse(struct payload *out, struct bytes in, enum payload_type type,
    enum payload_optional optional, struct err *e)
{
	AUTO_JSON json_t *document = NULL;

	*out = (struct payload)PAYLOAD_INIT;
	document = json_read(in, "payload", e);
	if (document == NULL)
		return -1;
	if (parse_document(out, document, type, optional, e) != 0) {
		payload_free(out);
		return -1;
	}
	return 0;
}

void
payload_free(struct payload *p)
{
	free(p->claimed_reference);
	free(p->creator);
	*p = (struct payload)PAYLOAD_INIT;
}
