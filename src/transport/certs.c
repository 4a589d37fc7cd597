/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/certs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

struct names {
	char **v;
	size_t n;
};
#define NAMES_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

static void
names_free(struct names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
}
AUTO_DEFINE(names)

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In one order on every machine, so that messages and choices are the same. */
static int
list(struct names *out, const char *directory, struct err *e)
{
	struct dirent *d;
	DIR *dir;

	dir = opendir(directory);
	if (dir == NULL)
		return err_sys(
		    e, errno == ENOENT || errno == ENOTDIR ? E_NOT_FOUND : E_IO, "%s", directory);
	while ((d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			*LIST_ADD(out->v, out->n) = xstrdup(d->d_name);
	closedir(dir);
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), by_bytes);
	return 0;
}

static bool
has_name(const struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* What may still be read of MAX_CERTS_BYTES, and until when. */
struct budget {
	size_t left;
	struct deadline deadline;
};

static int
add_file(
    struct buf *out, const char *directory, const char *name, struct budget *budget, struct err *e)
{
	AUTO_STR char *path = xasprintf("%s/%s", directory, name);
	AUTO(buf) content = BUF_INIT;

	if (file_read_by(&content, path, budget->left, &budget->deadline, e) != 0) {
		if (e->code == E_TOO_LARGE)
			return err_set(e, E_TOO_LARGE, "%s: more than %zu bytes of certificates",
			    directory, MAX_CERTS_BYTES);
		return -1;
	}
	budget->left -= content.n;
	buf_add(out, content.p, content.n);
	/* A file may lack the newline that the next one's first line needs. */
	if (budget->left > 0) {
		buf_add_byte(out, '\n');
		budget->left--;
	}
	return 0;
}

/* NAME.cert and NAME.key are one thing: each needs the other. */
static int
add_pair(struct certs *out, const char *directory, const struct names *names, const char *name,
    struct budget *budget, struct err *e)
{
	AUTO_STR char *stem = xstrndup(name, (size_t)(strrchr(name, '.') - name));
	AUTO_STR char *certificate = xasprintf("%s.cert", stem);
	AUTO_STR char *key = xasprintf("%s.key", stem);

	if (!has_name(names, key))
		return err_set(e, E_USAGE,
		    "%s: the client certificate %s needs its key %s (an authority's certificate "
		    "is named *.crt)",
		    directory, certificate, key);
	if (!has_name(names, certificate))
		return err_set(e, E_USAGE, "%s: the key %s needs its client certificate %s",
		    directory, key, certificate);
	if (text_ends_with(name, ".key"))
		return 0; /* read with its certificate */
	if (out->certificate.n > 0)
		return err_set(e, E_USAGE, "%s: %s is a second client certificate, want one",
		    directory, certificate);
	if (add_file(&out->certificate, directory, certificate, budget, e) != 0)
		return -1;
	return add_file(&out->key, directory, key, budget, e);
}

static int
read_directory(
    struct certs *out, const char *directory, const struct deadline *deadline, struct err *e)
{
	AUTO(names) names = NAMES_INIT;
	struct budget budget = { .left = MAX_CERTS_BYTES, .deadline = *deadline };
	const char *name;
	size_t i;
	int r;

	if (list(&names, directory, e) != 0)
		return -1;
	for (i = 0; i < names.n; i++) {
		name = names.v[i];
		r = 0;
		if (text_ends_with(name, ".crt"))
			r = add_file(&out->ca, directory, name, &budget, e);
		else if (text_ends_with(name, ".cert") || text_ends_with(name, ".key"))
			r = add_pair(out, directory, &names, name, &budget, e);
		if (r != 0)
			return -1;
	}
	return 0;
}

/* The first directory of containers-certs.d(5) that exists for this server; NULL when none does. */
static char *
find_directory(const char *host_port)
{
	const char *home = getenv("HOME");
	AUTO_STR char *own = home != NULL && home[0] == '/'
				 ? xasprintf("%s/.config/containers/certs.d", home)
				 : NULL;
	const char *const places[] = { own, "/etc/containers/certs.d", "/etc/docker/certs.d" };
	struct stat st;
	size_t i;

	/* A server's name is about to become a file's: "..", "a/b" are no servers. */
	if (host_port[0] == '\0' || host_port[0] == '.' || strchr(host_port, '/') != NULL)
		return NULL;
	for (i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_STR char *path = NULL;

		if (places[i] == NULL)
			continue;
		path = xasprintf("%s/%s", places[i], host_port);
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			return steal(&path);
	}
	return NULL;
}

int
certs_read(struct certs *out, const char *directory, const char *host_port,
    const struct deadline *deadline, struct err *e)
{
	AUTO_STR char *found = NULL;
	AUTO(certs) c = CERTS_INIT;

	*out = (struct certs)CERTS_INIT;
	if (directory == NULL) {
		found = find_directory(host_port);
		directory = found;
	}
	if (directory == NULL)
		return 0;
	if (read_directory(&c, directory, deadline, e) != 0)
		return err_wrap(e, "certificates");
	*out = c;
	c = (struct certs)CERTS_INIT;
	return 0;
}

int
certs_read_authorities(struct buf *ca, const char *directory, struct err *e)
{
	AUTO(names) names = NAMES_INIT;
	struct budget budget = { .left = ca->n < MAX_CERTS_BYTES ? MAX_CERTS_BYTES - ca->n : 0 };
	AUTO(err) skipped = ERR_INIT;
	size_t i;

	if (list(&names, directory, &skipped) != 0)
		return 0;
	for (i = 0; i < names.n; i++) {
		if (add_file(ca, directory, names.v[i], &budget, &skipped) == 0)
			continue;
		if (skipped.code == E_TOO_LARGE)
			return err_set(e, E_TOO_LARGE, "%s", err_msg(&skipped));
		err_free(&skipped);
	}
	return 0;
}

void
certs_free(struct certs *c)
{
	if (c->key.p != NULL)
		explicit_bzero(c->key.p, c->key.cap);
	buf_free(&c->ca);
	buf_free(&c->certificate);
	buf_free(&c->key);
}
