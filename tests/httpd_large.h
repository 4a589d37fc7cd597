/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of any size of the scripted web server, made as they go out, and parts of them. */
#ifndef RELSIG_TESTS_HTTPD_LARGE_H
#define RELSIG_TESTS_HTTPD_LARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "httpd_connection.h"

/* False: the connection is over. */
bool httpd_large(
    struct connection *c, const struct httpd_request *request, const struct httpd_route *route);
/* The n bytes from the given one on. */
void httpd_large_bytes(uint64_t from, uint8_t *p, size_t n);
/* Are these the n bytes from the given one on? No two parts of up to 64 kB look the same. */
bool httpd_large_is(uint64_t from, const uint8_t *p, size_t n);

#endif
