/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/keysearch.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "transport/layout_save.h"

#ifndef RELSIG_DATADIR
#define RELSIG_DATADIR "/usr/share/relsig"
#endif

static const char system_key_file[] = "/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release";
static const char key_directory[] = RELSIG_DATADIR "/keys";

void
key_search_free(struct key_search *s)
{
	trusted_keys_free(&s->keys);
	for (size_t i = 0; i < s->n_origins; i++)
		free(s->origins[i]);
	free(s->origins);
	free(s->note);
	*s = (struct key_search)KEY_SEARCH_INIT;
}

static void
add_origin(struct key_search *s, const char *origin)
{
	*LIST_ADD(s->origins, s->n_origins) = xstrdup(origin);
}

/*
 * --- --key --------------------------------------------------------------------------------------
 */

static int
read_key_files(struct key_search *out, const struct key_options *o, struct err *e)
{
	AUTO(buf) content = BUF_INIT;

	for (size_t i = 0; i < o->n_files; i++) {
		if (file_read_by(&content, o->files[i], MAX_KEY_FILE_BYTES, &o->deadline, e) != 0)
			return err_wrap(e, "reading keys");
		if (certificates_add(
			&out->keys.certificates, buf_bytes(&content), o->files[i], e) != 0) {
			e->code = E_USAGE;
			return err_wrap(e, "reading keys");
		}
		add_origin(out, o->files[i]);
	}
	return 0;
}

static int
trust_given_keys(struct key_search *out, const struct key_options *o, struct err *e)
{
	if (read_key_files(out, o, e) != 0)
		return -1;
	if (o->n_fingerprints == 0)
		trusted_keys_add_all(&out->keys);
	for (size_t i = 0; i < o->n_fingerprints; i++) {
		const struct certificate *c;

		trusted_keys_add(&out->keys, o->fingerprints[i]);
		if (certificates_by_primary(&out->keys.certificates, o->fingerprints[i]) != NULL)
			continue;
		c = certificates_by_key(&out->keys.certificates, o->fingerprints[i]);
		if (c != NULL)
			return err_set(e, E_USAGE,
			    "%s is a subkey: give the fingerprint of its primary key, "
			    "%s",
			    o->fingerprints[i], c->keys[0].fingerprint);
		return err_set(e, E_USAGE, "no --key file has the key %s", o->fingerprints[i]);
	}
	return 0;
}

/*
 * --- the default places -------------------------------------------------------------------------
 */

/* The release key among the bytes of one place, alone; false when it is not there. */
static bool
take_release_key(struct key_search *out, struct bytes content, const char *name)
{
	AUTO(certificates) found = CERTIFICATES_INIT;
	AUTO(err) ignored = ERR_INIT;

	if (certificates_add(&found, content, name, &ignored) != 0 ||
	    certificates_by_primary(&found, RED_HAT_RELEASE_KEY) == NULL)
		return false;
	certificates_keep(&found, RED_HAT_RELEASE_KEY);
	out->keys.certificates = found;
	found = (struct certificates)CERTIFICATES_INIT;
	trusted_keys_add(&out->keys, RED_HAT_RELEASE_KEY);
	add_origin(out, name);
	return true;
}

static bool
take_from_file(struct key_search *out, const char *path, const struct deadline *deadline)
{
	AUTO(buf) content = BUF_INIT;
	AUTO(err) ignored = ERR_INIT;

	return file_read_by(&content, path, MAX_KEY_FILE_BYTES, deadline, &ignored) == 0 &&
	       take_release_key(out, buf_bytes(&content), path);
}

static bool
take_from_directory(struct key_search *out, const char *path, const struct deadline *deadline)
{
	struct dirent **names = NULL;
	bool found = false;
	int n;

	n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		AUTO_STR char *file = xasprintf("%s/%s", path, names[i]->d_name);

		if (!found && names[i]->d_name[0] != '.')
			found = take_from_file(out, file, deadline);
		free(names[i]);
	}
	free(names);
	return found;
}

/*
 * The release key in a folder: all that it has of it, put together, so that a revocation in one
 * copy counts. Somebody else filled it: a file that cannot be read is none.
 */
