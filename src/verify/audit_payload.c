/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is in a release image: its config, and files of release-manifests, which the last layer has
 * in every release that "oc adm release new" made. Layers further below are read only when it does
 * not have all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "transport/layer.h"
#include "verify/audit_work.h"

#define FOLDER "release-manifests"

/*
 * --- one layer ----------------------------------------------------------------------------------
 */

/* What a layer has, until it is proven. */
struct layer_files {
	const struct audit_payload *payload;
	size_t blob;
	struct audit_file *files;
	size_t n_files, n_bytes;
	char **hidden;
	size_t n_hidden;
};

static void
names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static void
files_free(struct audit_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(files[i].name);
		buf_free(&files[i].content);
	}
	free(files);
}

static void
layer_files_free(struct layer_files *l)
{
	files_free(l->files, l->n_files);
	names_free(l->hidden, l->n_hidden);
}
AUTO_DEFINE(layer_files)

/* A file of that name below is hidden by a file, or by a whiteout, of it or a folder around it. */
static bool
is_hidden(char *const *hidden, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		const size_t length = strlen(hidden[i]);

		if (strncmp(hidden[i], name, length) == 0 &&
		    (length == 0 || name[length] == '/' || name[length] == '\0'))
			return true;
	}
	return false;
}

static bool
has_ending(const char *name, const char *ending)
{
	const size_t n = strlen(name), m = strlen(ending);

	return n >= m && strcmp(name + n - m, ending) == 0;
}

static bool
is_manifest(const char *name)
{
	return has_ending(name, ".yaml") || has_ending(name, ".yml") || has_ending(name, ".json");
}

/* The folder is wanted too, so that a link is none, and a file hides what is below. */
static bool
wanted(void *arg, const char *name)
{
	(void)arg;
	if (strcmp(name, FOLDER) == 0)
		return true;
	if (!text_starts_with(name, FOLDER "/") || strchr(name + strlen(FOLDER "/"), '/') != NULL)
		return false;
	return strcmp(name, AUDIT_REFERENCES_FILE) == 0 || strcmp(name, AUDIT_METADATA_FILE) == 0 ||
	       is_manifest(name);
}

/* Is it one of the few manifests that say something about signatures? */
static bool
is_policy(struct bytes content)
{
	static const char word[] = "ClusterImagePolicy";

	return content.n > 0 && memmem(content.p, content.n, word, sizeof(word) - 1) != NULL;
}

/* Each name once: a file that is also gone is there or not, depending on who unpacks the layer. */
static int
hide(struct layer_files *l, const char *name, struct err *e)
{
	for (size_t i = 0; i < l->n_hidden; i++)
		if (strcmp(l->hidden[i], name) == 0)
			return err_set(e, E_INVALID, "%s: twice in one layer", name);
	if (l->n_hidden == MAX_RELEASE_MANIFESTS)
		return err_set(e, E_TOO_LARGE, "more than %u files in " FOLDER " of one layer",
		    MAX_RELEASE_MANIFESTS);
	*LIST_ADD(l->hidden, l->n_hidden) = xstrdup(name);
	return 0;
}

static int
take_file(void *arg, const char *name, struct bytes content, struct err *e)
{
	struct layer_files *l = arg;
	struct audit_file *f;

	if (hide(l, name, e) != 0)
		return -1;
	if (strcmp(name, FOLDER) == 0 ||
	    is_hidden(l->payload->hidden, l->payload->n_hidden, name) ||
	    (is_manifest(name) && !is_policy(content)))
		return 0;
	/* The content is kept before it is known to be the right one. */
	if (content.n > MAX_IMAGE_REFERENCES_BYTES - l->n_bytes)
		return err_set(e, E_TOO_LARGE, "%s: more than %zu bytes with those before it", name,
		    MAX_IMAGE_REFERENCES_BYTES);
	l->n_bytes += content.n;
	f = LIST_ADD(l->files, l->n_files);
	f->name = xstrdup(name);
	f->blob = l->blob;
	buf_add(&f->content, content.p, content.n);
	return 0;
}

/* Only what hides something that is wanted. */
static int
take_whiteout(void *arg, const char *name, struct err *e)
{
	struct layer_files *l = arg;
	bool counts =
	    name[0] == '\0' || strcmp(name, FOLDER) == 0 || text_starts_with(name, FOLDER "/");

	return counts ? hide(l, name, e) : 0;
}

static int
read_layer(void *arg, struct blob *blob, struct err *e)
{
	const struct layer_reader reader = { .wanted = wanted,
		.file = take_file,
		.gone = take_whiteout,
		.arg = arg,
		.max_file = MAX_IMAGE_REFERENCES_BYTES,
		.max_unpacked = MAX_LAYER_UNPACKED_BYTES,
		.max_files = MAX_LAYER_FILES };
	struct digest got;

	return layer_read(blob, &reader, &got, e);
}

