/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_session.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "transport/fetcher_process.h"
#include "transport/http_frames.h"
#include "transport/http_greeting.h"
#include "transport/http_waiters.h"

/* The fetcher keeps the deadlines of requests; this much later the judge does it in its place. */
#define GRACE_MS 5000

struct http_session {
	pthread_mutex_t lock; /* guards all below; held while sending, never while waiting */
	struct http_waiters waiters;
	char *path;
	unsigned timeout_ms;
	struct deadline deadline;
	struct fetcher_process process;
	struct wire_reader reader;
	bool greeted;		    /* HELLO was right */
	struct confine_report said; /* in it */
	bool reading;		    /* some thread waits at the socket, for all */
	struct err failure;	    /* once set, for good */
	struct http_call *calls;    /* responses that may still come */
	struct http_call *current;  /* whose response is being read */
	uint64_t last_id;
};

/* A thread that has what it waited for goes: if it was the one that reads, another has to. */
static void
hand_over(struct http_session *s)
{
	if (!s->reading)
		http_waiters_wake_one(&s->waiters);
}

/* The end of the session, for every thread: e says why. */
static void
fail(struct http_session *s, const struct err *e)
{
	if (s->failure.code != E_NONE)
		return;
	err_set(&s->failure, E_UNREACHABLE, "%s", err_msg(e));
	fetcher_process_kill(&s->process);
	http_waiters_wake_all(&s->waiters);
}

/* Before memory is taken for a frame: could the fetcher mean well with it? */
static int
admit(void *arg, const struct wire_prefix *p, struct err *e)
{
	struct http_session *s = arg;

	s->current = NULL;
	if (!s->greeted)
		return http_greeting_admit(p, e);
	s->current = http_call_find(s->calls, p->id);
	if (s->current == NULL)
		return err_set(e, E_INVALID, "a frame of type %d for a request that was not made",
		    (int)p->type);
	return http_call_admit(s->current, p, e);
}

struct http_session *
http_session_new(const char *fetcher, unsigned timeout_ms, const struct deadline *deadline)
{
	struct http_session *s = xcalloc(1, sizeof(*s));

	s->path = fetcher != NULL ? xstrdup(fetcher) : NULL;
	s->timeout_ms = timeout_ms;
	s->deadline = *deadline;
	s->process = (struct fetcher_process)FETCHER_PROCESS_INIT;
	s->reader.admit = admit;
	s->reader.arg = s;
	pthread_mutex_init(&s->lock, NULL);
	http_waiters_init(&s->waiters);
	return s;
}

void
http_session_free(struct http_session *s)
{
	struct http_call *call;

	if (s == NULL)
		return;
	fetcher_process_free(&s->process);
	while ((call = s->calls) != NULL) {
		s->calls = call->next;
		http_call_free(call);
	}
	wire_reader_free(&s->reader);
	err_free(&s->failure);
	http_waiters_free(&s->waiters);
	pthread_mutex_destroy(&s->lock);
	free(s->path);
	free(s);
}

int
http_session_start(struct http_session *s, struct err *e)
{
	if (s->failure.code != E_NONE || s->process.fd >= 0)
		return 0;
	return fetcher_process_start(&s->process, s->path, e);
}

uint64_t
http_session_id(struct http_session *s)
{
	return __atomic_add_fetch(&s->last_id, 1, __ATOMIC_RELAXED);
}

static int
take_frame(struct http_session *s, struct err *e)
{
	struct http_call *call = s->current;

	if (!s->greeted) {
		s->greeted = http_greeting_read(&s->said, buf_bytes(&s->reader.head), e) == 0;
		return s->greeted ? 0 : -1;
	}
	if (http_call_take(
		call, s->reader.prefix.type, buf_bytes(&s->reader.head), &s->reader.body, e) != 0)
		return err_wrap(e, "the fetcher sent");
	s->current = NULL;
	http_waiters_wake(&s->waiters, call);
	if (call->state != HTTP_CALL_OVER)
		return 0;
	http_call_unlink(&s->calls, call);
	if (call->abandoned)
		http_call_free(call);
	return 0;
}

