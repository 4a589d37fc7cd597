/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_fetcher.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "transport/http_frames.h"
#include "transport/http_greeting.h"

#define MODE "RELSIG_TEST_FAKE_FETCHER"
#define JUDGE STDIN_FILENO

/* Enough to see whether each takes memory of its own. */
#define SMALL_PIECES ((size_t)200000)

static struct wire_request request;
static uint64_t id;

static int
admit_all(void *arg, const struct wire_prefix *p, struct err *e)
{
	(void)arg;
	(void)p;
	(void)e;
	return 0;
}

/* The judge's next frame; it is never freed, since request borrows from it. */
static void
read_request(void)
{
	static struct wire_reader r = { .admit = admit_all };
	struct err e = ERR_INIT;
	bool whole = false;
	uint8_t *p;
	ssize_t n;

	memset(&r, 0, sizeof(r));
	r.admit = admit_all;
	while (!whole) {
		n = wire_reader_room(&r, &p) > 0 ? read(JUDGE, p, wire_reader_room(&r, &p)) : 0;
		if (n <= 0 || wire_reader_got(&r, (size_t)n, &whole, &e) != 0)
			_exit(4);
		/* What was said of a stream in between. */
		if (whole && r.prefix.type != WIRE_REQUEST) {
			wire_reader_next(&r);
			whole = false;
		}
	}
	id = r.prefix.id;
	if (wire_request_decode(&request, buf_bytes(&r.head), &e) != 0)
		_exit(5);
}

static void
put(const void *p, size_t n)
{
	if (send(JUDGE, p, n, MSG_NOSIGNAL) < 0)
		_exit(6);
}

static void
hello(const char *version)
{
	static const uint8_t parts[] = { CONFINE_NO_NO_NEW_PRIVS, CONFINE_IN_EFFECT,
		CONFINE_LANDLOCK_IS_OFF, CONFINE_LANDLOCK_IS_OFF, CONFINE_STATE_LAST };
	const struct wire_hello h = { version, { parts, sizeof(parts) } };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (wire_hello_encode(&b, &h, &e) != 0)
		_exit(7);
	put(b.p, b.n);
}

/* A frame that says it has body_n bytes of body; none follows. */
static struct buf
response(uint64_t to, enum wire_outcome outcome, size_t body_n)
{
	const struct wire_response w = {
		.outcome = outcome,
		.status = outcome == WIRE_OK ? 200 : 0,
		.url = outcome == WIRE_OK ? "http://fake/" : NULL,
	};
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (wire_response_encode(&b, to, &w, body_n, &e) != 0)
		_exit(8);
	return b;
}

static void
put_response(uint64_t to, enum wire_outcome outcome, size_t body_n, size_t sent)
{
	struct buf b = response(to, outcome, body_n);
	void *zeros = xcalloc(sent, 1);

	put(b.p, b.n);
	if (sent > 0)
		put(zeros, sent);
	free(zeros);
	buf_free(&b);
}

/* A prefix that the codec would not write. */
static void
put_prefix(uint8_t type, uint64_t to, uint32_t head_n, uint32_t body_n)
{
	const uint8_t p[WIRE_PREFIX_BYTES] = { type, (uint8_t)(to >> 56), (uint8_t)(to >> 48),
		(uint8_t)(to >> 40), (uint8_t)(to >> 32), (uint8_t)(to >> 24), (uint8_t)(to >> 16),
		(uint8_t)(to >> 8), (uint8_t)to, (uint8_t)(head_n >> 24), (uint8_t)(head_n >> 16),
		(uint8_t)(head_n >> 8), (uint8_t)head_n, (uint8_t)(body_n >> 24),
		(uint8_t)(body_n >> 16), (uint8_t)(body_n >> 8), (uint8_t)body_n };

	put(p, sizeof(p));
}

static void
hang(void)
{
	for (;;)
		pause();
}

