/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "transport/filetree_open.h"
#include "transport/layout_save.h"
#include "transport/store_tree.h"

/* Where oc-mirror puts releases, whatever the upstream repository is called. */
#define OC_MIRROR_RELEASES "openshift/release-images"

struct place {
	struct filetree *tree;	 /* owned */
	struct layout **layouts; /* owned */
	size_t n_layouts;
	struct store_tree *signatures; /* owned; NULL: none */
	bool saved;		       /* by relsig save */
	char *word;		       /* owned */
};

void
place_free(struct place *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n_layouts; i++)
		layout_free(p->layouts[i]);
	free(p->layouts);
	store_tree_free(p->signatures);
	filetree_free(p->tree);
	free(p->word);
	free(p);
}

void
place_found_free(struct place_found *f)
{
	free(f->repository);
	*f = (struct place_found){ 0 };
}

const char *
place_path(const struct place *p)
{
	return filetree_path(p->tree);
}

const char *
place_word(const struct place *p)
{
	return p->word;
}

struct filetree *
place_tree(const struct place *p)
{
	return p->tree;
}

/*
 * --- what it is ---------------------------------------------------------------------------------
 */

static int
has(struct place *p, const char *name, enum filetree_type wanted, bool *yes, struct err *e)
{
	enum filetree_type type;

	*yes = false;
	if (filetree_stat(p->tree, name, &type, NULL, e) != 0)
		return -1;
	*yes = type == wanted;
	return 0;
}

static void
call(struct place *p, const char *word)
{
	free(p->word);
	p->word = xstrdup(word);
}

static void
add_layout(struct place *p, const struct layout_kind *kind, const char *root)
{
	*LIST_ADD(p->layouts, p->n_layouts) = layout_new(kind, p->tree, root);
	call(p, kind->word);
}

/* A registry's storage, named from any of the folders that it is in. */
static int
look_for_storage(struct place *p, struct err *e)
{
	static const struct {
		const char *root, *repositories, *blobs;
	} storages[] = {
		{ "docker/registry/v2", "docker/registry/v2/repositories",
		    "docker/registry/v2/blobs" },
		{ "registry/v2", "registry/v2/repositories", "registry/v2/blobs" },
		{ "v2", "v2/repositories", "v2/blobs" },
		{ "", "repositories", "blobs" },
	};

	for (size_t i = 0; i < ARRAY_LEN(storages) && p->n_layouts == 0; i++) {
		bool repositories, blobs;

		if (has(p, storages[i].repositories, FILETREE_DIRECTORY, &repositories, e) != 0 ||
		    has(p, storages[i].blobs, FILETREE_DIRECTORY, &blobs, e) != 0)
			return -1;
		if (repositories && blobs)
			add_layout(p, &layout_distribution, storages[i].root);
	}
	return 0;
}

static int
look_for_layouts(struct place *p, struct err *e)
{
	bool oc, oci;

	if (layout_save_is(p->tree, &p->saved, e) != 0)
		return -1;
	if (p->saved)
		add_layout(p, &layout_saved, "");
	else if (look_for_storage(p, e) != 0)
		return -1;
	if (p->n_layouts > 0)
		return 0;
	if (has(p, "v2", FILETREE_DIRECTORY, &oc, e) != 0 ||
	    has(p, "oci-layout", FILETREE_FILE, &oci, e) != 0)
		return -1;
	if (oc)
		add_layout(p, &layout_oc, "v2");
	if (oci)
		add_layout(p, &layout_oci, "");
	return 0;
}

/* Is it what oc-mirror works in, or the folder that holds that? */
static int
is_working_directory(struct place *p, bool *is, struct err *e)
{
	static const char *const marks[] = { "working-dir", "hold-release", "release-images",
		"cluster-resources" };

	*is = false;
	for (size_t i = 0; i < ARRAY_LEN(marks) && !*is; i++)
		if (has(p, marks[i], FILETREE_DIRECTORY, is, e) != 0)
			return -1;
	return 0;
}

/*
 * Signatures of any layout. Not beside an OCI layout: its own index.json would be taken for a
 * ConfigMap that is none.
 */
