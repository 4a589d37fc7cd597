/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/save.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/outdir.h"
#include "formats/image_name.h"
#include "formats/save_index.h"
#include "formats/signature_blob.h"
#include "verify/save_lists.h"

/* containers/image directory/directory_dest.go */
#define DIR_VERSION "Directory Transport Version: 1.1\n"

struct save {
	struct outdir *directory;
	struct image_report *images;
	size_t n;
};

int
save_open(struct save **out, const char *directory, struct err *e)
{
	AUTO_PTR(save) s = xcalloc(1, sizeof(*s));

	*out = NULL;
	if (outdir_open(&s->directory, directory, e) != 0)
		return -1;
	*out = steal(&s);
	return 0;
}

void
save_free(struct save *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		image_report_free(&s->images[i]);
	free(s->images);
	outdir_free(s->directory);
	free(s);
}

void
save_take(struct save *s, struct image_report *image)
{
	if (!verdict_verified(&image->verdict) || !digest_is_sha256(&image->digest))
		return;
	*LIST_ADD(s->images, s->n) = *image;
	*image = (struct image_report)IMAGE_REPORT_INIT;
}

size_t
save_images(const struct save *s)
{
	return s->n;
}

size_t
save_without_manifest(const struct save *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->images[i].manifest_kept.n == 0;
	return n;
}

/*
 * --- one image ----------------------------------------------------------------------------------
 */

/* Blobs of one image, each once; borrowed. */
struct blobs {
	struct bytes *v;
	size_t n;
};

static bool
has_blob(const struct blobs *b, struct bytes blob)
{
	for (size_t i = 0; i < b->n; i++)
		if (bytes_equal(b->v[i], blob))
			return true;
	return false;
}

/* What was accepted; of SCHEME_UNSET: of every kind. The array is for free(). */
static struct blobs
accepted_blobs(const struct image_report *r, enum scheme scheme)
{
	struct blobs b = { 0 };

	for (size_t i = 0; i < r->n_attempts; i++) {
		const struct attempt *a = &r->attempts[i];

		if (a->outcome == OUTCOME_PROVEN && a->kept.n > 0 &&
		    (scheme == SCHEME_UNSET || a->scheme == scheme) &&
		    !has_blob(&b, buf_bytes(&a->kept)))
			*LIST_ADD(b.v, b.n) = buf_bytes(&a->kept);
	}
	return b;
}

/* The blobs that are not among signature-1, signature-2 ... of the directory, as the next ones. */
static int
add_signatures(struct save *s, const char *directory, const struct blobs *all, struct err *e)
{
	AUTO(buf) there = BUF_INIT;
	unsigned number = 0;
	bool *known = xcalloc(all->n + 1, sizeof(*known));
	int r = 0;

	while (r == 0 && number < MAX_SIGNATURES_PER_LOOKASIDE) {
		AUTO_STR char *name = xasprintf("%s/signature-%u", directory, number + 1);

		r = outdir_read(s->directory, name, MAX_SIGNATURE_BYTES, &there, e);
		if (r != 0)
			break;
		number++;
		for (size_t i = 0; i < all->n; i++)
			known[i] = known[i] || bytes_equal(all->v[i], buf_bytes(&there));
	}
	if (r != 0 && e->code == E_NOT_FOUND) {
		err_free(e);
		r = 0;
	}
	for (size_t i = 0; i < all->n && r == 0; i++) {
		AUTO_STR char *name = xasprintf("%s/signature-%u", directory, number + 1);

		if (known[i])
			continue;
		if (number++ == MAX_SIGNATURES_PER_LOOKASIDE)
			r = err_set(e, E_TOO_LARGE, "%s: more than %u signatures", directory,
			    MAX_SIGNATURES_PER_LOOKASIDE);
		else
			r = outdir_add(s->directory, name, all->v[i], e);
	}
	free(known);
	return r;
}

/* What makes a directory a "dir:" layout. */
static int
add_layout(struct save *s, const char *directory, const struct buf *manifest, struct err *e)
{
	AUTO_STR char *name = xasprintf("%s/manifest.json", directory);
	AUTO_STR char *version = xasprintf("%s/version", directory);

	if (outdir_add(s->directory, name, buf_bytes(manifest), e) != 0)
		return -1;
	return outdir_add(s->directory, version, bytes_of_str(DIR_VERSION), e);
}

static int
add_manifest(struct save *s, const struct digest *digest, const struct buf *manifest, struct err *e)
{
	AUTO_STR char *directory = xasprintf("images/%s", digest_hex(digest));

	return manifest->n > 0 ? add_layout(s, directory, manifest, e) : 0;
}

/* FRONT.SUFFIX, or, when that is another one, FRONT-2.SUFFIX and so on. */
static int
add_key(struct save *s, const char *front, const char *suffix, struct bytes content, struct err *e)
{
	for (unsigned i = 1; i <= MAX_SAVED_VERSIONS; i++) {
		AUTO_STR char *name = i == 1 ? xasprintf("keys/%s.%s", front, suffix)
					     : xasprintf("keys/%s-%u.%s", front, i, suffix);

		err_free(e);
		if (outdir_add(s->directory, name, content, e) == 0)
			return 0;
		if (e->code != E_MISMATCH)
			return -1;
	}
	return -1;
}

static int
add_openpgp_key(struct save *s, const struct save_keys *keys, const char *fpr, struct err *e)
{
	const struct certificate *c = certificates_by_primary(keys->openpgp, fpr);

	if (c == NULL)
		return err_set(e, E_NOT_FOUND, "the key %s is not among the keys", fpr);
	return add_key(s, fpr, "pgp", buf_bytes(&c->raw), e);
}

