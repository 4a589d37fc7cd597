/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the judge and the fetcher say to each other over one stream socket: frames, each a fixed
 * prefix, a head of tagged fields, and a body of raw bytes. Pure: bytes in, struct out.
 *
 *     prefix  type (1 byte), id (8), length of the head (4), length of the body (4); big endian
 *     field   tag (1 byte), length (4), value; tags ascend, so each field comes once or not at all
 *
 * The fetcher speaks first (HELLO), then answers every REQUEST with exactly one RESPONSE of the
 * same id, a cancelled one too.
 *
 * A REQUEST with max_stream wants its body as a stream: when the RESPONSE has an outcome of WIRE_OK
 * and a status of 2xx, it has no body, and is followed by DATA, as many as it takes, and one END,
 * also when it is cancelled. The fetcher sends at most WIRE_WINDOW_BYTES of a stream, then as many
 * more as each CREDIT says: what nobody takes stays with the server, and no memory grows.
 *
 * Either side takes the other's bytes as hostile: a length is checked
 * before memory is taken, and there is one way to write a frame, so that what was decoded encodes
 * to the same bytes.
 */
#ifndef RELSIG_TRANSPORT_HTTP_WIRE_H
#define RELSIG_TRANSPORT_HTTP_WIRE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

#define WIRE_PREFIX_BYTES ((size_t)17)

/* A version, a method: words of our own. */
#define WIRE_MAX_WORD_BYTES ((size_t)64)
/* A byte for each part of a confinement. */
#define WIRE_MAX_PARTS ((size_t)64)
/* An error message; the fetcher cuts longer ones. */
#define WIRE_MAX_MESSAGE_BYTES ((size_t)2 << 10)
/* Bytes of one DATA, and of all that are under way in one stream. */
#define WIRE_MAX_DATA_BYTES ((size_t)256 << 10)
#define WIRE_WINDOW_BYTES ((size_t)1 << 20)
/* Five bytes before each of at most sixteen fields, and the numbers. */
#define WIRE_MAX_FRAMING_BYTES ((size_t)1 << 10)
/* "Bearer " or "Basic " and a token. */
#define WIRE_MAX_AUTHORIZATION_BYTES (MAX_TOKEN_BYTES + 64)
/* A form with a refresh token in it, each byte of which may have become %XX. */
#define WIRE_MAX_REQUEST_BODY_BYTES (4 * MAX_TOKEN_BYTES)
#define WIRE_MAX_REQUEST_HEAD_BYTES                                                                \
	(WIRE_MAX_WORD_BYTES + 2 * MAX_URL_BYTES + MAX_HTTP_HEADER_BYTES +                         \
	    WIRE_MAX_AUTHORIZATION_BYTES + MAX_CERTS_BYTES + WIRE_MAX_FRAMING_BYTES)
#define WIRE_MAX_RESPONSE_HEAD_BYTES                                                               \
	(WIRE_MAX_MESSAGE_BYTES + MAX_URL_BYTES + MAX_HTTP_HEADER_BYTES + WIRE_MAX_FRAMING_BYTES)
#define WIRE_MAX_END_HEAD_BYTES (WIRE_MAX_MESSAGE_BYTES + WIRE_MAX_FRAMING_BYTES)

enum wire_type {
	WIRE_UNSET = 0,
	WIRE_HELLO,    /* fetcher to judge, once, id 0 */
	WIRE_REQUEST,  /* judge to fetcher, a new id */
	WIRE_CANCEL,   /* judge to fetcher: nobody waits for this id any more; no head, no body */
	WIRE_RESPONSE, /* fetcher to judge */
	WIRE_CREDIT,   /* judge to fetcher: so many more bytes of this stream; no body */
	WIRE_DATA,     /* fetcher to judge: the next bytes of a stream, never none; no head */
	WIRE_END,      /* fetcher to judge: how the stream ended; no body */
};
#define WIRE_TYPE_LAST WIRE_END

