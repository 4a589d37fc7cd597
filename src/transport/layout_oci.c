/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An OCI image layout (OCI image-spec, image-layout.md): oci-layout, index.json, blobs. */
#include "base/buf.h"
#include "base/limits.h"
#include "formats/json.h"
#include "formats/oci_index.h"
#include "transport/layout.h"

static int
read_small(struct layout *l, const char *file, struct buf *out, struct err *e)
{
	AUTO_STR char *path = layout_name(l, "%s", file);
	AUTO_STR char *where = NULL;

	return filetree_read(layout_tree(l), path, MAX_MANIFEST_BYTES, out, &where, e);
}

static int
check_version(struct layout *l, struct err *e)
{
	AUTO(buf) text = BUF_INIT;
	AUTO_JSON json_t *document = NULL;
	const char *version;

	if (read_small(l, "oci-layout", &text, e) != 0)
		return -1;
	document = json_read(buf_bytes(&text), "oci-layout", e);
	version = document != NULL
		      ? json_member_string(document, "oci-layout", "imageLayoutVersion", e)
		      : NULL;
	if (version == NULL)
		return err_wrap(e, "%s", filetree_path(layout_tree(l)));
	if (version[0] == '1' && version[1] == '.')
		return 0;
	return err_set(e, E_UNSUPPORTED, "%s: oci-layout: version \"%.100s\", want 1.x",
	    filetree_path(layout_tree(l)), version);
}

static int
oci_tag(
    struct layout *l, const char *repository, const char *tag, struct digest *out, struct err *e)
{
	AUTO(oci_index) index = OCI_INDEX_INIT;
	AUTO(buf) text = BUF_INIT;

	(void)repository;
	if (check_version(l, e) != 0 || read_small(l, "index.json", &text, e) != 0)
		return -1;
	if (oci_index_parse(&index, buf_bytes(&text), e) == 0 &&
	    oci_index_find(out, &index, tag, e) == 0)
		return 0;
	return err_wrap(e, "%s", filetree_path(layout_tree(l)));
}

static int
oci_blob(struct layout *l, const char *repository, const struct digest *digest, char **name,
    struct err *e)
{
	AUTO_STR char *path = layout_name(l, "blobs/sha256/%s", digest_hex(digest));

	(void)repository;
	*name = NULL;
	if (layout_need_file(l, path, e) != 0)
		return -1;
	*name = steal(&path);
	return 0;
}

const struct layout_kind layout_oci = {
	.word = "OCI layout",
	.tag = oci_tag,
	.manifest = oci_blob,
	.blob = oci_blob,
	.marker = NULL,
	.not_below = '_',
	.directory = "",
};
