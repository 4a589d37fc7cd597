/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

struct store_iter {
	const struct store_kind *kind; /* NULL: numbered, and then all that follows */
	void *state;		       /* of the kind; owned */

	char *prefix;	 /* the URL or path of an item, up to its number */
	char *suffix;	 /* what follows the number: the store URL's query, or "" */
	char *root;	 /* of files: the directory that must exist, or the store itself is missing;
			  * NULL when that is no failure */
	char *directory; /* of a file store: the digest's directory, which need not exist; or NULL
			  */

	struct http *http; /* NULL for files; borrowed */
	struct http_ticket
	    *first; /* the request for item 1, sent early; NULL once it was waited for */
	struct err first_error; /* why it could not be sent */

	unsigned next;	/* the number of the next item */
	bool lookaside; /* many signatures are a failure and not the end */
	bool ended;
};

void
store_iter_free(struct store_iter *it)
{
	if (it == NULL)
		return;
	if (it->kind != NULL)
		it->kind->free(it->state);
	http_ticket_free(it->first);
	err_free(&it->first_error);
	free(it->prefix);
	free(it->suffix);
	free(it->root);
	free(it->directory);
	free(it);
}

static struct store_iter *
new_iter(void)
{
	struct store_iter *it = xcalloc(1, sizeof(*it));

	it->next = 1;
	return it;
}

struct store_iter *
store_open_files(const char *prefix)
{
	struct store_iter *it = new_iter();
	const char *slash = strrchr(prefix, '/');

	it->prefix = xstrdup(prefix);
	it->suffix = xstrdup("");
	it->root = slash != NULL ? xstrndup(prefix, (size_t)(slash - prefix) + 1) : xstrdup(".");
	return it;
}

struct store_iter *
store_open_kind(const struct store_kind *kind, void *state)
{
	struct store_iter *it = new_iter();

	it->kind = kind;
	it->state = state;
	return it;
}

/* name: of the digest's directory in the store. */
static int
open_file_store(struct store_iter *it, const char *rest, const char *name, struct err *e)
{
	AUTO_STR char *path = NULL;

	if (store_url_path(&path, rest, e) != 0)
		return -1;
	it->root = it->lookaside ? NULL : xasprintf("%s/", path);
	it->directory = xasprintf("%s/%s", path, name);
	it->prefix = xasprintf("%s/signature-", it->directory);
	it->suffix = xstrdup("");
	return 0;
}

static int
send_request(struct store_iter *it, const char *url, struct http_ticket **out, struct err *e)
{
	struct http_request request = {
		.method = "GET",
		.url = url,
		.max_body = MAX_SIGNATURE_BYTES,
	};

	return http_start(it->http, &request, out, e);
}

/* Item 1 is asked for now; what goes wrong with that is said when it is waited for. */
static void
open_network_store(struct store_iter *it, const char *url, const char *name, struct http *http)
{
	AUTO_STR char *first = NULL;
	size_t n = strcspn(url, "?");

	it->suffix = xstrdup(url + n);
	/* containers/image keeps what was written, and asks for "//". */
	while (!it->lookaside && url[n - 1] == '/')
		n--;
	it->prefix = xasprintf("%.*s/%s/signature-", (int)n, url, name);
	it->http = http;
	first = xasprintf("%s1%s", it->prefix, it->suffix);
	if (send_request(it, first, &it->first, &it->first_error) != 0)
		it->first = NULL;
}

/* image: of a lookaside store; or NULL. */
static int
open_by_digest(struct store_iter **out, const char *url, const struct reference *image,
    const struct digest *digest, struct http *http, struct err *e)
{
	const char *file = store_url_file(url);
	AUTO_PTR(store_iter) it = NULL;
	AUTO_STR char *name = NULL;

	*out = NULL;
	/* A digest becomes a part of a path: nothing but 64 hex digits may (CVE-2024-3727). */
	if (!digest_is_sha256(digest) || !text_is_lower_hex(bytes_of_str(digest_hex(digest)), 64))
		return err_set(e, E_UNSUPPORTED,
		    "signature stores are by sha256 digest, not \"%s\"", digest->text);
	if (store_check_url(url, e) != 0)
		return -1;
	it = new_iter();
	it->lookaside = image != NULL;
	name = xasprintf("%s%ssha256=%s", image != NULL ? image->path : "",
	    image != NULL ? "@" : "", digest_hex(digest));
	if (file != NULL) {
		if (open_file_store(it, file, name, e) != 0)
			return -1;
	} else if (http != NULL) {
		open_network_store(it, url, name, http);
	} else {
		return err_set(e, E_USAGE, "store %s: no network here", url);
	}
	*out = steal(&it);
	return 0;
}