static int
add_sigstore_key(struct save *s, const struct save_keys *keys, const char *fpr, struct err *e)
{
	for (size_t i = 0; i < keys->n_sigstore; i++) {
		for (size_t k = 0; k < keys->sigstore[i]->n; k++) {
			const struct public_key *key = &keys->sigstore[i]->v[k];
			AUTO_STR char *pem = NULL;

			if (strcmp(key->fingerprint, fpr) != 0)
				continue;
			pem = public_key_pem(key);
			return add_key(s, fpr, "pem", bytes_of_str(pem), e);
		}
	}
	return err_set(e, E_NOT_FOUND, "the key %s is not among the keys", fpr);
}

static const char *
signer(const struct attempt *a)
{
	if (a->outcome != OUTCOME_PROVEN)
		return "";
	return a->scheme == SCHEME_OPENPGP ? a->facts.fingerprint : a->sigstore.fingerprint;
}

/* The key of every accepted signature, once. */
static int
add_keys(struct save *s, const struct image_report *r, const struct save_keys *keys, struct err *e)
{
	for (size_t i = 0; i < r->n_attempts; i++) {
		const struct attempt *a = &r->attempts[i];
		bool seen = signer(a)[0] == '\0';

		for (size_t k = 0; k < i; k++)
			seen = seen || strcmp(signer(&r->attempts[k]), signer(a)) == 0;
		if (!seen &&
		    (a->scheme == SCHEME_OPENPGP ? add_openpgp_key(s, keys, signer(a), e)
						 : add_sigstore_key(s, keys, signer(a), e)) != 0)
			return -1;
	}
	return 0;
}

static int
add_blobs(struct save *s, const char *directory, const struct attachment_copy *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		AUTO_STR char *name = xasprintf("%s/%s", directory, digest_hex(&c->v[i].digest));

		if (outdir_add(s->directory, name, buf_bytes(&c->v[i].content), e) != 0)
			return -1;
	}
	return 0;
}

/*
 * The image that holds the sigstore signatures, in a "dir:" layout of its own. It changes when
 * somebody signs again; then it is another one, beside what it was.
 */
static int
add_attachment(struct save *s, const struct image_report *r, struct err *e)
{
	const struct attachment_copy *c = &r->attachment_kept;

	if (c->manifest.n == 0)
		return 0;
	for (unsigned i = 1; i <= MAX_SAVED_VERSIONS; i++) {
		const char *hex = digest_hex(&r->digest);
		AUTO_STR char *directory = i == 1 ? xasprintf("attachments/%s", hex)
						  : xasprintf("attachments/%s-%u", hex, i);

		err_free(e);
		if (add_layout(s, directory, &c->manifest, e) == 0)
			return add_blobs(s, directory, c, e);
		if (e->code != E_MISMATCH)
			return -1;
	}
	return -1;
}

static int
add_image(struct save *s, const struct image_report *r, const struct save_keys *keys, struct err *e)
{
	AUTO_STR char *image = xasprintf("images/%s", digest_hex(&r->digest));
	AUTO_STR char *store = xasprintf("signatures/sha256=%s", digest_hex(&r->digest));
	struct blobs all = accepted_blobs(r, SCHEME_UNSET);
	struct blobs openpgp = accepted_blobs(r, SCHEME_OPENPGP);
	int result = add_keys(s, r, keys, e);

	if (result == 0 && digest_is_set(&r->list.digest))
		result = add_manifest(s, &r->list.digest, &r->list.kept, e);
	if (result == 0)
		result = add_manifest(s, &r->digest, &r->manifest_kept, e);
	if (result == 0)
		result = add_signatures(s, image, &all, e);
	if (result == 0)
		result = add_signatures(s, store, &openpgp, e);
	if (result == 0)
		result = add_attachment(s, r, e);
	free(all.v);
	free(openpgp.v);
	return result == 0 ? outdir_commit(s->directory, e) : -1;
}

/*
 * --- all of them --------------------------------------------------------------------------------
 */

/* The tag by which the image was asked for, when it was. */
static int
add_name(struct save_index *index, const struct image_report *r, const char *machine, struct err *e)
{
	AUTO(image_name) name = IMAGE_NAME_INIT;

	if (image_name_parse(&name, r->given, machine, e) != 0)
		return -1;
	if (name.kind != IMAGE_REGISTRY || name.reference.tag == NULL)
		return 0;
	return save_index_add(index, &name.reference,
	    digest_is_set(&r->list.digest) ? &r->list.digest : &r->digest, e);
}

static int
write_all(struct save *s, const struct save_keys *keys, const char *machine, struct bytes report,
    struct err *e)
{
	AUTO(save_index) index = SAVE_INDEX_INIT;

	if (save_lists_read_index(s->directory, &index, e) != 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (add_name(&index, &s->images[i], machine, e) != 0)
			return -1;
	for (size_t i = 0; i < s->n; i++)
		if (add_image(s, &s->images[i], keys, e) != 0)
			return -1;
	return save_lists_write(s->directory, &index, report, e);
}

int
save_write(struct save *s, const struct save_keys *keys, const char *machine, struct bytes report,
    const struct deadline *deadline, struct err *e)
{
	if (s->n == 0)
		return 0;
	if (outdir_lock(s->directory, deadline, e) == 0 &&
	    write_all(s, keys, machine, report, e) == 0)
		return 0;
	outdir_drop(s->directory);
	return err_wrap(e, "saving to %s", outdir_path(s->directory));
}
