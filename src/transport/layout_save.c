/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/layout_save.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/save_index.h"
#include "transport/layout.h"

int
layout_save_is(struct filetree *t, bool *is, struct err *e)
{
	enum filetree_type type;

	*is = false;
	if (filetree_stat(t, SAVE_INDEX_FILE, &type, NULL, e) != 0)
		return -1;
	*is = type == FILETREE_FILE;
	return 0;
}

int
layout_save_find(
    struct filetree *t, const struct reference *image, struct digest *out, struct err *e)
{
	AUTO(save_index) index = SAVE_INDEX_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO_STR char *where = NULL;

	*out = (struct digest){ 0 };
	if (filetree_read(t, SAVE_INDEX_FILE, MAX_SAVE_INDEX_BYTES, &text, &where, e) != 0)
		return -1;
	if (save_index_parse(&index, buf_bytes(&text), e) != 0 ||
	    save_index_find(&index, image, out, e) != 0)
		return err_wrap(e, "%s", SAVE_INDEX_FILE);
	return 0;
}

/* A digest becomes a part of a name: nothing but 64 hex digits may (CVE-2024-3727). */
static int
check_digest(const struct digest *digest, struct err *e)
{
	if (digest_is_sha256(digest) && text_is_lower_hex(bytes_of_str(digest_hex(digest)), 64))
		return 0;
	return err_set(
	    e, E_UNSUPPORTED, "images are saved by sha256 digest, not \"%s\"", digest->text);
}

int
layout_save_manifest(struct filetree *t, const struct digest *digest, size_t max, struct buf *out,
    char **where, struct err *e)
{
	AUTO_STR char *name = NULL;

	*where = NULL;
	buf_clear(out);
	if (check_digest(digest, e) != 0)
		return -1;
	name = xasprintf("images/%s/manifest.json", digest_hex(digest));
	return filetree_read(t, name, max, out, where, e);
}

static int
saved_tag(
    struct layout *l, const char *repository, const char *tag, struct digest *out, struct err *e)
{
	AUTO(reference) image = REFERENCE_INIT;

	(void)repository;
	if (tag == NULL)
		return err_set(e, E_NOT_FOUND, "images are saved by tag and digest");
	image.tag = xstrdup(tag);
	return layout_save_find(layout_tree(l), &image, out, e);
}

static int
saved_manifest(struct layout *l, const char *repository, const struct digest *digest, char **name,
    struct err *e)
{
	(void)repository;
	*name = NULL;
	if (check_digest(digest, e) != 0)
		return -1;
	*name = xasprintf("images/%s/manifest.json", digest_hex(digest));
	return layout_need_file(l, *name, e);
}

/* Sigstore signatures lie beside the manifest as the others do; there are no other blobs. */
static int
saved_blob(struct layout *l, const char *repository, const struct digest *digest, char **name,
    struct err *e)
{
	(void)l;
	(void)repository;
	(void)digest;
	*name = NULL;
	return err_set(e, E_NOT_FOUND, "no blobs are saved");
}

const struct layout_kind layout_saved = { "relsig save folder", saved_tag, saved_manifest,
	saved_blob, NULL, '_', "" };

/*
 * --- signatures ---------------------------------------------------------------------------------
 */

struct series {
	struct filetree *tree; /* borrowed */
	struct digest digest;
	unsigned next;
};

static enum store_item
next(void *state, struct buf *blob, char **where, struct err *e)
{
	struct series *s = state;
	AUTO_STR char *name = xasprintf("images/%s/signature-%u", digest_hex(&s->digest), s->next);

	if (filetree_read(s->tree, name, MAX_SIGNATURE_BYTES, blob, where, e) == 0) {
		if (s->next++ <= MAX_SIGNATURES_PER_LOOKASIDE)
			return STORE_ITEM;
		(void)err_set(e, E_TOO_LARGE, "%s: more than %u signatures", *where, s->next - 2);
		return STORE_FAILED;
	}
	if (e->code != E_NOT_FOUND)
		return STORE_FAILED;
	err_free(e);
	free(steal(where));
	return STORE_END;
}

static const struct store_kind numbered = { next, free };

int
layout_save_signatures(
    struct store_iter **out, struct filetree *t, const struct digest *digest, struct err *e)
{
	struct series *s;

	*out = NULL;
	if (check_digest(digest, e) != 0)
		return -1;
	s = xcalloc(1, sizeof(*s));
	s->tree = t;
	s->digest = *digest;
	s->next = 1;
	*out = store_open_kind(&numbered, s);
	return 0;
}

/*
 * --- keys ---------------------------------------------------------------------------------------
 */

int
layout_save_key(struct filetree *t, const char *fingerprint, unsigned version, struct buf *out,
    char **where, struct err *e)
{
	AUTO_STR char *name = version == 1 ? xasprintf("keys/%s.pgp", fingerprint)
					   : xasprintf("keys/%s-%u.pgp", fingerprint, version);

	return filetree_read(t, name, MAX_KEY_FILE_BYTES, out, where, e);
}
