/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What "oc adm release mirror --to-dir" and "oc image mirror" write: REPOSITORY/manifests and
 * REPOSITORY/blobs, with files "sha256:HEX" ("sha256-HEX" on Windows), and for a tag a symbolic
 * link to the manifest's name beside it. A copy may have a file in its place.
 */
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "transport/layout.h"

static int
find_file(struct layout *l, const char *repository, const char *folder, const struct digest *digest,
    char **name, struct err *e)
{
	static const char separators[] = ":-";

	for (size_t i = 0; separators[i] != '\0'; i++) {
		AUTO_STR char *path = layout_name(
		    l, "%s/%s/sha256%c%s", repository, folder, separators[i], digest_hex(digest));

		err_free(e);
		if (layout_need_file(l, path, e) == 0) {
			*name = steal(&path);
			return 0;
		}
		if (e->code != E_NOT_FOUND)
			return -1;
	}
	return -1;
}

static int
follow_link(struct layout *l, const char *path, struct digest *out, struct err *e)
{
	AUTO_STR char *target = NULL;

	if (filetree_read_link(layout_tree(l), path, &target, e) != 0)
		return -1;
	if (strncmp(target, "sha256-", strlen("sha256-")) == 0)
		target[strlen("sha256")] = ':';
	if (digest_parse(out, bytes_of_str(target), e) == 0)
		return 0;
	return err_wrap(e, "%s: %s: a tag that leads elsewhere than to a manifest beside it",
	    filetree_path(layout_tree(l)), path);
}

static int
digest_of_file(struct layout *l, const char *path, struct digest *out, struct err *e)
{
	AUTO(buf) manifest = BUF_INIT;
	AUTO_STR char *where = NULL;

	if (filetree_read(layout_tree(l), path, MAX_MANIFEST_BYTES, &manifest, &where, e) != 0)
		return -1;
	return digest_of_bytes(out, buf_bytes(&manifest), e);
}

static int
oc_tag(struct layout *l, const char *repository, const char *tag, struct digest *out, struct err *e)
{
	AUTO_STR char *path = NULL;
	enum filetree_type type;

	if (tag == NULL)
		return err_set(e, E_NOT_FOUND, "no tag is given");
	path = layout_name(l, "%s/manifests/%s", repository, tag);
	if (filetree_stat(layout_tree(l), path, &type, NULL, e) != 0)
		return -1;
	if (type == FILETREE_LINK)
		return follow_link(l, path, out, e);
	return layout_need_file(l, path, e) == 0 ? digest_of_file(l, path, out, e) : -1;
}

static int
oc_manifest(struct layout *l, const char *repository, const struct digest *digest, char **name,
    struct err *e)
{
	const struct filetree_names *all;

	*name = NULL;
	if (repository != NULL)
		return find_file(l, repository, "manifests", digest, name, e);
	if (layout_repositories(l, &all, e) != 0)
		return -1;
	(void)err_set(e, E_NOT_FOUND, "no repository has %s", digest->text);
	for (size_t i = 0; i < all->n && e->code == E_NOT_FOUND; i++)
		if (find_file(l, all->v[i], "manifests", digest, name, e) == 0)
			return 0;
	return -1;
}

static int
oc_blob(struct layout *l, const char *repository, const struct digest *digest, char **name,
    struct err *e)
{
	*name = NULL;
	return find_file(l, repository, "blobs", digest, name, e);
}

const struct layout_kind layout_oc = {
	.word = "oc tree",
	.tag = oc_tag,
	.manifest = oc_manifest,
	.blob = oc_blob,
	.marker = "manifests",
	.not_below = '_',
	.directory = "",
};