static int
look_for_signatures(struct place *p, struct err *e)
{
	bool oci = p->n_layouts > 0 && layout_kind_of(p->layouts[p->n_layouts - 1]) == &layout_oci;
	bool working;

	if (p->saved || oci)
		return 0;
	if (store_tree_recognise(&p->signatures, p->tree, "", e) != 0) {
		if (e->code != E_NOT_FOUND)
			return -1;
		err_free(e);
		return 0;
	}
	if (is_working_directory(p, &working, e) != 0)
		return -1;
	if (working)
		call(p, "oc-mirror working directory");
	else if (p->word == NULL)
		call(p, store_tree_layouts(p->signatures));
	return 0;
}

int
place_open(struct place **out, const char *path, const struct deadline *deadline, struct err *e)
{
	AUTO_PTR(place) p = xcalloc(1, sizeof(*p));
	bool archives;

	*out = NULL;
	if (filetree_open(&p->tree, path, deadline, &archives, e) != 0 ||
	    look_for_layouts(p, e) != 0 || look_for_signatures(p, e) != 0)
		return -1;
	if (p->word == NULL)
		return err_set(e, E_UNSUPPORTED,
		    "%s: neither a registry's storage (docker/registry/v2), nor a tree of oc (v2), "
		    "nor an OCI layout (oci-layout), nor a working directory of oc-mirror "
		    "(working-dir), nor a folder of relsig save, nor signatures in any layout",
		    path);
	if (archives)
		call(p, p->signatures != NULL ? "oc-mirror archive" : "archive");
	*out = steal(&p);
	return 0;
}

int
place_open_layout(struct place **out, const char *path, const struct layout_kind *kind,
    const char *root, struct err *e)
{
	AUTO_PTR(place) p = xcalloc(1, sizeof(*p));

	*out = NULL;
	if (filetree_open_directory(&p->tree, path, e) != 0)
		return -1;
	add_layout(p, kind, root);
	*out = steal(&p);
	return 0;
}

/*
 * --- what is in it ------------------------------------------------------------------------------
 */

/* Where a tag leads in one repository. */
static int
tag_in(struct layout *l, const char *repository, const char *tag, struct place_found *out,
    struct err *e)
{
	if (layout_kind_of(l)->tag(l, repository, tag, &out->digest, e) != 0)
		return -1;
	if (!digest_is_sha256(&out->digest))
		return err_set(e, E_UNSUPPORTED, "%s: %s: the tag leads to %s, want sha256",
		    filetree_path(layout_tree(l)), repository, out->digest.text);
	out->layout = l;
	out->repository = xstrdup(repository);
	return 0;
}

/* The repositories that have a tag, while they agree; one that does not is told of at the end. */
static int
tag_in_any(struct layout *l, const char *tag, struct place_found *out, struct err *e)
{
	const struct filetree_names *all;
	AUTO(buf) list = BUF_INIT;
	bool agree = true;

	if (layout_repositories(l, &all, e) != 0)
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		AUTO(place_found) f = { 0 };

		err_free(e);
		if (tag_in(l, all->v[i], tag, &f, e) != 0) {
			if (e->code != E_NOT_FOUND)
				return -1;
			continue;
		}
		buf_addf(&list, "%s%s (%s)", list.n > 0 ? ", " : "", f.repository, f.digest.text);
		agree = agree && (out->layout == NULL || digest_equal(&out->digest, &f.digest));
		if (out->layout == NULL) {
			*out = f;
			f = (struct place_found){ 0 };
		}
	}
	if (out->layout == NULL)
		return err_set(e, E_NOT_FOUND, "no repository has the tag \"%s\"", tag);
	err_free(e);
	if (agree)
		return 0;
	place_found_free(out);
	return err_set(e, E_INVALID, "the tag \"%s\" is several images: %s", tag, buf_str(&list));
}

