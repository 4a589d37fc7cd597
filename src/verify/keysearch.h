/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which keys to trust: those of --key, or else Red Hat's release key from the first place that has
 * it, the system's key files, the user's cache, a folder of "relsig save", a download. Whatever
 * else a default place holds is not trusted.
 */
#ifndef RELSIG_VERIFY_KEYSEARCH_H
#define RELSIG_VERIFY_KEYSEARCH_H

#include "base/base.h"
#include "base/err.h"
#include "transport/filetree.h"
#include "transport/http.h"
#include "trust/keys.h"

/* Where Red Hat publishes the release key. */
#define RED_HAT_KEY_URL "https://access.redhat.com/security/data/fd431d51.txt"

struct key_options {
	char *const *files; /* --key */
	size_t n_files;
	const char (*fingerprints)[FINGERPRINT_HEX + 1]; /* --fingerprint */
	size_t n_fingerprints;
	/* Folders of "relsig save", looked into after all other places of this machine */
	struct filetree *const *folders;
	size_t n_folders;
	struct http *http;	  /* for the download; offline sessions skip it */
	struct deadline deadline; /* for reading files */
};

/* What was found, for reports. */
struct key_search {
	struct trusted_keys keys;
	char **origins; /* files and URLs that keys came from, owned */
	size_t n_origins;
	char
	    *note; /* something that did not work and does not matter (the cache), or NULL; owned */
};
#define KEY_SEARCH_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * E_USAGE: a --key file without a usable key, a --fingerprint that no file has; or what file_read
 * says. E_NOT_FOUND: the default places do not have the release key; the message lists them and
 * says what to do. On success at least one trusted key is there.
 */
int keys_find(struct key_search *out, const struct key_options *options, struct err *e) RESULT_USED;
void key_search_free(struct key_search *s);
AUTO_DEFINE(key_search)

/*
 * The directory where a key that is downloaded is kept, made now, for a process that cannot make it
 * later; for free(). NULL when there is none or it cannot be made.
 */
char *key_cache_make(void);

#endif
