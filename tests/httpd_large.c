/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "httpd_large.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"

/* The bytes come round after a prime number of them, which no buffer's size divides. */
enum { ROUND = 65521, CHUNK = 65536 };

static uint8_t all[ROUND + CHUNK];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void
make(void)
{
	size_t i;

	for (i = 0; i < sizeof(all); i++) {
		uint32_t x = (uint32_t)(i % ROUND) * 2654435761U;

		all[i] = (uint8_t)((x >> 13) ^ (x >> 24));
	}
}

static const uint8_t *
bytes_from(uint64_t from)
{
	pthread_once(&made, make);
	return all + from % ROUND;
}

void
httpd_large_bytes(uint64_t from, uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = *bytes_from(from + i);
}

bool
httpd_large_is(uint64_t from, const uint8_t *p, size_t n)
{
	size_t part;

	for (; n > 0; n -= part, p += part, from += part) {
		part = n < CHUNK ? n : CHUNK;
		if (memcmp(bytes_from(from), p, part) != 0)
			return false;
	}
	return true;
}

static void
stay_silent(struct connection *c)
{
	char byte;

	while (connection_read(c, &byte, 1) > 0)
		;
}

static bool
send_from(struct connection *c, const struct httpd_route *route, uint64_t from)
{
	uint64_t end = route->cut > 0 && route->cut < route->size ? route->cut : route->size;
	bool trickles = route->behaviour == HTTPD_TRICKLE;
	const struct timespec pause = { .tv_sec = route->pause_ms / 1000,
		.tv_nsec = route->pause_ms % 1000 * 1000000L };
	size_t n;

	for (; from < end; from += n) {
		n = end - from < CHUNK ? (size_t)(end - from) : CHUNK;
		if (trickles) {
			nanosleep(&pause, NULL);
			n = 1;
		}
		if (!connection_write(c, bytes_from(from), n))
			return false;
	}
	if (end < route->size && route->behaviour == HTTPD_LARGE_STALLS)
		stay_silent(c);
	return end == route->size;
}

bool
httpd_large(
    struct connection *c, const struct httpd_request *request, const struct httpd_route *route)
{
	static const char unit[] = "bytes=";
	const char *range = request->range;
	bool is_part =
	    route->behaviour != HTTPD_LARGE_WHOLE && strncmp(range, unit, sizeof(unit) - 1) == 0;
	uint64_t from = is_part ? strtoull(range + sizeof(unit) - 1, NULL, 10) : 0;
	AUTO(buf) out = BUF_INIT;

	if (is_part && route->behaviour == HTTPD_LARGE_WRONG)
		from++;
	if (is_part && from >= route->size) {
		buf_addf(&out,
		    "HTTP/1.1 416 None\r\nContent-Length: 0\r\nContent-Range: bytes */%ju\r\n\r\n",
		    (uintmax_t)route->size);
		return connection_write(c, out.p, out.n);
	}
	buf_addf(&out, "HTTP/1.1 %s\r\nContent-Length: %ju\r\n", is_part ? "206 Part" : "200 Whole",
	    (uintmax_t)(route->size - from));
	if (is_part)
		buf_addf(&out, "Content-Range: bytes %ju-%ju/%ju\r\n", (uintmax_t)from,
		    (uintmax_t)route->size - 1, (uintmax_t)route->size);
	buf_add_str(&out, "\r\n");
	if (!connection_write(c, out.p, out.n))
		return false;
	return strcmp(request->method, "HEAD") == 0 || send_from(c, route, from);
}
