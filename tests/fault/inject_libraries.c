/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The libraries' own functions, where they fail for reasons of their own. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <gpgme.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "inject.h"

/* libcurl has macros of these names. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define GPGME_FAILS gpg_err_make(GPG_ERR_SOURCE_GPGME, gpg_err_code_from_errno(fault_errno()))

FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_new, (gpgme_ctx_t * ctx), (ctx))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_set_protocol,
    (gpgme_ctx_t ctx, gpgme_protocol_t p), (ctx, p))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_set_ctx_flag,
    (gpgme_ctx_t ctx, const char *name, const char *value), (ctx, name, value))
FAULT_WRAP(
    gpgme, int, -1, gpgme_set_global_flag, (const char *name, const char *value), (name, value))
FAULT_WRAP(gpgme, gpgme_engine_info_t, NULL, gpgme_ctx_get_engine_info, (gpgme_ctx_t ctx), (ctx))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_data_new, (gpgme_data_t * d), (d))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_data_new_from_mem,
    (gpgme_data_t * d, const char *p, size_t n, int copy), (d, p, n, copy))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_data_new_from_cbs,
    (gpgme_data_t * d, gpgme_data_cbs_t cbs, void *arg), (d, cbs, arg))
FAULT_WRAP(gpgme, ssize_t, -1, gpgme_data_read, (gpgme_data_t d, void *p, size_t n), (d, p, n))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_op_verify_start,
    (gpgme_ctx_t ctx, gpgme_data_t sig, gpgme_data_t text, gpgme_data_t plain),
    (ctx, sig, text, plain))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_op_export_ext_start,
    (gpgme_ctx_t ctx, const char *patterns[], gpgme_export_mode_t mode, gpgme_data_t out),
    (ctx, patterns, mode, out))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_op_getauditlog,
    (gpgme_ctx_t ctx, gpgme_data_t out, unsigned flags), (ctx, out, flags))
FAULT_WRAP(gpgme, gpgme_verify_result_t, NULL, gpgme_op_verify_result, (gpgme_ctx_t ctx), (ctx))
FAULT_WRAP(gpgme, gpgme_error_t, GPGME_FAILS, gpgme_cancel, (gpgme_ctx_t ctx), (ctx))

FAULT_WRAP(digest, int, 0, EVP_Digest,
    (const void *p, size_t n, unsigned char *md, unsigned *md_n, const EVP_MD *type,
	ENGINE *engine),
    (p, n, md, md_n, type, engine))
FAULT_WRAP(digest, int, -1, EVP_DecodeBlock, (unsigned char *to, const unsigned char *from, int n),
    (to, from, n))
FAULT_WRAP(digest, int, 0, OPENSSL_init_crypto, (uint64_t flags, const OPENSSL_INIT_SETTINGS *s),
    (flags, s))

FAULT_WRAP(inflate, int, Z_MEM_ERROR, inflateInit2_,
    (z_streamp z, int window, const char *version, int size), (z, window, version, size))
FAULT_WRAP(inflate, int, Z_DATA_ERROR, inflate, (z_streamp z, int flush), (z, flush))

/* An option's value is a long, a pointer or an offset: as wide as a long where this runs. */
#define WRAP_OPTION(returns, bad, name, handle, option)                                            \
	FAULT_REAL(returns, name, (handle h, option o, ...))                                       \
	returns name(handle h, option o, ...)                                                      \
	{                                                                                          \
		va_list ap;                                                                        \
		long v;                                                                            \
                                                                                                   \
		va_start(ap, o);                                                                   \
		v = va_arg(ap, long);                                                              \
		va_end(ap);                                                                        \
		return FAULT_HERE(curl, name) != FAULT_GO ? bad : FAULT_REAL_OF(name)(h, o, v);    \
	}
WRAP_OPTION(CURLcode, CURLE_OUT_OF_MEMORY, curl_easy_setopt, CURL *, CURLoption)
WRAP_OPTION(CURLcode, CURLE_BAD_FUNCTION_ARGUMENT, curl_easy_getinfo, CURL *, CURLINFO)
WRAP_OPTION(CURLMcode, CURLM_UNKNOWN_OPTION, curl_multi_setopt, CURLM *, CURLMoption)
FAULT_WRAP(curl, CURLcode, CURLE_FAILED_INIT, curl_global_init, (long flags), (flags))
FAULT_WRAP(curl, CURL *, NULL, curl_easy_init, (void), ())
FAULT_WRAP(curl, CURLM *, NULL, curl_multi_init, (void), ())
FAULT_WRAP(
    curl, CURLMcode, CURLM_OUT_OF_MEMORY, curl_multi_add_handle, (CURLM * m, CURL *e), (m, e))
FAULT_WRAP(curl, CURLMcode, CURLM_OUT_OF_MEMORY, curl_multi_perform, (CURLM * m, int *n), (m, n))
FAULT_WRAP(curl, CURLMcode, CURLM_OUT_OF_MEMORY, curl_multi_poll,
    (CURLM * m, struct curl_waitfd fds[], unsigned n, int ms, int *ready), (m, fds, n, ms, ready))
FAULT_WRAP(curl, struct curl_slist *, NULL, curl_slist_append,
    (struct curl_slist * l, const char *s), (l, s))
FAULT_WRAP(curl, CURLU *, NULL, curl_url, (void), ())
FAULT_WRAP(curl, CURLUcode, CURLUE_OUT_OF_MEMORY, curl_url_set,
    (CURLU * u, CURLUPart part, const char *s, unsigned flags), (u, part, s, flags))
