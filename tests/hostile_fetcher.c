/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile_fetcher.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/file.h"
#include "transport/http_frames.h"
#include "transport/http_greeting.h"

/* "MANNER", and a file each; absent: NULL. */
#define MANNER "RELSIG_TEST_HOSTILE"
#define MANIFEST "RELSIG_TEST_HOSTILE_MANIFEST"
#define SIGNATURE "RELSIG_TEST_HOSTILE_SIGNATURE"
#define KEY "RELSIG_TEST_HOSTILE_KEY"

enum { MAX_FILE = 8 << 20, MAX_SECONDS = 120, FAILED = 9 };

/*
 * --- the fetcher ---------------------------------------------------------------------------------
 */

static void
must(int r)
{
	if (r != 0)
		_exit(FAILED);
}

static void
put(struct bytes b)
{
	while (b.n > 0) {
		ssize_t n = send(STDIN_FILENO, b.p, b.n, MSG_NOSIGNAL);

		if (n <= 0)
			_exit(FAILED); /* the judge has seen enough */
		b.p += n;
		b.n -= (size_t)n;
	}
}

static int
admit_all(void *arg, const struct wire_prefix *p, struct err *e)
{
	(void)arg;
	(void)p;
	(void)e;
	return 0;
}

static void
read_frame(struct wire_reader *r)
{
	AUTO(err) e = ERR_INIT;
	bool whole = false;

	while (!whole) {
		uint8_t *p;
		size_t room = wire_reader_room(r, &p);
		ssize_t n = read(STDIN_FILENO, p, room);

		if (n <= 0)
			_exit(0);
		must(wire_reader_got(r, (size_t)n, &whole, &e));
	}
}

static const char *
file_for(const char *url)
{
	if (strstr(url, "/manifests/") != NULL)
		return getenv(MANIFEST);
	if (strstr(url, "/signature-1") != NULL)
		return getenv(SIGNATURE);
	if (strstr(url, "access.redhat.com/") != NULL)
		return getenv(KEY);
	return NULL;
}

static void
answer(uint64_t id, const struct wire_request *request, enum hostile_manner manner)
{
	struct wire_response response = {
		.outcome = WIRE_OK, .status = 404, .url = HOSTILE_TEXT, .content_type = HOSTILE_TEXT
	};
	const char *file = file_for(request->url);
	bool is_ping = strcmp(request->url + strlen(request->url) - 4, "/v2/") == 0;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) frame = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (manner == HOSTILE_FAILS && strstr(request->url, "/manifests/") == NULL)
		file = NULL;
	if (file != NULL || is_ping)
		response.status = 200;
	if (file != NULL)
		must(file_read(&body, file, MAX_FILE, &e));
	while (manner == HOSTILE_HUGE && body.n < request->max_body)
		buf_add_byte(&body, 0);
	must(wire_response_encode(&frame, id, &response, body.n, &e));
	put(buf_bytes(&frame));
	put(buf_bytes(&body));
}

static void
serve(enum hostile_manner manner)
{
	static struct wire_reader r = { .admit = admit_all };
	AUTO(err) e = ERR_INIT;
	struct wire_request request;

	for (;;) {
		read_frame(&r);
		if (r.prefix.type == WIRE_REQUEST && manner != HOSTILE_SILENT) {
			if (manner == HOSTILE_NOISE)
				put(bytes_of_str("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
			if (manner == HOSTILE_DIES)
				_exit(FAILED);
			must(wire_request_decode(&request, buf_bytes(&r.head), &e));
			answer(r.prefix.id, &request, manner);
			if (manner == HOSTILE_UNASKED)
				answer(r.prefix.id + 1000, &request, manner);
		}
		wire_reader_next(&r);
	}
}

/* Before main, and instead of it. */
static void __attribute__((constructor)) be_the_fetcher(void)
{
	/* What it says of itself is a lie, too. */
	const struct confine_report claimed = { { CONFINE_IN_EFFECT, CONFINE_IN_EFFECT,
	    CONFINE_IN_EFFECT, CONFINE_IN_EFFECT, CONFINE_IN_EFFECT } };
	const char *manner = getenv(MANNER);
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (manner == NULL)
		return;
	alarm(MAX_SECONDS);
	must(http_greeting_write(&b, &claimed, &e));
	put(buf_bytes(&b));
	serve((enum hostile_manner)strtol(manner, NULL, 10));
}

/*
 * --- in the test ---------------------------------------------------------------------------------
 */

void
hostile_fetcher_install(const char *directory)
{
	AUTO_STR char *relsig = xasprintf("%s/relsig", directory);
	AUTO_STR char *fetcher = xasprintf("%s/relsig-fetch", directory);
	char self[PATH_MAX] = "";
	AUTO(buf) program = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
	ck_assert_int_eq(symlink(self, fetcher), 0);
	/* relsig looks beside itself, wherever a link to it is; a hard link may be on another disk.
	 */
	ck_assert_msg(file_read(&program, TEST_BUILDDIR "/relsig", (size_t)1 << 28, &e) == 0 &&
			  file_write(relsig, buf_bytes(&program), 0700, &e) == 0,
	    "%s", err_msg(&e));
}

static void
set(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

void
hostile_fetcher_set(const struct hostile_fetcher *f)
{
	AUTO_STR char *manner = xasprintf("%d", (int)f->manner);

	set(MANNER, manner);
	set(MANIFEST, f->manifest);
	set(SIGNATURE, f->signature);
	set(KEY, f->key);
}

void
hostile_fetcher_unset(void)
{
	unsetenv(MANNER);
	unsetenv(MANIFEST);
	unsetenv(SIGNATURE);
	unsetenv(KEY);
}