static void
greeting_modes(const char *mode)
{
	if (strcmp(mode, "another version") == 0)
		hello("0.0.0-other");
	else if (strcmp(mode, "no greeting") == 0)
		put_response(1, WIRE_OK, 0, 0);
	else if (strcmp(mode, "a greeting with a body") == 0)
		put_prefix(WIRE_HELLO, 0, 8, 8);
	else if (strcmp(mode, "a greeting too long") == 0)
		put_prefix(WIRE_HELLO, 0, UINT32_MAX, 0);
	else if (strcmp(mode, "an empty greeting") == 0)
		put_prefix(WIRE_HELLO, 0, 0, 0);
	else if (strcmp(mode, "noise") == 0)
		put("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
	else if (strcmp(mode, "ends at once") == 0)
		_exit(0);
	else if (strcmp(mode, "crashes at once") == 0)
		raise(SIGKILL);
	else if (strcmp(mode, "hangs") == 0)
		hang();
	else
		return;
	hang();
}

static void
put_data(uint64_t to, size_t n)
{
	void *zeros = xcalloc(n, 1);
	struct buf b = BUF_INIT;

	wire_data_encode(&b, to, n);
	put(b.p, b.n);
	put(zeros, n);
	free(zeros);
	buf_free(&b);
}

static void
put_window(void)
{
	size_t i;

	for (i = 0; i < WIRE_WINDOW_BYTES; i += WIRE_MAX_DATA_BYTES)
		put_data(id, WIRE_MAX_DATA_BYTES);
}

static void
put_end(uint64_t to, enum wire_outcome outcome)
{
	const struct wire_end end = { .outcome = outcome };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (wire_end_encode(&b, to, &end, &e) != 0)
		_exit(9);
	put(b.p, b.n);
	buf_free(&b);
}

/* Before a response. */
static void
early_stream_modes(const char *mode)
{
	if (strcmp(mode, "a piece before the response") == 0)
		put_data(id, 1);
	else if (strcmp(mode, "an end before the response") == 0)
		put_end(id, WIRE_OK);
	else if (strcmp(mode, "a body before its stream") == 0)
		put_response(id, WIRE_OK, 1, 1);
	else
		return;
	hang();
}

static void
stream_modes(const char *mode)
{
	if (strncmp(mode, "stream: ", 8) != 0)
		return;
	mode += 8;
	early_stream_modes(mode);
	put_response(id, WIRE_OK, 0, 0);
	if (strcmp(mode, "a piece of nothing") == 0) {
		put_prefix(WIRE_DATA, id, 0, 0);
	} else if (strcmp(mode, "a piece with a head") == 0) {
		put_prefix(WIRE_DATA, id, 1, 1);
	} else if (strcmp(mode, "a piece over a frame") == 0) {
		put_prefix(WIRE_DATA, id, 0, WIRE_MAX_DATA_BYTES + 1);
	} else if (strcmp(mode, "a piece of 4 GiB") == 0) {
		put_prefix(WIRE_DATA, id, 0, UINT32_MAX);
	} else if (strcmp(mode, "more than the credit") == 0) {
		put_window();
		put_data(id, 1);
	} else if (strcmp(mode, "more than the cap") == 0) {
		put_data(id, request.max_stream.n + 1);
	} else if (strcmp(mode, "more than the cap in pieces") == 0) {
		put_data(id, request.max_stream.n);
		put_data(id, 1);
	} else if (strcmp(mode, "a piece of another") == 0) {
		put_data(id + 1000, 1);
	} else if (strcmp(mode, "an end of another") == 0) {
		put_end(id + 1000, WIRE_OK);
	} else if (strcmp(mode, "a second response") == 0) {
		put_response(id, WIRE_OK, 0, 0);
	} else if (strcmp(mode, "a piece after the end") == 0) {
		put_end(id, WIRE_OK);
		put_data(id, 1);
	} else if (strcmp(mode, "a second end") == 0) {
		put_end(id, WIRE_OK);
		put_end(id, WIRE_OK);
	} else if (strcmp(mode, "an end with a body") == 0) {
		put_prefix(WIRE_END, id, 9, 1);
	} else if (strcmp(mode, "an end too long") == 0) {
		put_prefix(WIRE_END, id, WIRE_MAX_END_HEAD_BYTES + 1, 0);
	} else if (strcmp(mode, "an end of nothing") == 0) {
		put_prefix(WIRE_END, id, 0, 0);
	} else if (strcmp(mode, "an end without an outcome") == 0) {
		put_prefix(WIRE_END, id, 9, 0);
		put("\1\0\0\0\4\0\0\0\0", 9);
	} else if (strcmp(mode, "credit") == 0) {
		put_prefix(WIRE_CREDIT, id, 9, 0);
	} else if (strcmp(mode, "crashes") == 0) {
		put_data(id, 1);
		raise(SIGKILL);
	} else if (strcmp(mode, "late pieces") == 0) {
		put_window();
		put_end(id, WIRE_CANCELLED);
		read_request();
		put_response(id, WIRE_OK, 0, 0);
	} else if (strcmp(mode, "many small pieces") == 0) {
		for (size_t i = 0; i < SMALL_PIECES; i++)
			put_data(id, 1);
		put_end(id, WIRE_OK);
	}
	hang();
}

static void
response_modes(const char *mode)
{
	struct buf b;
	size_t max = request.max_body;

	if (strcmp(mode, "a second greeting") == 0) {
		hello(RELSIG_VERSION);
	} else if (strcmp(mode, "a request") == 0) {
		put_prefix(WIRE_REQUEST, id, 0, 0);
	} else if (strcmp(mode, "an unknown type") == 0) {
		put_prefix(99, id, 0, 0);
	} else if (strcmp(mode, "an unknown id") == 0) {
		put_response(id + 1000, WIRE_OK, 0, 0);
	} else if (strcmp(mode, "a body at the cap") == 0) {
		put_response(id, WIRE_OK, max, max);
	} else if (strcmp(mode, "a body over the cap") == 0) {
		put_response(id, WIRE_OK, max + 1, max + 1);
	} else if (strcmp(mode, "a body of 4 GiB") == 0) {
		put_prefix(WIRE_RESPONSE, id, 16, UINT32_MAX);
	} else if (strcmp(mode, "a head over the cap") == 0) {
		put_prefix(WIRE_RESPONSE, id, WIRE_MAX_RESPONSE_HEAD_BYTES + 1, 0);
	} else if (strcmp(mode, "a head of nothing") == 0) {
		put_prefix(WIRE_RESPONSE, id, 0, 0);
	} else if (strcmp(mode, "a head of noise") == 0) {
		put_prefix(WIRE_RESPONSE, id, 8, 0);
		put("\1\0\0\0\4\xff\xff\xff", 8);
	} else if (strcmp(mode, "a body with a failure") == 0) {
		put_response(id, WIRE_UNREACHABLE, 1, 1);
	} else if (strcmp(mode, "the same response twice") == 0) {
		put_response(id, WIRE_OK, 0, 0);
		put_response(id, WIRE_OK, 0, 0);
	} else if (strcmp(mode, "half a prefix") == 0) {
		put("\4\0\0\0", 4);
		_exit(0);
	} else if (strcmp(mode, "half a head") == 0) {
		b = response(id, WIRE_OK, 0);
		put(b.p, b.n - 1);
		_exit(0);
	} else if (strcmp(mode, "half a body") == 0) {
		put_response(id, WIRE_OK, max, max / 2);
		_exit(0);
	} else if (strcmp(mode, "crashes") == 0) {
		raise(SIGKILL);
	}
	hang();
}

/* Before main, and instead of it. */
static void __attribute__((constructor)) be_the_fetcher(void)
{
	const char *mode = getenv(MODE);

	if (mode == NULL)
		return;
	/* As long as the judge lives, and no longer than a test may take. */
	alarm(120);
	greeting_modes(mode);
	hello(RELSIG_VERSION);
	read_request();
	stream_modes(mode);
	response_modes(mode);
}

void
fake_fetcher_mode(const char *mode)
{
	if (mode != NULL)
		setenv(MODE, mode, 1);
	else
		unsetenv(MODE);
}

char *
fake_fetcher_path(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	return n > 0 ? xstrndup(path, (size_t)n) : xstrdup("/proc/self/exe");
}
