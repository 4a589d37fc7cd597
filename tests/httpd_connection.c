/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "httpd_connection.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_REQUEST_BYTES (1 << 20)

ssize_t
connection_read(struct connection *c, void *p, size_t n)
{
	return c->ssl != NULL ? SSL_read(c->ssl, p, (int)n) : read(c->fd, p, n);
}

bool
connection_write(struct connection *c, const void *data, size_t n)
{
	const char *p = data;
	ssize_t done;

	while (n > 0) {
		done =
		    c->ssl != NULL ? SSL_write(c->ssl, p, (int)n) : send(c->fd, p, n, MSG_NOSIGNAL);
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

bool
connection_puts(struct connection *c, const char *s)
{
	return connection_write(c, s, strlen(s));
}

static void
copy(char *to, size_t size, const char *from, size_t n)
{
	if (n >= size)
		n = size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

/* The value of a header, cut into its place. */
static void
header_value(char *to, size_t size, const char *head, const char *name)
{
	size_t n = strlen(name);
	const char *line;

	to[0] = '\0';
	for (line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		line += n + 1;
		line += strspn(line, " ");
		copy(to, size, line, strcspn(line, "\r"));
		return;
	}
}

/* More bytes into c->in; false at the end. */
static bool
read_more(struct connection *c)
{
	char chunk[4096];
	ssize_t n = connection_read(c, chunk, sizeof(chunk));

	if (n <= 0 || c->in.n > MAX_REQUEST_BYTES)
		return false;
	buf_add(&c->in, chunk, (size_t)n);
	return true;
}

static void
name_client(const struct connection *c, struct httpd_request *out)
{
	X509 *x = c->ssl != NULL ? SSL_get_peer_certificate(c->ssl) : NULL;

	if (x == NULL)
		return;
	X509_NAME_get_text_by_NID(
	    X509_get_subject_name(x), NID_commonName, out->client, sizeof(out->client));
	X509_free(x);
}

bool
connection_request(struct connection *c, struct httpd_request *out)
{
	char length[32];
	const char *end, *head;
	size_t head_n, body_n, n;

	memset(out, 0, sizeof(*out));
	name_client(c, out);
	out->connection = c->number;
	while ((end = strstr(buf_str(&c->in), "\r\n\r\n")) == NULL) {
		if (!read_more(c))
			return false;
		/* No method begins so: TLS where http is spoken. A real server hangs up, too. */
		if (c->in.p[0] < 'A' || c->in.p[0] > 'Z')
			return false;
	}
	head_n = (size_t)(end + 4 - buf_str(&c->in));
	header_value(length, sizeof(length), buf_str(&c->in), "Content-Length");
	body_n = (size_t)strtoul(length, NULL, 10);
	while (c->in.n < head_n + body_n)
		if (!read_more(c))
			return false;
	head = buf_str(&c->in);
	n = strcspn(head, " ");
	copy(out->method, sizeof(out->method), head, n);
	copy(out->path, sizeof(out->path), head + n + 1, strcspn(head + n + 1, " "));
	header_value(out->host, sizeof(out->host), head, "Host");
	header_value(out->authorization, sizeof(out->authorization), head, "Authorization");
	header_value(out->accept, sizeof(out->accept), head, "Accept");
	header_value(out->range, sizeof(out->range), head, "Range");
	header_value(out->user_agent, sizeof(out->user_agent), head, "User-Agent");
	copy(out->body, sizeof(out->body), head + head_n, body_n);
	memmove(c->in.p, c->in.p + head_n + body_n, c->in.n - head_n - body_n + 1);
	c->in.n -= head_n + body_n;
	return true;
}

void
connection_free(struct connection *c)
{
	SSL_free(c->ssl);
	close(c->fd);
	buf_free(&c->in);
	free(c);
}