/*
 * Read what is there, but not for ever while streams bring more: who waits for the lock may have
 * what he waits for. -1: the session is over.
 */
static int
drain(struct http_session *s, struct err *e)
{
	uint8_t *p;
	size_t room, done;
	ssize_t n;
	bool whole;

	for (done = 0; done < WIRE_WINDOW_BYTES; done += (size_t)n) {
		room = wire_reader_room(&s->reader, &p);
		n = recv(s->process.fd, p, room, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
			return 0;
		if (n <= 0)
			return fetcher_process_ended(n < 0 ? errno : 0, e);
		if (wire_reader_got(&s->reader, (size_t)n, &whole, e) != 0)
			return err_wrap(e, "the fetcher sent");
		if (!whole)
			continue;
		if (take_frame(s, e) != 0)
			return -1;
		wire_reader_next(&s->reader);
	}
	return 0;
}

/* Wait at the socket for all threads, until something comes or the time is up. Lock held. */
static void
read_until(struct http_session *s, int64_t until)
{
	struct pollfd fd = { .fd = s->process.fd, .events = POLLIN };
	int64_t left = until - clock_ms();
	AUTO(err) e = ERR_INIT;

	s->reading = true;
	pthread_mutex_unlock(&s->lock);
	poll(&fd, 1, left > 0 ? (int)left : 0);
	pthread_mutex_lock(&s->lock);
	s->reading = false;
	/* After a failure the reader holds half a frame, perhaps of a call that is gone. */
	if (s->failure.code == E_NONE && drain(s, &e) != 0)
		fail(s, &e);
}

bool
http_session_said(struct http_session *s, struct confine_report *out)
{
	int64_t until = deadline_cap(&s->deadline, clock_ms() + GRACE_MS);

	pthread_mutex_lock(&s->lock);
	while (s->process.fd >= 0 && !s->greeted && s->failure.code == E_NONE && clock_ms() < until)
		read_until(s, until);
	hand_over(s);
	*out = s->said;
	pthread_mutex_unlock(&s->lock);
	return s->process.fd >= 0;
}

static int
failure(const struct http_session *s, struct err *e)
{
	return err_set(e, s->failure.code, "%s", err_msg(&s->failure));
}

static int
send_locked(struct http_session *s, struct http_call *call, struct bytes frame, struct bytes body,
    struct err *e)
{
	AUTO(err) why = ERR_INIT;

	if (http_session_start(s, e) != 0)
		return -1;
	/* A fetcher that died at once has said why, perhaps: another version. */
	if (s->failure.code == E_NONE &&
	    (fetcher_process_send(&s->process, frame, call->deadline, &why) != 0 ||
		fetcher_process_send(&s->process, body, call->deadline, &why) != 0)) {
		AUTO(err) said = ERR_INIT;

		fail(s, drain(s, &said) != 0 && !s->greeted ? &said : &why);
	}
	if (s->failure.code != E_NONE)
		return failure(s, e);
	call->next = s->calls;
	s->calls = call;
	return 0;
}

struct http_call *
http_session_send(struct http_session *s, uint64_t id, const struct http_caps *caps,
    struct bytes frame, struct bytes body, struct err *e)
{
	struct http_call *call = http_call_new(id, caps);
	int r;

	call->deadline = deadline_cap(&s->deadline, clock_ms() + s->timeout_ms + GRACE_MS);
	pthread_mutex_lock(&s->lock);
	r = send_locked(s, call, frame, body, e);
	pthread_mutex_unlock(&s->lock);
	if (r == 0)
		return call;
	/* Then all else that went wrong came of that. */
	if (deadline_passed(&s->deadline))
		(void)deadline_error(&s->deadline, e);
	http_call_free(call);
	return NULL;
}

static bool
has_response(const struct http_call *call)
{
	return call->state != HTTP_CALL_AWAITED;
}

static bool
has_news(const struct http_call *call)
{
	return call->n_pieces > 0 || call->state == HTTP_CALL_OVER;
}

/* Lock held: until it is so (0), or never will be. */
static int
await_reading(struct http_session *s, struct http_call *call,
    bool (*is_so)(const struct http_call *), int64_t until, struct err *e)
{
	struct timespec t;

	until = deadline_cap(&s->deadline, until);
	t = clock_timespec(until);
	for (;;) {
		if (is_so(call))
			return 0;
		/* Before the failure, which may be what another thread made of it. */
		if (deadline_passed(&s->deadline))
			break;
		if (s->failure.code != E_NONE)
			return failure(s, e);
		if (clock_ms() >= until)
			break;
		if (s->reading)
			http_waiters_wait(&s->waiters, call, &s->lock, &t);
		else
			read_until(s, until);
	}
	if (deadline_passed(&s->deadline))
		(void)deadline_error(&s->deadline, e);
	else
		(void)err_set(
		    e, E_TIMED_OUT, "the fetcher did not answer within %u ms", s->timeout_ms);
	fail(s, e);
	return -1;
}

static int
await(struct http_session *s, struct http_call *call, bool (*is_so)(const struct http_call *),
    int64_t until, struct err *e)
{
	int r = await_reading(s, call, is_so, until, e);

	hand_over(s);
	return r;
}

int
http_session_wait(
    struct http_session *s, struct http_call **call, struct http_reply *out, struct err *e)
{
	struct http_call *c = steal(call);
	int64_t until = clock_ms() + GRACE_MS;
	int r;

	*out = (struct http_reply)HTTP_REPLY_INIT;
	/* A caller may come late for a response that waits in the socket. */
	if (until < c->deadline)
		until = c->deadline;
	pthread_mutex_lock(&s->lock);
	r = await(s, c, has_response, until, e);
	if (r == 0) {
		*out = c->reply;
		c->reply = (struct http_reply)HTTP_REPLY_INIT;
	} else {
		http_call_unlink(&s->calls, c);
	}
	if (r == 0 && c->has_stream)
		*call = steal(&c);
	pthread_mutex_unlock(&s->lock);
	http_call_free(c);
	return r;
}

/* Lock held. What cannot be sent shows when something is waited for. */
static void
tell(struct http_session *s, const struct buf *frame)
{
	AUTO(err) e = ERR_INIT;

	if (s->failure.code == E_NONE &&
	    fetcher_process_send(&s->process, buf_bytes(frame),
		deadline_cap(&s->deadline, clock_ms() + GRACE_MS), &e) != 0)
		fail(s, &e);
}

int
http_session_next(struct http_session *s, struct http_call *call, struct buf *piece, struct err *e)
{
	struct wire_credit credit;
	AUTO(buf) frame = BUF_INIT;
	int r = 0;

	pthread_mutex_lock(&s->lock);
	credit.n = http_call_consume(call, piece->n);
	buf_free(piece);
	if (credit.n > 0 && (r = wire_credit_encode(&frame, call->id, &credit, e)) == 0)
		tell(s, &frame);
	if (r == 0)
		r = await(s, call, has_news, clock_ms() + s->timeout_ms + GRACE_MS, e);
	/* Without a piece, this is the end. */
	if (r == 0 && !http_call_piece(call, piece))
		*piece = (struct buf)BUF_INIT;
	pthread_mutex_unlock(&s->lock);
	return r;
}

void
http_session_abandon(struct http_session *s, struct http_call *call)
{
	AUTO(buf) frame = BUF_INIT;
	bool gone;

	if (call == NULL)
		return;
	wire_cancel_encode(&frame, call->id);
	pthread_mutex_lock(&s->lock);
	http_call_abandon(call);
	if (call->state != HTTP_CALL_OVER)
		tell(s, &frame);
	/* While frames may come, the call stays in the list to take them. */
	gone = call->state == HTTP_CALL_OVER || s->failure.code != E_NONE;
	if (gone)
		http_call_unlink(&s->calls, call);
	pthread_mutex_unlock(&s->lock);
	if (gone)
		http_call_free(call);
}
