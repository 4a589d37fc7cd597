/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/gpg_run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/limits.h"

enum { MAX_STATUS_LINES = 1000, MAX_DIAGNOSTICS = 4096 };
/* What GPGME reads at once, by version, if there is so much; and what is added for a read. */
enum { LEAST_READ = 512, MOST_READ = 4096, READ_COST = 8 };

/* A descriptor that GPGME wants watched: status, output, input, diagnostics. */
struct watched {
	int fd; /* -1 after GPGME took it back */
	short events;
	bool ready;
	bool has_status; /* a status line came from here */
	gpgme_io_cb_t callback;
	void *data;
};

/* One operation in progress. */
struct run {
	struct watched **watched; /* each at a place of its own, which GPGME keeps */
	size_t n_watched;
	bool done;
	gpgme_error_t error;
	pid_t pid; /* gpg's; -1 before it started */
	size_t max_output;
	struct watched *served; /* whose callback runs */
	size_t talked;		/* bytes that came, but for those among status lines */
	int64_t until;		/* when gpg must have ended */
	struct gpg_result *result;
};

/*
 * --- GPGME's callbacks --------------------------------------------------------------------------
 */

/* Never fails: some versions of GPGME use memory that they have freed when this does. */
static gpgme_error_t
watch(void *data, int fd, int dir, gpgme_io_cb_t callback, void *callback_data, void **tag)
{
	struct run *run = data;
	struct watched *w = xmalloc(sizeof(*w));

	*w = (struct watched){ .fd = fd,
		.events = dir == 1 ? POLLIN : POLLOUT,
		.callback = callback,
		.data = callback_data };
	*LIST_ADD(run->watched, run->n_watched) = w;
	*tag = w;
	return 0;
}

static void
unwatch(void *tag)
{
	struct watched *w = tag;

	w->fd = -1;
	w->ready = false;
}

static void
on_event(void *data, gpgme_event_io_t type, void *type_data)
{
	struct run *run = data;
	struct gpgme_io_event_done_data *done = type_data;

	if (type != GPGME_EVENT_DONE)
		return;
	run->done = true;
	run->error = done->err != 0 ? done->err : done->op_err;
}

static gpgme_error_t
on_status(void *data, const char *keyword, const char *args)
{
	struct run *run = data;
	struct gpg_status *line;

	if (run->served != NULL)
		run->served->has_status = true;
	/* An empty keyword marks the end of the status output. */
	if (keyword == NULL || keyword[0] == '\0')
		return 0;
	if (run->result->n_status == MAX_STATUS_LINES)
		return gpgme_error(GPG_ERR_TOO_LARGE);
	line = LIST_ADD(run->result->status, run->result->n_status);
	line->keyword = xstrdup(keyword);
	line->args = xstrdup(args != NULL ? args : "");
	return 0;
}

static ssize_t
write_output(void *data, const void *p, size_t n)
{
	struct run *run = data;

	if (buf_add_max(&run->result->output, p, n, run->max_output))
		return (ssize_t)n;
	run->result->capped = true;
	errno = EFBIG;
	return -1;
}

/*
 * --- one operation ------------------------------------------------------------------------------
 */

/* How many bytes lie in a pipe. */
static int
bytes_in(int fd)
{
	int n = 0;

	return ioctl(fd, FIONREAD, &n) == 0 ? n : 0;
}

/*
 * Let GPGME read. It keeps the diagnostics until the end, however many, and says neither which
 * descriptor they come from nor how much it took: that is counted by what is gone from the pipe, or
 * may be gone when more came meanwhile. Status lines, which it does not keep, have their own cap.
 */
static void
let_read(struct run *run, struct watched *w)
{
	int fd = w->fd, before = bytes_in(fd), after, taken;

	run->served = w;
	(void)w->callback(w->data, fd);
	if (w->fd < 0 || w->has_status)
		return; /* the end of this one, or not the diagnostics */
	after = bytes_in(fd);
	taken = after < before ? before - after : before;
	if (taken < LEAST_READ)
		taken = before < LEAST_READ ? before : LEAST_READ;
	run->talked += (size_t)(taken < MOST_READ ? taken : MOST_READ) + READ_COST;
	run->result->talkative = run->talked > MAX_GPG_TALK_BYTES;
}

