/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/signing.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/children.h"
#include "base/limits.h"
#include "formats/payload_write.h"
#include "trust/signing_gpg.h"

/* How long the process may take to end. */
enum { SIGNING_END_MS = 500 };

struct signing {
	int fd;	   /* ours of a pair; a message is whole or not at all */
	pid_t pid; /* of the process */
	struct deadline deadline;
};

/* What is asked: a digest to sign by one of the names. */
struct question {
	size_t name;
	struct digest manifest;
};

/* What is answered: bytes, or with another code than E_NONE the message of an error. */
struct answer {
	enum errc code;
	size_t n;
	uint8_t p[MAX_SIGNING_ANSWER_BYTES];
};

/*
 * --- the process --------------------------------------------------------------------------------
 */

/* What is longer than an answer is cut off: that is for messages. */
static void
fill(struct answer *a, enum errc code, struct bytes text)
{
	a->code = code;
	a->n = text.n < sizeof(a->p) ? text.n : sizeof(a->p);
	memcpy(a->p, text.p, a->n);
}

/* When nobody listens any more, nobody asks either. */
static void
say(int fd, struct answer *a, int result, const struct buf *content, const struct err *e)
{
	AUTO(err) large = ERR_INIT;

	if (result == 0 && content->n > sizeof(a->p)) {
		result =
		    err_set(&large, E_TOO_LARGE, "gpg writes more than %zu bytes", sizeof(a->p));
		e = &large;
	}
	if (result == 0)
		fill(a, E_NONE, buf_bytes(content));
	else
		fill(a, e->code, bytes_of_str(err_msg(e)));
	(void)send(fd, a, offsetof(struct answer, p) + a->n, MSG_NOSIGNAL);
}

/* It was started by our own program, and by names of the command line: but trusts neither the
 * number nor the digest that a process gives it which has met bytes from outside since. */
static int
answer(struct signing_gpg *g, const struct signing_options *o, const struct question *q,
    struct buf *blob, struct err *e)
{
	AUTO(reference) name = REFERENCE_INIT;
	AUTO(buf) payload = BUF_INIT;
	struct digest manifest;

	if (q->name >= o->n_names ||
	    digest_parse(&manifest,
		bytes_of(q->manifest.text, strnlen(q->manifest.text, sizeof(q->manifest.text))),
		e) != 0)
		return err_set(e, E_INVALID, "this is not among what is to be signed");
	reference_copy(&name, &o->names[q->name]);
	if (o->add_digest && name.tag == NULL)
		name.digest = manifest;
	payload_write(&payload, &name, &manifest, o->creator, (int64_t)time(NULL));
	return signing_gpg_sign(g, buf_bytes(&payload), blob, e);
}

static void
serve(int fd, const struct signing_options *o)
{
	struct answer *a = xcalloc(1, sizeof(*a));
	AUTO_PTR(signing_gpg) g = NULL;
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct question q;
	/* No other process of the same user may look for the passphrase: not even the judge. */
	int r = children_set_apart(&e);

	if (r == 0)
		r = signing_gpg_open(&g, o->fingerprint, o->homedir, o->passphrase_file, &e);
	if (r == 0)
		r = signing_gpg_export(g, &content, &e);
	/* gpg-agent runs by now, and is nobody's child: from here on what GPGME starts is ours, and
	 * not the judge's, who counts its own. */
	if (r == 0)
		r = children_adopt(&e);
	say(fd, a, r, &content, &e);
	if (r == 0) {
		while (recv(fd, &q, sizeof(q), 0) == (ssize_t)sizeof(q)) {
			err_free(&e);
			r = answer(g, o, &q, &content, &e);
			say(fd, a, r, &content, &e);
		}
	}
	/* GPGME does not wait for gpg, and nobody else is to inherit it. */
	children_end();
	free(a);
}

/*
 * --- the others' side ---------------------------------------------------------------------------
 */

static int
hear(struct signing *s, struct buf *out, struct err *e)
{
	struct answer *a = xcalloc(1, sizeof(*a));
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int ready, r = 0;
	ssize_t n = 0;

	buf_clear(out);
	do
		ready = poll(&p, 1, deadline_poll_ms(&s->deadline));
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		r = deadline_error(&s->deadline, e);
	else
		n = recv(s->fd, a, sizeof(*a), MSG_DONTWAIT);
	if (r == 0 && (n < (ssize_t)offsetof(struct answer, p) ||
			  (size_t)n != offsetof(struct answer, p) + a->n))
		r = err_set(e, E_IO, "the process that signs has ended");
	if (r == 0 && a->code != E_NONE)
		r = err_set(e, a->code, "%.*s", (int)a->n, (const char *)a->p);
	if (r == 0)
		buf_add(out, a->p, a->n);
	free(a);
	return r;
}

static int
start(struct signing *s, const struct signing_options *o, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_sys(e, E_IO, "socketpair");
	s->fd = pair[0];
	s->pid = fork();
	if (s->pid == 0) {
		close(pair[0]);
		serve(pair[1], o);
		_exit(0);
	}
	close(pair[1]);
	return s->pid > 0 ? 0 : err_sys(e, E_IO, "fork");
}

int
signing_start(struct signing **out, const struct signing_options *options,
    struct trusted_keys *keys, struct err *e)
{
	AUTO_PTR(signing) s = xcalloc(1, sizeof(*s));
	AUTO(buf) ring = BUF_INIT;

	*out = NULL;
	s->fd = -1;
	s->deadline = options->deadline;
	if (start(s, options, e) != 0 || hear(s, &ring, e) != 0 ||
	    certificates_add(&keys->certificates, buf_bytes(&ring), "the user's keyring", e) != 0)
		return -1;
	trusted_keys_add(keys, options->fingerprint);
	*out = steal(&s);
	return 0;
}

int
signing_sign(
    struct signing *s, size_t name, const struct digest *manifest, struct buf *blob, struct err *e)
{
	struct question q = { .name = name, .manifest = *manifest };

	if (send(s->fd, &q, sizeof(q), MSG_NOSIGNAL) != (ssize_t)sizeof(q))
		return err_sys(e, E_IO, "asking the process that signs");
	return hear(s, blob, e);
}

void
signing_free(struct signing *s)
{
	struct pollfd gone;

	if (s == NULL)
		return;
	if (s->pid > 0) {
		/* It ends when it is not asked any more; not while gpg waits for a person, or for
		 * an agent that hangs: then with that gpg. Not reaped yet, it keeps the number. */
		(void)shutdown(s->fd, SHUT_WR);
		gone = (struct pollfd){ .fd = s->fd };
		(void)poll(&gone, 1, SIGNING_END_MS);
		(void)kill(-s->pid, SIGKILL);
		child_kill(s->pid);
	}
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}