int
store_open(struct store_iter **out, const char *url, const struct digest *digest, struct http *http,
    struct err *e)
{
	return open_by_digest(out, url, NULL, digest, http, e);
}

int
store_open_lookaside(struct store_iter **out, const char *url, const struct reference *image,
    const struct digest *digest, struct http *http, struct err *e)
{
	return open_by_digest(out, url, image, digest, http, e);
}

enum presence { IS_BROKEN = 0, IS_DIRECTORY, IS_MISSING };

static enum presence
find_directory(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT)
			return IS_MISSING;
		err_sys(e, E_IO, "%s", path);
		return IS_BROKEN;
	}
	if (S_ISDIR(st.st_mode))
		return IS_DIRECTORY;
	err_set(e, E_IO, "%s: not a directory", path);
	return IS_BROKEN;
}

/* No digest directory: no signature. No store: a typing error, or a disk that is not mounted. */
static enum store_item
read_item(struct store_iter *it, const char *path, struct buf *blob, struct err *e)
{
	enum presence p = it->root != NULL ? find_directory(it->root, e) : IS_DIRECTORY;

	if (p == IS_MISSING)
		err_set(e, E_IO, "%s: no such directory", it->root);
	if (p != IS_DIRECTORY)
		return STORE_FAILED;
	if (it->directory != NULL) {
		p = find_directory(it->directory, e);
		if (p != IS_DIRECTORY)
			return p == IS_MISSING ? STORE_END : STORE_FAILED;
	}
	if (file_read_untrusted(blob, path, MAX_SIGNATURE_BYTES, e) == 0)
		return STORE_ITEM;
	if (e->code != E_NOT_FOUND)
		return STORE_FAILED;
	err_free(e);
	return STORE_END;
}

static enum store_item
judge_status(unsigned status, const char *url, struct err *e)
{
	if (status == 200)
		return STORE_ITEM;
	if (status == 404)
		return STORE_END;
	if (status == 403)
		err_set(e, E_UNREACHABLE,
		    "GET %s: status 403, want 200 or 404: a store that may not be listed answers "
		    "so for "
		    "a missing file too, but this proves nothing about signatures",
		    url);
	else
		err_set(e, E_UNREACHABLE, "GET %s: status %u, want 200 or 404", url, status);
	return STORE_FAILED;
}

static enum store_item
fetch_item(struct store_iter *it, const char *url, struct buf *blob, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_ticket) ticket = NULL;
	enum store_item item;

	if (it->first_error.code != E_NONE) {
		*e = it->first_error;
		it->first_error = (struct err)ERR_INIT;
		return STORE_FAILED;
	}
	ticket = steal(&it->first);
	if (ticket == NULL && send_request(it, url, &ticket, e) != 0)
		return STORE_FAILED;
	if (http_wait(steal(&ticket), &response, e) != 0)
		return STORE_FAILED;
	item = judge_status(response.status, url, e);
	if (item == STORE_ITEM) {
		buf_free(blob);
		*blob = response.body;
		response.body = (struct buf)BUF_INIT;
	}
	return item;
}

/* Is that enough? The library-go way is to stop silently, containers/image's to give up. */
static enum store_item
judge_number(struct store_iter *it, struct err *e)
{
	if (!it->lookaside)
		return it->next > MAX_SIGNATURES_PER_STORE ? STORE_END : STORE_ITEM;
	if (it->next <= MAX_SIGNATURES_PER_LOOKASIDE)
		return STORE_ITEM;
	err_set(e, E_TOO_LARGE, "%s1%s and on: more than %u signatures", it->prefix, it->suffix,
	    MAX_SIGNATURES_PER_LOOKASIDE);
	return STORE_FAILED;
}

static enum store_item
next_numbered(struct store_iter *it, struct buf *blob, char **where, struct err *e)
{
	AUTO_STR char *name = NULL;
	enum store_item item;

	name = xasprintf("%s%u%s", it->prefix, it->next, it->suffix);
	item = judge_number(it, e);
	if (item == STORE_ITEM && it->http != NULL)
		item = fetch_item(it, name, blob, e);
	else if (item == STORE_ITEM)
		item = read_item(it, name, blob, e);
	it->next++;
	if (item != STORE_END)
		*where = steal(&name);
	return item;
}

enum store_item
store_next(struct store_iter *it, struct buf *blob, char **where, struct err *e)
{
	enum store_item item;

	*where = NULL;
	buf_clear(blob);
	if (it->ended)
		return STORE_END;
	if (it->kind != NULL)
		item = it->kind->next(it->state, blob, where, e);
	else
		item = next_numbered(it, blob, where, e);
	it->ended = item != STORE_ITEM;
	return item;
}