/* Tell GPGME what is ready. A callback may take others of the list away, and add to it. */
static void
dispatch(struct run *run)
{
	size_t n = run->n_watched;

	for (size_t i = 0; i < n && !run->done && !run->result->talkative; i++) {
		struct watched *w = run->watched[i];

		if (!w->ready)
			continue;
		if (w->events == POLLIN)
			let_read(run, w);
		else
			(void)w->callback(w->data, w->fd);
	}
}

static void
wait_until_ready(struct run *run, int timeout_ms)
{
	size_t n = run->n_watched;
	struct pollfd *fds = xcalloc(n, sizeof(*fds));
	int ready;

	/* poll(2) passes over negative descriptors. */
	for (size_t i = 0; i < n; i++)
		fds[i] =
		    (struct pollfd){ .fd = run->watched[i]->fd, .events = run->watched[i]->events };
	ready = poll(fds, n, timeout_ms);
	for (size_t i = 0; i < n; i++)
		run->watched[i]->ready = ready > 0 && fds[i].revents != 0;
	free(fds);
}

static bool
watches(const struct run *run)
{
	for (size_t i = 0; i < run->n_watched; i++)
		if (run->watched[i]->fd >= 0)
			return true;
	return false;
}

/* Serve GPGME's descriptors until it says that the operation is over, or there are none. False when
 * the deadline passed. */
static bool
serve(struct run *run)
{
	int64_t left;

	while (!run->done && !run->result->talkative && watches(run)) {
		left = run->until - clock_ms();
		if (left <= 0)
			return false;
		wait_until_ready(run, (int)left);
		dispatch(run);
	}
	return true;
}

static void
copy_signatures(gpgme_ctx_t ctx, struct gpg_result *out)
{
	gpgme_verify_result_t r = gpgme_op_verify_result(ctx);

	for (gpgme_signature_t s = r != NULL ? r->signatures : NULL; s != NULL; s = s->next) {
		struct gpg_signature *g = LIST_ADD(out->signatures, out->n_signatures);

		g->status = gpgme_err_code(s->status);
		g->summary = (unsigned)s->summary;
		g->validity = (unsigned)s->validity;
		g->validity_reason = gpgme_err_code(s->validity_reason);
		g->wrong_key_usage = s->wrong_key_usage != 0;
		g->fingerprint = xstrdup(s->fpr != NULL ? s->fpr : "");
	}
}

/* What gpg printed for people. No process is started for this. */
static char *
read_diagnostics(gpgme_ctx_t ctx)
{
	AUTO(buf) text = BUF_INIT;
	gpgme_data_t data;
	char chunk[1024];
	ssize_t n;

	if (gpgme_data_new(&data) != 0)
		return xstrdup("");
	if (gpgme_op_getauditlog(ctx, data, GPGME_AUDITLOG_DIAG) == 0 &&
	    gpgme_data_seek(data, 0, SEEK_SET) == 0)
		while ((n = gpgme_data_read(data, chunk, sizeof(chunk))) > 0 &&
		       buf_add_max(&text, chunk, (size_t)n, MAX_DIAGNOSTICS))
			;
	gpgme_data_release(data);
	while (text.n > 0 && text.p[text.n - 1] == '\n')
		text.p[--text.n] = '\0';
	return buf_steal_str(&text);
}

static void
set_callbacks(gpgme_ctx_t ctx, struct run *run)
{
	struct gpgme_io_cbs cbs = { .add = watch,
		.add_priv = run,
		.remove = unwatch,
		.event = on_event,
		.event_priv = run };

	gpgme_set_io_cbs(ctx, &cbs);
	gpgme_set_status_cb(ctx, on_status, run);
}

char *
gpg_error_text(gpgme_error_t err)
{
	char text[256];

	(void)gpgme_strerror_r(err, text, sizeof(text));
	return xstrdup(text);
}

/*
 * GPGME starts gpg through a double fork and forgets it; the child that is new to us afterwards is
 * gpg.
 */
