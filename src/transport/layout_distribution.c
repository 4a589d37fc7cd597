/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What docker-distribution keeps (registry/storage/paths.go), a registry's storage and oc-mirror's
 * cache alike. A link is a file there, which holds a digest and nothing else. All repositories have
 * their blobs, manifests among them, in one place.
 */
#include "base/buf.h"
#include "transport/layout.h"

static int
find_data(struct layout *l, const struct digest *digest, char **name, struct err *e)
{
	const char *hex = digest_hex(digest);
	AUTO_STR char *path = layout_name(l, "blobs/sha256/%.2s/%s/data", hex, hex);

	if (layout_need_file(l, path, e) != 0)
		return -1;
	*name = steal(&path);
	return 0;
}

static int
distribution_tag(
    struct layout *l, const char *repository, const char *tag, struct digest *out, struct err *e)
{
	AUTO(buf) link = BUF_INIT;
	AUTO_STR char *path = NULL;
	AUTO_STR char *where = NULL;

	if (tag == NULL)
		return err_set(e, E_NOT_FOUND, "no tag is given");
	path = layout_name(l, "repositories/%s/_manifests/tags/%s/current/link", repository, tag);
	if (filetree_read(layout_tree(l), path, sizeof(out->text), &link, &where, e) != 0)
		return -1;
	return digest_parse(out, buf_bytes(&link), e) == 0 ? 0 : err_wrap(e, "%s", where);
}

/* A blob that is not the repository's is no manifest of it. */
static int
distribution_manifest(struct layout *l, const char *repository, const struct digest *digest,
    char **name, struct err *e)
{
	AUTO_STR char *link = NULL;

	*name = NULL;
	if (repository != NULL) {
		link = layout_name(l, "repositories/%s/_manifests/revisions/sha256/%s/link",
		    repository, digest_hex(digest));
		if (layout_need_file(l, link, e) != 0)
			return -1;
	}
	return find_data(l, digest, name, e);
}

static int
distribution_blob(struct layout *l, const char *repository, const struct digest *digest,
    char **name, struct err *e)
{
	(void)repository;
	*name = NULL;
	return find_data(l, digest, name, e);
}

const struct layout_kind layout_distribution = {
	.word = "registry storage",
	.tag = distribution_tag,
	.manifest = distribution_manifest,
	.blob = distribution_blob,
	.marker = "_manifests",
	.not_below = '_',
	.directory = "repositories/",
};
