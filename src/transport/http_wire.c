/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_wire.h"

#include <string.h>

#define FIELD_PREFIX_BYTES ((size_t)5)
#define NUMBER_BYTES ((size_t)4)
#define SIZE_BYTES ((size_t)8)

enum field_kind {
	FIELD_TEXT = 1, /* const char *: with its NUL, the only one */
	FIELD_TEXTS,	/* struct bytes: strings, each with its NUL */
	FIELD_BYTES,	/* struct bytes */
	FIELD_NUMBER,	/* uint32_t, four bytes, always there */
	FIELD_SIZE,	/* struct wire_size, eight bytes */
};

/* One row a field, tags ascending: the tables below are the format, the code only walks them. */
struct field { /* NOLINT(clang-analyzer-optin.performance.Padding): rows read in this order */
	uint8_t tag;
	enum field_kind kind;
	bool required;
	size_t at;    /* offset in the struct */
	uint64_t max; /* bytes of the value (a NUL not counted), or the number itself */
};

struct layout {
	const char *name;
	const struct field *fields;
	size_t n;
};

#define AT(type, member) offsetof(struct wire_##type, member)

static const struct field hello_fields[] = {
	{ 1, FIELD_TEXT, true, AT(hello, version), WIRE_MAX_WORD_BYTES },
	{ 2, FIELD_BYTES, false, AT(hello, confinement), WIRE_MAX_PARTS },
};
static const struct layout hello_layout = { "hello", hello_fields, ARRAY_LEN(hello_fields) };

static const struct field request_fields[] = {
	{ 1, FIELD_TEXT, true, AT(request, method), WIRE_MAX_WORD_BYTES },
	{ 2, FIELD_TEXT, true, AT(request, url), MAX_URL_BYTES },
	{ 3, FIELD_TEXTS, false, AT(request, headers), MAX_HTTP_HEADER_BYTES },
	{ 4, FIELD_TEXT, false, AT(request, authorization), WIRE_MAX_AUTHORIZATION_BYTES },
	{ 5, FIELD_NUMBER, true, AT(request, max_body), UINT32_MAX },
	{ 6, FIELD_NUMBER, true, AT(request, timeout_ms), INT32_MAX },
	{ 7, FIELD_NUMBER, true, AT(request, tls_no_verify), 1 },
	{ 8, FIELD_BYTES, false, AT(request, ca), MAX_CERTS_BYTES },
	{ 9, FIELD_BYTES, false, AT(request, certificate), MAX_CERTS_BYTES },
	{ 10, FIELD_BYTES, false, AT(request, key), MAX_CERTS_BYTES },
	{ 11, FIELD_TEXT, false, AT(request, proxy), MAX_URL_BYTES },
	{ 12, FIELD_SIZE, false, AT(request, max_stream), INT64_MAX },
};
static const struct layout request_layout = { "request", request_fields,
	ARRAY_LEN(request_fields) };

static const struct field response_fields[] = {
	{ 1, FIELD_NUMBER, true, AT(response, outcome), WIRE_OUTCOME_LAST },
	{ 2, FIELD_TEXT, false, AT(response, message), WIRE_MAX_MESSAGE_BYTES },
	{ 3, FIELD_NUMBER, true, AT(response, status), 999 },
	{ 4, FIELD_NUMBER, true, AT(response, retry_after), UINT32_MAX },
	{ 5, FIELD_TEXT, false, AT(response, url), MAX_URL_BYTES },
	{ 6, FIELD_TEXT, false, AT(response, content_type), MAX_HTTP_HEADER_BYTES },
	{ 7, FIELD_TEXTS, false, AT(response, authenticate), MAX_HTTP_HEADER_BYTES },
	{ 8, FIELD_SIZE, false, AT(response, length), INT64_MAX },
	{ 9, FIELD_SIZE, false, AT(response, range_first), INT64_MAX },
	{ 10, FIELD_SIZE, false, AT(response, range_total), INT64_MAX },
};
static const struct layout response_layout = { "response", response_fields,
	ARRAY_LEN(response_fields) };

static const struct field credit_fields[] = {
	{ 1, FIELD_NUMBER, true, AT(credit, n), WIRE_WINDOW_BYTES },
};
static const struct layout credit_layout = { "credit", credit_fields, ARRAY_LEN(credit_fields) };

static const struct field end_fields[] = {
	{ 1, FIELD_NUMBER, true, AT(end, outcome), WIRE_OUTCOME_LAST },
	{ 2, FIELD_TEXT, false, AT(end, message), WIRE_MAX_MESSAGE_BYTES },
};
static const struct layout end_layout = { "end", end_fields, ARRAY_LEN(end_fields) };

