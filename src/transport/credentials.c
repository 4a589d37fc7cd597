/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/credentials.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"

/* The value of an environment variable; NULL when it is unset or empty, which mean the same. */
static const char *
setting(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && s[0] != '\0' ? s : NULL;
}

static int
read_file(struct credentials *out, struct bytes file, enum authfile_form form,
    const struct credential_options *options, const struct reference *image, struct err *e)
{
	AUTO(authfile_helper) helper = AUTHFILE_HELPER_INIT;

	if (authfile_find(out, &helper, file, form, image, e) != 0)
		return -1;
	return helper.name != NULL ? helpers_get(options->helpers, &helper, out, e) : 0;
}

static int
look_in(struct credentials *out, const char *path, enum authfile_form form,
    const struct credential_options *options, const struct reference *image, struct err *e)
{
	AUTO(buf) file = BUF_INIT;
	int r;

	if (file_read_by(&file, path, MAX_AUTHFILE_BYTES, &options->deadline, e) != 0)
		return err_wrap(e, "reading credentials");
	r = read_file(out, buf_bytes(&file), form, options, image, e);
	if (r != 0)
		err_wrap(e, "reading credentials from %s", path);
	if (file.p != NULL)
		OPENSSL_cleanse(file.p, file.cap);
	return r;
}

/* A file that somebody named must be there. */
static int
look_in_named(struct credentials *out, const char *path, const char *by,
    const struct credential_options *options, const struct reference *image, struct err *e)
{
	if (look_in(out, path, AUTHFILE_AUTHS, options, image, e) == 0)
		return 0;
	/* Not "not found": that is what a registry says of an image. */
	if (e->code == E_NOT_FOUND)
		e->code = E_USAGE;
	return err_wrap(e, "%s", by);
}

struct place {
	char *path; /* owned; NULL when the environment does not say where it is */
	enum authfile_form form;
};

/* containers-auth.json(5), "DESCRIPTION" and "FILES", in that order. */
static void
usual_places(struct place out[4])
{
	const char *home = setting("HOME");
	const char *runtime = setting("XDG_RUNTIME_DIR");
	const char *config = setting("XDG_CONFIG_HOME");
	const char *docker = setting("DOCKER_CONFIG");

	if (runtime != NULL)
		out[0].path = xasprintf("%s/containers/auth.json", runtime);
	else
		out[0].path = xasprintf("/run/containers/%lu/auth.json", (unsigned long)getuid());
	if (config != NULL)
		out[1].path = xasprintf("%s/containers/auth.json", config);
	else if (home != NULL)
		out[1].path = xasprintf("%s/.config/containers/auth.json", home);
	if (docker != NULL)
		out[2].path = xasprintf("%s/config.json", docker);
	else if (home != NULL)
		out[2].path = xasprintf("%s/.docker/config.json", home);
	if (home != NULL)
		out[3] = (struct place){ xasprintf("%s/.dockercfg", home), AUTHFILE_DOCKERCFG };
}

/* The first file with an entry wins, as in containers/image. */
static int
look_in_places(struct credentials *out, const struct place *places, size_t n,
    const struct credential_options *options, const struct reference *image, struct err *e)
{
	size_t i;

	for (i = 0; i < n && !credentials_are_set(out); i++) {
		if (places[i].path == NULL)
			continue;
		if (look_in(out, places[i].path, places[i].form, options, image, e) == 0)
			continue;
		if (e->code != E_NOT_FOUND)
			return -1;
		err_free(e);
	}
	return 0;
}

int
credentials_find(struct credentials *out, const struct credential_options *options,
    const struct reference *image, struct err *e)
{
	struct place places[4] = { { NULL, AUTHFILE_AUTHS } };
	size_t i;
	int r;

	*out = (struct credentials)CREDENTIALS_INIT;
	if (options->creds != NULL)
		return credentials_parse(out, options->creds, e);
	if (options->authfile != NULL)
		return look_in_named(out, options->authfile, "--authfile", options, image, e);
	if (setting("REGISTRY_AUTH_FILE") != NULL)
		return look_in_named(
		    out, setting("REGISTRY_AUTH_FILE"), "$REGISTRY_AUTH_FILE", options, image, e);
	usual_places(places);
	r = look_in_places(out, places, ARRAY_LEN(places), options, image, e);
	for (i = 0; i < ARRAY_LEN(places); i++)
		free(places[i].path);
	return r;
}

static int
by_repository(const void *a, const void *b)
{
	const struct reference *const *one = a;
	const struct reference *const *other = b;
	int order = strcmp((*one)->domain, (*other)->domain);

	return order != 0 ? order : strcmp((*one)->path, (*other)->path);
}

void
credentials_ask_helpers(
    const struct credential_options *options, const struct reference *images, size_t n)
{
	const struct reference **sorted = NULL;
	size_t n_sorted = 0;

	for (size_t i = 0; i < n; i++)
		*LIST_ADD(sorted, n_sorted) = &images[i];
	if (sorted != NULL)
		qsort(sorted, n, sizeof(*sorted), by_repository);
	for (size_t i = 0; i < n; i++) {
		AUTO(credentials) kept = CREDENTIALS_INIT;
		AUTO(err) kept_too = ERR_INIT;

		/* Of a thousand tags of one repository, one: the files are read each time. */
		if (i > 0 && by_repository(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		if (credentials_find(&kept, options, sorted[i], &kept_too) != 0)
			err_free(&kept_too);
	}
	free(sorted);
	helpers_close(options->helpers);
}
