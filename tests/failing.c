/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "failing.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <gpgme.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "base/children.h"
#include "base/deadline.h"

enum { MUCH = 1 << 20 };

static struct {
	_Atomic(const char *) function; /* NULL: nothing fails */
	atomic_uint before;
} plan;

void
fail_call(const char *function, unsigned before)
{
	atomic_store(&plan.before, before);
	atomic_store(&plan.function, function);
}

bool
fail_happened(void)
{
	return atomic_exchange(&plan.function, NULL) == NULL;
}

static bool
planned(const char *function)
{
	const char *name = atomic_load(&plan.function);

	return name != NULL && strcmp(name, function) == 0;
}

static bool
fails(const char *function)
{
	if (!planned(function) || atomic_fetch_sub(&plan.before, 1) != 0)
		return false;
	atomic_store(&plan.function, NULL);
	return true;
}

/* The linker's --wrap=NAME makes every NAME of the program __wrap_NAME. */
#define WRAP_DECLARE(returns, name, parameters)                                                    \
	returns __real_##name parameters;                                                          \
	returns __wrap_##name parameters;
#define WRAP(returns, bad, name, parameters, arguments)                                            \
	WRAP_DECLARE(returns, name, parameters)                                                    \
	returns __wrap_##name parameters                                                           \
	{                                                                                          \
		return fails(#name) ? (bad) : __real_##name arguments;                             \
	}
#define GPGME_FAILS gpgme_error(GPG_ERR_ENOMEM)

WRAP(int, 0, EVP_Digest,
    (const void *p, size_t n, unsigned char *md, unsigned *md_n, const EVP_MD *type,
	ENGINE *engine),
    (p, n, md, md_n, type, engine))
WRAP(int, 0, EVP_DigestInit_ex, (EVP_MD_CTX * ctx, const EVP_MD *type, ENGINE *engine),
    (ctx, type, engine))
WRAP(int, 0, EVP_DigestUpdate, (EVP_MD_CTX * ctx, const void *p, size_t n), (ctx, p, n))
WRAP(int, 0, EVP_DigestFinal_ex, (EVP_MD_CTX * ctx, unsigned char *md, unsigned *md_n),
    (ctx, md, md_n))
WRAP(int, Z_MEM_ERROR, inflateInit2_, (z_streamp z, int window, const char *version, int size),
    (z, window, version, size))
WRAP(
    int, -1, setenv, (const char *name, const char *value, int overwrite), (name, value, overwrite))
WRAP(int, -1, setpgid, (pid_t pid, pid_t group), (pid, group))
WRAP(int, -1, socketpair, (int domain, int type, int protocol, int pair[2]),
    (domain, type, protocol, pair))
WRAP(pid_t, -1, fork, (void), ())
WRAP(int, EAGAIN, pthread_create,
    (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *arg),
    (thread, attributes, run, arg))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_new, (gpgme_ctx_t * ctx), (ctx))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_get_key,
    (gpgme_ctx_t ctx, const char *fingerprint, gpgme_key_t *key, int secret),
    (ctx, fingerprint, key, secret))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_op_export_keys,
    (gpgme_ctx_t ctx, gpgme_key_t keys[], gpgme_export_mode_t mode, gpgme_data_t out),
    (ctx, keys, mode, out))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_signers_add, (gpgme_ctx_t ctx, gpgme_key_t key), (ctx, key))
WRAP(gpgme_engine_info_t, NULL, gpgme_ctx_get_engine_info, (gpgme_ctx_t ctx), (ctx))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_data_new, (gpgme_data_t * d), (d))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_data_new_from_mem,
    (gpgme_data_t * d, const char *p, size_t n, int copy), (d, p, n, copy))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_data_new_from_cbs,
    (gpgme_data_t * d, gpgme_data_cbs_t cbs, void *arg), (d, cbs, arg))
WRAP(gpgme_off_t, -1, gpgme_data_seek, (gpgme_data_t d, gpgme_off_t offset, int whence),
    (d, offset, whence))
WRAP(gpgme_error_t, GPGME_FAILS, gpgme_op_getauditlog,
    (gpgme_ctx_t ctx, gpgme_data_t out, unsigned flags), (ctx, out, flags))
WRAP(gpgme_verify_result_t, NULL, gpgme_op_verify_result, (gpgme_ctx_t ctx), (ctx))

WRAP_DECLARE(char *, gpgme_data_release_and_get_mem, (gpgme_data_t d, size_t *n))
char *
__wrap_gpgme_data_release_and_get_mem(gpgme_data_t d, size_t *n)
{
	char *p = __real_gpgme_data_release_and_get_mem(d, n);
	bool no_data = fails(FAIL_NO_DATA), much = fails(FAIL_MUCH_DATA);

	if (!no_data && !much && !fails(FAIL_OTHER_DATA))
		return p;
	gpgme_free(p);
	*n = much ? MUCH : 4;
	return no_data ? NULL : xcalloc(*n, 1);
}

/* It fails after it started gpg. */
WRAP_DECLARE(gpgme_error_t, gpgme_op_verify_start,
    (gpgme_ctx_t ctx, gpgme_data_t signature, gpgme_data_t text, gpgme_data_t out))
gpgme_error_t
__wrap_gpgme_op_verify_start(
    gpgme_ctx_t ctx, gpgme_data_t signature, gpgme_data_t text, gpgme_data_t out)
{
	gpgme_error_t err;

	if (fails(FAIL_NO_PROCESS))
		return 0;
	err = __real_gpgme_op_verify_start(ctx, signature, text, out);
	return fails("gpgme_op_verify_start") ? GPGME_FAILS : err;
}

static void
ignore_event(void *data, gpgme_event_io_t type, void *type_data)
{
	(void)data;
	(void)type;
	(void)type_data;
}

WRAP_DECLARE(void, gpgme_set_io_cbs, (gpgme_ctx_t ctx, gpgme_io_cbs_t cbs))
void
__wrap_gpgme_set_io_cbs(gpgme_ctx_t ctx, gpgme_io_cbs_t cbs)
{
	struct gpgme_io_cbs changed = *cbs;

	if (fails(FAIL_NO_END))
		changed.event = ignore_event;
	__real_gpgme_set_io_cbs(ctx, &changed);
}

WRAP(int, err_set(e, E_IO, "made to fail"), children_begin_start,
    (struct pids * before, struct err *e), (before, e))

/* The deadline of the whole run is over. */
WRAP(bool, true, deadline_passed, (const struct deadline *d), (d))

WRAP(int, err_set(e, E_IO, "made to fail"), children_started,
    (const struct pids *before, struct pids *started, struct err *e), (before, started, e))

/* children_started() is asked when a thread does not come back in time. */
WRAP_DECLARE(
    int, pthread_timedjoin_np, (pthread_t thread, void **result, const struct timespec *until))
int
__wrap_pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until)
{
	if (planned("children_started"))
		return ETIMEDOUT;
	return __real_pthread_timedjoin_np(thread, result, until);
}

/* What was started is nobody's then, and must not outlive the test. */
WRAP_DECLARE(
    int, children_end_start, (const struct pids *before, struct pids *started, struct err *e))
int
__wrap_children_end_start(const struct pids *before, struct pids *started, struct err *e)
{
	int r = __real_children_end_start(before, started, e);

	if (!fails("children_end_start"))
		return r;
	for (size_t i = 0; i < started->n; i++)
		child_kill(started->v[i]);
	pids_free(started);
	return err_set(e, E_IO, "made to fail");
}
