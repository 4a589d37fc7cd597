/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every curl_easy_setopt is checked: an option that was refused ends the request, since it may be
 * the one that keeps us safe. For functions that return int and have a CURL *easy and a struct err
 * *e.
 */
#ifndef RELSIG_TRANSPORT_FETCHER_OPTION_H
#define RELSIG_TRANSPORT_FETCHER_OPTION_H

#include <curl/curl.h>

#include "base/err.h"

#define SET_OPTION(option, value)                                                                  \
	do {                                                                                       \
		CURLcode set_rc_ = curl_easy_setopt(easy, option, value);                          \
		if (set_rc_ != CURLE_OK)                                                           \
			return err_set(e, E_UNREACHABLE, "libcurl refuses %s: %s", #option,        \
			    curl_easy_strerror(set_rc_));                                          \
	} while (0)

/* An option that switches off what an older libcurl does not have. */
#define SET_OPTION_IF_KNOWN(option, value)                                                         \
	do {                                                                                       \
		CURLcode set_rc_ = curl_easy_setopt(easy, option, value);                          \
		if (set_rc_ != CURLE_OK && set_rc_ != CURLE_UNKNOWN_OPTION)                        \
			return err_set(e, E_UNREACHABLE, "libcurl refuses %s: %s", #option,        \
			    curl_easy_strerror(set_rc_));                                          \
	} while (0)

/* Options of 7.87: built with older headers, the library that runs may be newer all the same. */
#if LIBCURL_VERSION_NUM < 0x075700
#define CURLOPT_CA_CACHE_TIMEOUT ((CURLoption)(CURLOPTTYPE_LONG + 321))
#define CURLOPT_QUICK_EXIT ((CURLoption)(CURLOPTTYPE_LONG + 322))
#endif

#endif
