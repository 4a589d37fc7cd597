/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "transport/fetcher_confine.h"
#include "transport/fetcher_tls.h"
#include "transport/fetcher_transfer.h"
#include "transport/http_frames.h"
#include "transport/http_greeting.h"
#include "transport/http_wire.h"

/* How long libcurl may wait when it has no deadline of its own. */
#define IDLE_MS 60000
/* Connections kept for the next request: as many as there may be requests at once. */
#define KEPT_CONNECTIONS ((long)MAX_JOBS)

/* A frame on its way out: prefix and head, then body. */
struct frame {
	struct frame *next;
	struct buf parts[2];
	size_t part, done;
};

struct fetcher {
	int fd;
	CURLM *multi;
	struct fetcher_tls tls;
	struct wire_reader reader;
	struct transfer **transfers;
	size_t n_transfers;
	struct frame *first, **last; /* frames to send, in order */
};

static int
admit(void *arg, const struct wire_prefix *p, struct err *e)
{
	(void)arg;
	if (p->type == WIRE_REQUEST && p->head_n <= WIRE_MAX_REQUEST_HEAD_BYTES &&
	    p->body_n <= WIRE_MAX_REQUEST_BODY_BYTES)
		return 0;
	if (p->type == WIRE_CANCEL && p->head_n == 0 && p->body_n == 0)
		return 0;
	if (p->type == WIRE_CREDIT && p->head_n <= WIRE_MAX_FRAMING_BYTES && p->body_n == 0)
		return 0;
	return err_set(e, E_INVALID, "a frame of type %d with %u and %u bytes", (int)p->type,
	    p->head_n, p->body_n);
}

static struct frame *
add_frame(struct fetcher *f)
{
	struct frame *frame = xcalloc(1, sizeof(*frame));

	*f->last = frame;
	f->last = &frame->next;
	return frame;
}

static void
drop_first_frame(struct fetcher *f)
{
	struct frame *frame = f->first;

	f->first = frame->next;
	if (f->first == NULL)
		f->last = &f->first;
	buf_free(&frame->parts[0]);
	buf_free(&frame->parts[1]);
	free(frame);
}

