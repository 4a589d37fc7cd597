/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files behind http.h share. */
#ifndef RELSIG_TRANSPORT_HTTP_PARTS_H
#define RELSIG_TRANSPORT_HTTP_PARTS_H

#include <pthread.h>

#include "transport/certs.h"
#include "transport/http.h"
#include "transport/http_session.h"

struct host_certs; /* the certificates of one server, read once */

struct http {
	char *cert_dir, *proxy;
	bool tls_no_verify, offline;
	unsigned timeout_ms, retry_times;
	struct deadline deadline;
	struct http_session *session;
	pthread_mutex_t lock; /* guards hosts */
	struct host_certs **hosts;
	size_t n_hosts;
};

struct http_ticket {
	struct http *http;
	char *what; /* "GET URL", for messages */
	uint64_t id;
	struct buf frame, body; /* kept for another try */
	struct http_caps caps;
	bool repeatable;
	struct http_call *call; /* while something may come */
};

/* http.c: what is shown to HOST[:PORT] and whom it is believed, for the session's life. */
int http_certs(
    struct http *h, const char *host_port, const struct certs **out, struct err *e) RESULT_USED;
/* http_ticket.c: send a request; NULL as http_start has it. */
struct http_ticket *http_ticket_start(
    struct http *h, const struct http_request *request, bool is_stream, struct err *e) RESULT_USED;
/*
 * The response of as many tries as it takes and is allowed: 0 when there is one. Afterwards the
 * ticket has a call only when the body comes as a stream.
 */
int http_ticket_converse(
    struct http_ticket *t, struct http_response *out, struct err *e) RESULT_USED;

#endif