static int
find_tag(struct layout *l, const struct place_query *q, struct place_found *out, struct err *e)
{
	const char *const first[] = { q->repository, q->exact ? NULL : OC_MIRROR_RELEASES };

	if (layout_kind_of(l)->marker == NULL)
		return tag_in(l, "", q->tag, out, e);
	for (size_t i = 0; i < ARRAY_LEN(first) && first[i] != NULL; i++) {
		if (tag_in(l, first[i], q->tag, out, e) == 0)
			return 0;
		if (e->code != E_NOT_FOUND || q->exact)
			return -1;
		err_free(e);
	}
	return tag_in_any(l, q->tag, out, e);
}

/* The repository that a manifest's file is in, where its name tells; else the one that was asked.
 */
static char *
repository_of(struct layout *l, const char *name, const char *asked)
{
	const char *marker = layout_kind_of(l)->marker;
	AUTO_STR char *end = xasprintf("/%s/", marker != NULL ? marker : "");
	AUTO_STR char *front = layout_name(l, "%sx", layout_kind_of(l)->directory);
	size_t n = strlen(front) - 1;
	const char *at =
	    marker != NULL && strncmp(name, front, n) == 0 ? strstr(name + n, end) : NULL;

	if (at != NULL)
		return xstrndup(name + n, (size_t)(at - name) - n);
	return xstrdup(asked != NULL ? asked : "");
}

/* By its digest, first where it is upstream: to look everywhere may take long. */
static int
find_digest(struct layout *l, const struct place_query *q, char **name, struct place_found *out,
    struct err *e)
{
	const struct layout_kind *kind = layout_kind_of(l);

	if (!digest_is_sha256(&q->digest))
		return err_set(
		    e, E_UNSUPPORTED, "manifests are by sha256 digest, not \"%s\"", q->digest.text);
	if (q->repository == NULL || kind->manifest(l, q->repository, &q->digest, name, e) != 0) {
		if (q->repository != NULL && (e->code != E_NOT_FOUND || q->exact))
			return -1;
		err_free(e);
		if (kind->manifest(l, NULL, &q->digest, name, e) != 0)
			return -1;
	}
	out->layout = l;
	out->repository = repository_of(l, *name, q->repository);
	out->digest = q->digest;
	return 0;
}

/* The name of the manifest's file. A tag that leads to what is not there is no "not found". */
static int
find(struct layout *l, const struct place_query *q, char **name, struct place_found *out,
    struct err *e)
{
	if (q->tag == NULL && digest_is_set(&q->digest))
		return find_digest(l, q, name, out, e);
	if (find_tag(l, q, out, e) != 0)
		return -1;
	if (layout_kind_of(l)->manifest(l, out->repository, &out->digest, name, e) == 0)
		return 0;
	if (e->code != E_NOT_FOUND)
		return -1;
	return err_set(e, E_INVALID, "%s: the tag leads to %s, which is not there",
	    filetree_path(layout_tree(l)), out->digest.text);
}

int
place_manifest(struct place *p, const struct place_query *query, struct buf *out,
    struct place_found *found, char **where, struct err *e)
{
	*where = NULL;
	*found = (struct place_found){ 0 };
	buf_clear(out);
	(void)err_set(e, E_NOT_FOUND, "%s holds no images", place_path(p));
	for (size_t i = 0; i < p->n_layouts && e->code == E_NOT_FOUND; i++) {
		AUTO_STR char *name = NULL;
		AUTO(place_found) f = { 0 };

		err_free(e);
		if (find(p->layouts[i], query, &name, &f, e) != 0)
			continue;
		*found = f;
		f = (struct place_found){ 0 };
		return filetree_read(p->tree, name, MAX_MANIFEST_BYTES, out, where, e);
	}
	return -1;
}

/*
 * --- signatures ---------------------------------------------------------------------------------
 */

bool
place_brings_signatures(const struct place *p)
{
	return p->saved || p->signatures != NULL;
}

int
place_signatures(
    struct store_iter **out, struct place *p, const struct digest *digest, struct err *e)
{
	*out = NULL;
	if (p->saved)
		return layout_save_signatures(out, p->tree, digest, e);
	return p->signatures != NULL ? store_tree_find(out, p->signatures, digest, e) : 0;
}

bool
place_is_saved(const struct place *p)
{
	return p->saved;
}