static bool
take_from_folder(struct key_search *out, struct filetree *folder, const struct deadline *deadline)
{
	AUTO(buf) all = BUF_INIT, content = BUF_INIT;
	AUTO_STR char *first = NULL;

	for (unsigned i = 1; i <= MAX_SAVED_VERSIONS && !deadline_passed(deadline); i++) {
		AUTO(certificates) found = CERTIFICATES_INIT;
		AUTO(err) ignored = ERR_INIT;
		AUTO_STR char *where = NULL;

		if (layout_save_key(folder, RED_HAT_RELEASE_KEY, i, &content, &where, &ignored) !=
		    0)
			break;
		if (certificates_add(&found, buf_bytes(&content), where, &ignored) != 0 ||
		    certificates_by_primary(&found, RED_HAT_RELEASE_KEY) == NULL)
			continue;
		certificates_keep(&found, RED_HAT_RELEASE_KEY);
		if (all.n + found.v[0].raw.n > MAX_KEY_FILE_BYTES)
			break;
		buf_add(&all, found.v[0].raw.p, found.v[0].raw.n);
		if (first == NULL)
			first = steal(&where);
	}
	return first != NULL && take_release_key(out, buf_bytes(&all), first);
}

/* The directory of the user's cache, or NULL when there is no home. */
static char *
cache_directory(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache != NULL && cache[0] == '/')
		return xasprintf("%s/relsig", cache);
	if (home != NULL && home[0] == '/')
		return xasprintf("%s/.cache/relsig", home);
	return NULL;
}

char *
key_cache_make(void)
{
	AUTO_STR char *directory = cache_directory();
	AUTO(err) ignored = ERR_INIT;

	if (directory == NULL || file_make_directories(directory, 0700, &ignored) != 0)
		return NULL;
	return steal(&directory);
}

static void
store_in_cache(
    struct key_search *out, const char *directory, const char *file, struct bytes content)
{
	AUTO(err) e = ERR_INIT;

	if (file_make_directories(directory, 0700, &e) != 0 ||
	    file_write(file, content, 0644, &e) != 0)
		out->note =
		    xasprintf("the key could not be kept for the next time: %s", err_msg(&e));
}

static int
download_release_key(struct key_search *out, struct http *http, const char *directory,
    const char *cache_file, struct err *e)
{
	struct http_request request = {
		.method = "GET", .url = RED_HAT_KEY_URL, .max_body = MAX_KEY_FILE_BYTES
	};
	AUTO(http_response) response = HTTP_RESPONSE_INIT;

	if (http_fetch(http, &request, &response, e) != 0)
		return err_wrap(e, "fetching Red Hat's release key");
	if (response.status != 200)
		return err_set(e, E_UNREACHABLE,
		    "fetching Red Hat's release key from %s: status %u, want 200", RED_HAT_KEY_URL,
		    response.status);
	if (!take_release_key(out, buf_bytes(&response.body), RED_HAT_KEY_URL))
		return err_set(e, E_INVALID, "%s does not hold the key %s", RED_HAT_KEY_URL,
		    RED_HAT_RELEASE_KEY);
	/* Only what has matched is kept. */
	if (cache_file != NULL)
		store_in_cache(out, directory, cache_file, buf_bytes(&response.body));
	return 0;
}

static int
find_release_key(struct key_search *out, const struct key_options *o, struct err *e)
{
	AUTO_STR char *directory = cache_directory();
	AUTO_STR char *cache_file = NULL;

	if (directory != NULL)
		cache_file = xasprintf("%s/%s.asc", directory, RED_HAT_RELEASE_KEY);
	if (take_from_file(out, system_key_file, &o->deadline) ||
	    take_from_directory(out, key_directory, &o->deadline) ||
	    (cache_file != NULL && take_from_file(out, cache_file, &o->deadline)))
		return 0;
	for (size_t i = 0; i < o->n_folders; i++)
		if (take_from_folder(out, o->folders[i], &o->deadline))
			return 0;
	if (deadline_passed(&o->deadline))
		return deadline_error(&o->deadline, e);
	if (!http_is_offline(o->http))
		return download_release_key(out, o->http, directory, cache_file, e);
	return err_set(e, E_NOT_FOUND,
	    "Red Hat's release key is not in %s, %s, nor %s: fetch %s where there "
	    "is a network, and give it with --key",
	    system_key_file, key_directory,
	    cache_file != NULL ? cache_file : "a cache (HOME is not set)", RED_HAT_KEY_URL);
}

int
keys_find(struct key_search *out, const struct key_options *options, struct err *e)
{
	key_search_free(out);
	if (options->n_files > 0)
		return trust_given_keys(out, options, e);
	if (options->n_fingerprints > 0)
		return err_set(
		    e, E_USAGE, "fingerprints to trust, and no key file to find them in");
	return find_release_key(out, options, e);
}