uint32_t
wire_number(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
add_number(struct buf *out, uint32_t v)
{
	const uint8_t p[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
		(uint8_t)v };

	buf_add(out, p, sizeof(p));
}

static void
add_size(struct buf *out, uint64_t v)
{
	add_number(out, (uint32_t)(v >> 32));
	add_number(out, (uint32_t)v);
}

static void
add_prefix(struct buf *out, enum wire_type type, uint64_t id, size_t head_n, size_t body_n)
{
	buf_add_byte(out, (uint8_t)type);
	add_size(out, id);
	add_number(out, (uint32_t)head_n);
	add_number(out, (uint32_t)body_n);
}

static int
check_number(const struct layout *l, const struct field *f, uint64_t number, struct err *e)
{
	if (number <= f->max)
		return 0;
	return err_set(e, E_INVALID, "%s: field %u is %ju, want at most %ju", l->name, f->tag,
	    (uintmax_t)number, (uintmax_t)f->max);
}

/* The value of a field as the struct has it, NUL included; false when it is absent. */
static bool
field_value(const struct field *f, const void *from, struct bytes *out)
{
	const void *at = (const char *)from + f->at;
	const char *s;

	switch (f->kind) {
	case FIELD_TEXT:
		s = *(const char *const *)at;
		*out = bytes_of(s, s != NULL ? strlen(s) + 1 : 0);
		return s != NULL;
	case FIELD_TEXTS:
	case FIELD_BYTES:
		*out = *(const struct bytes *)at;
		return out->n > 0;
	case FIELD_NUMBER:
		*out = bytes_of(at, NUMBER_BYTES);
		return true;
	case FIELD_SIZE:
		*out = bytes_of(at, SIZE_BYTES);
		return ((const struct wire_size *)at)->known;
	}
	return false;
}

static int
encode_field(
    struct buf *out, const struct layout *l, const struct field *f, const void *from, struct err *e)
{
	const void *at = (const char *)from + f->at;
	struct bytes value;

	if (!field_value(f, from, &value)) {
		if (f->required)
			return err_set(e, E_INVALID, "%s: field %u is missing", l->name, f->tag);
		return 0;
	}
	buf_add_byte(out, f->tag);
	add_number(out, (uint32_t)value.n);
	if (f->kind == FIELD_NUMBER) {
		add_number(out, *(const uint32_t *)at);
		return check_number(l, f, *(const uint32_t *)at, e);
	}
	if (f->kind == FIELD_SIZE) {
		add_size(out, ((const struct wire_size *)at)->n);
		return check_number(l, f, ((const struct wire_size *)at)->n, e);
	}
	if (value.n > f->max + (f->kind == FIELD_TEXT))
		return err_set(e, E_TOO_LARGE, "%s: field %u has %zu bytes, want at most %ju",
		    l->name, f->tag, value.n, (uintmax_t)f->max);
	buf_add(out, value.p, value.n);
	return 0;
}

static int
encode(struct buf *out, enum wire_type type, uint64_t id, const struct layout *l, const void *from,
    size_t body_n, struct err *e)
{
	AUTO(buf) head = BUF_INIT;
	size_t i;

	if (body_n > UINT32_MAX)
		return err_set(e, E_TOO_LARGE, "%s: a body of %zu bytes", l->name, body_n);
	for (i = 0; i < l->n; i++)
		if (encode_field(&head, l, &l->fields[i], from, e) != 0)
			return -1;
	add_prefix(out, type, id, head.n, body_n);
	buf_add(out, head.p, head.n);
	if (head.n > 0)
		explicit_bzero(head.p, head.n); /* an authorization, a key */
	return 0;
}

static int
store_number(
    const struct layout *l, const struct field *f, struct bytes value, void *at, struct err *e)
{
	struct wire_size size = { .known = true };
	uint32_t number;

	if (value.n != (f->kind == FIELD_NUMBER ? NUMBER_BYTES : SIZE_BYTES))
		return err_set(e, E_INVALID, "%s: field %u is no number", l->name, f->tag);
	number = wire_number(value.p);
	if (f->kind == FIELD_NUMBER) {
		memcpy(at, &number, sizeof(number));
		return check_number(l, f, number, e);
	}
	size.n = (uint64_t)number << 32 | wire_number(value.p + NUMBER_BYTES);
	memcpy(at, &size, sizeof(size));
	return check_number(l, f, size.n, e);
}

static int
store_value(
    const struct layout *l, const struct field *f, struct bytes value, void *to, struct err *e)
{
	char *at = (char *)to + f->at;
	bool terminated = value.n > 0 && value.p[value.n - 1] == '\0';

	if (f->kind == FIELD_NUMBER || f->kind == FIELD_SIZE)
		return store_number(l, f, value, at, e);
	if (value.n > f->max + (f->kind == FIELD_TEXT))
		return err_set(e, E_INVALID, "%s: field %u has %zu bytes, want at most %ju",
		    l->name, f->tag, value.n, (uintmax_t)f->max);
	if (value.n == 0)
		return err_set(e, E_INVALID, "%s: field %u is empty", l->name, f->tag);
	if (f->kind != FIELD_BYTES && !terminated)
		return err_set(e, E_INVALID, "%s: field %u does not end with NUL", l->name, f->tag);
	if (f->kind == FIELD_TEXT) {
		if (memchr(value.p, '\0', value.n - 1) != NULL)
			return err_set(e, E_INVALID, "%s: NUL in field %u", l->name, f->tag);
		memcpy(at, &value.p, sizeof(value.p));
	} else {
		memcpy(at, &value, sizeof(value));
	}
	return 0;
}

/* Go on to the field with this tag; the required ones on the way are missing. */
static int
find_field(const struct layout *l, size_t *i, unsigned tag, struct err *e)
{
	for (; *i < l->n && l->fields[*i].tag < tag; (*i)++)
		if (l->fields[*i].required)
			return err_set(
			    e, E_INVALID, "%s: field %u is missing", l->name, l->fields[*i].tag);
	if (*i == l->n || l->fields[*i].tag != tag)
		return err_set(
		    e, E_INVALID, "%s: field %u is unknown or out of place", l->name, tag);
	return 0;
}

static int
decode(void *out, size_t size, const struct layout *l, struct bytes head, struct err *e)
{
	struct bytes value;
	size_t i = 0;

	memset(out, 0, size);
	while (head.n > 0) {
		if (head.n < FIELD_PREFIX_BYTES ||
		    wire_number(head.p + 1) > head.n - FIELD_PREFIX_BYTES)
			return err_set(e, E_INVALID, "%s: cut short", l->name);
		value = bytes_of(head.p + FIELD_PREFIX_BYTES, wire_number(head.p + 1));
		if (find_field(l, &i, head.p[0], e) != 0 ||
		    store_value(l, &l->fields[i], value, out, e) != 0)
			return -1;
		i++;
		head.p += FIELD_PREFIX_BYTES + value.n;
		head.n -= FIELD_PREFIX_BYTES + value.n;
	}
	for (; i < l->n; i++)
		if (l->fields[i].required)
			return err_set(
			    e, E_INVALID, "%s: field %u is missing", l->name, l->fields[i].tag);
	return 0;
}

int
wire_hello_encode(struct buf *out, const struct wire_hello *hello, struct err *e)
{
	return encode(out, WIRE_HELLO, 0, &hello_layout, hello, 0, e);
}

int
wire_request_encode(
    struct buf *out, uint64_t id, const struct wire_request *request, size_t body_n, struct err *e)
{
	return encode(out, WIRE_REQUEST, id, &request_layout, request, body_n, e);
}

void
wire_cancel_encode(struct buf *out, uint64_t id)
{
	add_prefix(out, WIRE_CANCEL, id, 0, 0);
}

int
wire_response_encode(struct buf *out, uint64_t id, const struct wire_response *response,
    size_t body_n, struct err *e)
{
	return encode(out, WIRE_RESPONSE, id, &response_layout, response, body_n, e);
}

int
wire_credit_encode(struct buf *out, uint64_t id, const struct wire_credit *credit, struct err *e)
{
	return encode(out, WIRE_CREDIT, id, &credit_layout, credit, 0, e);
}

void
wire_data_encode(struct buf *out, uint64_t id, size_t body_n)
{
	add_prefix(out, WIRE_DATA, id, 0, body_n);
}

int
wire_end_encode(struct buf *out, uint64_t id, const struct wire_end *end, struct err *e)
{
	return encode(out, WIRE_END, id, &end_layout, end, 0, e);
}

int
wire_hello_decode(struct wire_hello *out, struct bytes head, struct err *e)
{
	return decode(out, sizeof(*out), &hello_layout, head, e);
}

int
wire_request_decode(struct wire_request *out, struct bytes head, struct err *e)
{
	return decode(out, sizeof(*out), &request_layout, head, e);
}

int
wire_response_decode(struct wire_response *out, struct bytes head, struct err *e)
{
	if (decode(out, sizeof(*out), &response_layout, head, e) != 0)
		return -1;
	if (out->outcome == WIRE_OUTCOME_UNSET)
		return err_set(e, E_INVALID, "response: no outcome");
	if (out->outcome == WIRE_OK ? out->status < 100 : out->status != 0)
		return err_set(
		    e, E_INVALID, "response: status %u with outcome %u", out->status, out->outcome);
	return 0;
}

int
wire_credit_decode(struct wire_credit *out, struct bytes head, struct err *e)
{
	if (decode(out, sizeof(*out), &credit_layout, head, e) != 0)
		return -1;
	return out->n > 0 ? 0 : err_set(e, E_INVALID, "credit: of nothing");
}

int
wire_end_decode(struct wire_end *out, struct bytes head, struct err *e)
{
	if (decode(out, sizeof(*out), &end_layout, head, e) != 0)
		return -1;
	return out->outcome != WIRE_OUTCOME_UNSET ? 0 : err_set(e, E_INVALID, "end: no outcome");
}

void
wire_texts_add(struct buf *texts, const char *s)
{
	buf_add(texts, s, strlen(s) + 1);
}

const char *
wire_texts_next(struct bytes *texts)
{
	const char *s = (const char *)texts->p;
	size_t n;

	if (texts->n == 0)
		return NULL;
	n = strnlen(s, texts->n) + 1;
	texts->p += n;
	texts->n -= n;
	return s;
}
