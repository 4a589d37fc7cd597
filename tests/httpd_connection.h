/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection of the scripted web server, with or without TLS, and the requests on it. */
#ifndef RELSIG_TESTS_HTTPD_CONNECTION_H
#define RELSIG_TESTS_HTTPD_CONNECTION_H

#include <stdbool.h>
#include <sys/types.h>

#include <openssl/ssl.h>

#include "base/buf.h"
#include "httpd.h"

struct connection {
	int fd;
	SSL *ssl; /* NULL: plain */
	unsigned number;
	struct buf in; /* read and not yet taken */
};

ssize_t connection_read(struct connection *c, void *p, size_t n);
/* All of it, or false: the other side is gone. */
bool connection_write(struct connection *c, const void *data, size_t n);
bool connection_puts(struct connection *c, const char *s);
/* The next request, body included; false when there is none any more. */
bool connection_request(struct connection *c, struct httpd_request *out);
/* Close and free. */
void connection_free(struct connection *c);

#endif
