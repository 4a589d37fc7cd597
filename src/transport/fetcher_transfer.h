/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request of the judge, carried out by libcurl: hop by hop, each redirect decided here. */
#ifndef RELSIG_TRANSPORT_FETCHER_TRANSFER_H
#define RELSIG_TRANSPORT_FETCHER_TRANSFER_H

#include <curl/curl.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "transport/fetcher_tls.h"
#include "transport/http_wire.h"

struct transfer;

enum transfer_state {
	TRANSFER_UNSET = 0,
	TRANSFER_RUNS, /* libcurl has it */
	TRANSFER_DONE, /* what is still to be said of it is in transfer_frame */
};

/*
 * Begin a request: its frame's head and body are taken over. -1, E_INVALID: the head is no request.
 * All else that goes wrong is a TRANSFER_DONE with that outcome.
 */
int transfer_begin(struct transfer **out, CURLM *multi, struct fetcher_tls *tls, uint64_t id,
    struct buf *head, struct buf *body, struct err *e) RESULT_USED;
/* libcurl is done with this hop: go on after a redirect, or be done. */
void transfer_hop_ended(struct transfer *t, CURLcode rc);
/* Nobody waits any more: be done. */
void transfer_cancel(struct transfer *t);
/* The judge has room for more of its stream. E_INVALID: it is none, or was not given so much. */
int transfer_credit(struct transfer *t, uint32_t n, struct err *e) RESULT_USED;
/* When it will have taken too long, of clock_ms, unless more comes; INT64_MAX: never. */
int64_t transfer_due(const struct transfer *t);
/* It has: be done. */
void transfer_expire(struct transfer *t);

uint64_t transfer_id(const struct transfer *t) RESULT_USED;
/*
 * The next frame for the judge, its prefix and head, and the body that follows them; false when
 * there is none yet, or none any more: then the transfer is over.
 */
bool transfer_frame(struct transfer *t, struct buf *frame, struct buf *body) RESULT_USED;
bool transfer_is_over(const struct transfer *t) RESULT_USED;
void transfer_free(struct transfer *t);

/* The transfer that a handle, which libcurl names, belongs to. */
struct transfer *transfer_of(CURL *easy) RESULT_USED;

#endif