struct wire_prefix {
	enum wire_type type;
	uint64_t id;
	uint32_t head_n, body_n;
};
/* Four bytes, big endian, as prefixes and fields have them. */
uint32_t wire_number(const uint8_t *p);

enum wire_outcome {
	WIRE_OUTCOME_UNSET = 0,
	WIRE_OK,	  /* a response of any status */
	WIRE_UNREACHABLE, /* DNS, connection, a redirect that is not followed */
	WIRE_BROKEN_OFF,  /* the connection was lost on the way: another try may do better */
	WIRE_TIMED_OUT,
	WIRE_TOO_LARGE,
	WIRE_TLS,
	WIRE_BAD_REQUEST, /* not a URL, unusable certificates */
	WIRE_CANCELLED,
};
#define WIRE_OUTCOME_LAST WIRE_CANCELLED

/*
 * The heads. All strings and bytes are borrowed: from the caller when encoding, from the head when
 * decoding. "texts" are strings one after the other, each with its NUL. NULL and 0 bytes: absent.
 */
struct wire_size {
	bool known; /* false: absent */
	uint64_t n; /* at most INT64_MAX */
};

struct wire_hello {
	const char *version;
	struct bytes confinement; /* http_greeting.h; of another version: who knows */
};

struct wire_request {
	const char *method;
	const char *url;
	struct bytes headers; /* texts, "Name: value" */
	const char *authorization;
	uint32_t max_body;
	uint32_t timeout_ms;
	uint32_t tls_no_verify;
	struct bytes ca, certificate, key; /* PEM */
	const char *proxy;		   /* --proxy; "": none; absent: the environment's */
	struct wire_size max_stream;	   /* known: as a stream, of at most so many bytes */
};

struct wire_response {
	uint32_t outcome; /* enum wire_outcome, never WIRE_OUTCOME_UNSET */
	const char *message;
	uint32_t status;      /* 100 to 999 with WIRE_OK, otherwise 0 */
	uint32_t retry_after; /* seconds */
	const char *url;
	const char *content_type;
	struct bytes authenticate; /* texts */
	/* As the server says: Content-Length, and the first byte and the whole of Content-Range. */
	struct wire_size length, range_first, range_total;
};

struct wire_credit {
	uint32_t n; /* never 0 */
};

struct wire_end {
	uint32_t outcome; /* enum wire_outcome, never WIRE_OUTCOME_UNSET */
	const char *message;
};

/* Append prefix and head; body_n bytes follow them. E_TOO_LARGE when a value is over its cap. */
int wire_hello_encode(struct buf *out, const struct wire_hello *hello, struct err *e) RESULT_USED;
int wire_request_encode(struct buf *out, uint64_t id, const struct wire_request *request,
    size_t body_n, struct err *e) RESULT_USED;
void wire_cancel_encode(struct buf *out, uint64_t id);
int wire_response_encode(struct buf *out, uint64_t id, const struct wire_response *response,
    size_t body_n, struct err *e) RESULT_USED;
int wire_credit_encode(
    struct buf *out, uint64_t id, const struct wire_credit *credit, struct err *e) RESULT_USED;
void wire_data_encode(struct buf *out, uint64_t id, size_t body_n);
int wire_end_encode(
    struct buf *out, uint64_t id, const struct wire_end *end, struct err *e) RESULT_USED;

/* E_INVALID unless head is exactly one such head, every field within its cap. */
int wire_hello_decode(struct wire_hello *out, struct bytes head, struct err *e) RESULT_USED;
int wire_request_decode(struct wire_request *out, struct bytes head, struct err *e) RESULT_USED;
int wire_response_decode(struct wire_response *out, struct bytes head, struct err *e) RESULT_USED;
int wire_credit_decode(struct wire_credit *out, struct bytes head, struct err *e) RESULT_USED;
int wire_end_decode(struct wire_end *out, struct bytes head, struct err *e) RESULT_USED;

/* Texts: append one; take the first off the front, NULL at the end. */
void wire_texts_add(struct buf *texts, const char *s);
const char *wire_texts_next(struct bytes *texts);

#endif
