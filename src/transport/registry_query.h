/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request to a registry, with the login that it wants. For transport/registry*. */
#ifndef RELSIG_TRANSPORT_REGISTRY_QUERY_H
#define RELSIG_TRANSPORT_REGISTRY_QUERY_H

#include <pthread.h>

#include "transport/registry.h"

struct registry {
	struct http *http;
	const struct credential_options *credentials;
	pthread_mutex_t lock; /* of the list; its elements stay where they are */
	struct login **logins;
	size_t n_logins;
};

/* One thing that is asked for. */
struct registry_query {
	const struct reference *image; /* whose repository it is in */
	const char *method;	       /* NULL: "GET" */
	const char *const *accept;     /* media types, NULL-terminated; NULL: any */
	const char *range;	       /* the value of Range; NULL: all */
	const char *what, *name;       /* for messages: "tag" and which */
	char *path;		       /* below /v2/, owned */
	size_t max;
	struct http_stream **stream; /* not NULL: as http_stream_open, */
	uint64_t max_stream;	     /* with this cap */
	char *url;		     /* owned; set when it is known */
};
void registry_query_free(struct registry_query *q);
AUTO_DEFINE(registry_query)

/* The answer, of whatever status: after a 401 it is asked once more, with what that wants. */
int registry_ask(struct registry *r, struct registry_query *q, struct http_response *out,
    struct err *e) RESULT_USED;
/* What a status other than the one wanted means; always -1. */
int registry_refuse(
    const struct registry_query *q, const struct http_response *response, struct err *e);
/* The answer, with status 200. */
int registry_answer(struct registry *r, struct registry_query *q, struct http_response *out,
    struct err *e) RESULT_USED;

#endif