/* It is proven: from now on it counts. */
static void
take_layer(struct audit_payload *p, struct layer_files *l)
{
	for (size_t i = 0; i < l->n_files; i++) {
		*LIST_ADD(p->files, p->n_files) = l->files[i];
		l->files[i] = (struct audit_file){ 0 };
	}
	for (size_t i = 0; i < l->n_hidden; i++)
		*LIST_ADD(p->hidden, p->n_hidden) = steal(&l->hidden[i]);
}

/*
 * --- the image ----------------------------------------------------------------------------------
 */

const struct audit_file *
audit_payload_file(const struct audit_payload *p, const char *name)
{
	for (size_t i = 0; i < p->n_files; i++)
		if (strcmp(p->files[i].name, name) == 0)
			return &p->files[i];
	return NULL;
}

/* False: what is below it cannot be known. */
static bool
look_into_layer(struct audit_payload *p, size_t i)
{
	struct audit_node *n = p->node;
	AUTO(layer_files) found = { .payload = p, .blob = i };
	AUTO(err) e = ERR_INIT;

	if (!audit_read(n, i, read_layer, &found, &e))
		return false;
	if (e.code != E_NONE) {
		audit_never(
		    n->audit, audit_note(n->audit, &p->problems, PROBLEM_NO_IMAGE_REFERENCES,
				  &n->descriptors.v[i].digest, n->result.where, err_msg(&e)));
		return false;
	}
	take_layer(p, &found);
	return true;
}

static void
look_into_layers(struct audit_payload *p)
{
	for (size_t i = p->node->descriptors.n; i > 1; i--) {
		if (audit_payload_file(p, AUDIT_REFERENCES_FILE) != NULL &&
		    audit_payload_file(p, AUDIT_METADATA_FILE) != NULL)
			return;
		p->blocked = audit_is_over(p->node->audit) || !look_into_layer(p, i - 1);
		if (p->blocked)
			return;
	}
}

static int
read_config(void *arg, struct blob *blob, struct err *e)
{
	struct buf *out = arg;
	struct bytes piece;

	do {
		if (blob_next(blob, &piece, e) != 0)
			return -1;
		if (!buf_add_max(out, piece.p, piece.n, MAX_IMAGE_CONFIG_BYTES))
			return err_set(e, E_TOO_LARGE, "a config of more than %zu bytes",
			    MAX_IMAGE_CONFIG_BYTES);
	} while (piece.n > 0);
	return 0;
}

static void
look_into_config(struct audit_payload *p)
{
	struct audit_node *n = p->node;
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (!audit_read(n, 0, read_config, &content, &e))
		return;
	p->config_is_read =
	    e.code == E_NONE && image_config_parse(&p->config, buf_bytes(&content), &e) == 0;
	if (!p->config_is_read)
		audit_never(
		    n->audit, audit_note(n->audit, &p->problems, PROBLEM_UNSUPPORTED_MANIFEST,
				  &n->descriptors.v[0].digest, n->result.where, err_msg(&e)));
}

/* What ties the image to what was verified: a signature of its own, or the list that names it. */
static void
tie(struct audit_payload *p)
{
	struct audit *a = p->audit;
	const struct image_report *r = &a->report->image;
	AUTO(image_report) own = IMAGE_REPORT_INIT;

	if (p->node->parent != NULL) {
		image_verify_instance(a->run, a->name.given, &p->node->image.digest, &own);
		r = &own;
	}
	p->tie = TIE_MEMBERSHIP;
	if (verdict_digest(&r->verdict) == NULL ||
	    !digest_equal(verdict_digest(&r->verdict), &p->node->image.digest))
		return;
	p->tie = TIE_SIGNATURE;
	if (r->accepted != NULL)
		p->tie_key = xstrdup(r->accepted->scheme == SCHEME_SIGSTORE
					 ? r->accepted->sigstore.fingerprint
					 : r->accepted->facts.fingerprint);
}

void
audit_payload_work(void *payload)
{
	struct audit_payload *p = payload;
	struct audit_node *n = p->node;

	if ((!n->done && !audit_node_look(n)) || n->link == NULL)
		return;
	tie(p);
	n->reads = xcalloc(n->descriptors.n, sizeof(*n->reads));
	look_into_config(p);
	look_into_layers(p);
	audit_node_leaves(n);
}

void
audit_payload_free(struct audit_payload *p)
{
	free(p->tie_key);
	image_config_free(&p->config);
	files_free(p->files, p->n_files);
	names_free(p->hidden, p->n_hidden);
	free(p->components);
	audit_problems_free(&p->problems);
}
