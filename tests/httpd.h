/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scripted web server on 127.0.0.1, for what a real one will not do. It runs in a process of its
 *own; each connection is served by a thread. A reply closes its connection only where the behaviour
 *says so.
 *
 *	static const struct httpd_route routes[] = {
 *		{ .path = "/moved", .status = 302, .headers = "Location: /here\r\n" },
 *		{ .path = "/here", .status = 200, .body = "hello" },
 *		{ 0 },
 *	};
 *	struct httpd *h = httpd_start(routes, NULL);
 *	AUTO_STR char *url = httpd_url(server, "/moved");
 *	...
 *	httpd_stop(server);
 */
#ifndef RELSIG_TESTS_HTTPD_H
#define RELSIG_TESTS_HTTPD_H

#include <stdbool.h>
#include <stddef.h>

enum httpd_behaviour {
	HTTPD_REPLY = 0, /* status, headers and body as they are, with the right Content-Length */
	HTTPD_UNSAID,	 /* without a Content-Length: the body ends with the connection */
	HTTPD_ENDLESS,	 /* a chunked body that never ends */
	HTTPD_SHORT,	 /* Content-Length is one more than the body; then the end */
	HTTPD_LONG,	 /* Content-Length is one less than the body; then the end */
	HTTPD_SLOW_HEADERS, /* a header byte every 20 ms, or pause_ms, for ever */
	HTTPD_SLOW_BODY,    /* a body byte likewise */
	HTTPD_SILENT,	    /* reads the request, never answers */
	HTTPD_HUGE_HEADERS, /* headers for ever */
	HTTPD_GARBAGE,	    /* bytes that are no HTTP */
	HTTPD_LARGE,	    /* httpd_large.h: size bytes, or those that Range asks for */
	HTTPD_LARGE_WHOLE,  /* the same, whatever Range asks for */
	HTTPD_LARGE_WRONG,  /* the same from one byte later than Range asks for, and says so */
	HTTPD_LARGE_STALLS, /* as HTTPD_LARGE; after cut bytes, silence */
	HTTPD_TRICKLE,	    /* as HTTPD_LARGE, a byte at a time, with pause_ms before each */
	HTTPD_CLOSE,	    /* closes without an answer */
	HTTPD_RESET,	    /* the same, with a TCP reset */
};

/*
 * The first row that matches answers. headers and body may contain ${PORT}, this server's. A zeroed
 * row ends the table; a request that no row matches gets 404.
 */
struct httpd_route {
	const char *method; /* NULL: any */
	const char *path; /* with its query; "/a/" followed by "*" matches what begins with "/a/" */
	const char *authorization; /* NULL: any; "": none; "Basic eA==": exactly this */
	unsigned times;		   /* answers so often, then later rows are asked; 0: always */
	enum httpd_behaviour behaviour;
	unsigned pause_ms;	 /* before an answer; between slow bytes, 0: 20 */
	unsigned status;	 /* 0: 200 */
	const char *headers;	 /* lines, each with its \r\n; NULL: none */
	const char *body;	 /* NULL: empty */
	size_t body_n;		 /* 0: body is a string */
	unsigned long long size; /* of a large body */
	unsigned long long cut;	 /* the connection ends after so many bytes of it; 0: never */
};

/* PEM; see tests/certgen.h. */
struct httpd_tls {
	const char *certificate, *key;
	const char *client_ca; /* ask for a client's certificate of this authority; NULL: do not */
};

/* What arrived, cut where it is too long for its place. */
struct httpd_request {
	char method[16], path[1024], host[128], authorization[512], accept[512], user_agent[128],
	    range[128];
	char client[128]; /* the common name in the client's certificate; "" without */
	char body[2048];
	unsigned connection; /* requests with the same number came over the same connection */
};

struct httpd;

/* Start it, with the routes (copied by the fork) and with TLS unless NULL. Ends the test when it
 * cannot. */
struct httpd *httpd_start(const struct httpd_route *routes, const struct httpd_tls *tls);
unsigned httpd_port(const struct httpd *h);
/* "http://127.0.0.1:PORT/path" or https, for free(). */
char *httpd_url(const struct httpd *h, const char *path);
/* The requests since the start, in the order of their arrival. */
size_t httpd_count(const struct httpd *h);
const struct httpd_request *httpd_request(const struct httpd *h, size_t i);
/* The last of them, or NULL. */
const struct httpd_request *httpd_last(const struct httpd *h);
/* Kill and reap it. NULL is fine. */
void httpd_stop(struct httpd *h);

/* A port of 127.0.0.1 where nobody listens (any more). */
unsigned httpd_closed_port(void);

#endif
