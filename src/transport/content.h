/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a release refers to, by digest: manifests and blobs, looked for where the release itself is.
 *
 *   a place (--from, "oci:", "file://")  in that place, any repository
 *   "dir:"                               the release's own in that directory; the rest as follows,
 *                                        or in --from
 *   --mirror, --mirror-config            the mirrors of the pull spec, in order, then the source if
 *                                        it may be asked
 *   else a registry                      the pull spec itself, when the release is in the registry
 *                                        that it names; otherwise beside the release: in its
 *                                        repository, or for ".../release-images" in the
 *                                        ".../release" where oc-mirror has the components. Nobody
 *                                        else is asked: what the mirror lacks is missing.
 *
 * Nothing is judged here. Threads may share it.
 */
#ifndef RELSIG_TRANSPORT_CONTENT_H
#define RELSIG_TRANSPORT_CONTENT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/image_name.h"
#include "transport/blob.h"
#include "transport/source.h"

struct content;

/* Where a manifest was found, which is where its blobs are. Zeroed: nowhere. */
struct content_at {
	struct reference image;	  /* the repository that gave it, of a registry */
	struct place_found found; /* of a place */
	bool directory;		  /* of the "dir:" layout that the release is in */
	struct asked asked;	  /* who was asked for the manifest */
};
#define CONTENT_AT_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}
void content_at_free(struct content_at *at);
AUTO_DEFINE(content_at)

/*
 * release and options are borrowed. What cannot be opened is the error of whatever is asked for
 * first.
 */
struct content *content_open(
    const struct image_name *release, const struct source_options *options);
void content_free(struct content *c);
AUTO_PTR_DEFINE(content)

/*
 * The raw manifest with the digest that image has (by which it is asked for, whatever its tag);
 * bytes of another digest come back only when every place has answered and none has the right
 * ones, as mirror_chain_manifest has it: the caller compares. E_NOT_FOUND: nowhere, and all have
 * said so.
 */
int content_manifest(struct content *c, const struct reference *image, struct content_at *at,
    struct buf *out, char **where, struct err *e) RESULT_USED;
/*
 * Is a blob there, beside the manifest, and how large? HEAD in a registry, stat in a tree.
 * E_NOT_FOUND. A server that does not say its size: E_UNSUPPORTED.
 */
int content_blob_size(struct content *c, const struct content_at *at, const struct digest *digest,
    uint64_t *size, char **where, struct err *e) RESULT_USED;
/* Its bytes, at most max. */
int content_blob_open(struct content *c, const struct content_at *at, const struct digest *digest,
    uint64_t max, struct blob **out, struct err *e) RESULT_USED;
/*
 * The sigstore signatures beside an image (its digest), where the manifest was found, as
 * attachment_open has it.
 */
int content_attachments(struct content *c, const struct content_at *at, const struct digest *digest,
    struct store_iter **out, struct err *e) RESULT_USED;
/* One word for where blobs at that place are the same ones: repository or place. For free(). */
char *content_place_name(const struct content *c, const struct content_at *at);

#endif
