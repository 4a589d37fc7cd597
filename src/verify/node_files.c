/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/node_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "formats/policy.h"
#include "verify/node_view.h"
#include "verify/registriesd_files.h"

void
node_files_free(struct node_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		node_file_free(&f->v[i]);
	free(f->v);
	*f = (struct node_files)NODE_FILES_INIT;
}

static bool
is_there(const struct node_files *f, const char *path)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->v[i].path, path) == 0)
			return true;
	return false;
}

/* from: here; path: on the node. */
static int
add(struct node_files *out, const char *from, const char *path, size_t max, struct err *e)
{
	AUTO(buf) content = BUF_INIT;
	struct node_file *f;

	if (file_read(&content, from, max, e) != 0)
		return -1;
	f = LIST_ADD(out->v, out->n);
	f->path = xstrdup(path);
	f->mode = 0644;
	f->contents = content;
	content = (struct buf)BUF_INIT;
	return 0;
}

static int
add_registriesd(struct node_files *out, const char *directory, bool named, struct err *e)
{
	AUTO(registriesd_files) files = REGISTRIESD_FILES_INIT;

	if (registriesd_files_list(&files, directory, e) != 0) {
		if (e->code != E_NOT_FOUND || named)
			return -1;
		err_free(e);
		return 0;
	}
	for (size_t i = 0; i < files.n; i++) {
		const char *name = strrchr(files.v[i], '/');
		AUTO_STR char *path = xasprintf("%s%s", NODE_REGISTRIESD, name);

		if (add(out, files.v[i], path, MAX_REGISTRIESD_BYTES, e) != 0)
			return -1;
	}
	return 0;
}

/*
 * --- what the policy names ----------------------------------------------------------------------
 */

static int
add_source(
    struct node_files *out, const struct policy_source *source, const char *root, struct err *e)
{
	for (size_t i = 0; source->kind == POLICY_SOURCE_FILES && i < source->n; i++) {
		const char *path = source->paths[i];
		AUTO_STR char *from = xasprintf("%s%s", root, path);

		if (path[0] != '/' || strcmp(path, NODE_RED_HAT_KEY_FILE) == 0 ||
		    is_there(out, path))
			continue;
		if (add(out, from, path, MAX_KEY_FILE_BYTES, e) != 0)
			return err_wrap(e, "%s", source->place);
	}
	return 0;
}

static int
add_entry(struct node_files *out, const struct policy_entry *entry, const char *root, struct err *e)
{
	for (size_t i = 0; i < entry->n; i++) {
		const struct policy_requirement *r = &entry->v[i];

		if (add_source(out, &r->keys, root, e) != 0 ||
		    add_source(out, &r->fulcio.ca, root, e) != 0 ||
		    add_source(out, &r->pki.roots, root, e) != 0 ||
		    add_source(out, &r->pki.intermediates, root, e) != 0 ||
		    add_source(out, &r->rekor, root, e) != 0)
			return -1;
	}
	return 0;
}

static int
add_policy(struct node_files *out, const char *file, const char *root, struct err *e)
{
	AUTO(policy) policy = POLICY_INIT;
	AUTO(err) ignored = ERR_INIT;

	if (add(out, file, NODE_POLICY_FILE, MAX_POLICY_BYTES, e) != 0)
		return -1;
	/* One that cannot be read is for whoever checks it to tell; it names no keys. */
	if (policy_parse(&policy, buf_bytes(&out->v[out->n - 1].contents), &ignored) != 0)
		return 0;
	if (add_entry(out, &policy.fallback, root, e) != 0)
		return err_wrap(e, "%s", file);
	for (size_t i = 0; i < policy.n; i++)
		if (add_entry(out, &policy.v[i], root, e) != 0)
			return err_wrap(e, "%s", file);
	return 0;
}

int
node_files_collect(struct node_files *out, const struct node_config_options *options, struct err *e)
{
	const char *root = options->root != NULL ? options->root : "";
	bool named = options->policy_file != NULL || options->registriesd != NULL;
	AUTO_STR char *policy = node_config_place(root, "policy.json");
	AUTO_STR char *directory = node_config_place(root, "registries.d");

	if ((!named || options->policy_file != NULL) &&
	    add_policy(
		out, options->policy_file != NULL ? options->policy_file : policy, root, e) != 0)
		return -1;
	if (named && options->registriesd == NULL)
		return 0;
	return add_registriesd(out, options->registriesd != NULL ? options->registriesd : directory,
	    options->registriesd != NULL, e);
}