struct operation {
	gpgme_data_t in, out;
	const char *const *fingerprints; /* NULL: a verification */
};

static gpgme_error_t
start(gpgme_ctx_t ctx, const struct operation *op)
{
	if (op->fingerprints != NULL)
		return gpgme_op_export_ext_start(ctx, (const char **)op->fingerprints, 0, op->out);
	return gpgme_op_verify_start(ctx, op->in, NULL, op->out);
}

static int
start_process(gpgme_ctx_t ctx, struct run *run, const struct operation *op, struct err *e)
{
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) started = PIDS_INIT;
	gpgme_error_t err;

	if (children_begin_start(&before, e) != 0)
		return err_wrap(e, "before starting gpg");
	err = start(ctx, op);
	if (children_end_start(&before, &started, e) != 0)
		return err_wrap(e, "after starting gpg");
	if (err != 0) {
		AUTO_STR char *text = gpg_error_text(err);

		for (size_t i = 0; i < started.n; i++)
			child_kill(started.v[i]);
		return err_set(e, E_IO, "cannot run gpg: %s", text);
	}
	/* More than one cannot be, and whose they were is not known: none is touched. */
	if (started.n != 1)
		return err_set(
		    e, E_IO, "cannot tell which process gpg is: %zu new ones", started.n);
	run->pid = started.v[0];
	return 0;
}

/* Let gpg end by itself and note how; or kill it. Its descriptors are closed by now. */
static void
finish_process(gpgme_ctx_t ctx, struct run *run)
{
	struct gpg_result *out = run->result;
	struct child_end end;

	if (out->timed_out || out->capped || out->talkative) {
		(void)gpgme_cancel(ctx);
		child_kill(run->pid);
		return;
	}
	/* Of a moment that has passed it makes one look. */
	if (!child_wait(run->pid, (int)(run->until - clock_ms()), &end)) {
		out->timed_out = true;
		return;
	}
	out->exited = end.exited;
	out->exit_status = end.status;
}

static int
run_operation(gpgme_ctx_t ctx, struct run *run, const struct operation *op, struct err *e)
{
	if (start_process(ctx, run, op, e) != 0) {
		(void)gpgme_cancel(ctx);
		return -1;
	}
	run->result->timed_out = !serve(run);
	finish_process(ctx, run);
	run->result->op_error = gpgme_err_code(run->error);
	run->result->op_message = gpg_error_text(run->error);
	run->result->diagnostics = run->done ? read_diagnostics(ctx) : xstrdup("");
	return 0;
}

int
gpg_run(gpgme_ctx_t ctx, struct bytes message, const char *const *fingerprints, size_t max_output,
    int timeout_ms, struct gpg_result *out, bool *reusable, struct err *e)
{
	struct gpgme_data_cbs output_cbs = { .write = write_output };
	/* Until GPGME says how it ended, it did not end well. */
	struct run run = { .error = gpgme_error(GPG_ERR_UNFINISHED),
		.pid = -1,
		.max_output = max_output,
		.until = clock_ms() + timeout_ms,
		.result = out };
	struct operation op = { .fingerprints = fingerprints };
	int r = -1;

	gpg_result_free(out);
	set_callbacks(ctx, &run);
	if (gpgme_data_new_from_cbs(&op.out, &output_cbs, &run) != 0 ||
	    gpgme_data_new_from_mem(&op.in, (const char *)message.p, message.n, 0) != 0)
		(void)err_set(e, E_IO, "GPGME: no memory for data");
	else
		r = run_operation(ctx, &run, &op, e);
	if (r == 0 && fingerprints == NULL)
		copy_signatures(ctx, out);
	gpgme_set_status_cb(ctx, NULL, NULL);
	if (op.in != NULL)
		gpgme_data_release(op.in);
	if (op.out != NULL)
		gpgme_data_release(op.out);
	/* A context that was interrupted is not used again. */
	*reusable = r == 0 && run.done && !out->timed_out && !out->capped && !out->talkative;
	for (size_t i = 0; i < run.n_watched; i++)
		free(run.watched[i]);
	free(run.watched);
	return r;
}
