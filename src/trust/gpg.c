/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/gpg.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <gpgme.h>

#include "base/children.h"
#include "base/limits.h"
#include "trust/gpg_run.h"

/* Between one round of killing and the next. */
enum { KILL_PAUSE_MS = 20 };

/* Contexts that are idle: one is made for each thread that verifies at the same time. */
struct gpg {
	pthread_mutex_t lock;
	gpgme_ctx_t *idle;
	size_t n_idle;
	char *version;
};

void
gpg_result_free(struct gpg_result *r)
{
	for (size_t i = 0; i < r->n_status; i++) {
		free(r->status[i].keyword);
		free(r->status[i].args);
	}
	for (size_t i = 0; i < r->n_signatures; i++)
		free(r->signatures[i].fingerprint);
	free(r->status);
	free(r->signatures);
	free(r->op_message);
	free(r->diagnostics);
	buf_free(&r->output);
	*r = (struct gpg_result)GPG_RESULT_INIT;
}

static int
new_context(gpgme_ctx_t *out, struct err *e)
{
	gpgme_error_t err;

	err = gpgme_new(out);
	if (err == 0)
		err = gpgme_set_protocol(*out, GPGME_PROTOCOL_OpenPGP);
	if (err == 0)
		err = gpgme_set_ctx_flag(*out, "full-status", "1");
	if (err != 0) {
		AUTO_STR char *text = gpg_error_text(err);

		return err_set(e, E_IO, "GPGME: %s", text);
	}
	gpgme_set_offline(*out, 1);
	return 0;
}

static int
take_context(struct gpg *g, gpgme_ctx_t *ctx, struct err *e)
{
	*ctx = NULL;
	pthread_mutex_lock(&g->lock);
	if (g->n_idle > 0)
		*ctx = g->idle[--g->n_idle];
	pthread_mutex_unlock(&g->lock);
	return *ctx != NULL ? 0 : new_context(ctx, e);
}

static void
give_context(struct gpg *g, gpgme_ctx_t ctx, bool reusable)
{
	if (!reusable) {
		gpgme_release(ctx);
		return;
	}
	pthread_mutex_lock(&g->lock);
	*LIST_ADD(g->idle, g->n_idle) = ctx;
	pthread_mutex_unlock(&g->lock);
}

/* "2.2.40" or "2.5.12-beta3" to numbers; false when it is neither. */
static bool
parse_version(const char *s, unsigned long v[3])
{
	char *end;

	for (size_t i = 0; i < 3; i++) {
		if (*s < '0' || *s > '9')
			return false;
		v[i] = strtoul(s, &end, 10);
		if (i < 2 && *end != '.')
			return false;
		s = end + 1;
	}
	return true;
}

static int
check_version(struct gpg *g, gpgme_ctx_t ctx, struct err *e)
{
	gpgme_engine_info_t info = gpgme_ctx_get_engine_info(ctx);
	unsigned long v[3] = { 0 };

	while (info != NULL && info->protocol != GPGME_PROTOCOL_OpenPGP)
		info = info->next;
	if (info == NULL || info->version == NULL)
		return err_set(e, E_IO,
		    "gpg was not found on PATH or does not run: install GnuPG "
		    "(Debian: gnupg or gpg; Fedora, RHEL: gnupg2)");
	if (!parse_version(info->version, v) || v[0] != 2 || v[1] < 2 || (v[1] == 2 && v[2] < 20))
		return err_set(e, E_IO,
		    "%s says that it is version \"%s\": want GnuPG 2.2.20 or a later 2.x",
		    info->file_name != NULL ? info->file_name : "gpg", info->version);
	g->version = xstrdup(info->version);
	return 0;
}

static void
initialize_gpgme(void)
{
	/* Not gpgconf and the other engines: gpg from PATH, one process to ask its version. */
	(void)gpgme_set_global_flag("disable-gpgconf", "1");
	(void)gpgme_check_version(NULL);
}

static void
initialize_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, initialize_gpgme);
}

/* The first context: GPGME asks gpg for its version, and waits for the answer for ever. */
struct probe {
	gpgme_ctx_t ctx;
	struct err e;
	int result;
};

static void *
run_probe(void *arg)
{
	struct probe *p = arg;

	p->result = new_context(&p->ctx, &p->e);
	return NULL;
}

static bool
join_within(pthread_t thread, int ms)
{
	struct timespec until;
	long ns;

	clock_gettime(CLOCK_REALTIME, &until); /* what pthread_timedjoin_np goes by */
	ns = until.tv_nsec + ms % 1000 * 1000000L;
	until.tv_sec += ms / 1000 + ns / 1000000000L;
	until.tv_nsec = ns % 1000000000L;
	return pthread_timedjoin_np(thread, NULL, &until) == 0;
}