/* As much as the socket takes. -1: the judge is gone. */
static int
send_frames(struct fetcher *f)
{
	struct frame *frame;
	struct buf *b;
	ssize_t n;

	while ((frame = f->first) != NULL) {
		if (frame->part == ARRAY_LEN(frame->parts)) {
			drop_first_frame(f);
			continue;
		}
		b = &frame->parts[frame->part];
		if (frame->done == b->n) {
			frame->part++;
			frame->done = 0;
			continue;
		}
		n = send(
		    f->fd, b->p + frame->done, b->n - frame->done, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0)
			frame->done += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

static struct transfer *
find_transfer(const struct fetcher *f, uint64_t id)
{
	size_t i;

	for (i = 0; i < f->n_transfers; i++)
		if (transfer_id(f->transfers[i]) == id)
			return f->transfers[i];
	return NULL;
}

/* Unknown: the stream's end has crossed it on the way. */
static int
take_credit(struct transfer *t, struct bytes head, struct err *e)
{
	struct wire_credit credit;

	if (wire_credit_decode(&credit, head, e) != 0)
		return -1;
	return t != NULL ? transfer_credit(t, credit.n, e) : 0;
}

static int
take_frame(struct fetcher *f, struct err *e)
{
	const struct wire_prefix *p = &f->reader.prefix;
	struct transfer *t = find_transfer(f, p->id);

	if (p->type == WIRE_CANCEL) {
		/* Unknown: its response has crossed the cancellation on the way. */
		if (t != NULL)
			transfer_cancel(t);
		return 0;
	}
	if (p->type == WIRE_CREDIT)
		return take_credit(t, buf_bytes(&f->reader.head), e);
	if (t != NULL)
		return err_set(e, E_INVALID, "a request id that is in use");
	if (transfer_begin(&t, f->multi, &f->tls, p->id, &f->reader.head, &f->reader.body, e) != 0)
		return -1;
	*LIST_ADD(f->transfers, f->n_transfers) = t;
	return 0;
}

/* Read what is there; gone: the judge has hung up. */
static int
read_frames(struct fetcher *f, bool *gone, struct err *e)
{
	uint8_t *p;
	size_t room;
	ssize_t n;
	bool whole;

	for (;;) {
		room = wire_reader_room(&f->reader, &p);
		n = recv(f->fd, p, room, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (n <= 0) {
			*gone = true;
			return 0;
		}
		if (wire_reader_got(&f->reader, (size_t)n, &whole, e) != 0)
			return -1;
		if (!whole)
			continue;
		if (take_frame(f, e) != 0)
			return -1;
		wire_reader_next(&f->reader);
	}
}

static int
advance(struct fetcher *f, struct err *e)
{
	CURLMcode rc;
	CURLMsg *m;
	int running, left;

	rc = curl_multi_perform(f->multi, &running);
	if (rc != CURLM_OK)
		return err_set(e, E_UNREACHABLE, "libcurl: %s", curl_multi_strerror(rc));
	while ((m = curl_multi_info_read(f->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE)
			transfer_hop_ended(transfer_of(m->easy_handle), m->data.result);
	return 0;
}

static void
expire(struct fetcher *f)
{
	int64_t now = clock_ms();
	size_t i;

	for (i = 0; i < f->n_transfers; i++)
		if (transfer_due(f->transfers[i]) <= now)
			transfer_expire(f->transfers[i]);
}

static void
gather_frames(struct fetcher *f)
{
	struct frame *frame;
	struct buf parts[2];
	struct transfer *t;
	size_t i = 0;

	while (i < f->n_transfers) {
		t = f->transfers[i];
		while (transfer_frame(t, &parts[0], &parts[1])) {
			frame = add_frame(f);
			frame->parts[0] = parts[0];
			frame->parts[1] = parts[1];
		}
		if (!transfer_is_over(t)) {
			i++;
			continue;
		}
		transfer_free(t);
		f->transfers[i] = f->transfers[f->n_transfers - 1];
		f->n_transfers--;
	}
}

/* How long there is nothing to do unless somebody speaks. */
static int
idle_ms(const struct fetcher *f)
{
	int64_t now = clock_ms(), until = now + IDLE_MS;
	size_t i;

	for (i = 0; i < f->n_transfers; i++)
		if (transfer_due(f->transfers[i]) < until)
			until = transfer_due(f->transfers[i]);
	return until > now ? (int)(until - now) : 0;
}

static int
wait_for_news(struct fetcher *f, struct err *e)
{
	struct curl_waitfd fd = { .fd = f->fd, .events = CURL_WAIT_POLLIN };
	CURLMcode rc;

	if (f->first != NULL)
		fd.events |= CURL_WAIT_POLLOUT;
	rc = curl_multi_poll(f->multi, &fd, 1, idle_ms(f), NULL);
	if (rc != CURLM_OK)
		return err_set(e, E_UNREACHABLE, "libcurl: %s", curl_multi_strerror(rc));
	return 0;
}

static int
serve(struct fetcher *f, const struct confine_report *confined, struct err *e)
{
	bool gone = false;

	if (http_greeting_write(&add_frame(f)->parts[0], confined, e) != 0)
		return -1;
	for (;;) {
		if (read_frames(f, &gone, e) != 0 || advance(f, e) != 0)
			return -1;
		expire(f);
		gather_frames(f);
		if (gone || send_frames(f) != 0)
			return 0;
		if (wait_for_news(f, e) != 0)
			return -1;
	}
}

static void
close_all(struct fetcher *f)
{
	/*
	 * Only when nothing is under way: an older libcurl would wait here for the resolver. The
	 * process is about to end, and takes the rest along.
	 */
	if (f->n_transfers == 0) {
		curl_multi_cleanup(f->multi);
		free(f->transfers);
		fetcher_tls_free(&f->tls);
		curl_global_cleanup();
	}
	while (f->first != NULL)
		drop_first_frame(f);
	wire_reader_free(&f->reader);
}

int
fetcher_run(int fd, struct err *e)
{
	/* Static: what is left behind at the end is still reachable. */
	static struct fetcher f;
	struct confine_report confined;
	int r = -1;

	f.fd = fd;
	f.last = &f.first;
	f.reader.admit = admit;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (f.multi = curl_multi_init()) == NULL ||
	    curl_multi_setopt(f.multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS) != CURLM_OK)
		return err_set(e, E_UNREACHABLE, "libcurl cannot start");
	if (fetcher_tls_open(&f.tls, e) == 0 &&
	    fetcher_confine(f.tls.authorities.file, &confined, e) == 0)
		r = serve(&f, &confined, e);
	close_all(&f);
	return r;
}