/* Therefore it has a thread, and a deadline after which what it started is killed. */
static int
probe_with_deadline(
    struct probe *p, const struct pids *before, const struct deadline *deadline, struct err *e)
{
	int timeout_ms = deadline_left_ms(deadline, GPG_TIMEOUT_MS);
	AUTO(pids) started = PIDS_INIT;
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_probe, p) != 0)
		return err_set(e, E_IO, "starting a thread to look for gpg");
	if (join_within(thread, timeout_ms))
		return p->result == 0 ? 0 : err_set(e, p->e.code, "%s", err_msg(&p->e));
	/* Again and again: what it started itself holds GPGME's pipe, and is our child only now. */
	do {
		if (children_started(before, &started, e) != 0)
			err_free(e);
		for (size_t i = 0; i < started.n; i++)
			kill(started.v[i], SIGKILL);
	} while (!join_within(thread, KILL_PAUSE_MS));
	(void)err_set(e, E_TIMED_OUT, "\"gpg --version\" did not answer within %d ms", timeout_ms);
	deadline_explain(deadline, e);
	return -1;
}

static int
find_gpg(struct gpg *g, const struct deadline *deadline, struct err *e)
{
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) started = PIDS_INIT;
	AUTO(err) listing = ERR_INIT;
	struct probe p = { .result = -1 };
	struct child_end end;
	int r;

	if (children_begin_start(&before, e) != 0)
		return -1;
	r = probe_with_deadline(&p, &before, deadline, e);
	if (p.ctx != NULL)
		*LIST_ADD(g->idle, g->n_idle) = p.ctx;
	err_free(&p.e);
	if (children_end_start(&before, &started, &listing) != 0)
		return r != 0 ? r : err_set(e, E_IO, "%s", err_msg(&listing));
	/* The probe is waited for, so that no zombie stays. */
	for (size_t i = 0; i < started.n; i++)
		(void)child_wait(started.v[i], deadline_left_ms(deadline, GPG_TIMEOUT_MS), &end);
	return r == 0 ? check_version(g, p.ctx, e) : r;
}

int
gpg_open(struct gpg **out, const struct deadline *deadline, struct err *e)
{
	AUTO_PTR(gpg) g = xcalloc(1, sizeof(*g));

	*out = NULL;
	pthread_mutex_init(&g->lock, NULL);
	initialize_once();
	if (find_gpg(g, deadline, e) != 0)
		return -1;
	*out = steal(&g);
	return 0;
}

void
gpg_free(struct gpg *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n_idle; i++)
		gpgme_release(g->idle[i]);
	free(g->idle);
	free(g->version);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

const char *
gpg_version(const struct gpg *g)
{
	return g->version;
}

struct gpg_library_versions
gpg_library_versions(void)
{
	initialize_once();
	return (struct gpg_library_versions){ .gpgme_built_with = GPGME_VERSION,
		.gpgme = gpgme_check_version(NULL),
		.gpg_error_built_with = GPG_ERROR_VERSION,
		.gpg_error = gpg_error_check_version(NULL) };
}

/* Run with a context of the pool, output into out->output. */
static int
run_with_context(struct gpg *g, struct bytes message, const char *const *fingerprints,
    size_t max_output, int timeout_ms, struct gpg_result *out, struct err *e)
{
	gpgme_ctx_t ctx = NULL;
	bool reusable = false;
	int r;

	if (take_context(g, &ctx, e) != 0) {
		gpgme_release(ctx);
		return -1;
	}
	r = gpg_run(ctx, message, fingerprints, max_output, timeout_ms, out, &reusable, e);
	give_context(g, ctx, reusable);
	return r;
}

int
gpg_verify(struct gpg *g, struct bytes message, size_t max_output, int timeout_ms,
    struct gpg_result *out, struct err *e)
{
	return run_with_context(g, message, NULL, max_output, timeout_ms, out, e);
}

int
gpg_export(struct gpg *g, const char *const *fingerprints, size_t max, int timeout_ms,
    struct buf *out, struct err *e)
{
	AUTO(gpg_result) r = GPG_RESULT_INIT;

	buf_clear(out);
	if (run_with_context(g, bytes_of("", 0), fingerprints, max, timeout_ms, &r, e) != 0)
		return -1;
	if (r.capped)
		return err_set(e, E_TOO_LARGE, "gpg exports more than %zu bytes", max);
	if (r.timed_out)
		return err_set(e, E_TIMED_OUT, "gpg did not export the keys in time");
	if (r.talkative || r.op_error != 0)
		return err_set(e, E_IO, "gpg --export: %s",
		    r.talkative ? "it printed too much" : r.op_message);
	buf_add(out, r.output.p, r.output.n);
	return 0;
}
