/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "release_tree.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/text.h"
#include "formats/signature_blob.h"
#include "judge.h"
#include "sigstore_data.h"
#include "tarball.h"
#include "tree.h"

#define STORAGE "docker/registry/v2/"
#define HOST "quay.io/"
#define IMAGE_TYPE "application/vnd.oci.image.manifest.v1+json"
#define LIST_TYPE "application/vnd.oci.image.index.v1+json"
#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define LAYER_TYPE "application/vnd.oci.image.layer.v1.tar"

static const char *const machines[] = { "amd64", "arm64" };

void
release_tree_init(struct release_tree *t)
{
	*t = (struct release_tree){ .metadata_version = RELEASE_TREE_VERSION,
		.references_version = RELEASE_TREE_VERSION,
		.label = RELEASE_TREE_VERSION,
		.tag = RELEASE_TREE_VERSION "-x86_64",
		.policy = RELEASE_TREE_POLICY(RELEASE_TREE_MANAGED,
		    HOST RELEASE_TREE_RELEASE ", " HOST RELEASE_TREE_COMPONENTS),
		.component_name = "second",
		.sigstore = true };
}

/*
 * --- blobs and manifests ------------------------------------------------------------------------
 */

char *
release_tree_data(const struct digest *digest)
{
	const char *hex = digest_hex(digest);

	return xasprintf(STORAGE "blobs/sha256/%.2s/%s/data", hex, hex);
}

static void
put_blob(struct bytes content, struct digest *out)
{
	AUTO_STR char *path = NULL;
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(digest_of_bytes(out, content, &e), 0);
	path = release_tree_data(out);
	tree_write(path, content);
}

static void
put_manifest(const char *repository, struct bytes manifest, struct digest *out)
{
	AUTO_STR char *link = NULL;

	put_blob(manifest, out);
	link = xasprintf(STORAGE "repositories/%s/_manifests/revisions/sha256/%s/link", repository,
	    digest_hex(out));
	tree_write_str(link, out->text);
}

static void
put_tag(const char *repository, const char *tag, const struct digest *digest)
{
	AUTO_STR char *link =
	    xasprintf(STORAGE "repositories/%s/_manifests/tags/%s/current/link", repository, tag);

	tree_write_str(link, digest->text);
}

static void
add_descriptor(
    struct buf *out, const char *type, const struct digest *digest, size_t size, const char *more)
{
	buf_addf(out, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}", type, digest->text,
	    size, more);
}

/* An image of a config and layers, whose last one goes to layer; its digest, and its size. */
static size_t
put_image(const char *repository, struct bytes config, const struct bytes *layers, size_t n,
    struct digest *out, struct digest *config_digest)
{
	AUTO(buf) m = BUF_INIT;
	struct digest d;

	put_blob(config, config_digest);
	buf_add_str(&m, "{\"schemaVersion\":2,\"mediaType\":\"" IMAGE_TYPE "\",\"config\":");
	add_descriptor(&m, CONFIG_TYPE, config_digest, config.n, "");
	buf_add_str(&m, ",\"layers\":[");
	for (size_t i = 0; i < n; i++) {
		put_blob(layers[i], &d);
		buf_add_str(&m, i > 0 ? "," : "");
		add_descriptor(&m, LAYER_TYPE, &d, layers[i].n, "");
	}
	buf_add_str(&m, "]}");
	put_manifest(repository, buf_bytes(&m), out);
	return m.n;
}

static void
put_list(
    const char *repository, const struct digest *children, const size_t *sizes, struct digest *out)
{
	AUTO(buf) m = BUF_INIT;

	buf_add_str(&m, "{\"schemaVersion\":2,\"mediaType\":\"" LIST_TYPE "\",\"manifests\":[");
	for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
		AUTO_STR char *platform = xasprintf(
		    ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}", machines[i]);

		buf_add_str(&m, i > 0 ? "," : "");
		add_descriptor(&m, IMAGE_TYPE, &children[i], sizes[i], platform);
	}
	buf_add_str(&m, "]}");
	put_manifest(repository, buf_bytes(&m), out);
}

/*
 * --- signatures ---------------------------------------------------------------------------------
 */

static void
make_payload(struct buf *out, const struct digest *digest, const char *reference)
{
	buf_addf(out,
	    "{\"critical\":{\"identity\":{\"docker-reference\":\"%s\"},\"image\":"
	    "{\"docker-manifest-digest\":\"%s\"},\"type\":\"cosign container image signature\"},"
	    "\"optional\":{}}",
	    reference, digest->text);
}

static char *
sign(struct bytes payload, const char *secret)
{
	AUTO(buf) octets = BUF_INIT;
	char *text;
	size_t n;

	sigstore_sign(&octets, secret, payload);
	text = xmalloc(octets.n * 2);
	n = (size_t)EVP_EncodeBlock((unsigned char *)text, octets.p, (int)octets.n);
	text[n] = '\0';
	return text;
}

/* The file "signature-N" for --signature. */
static void
sign_release(struct release_tree *t, const struct digest *digest)
{
	AUTO_STR char *reference = xasprintf(HOST RELEASE_TREE_RELEASE ":%s", t->tag);
	AUTO_STR char *name = xasprintf("signature-%zu", ++t->n_signatures);
	AUTO(sigstore_signature) s = SIGSTORE_SIGNATURE_INIT;
	AUTO(buf) blob = BUF_INIT;

	make_payload(&s.payload, digest, reference);
	s.media_type = xstrdup(SIGSTORE_SIGNATURE_TYPE);
	s.annotations.signature = sign(buf_bytes(&s.payload), "p256");
	signature_blob_add_sigstore(&blob, &s);
	tree_write(name, buf_bytes(&blob));
}

/* The image "sha256-HEX.sig" beside another. */
static void
attach(struct release_tree *t, const char *repository, const struct digest *digest,
    struct digest *payload_digest)
{
	AUTO_STR char *reference = xasprintf(HOST "%s@%s", repository, digest->text);
	AUTO_STR char *tag = xasprintf("sha256-%s.sig", digest_hex(digest));
	AUTO_STR char *signature = NULL;
	AUTO_STR char *annotation = NULL;
	AUTO(buf) payload = BUF_INIT;
	AUTO(buf) m = BUF_INIT;
	struct digest d;

	if (!t->sigstore)
		return;
	make_payload(&payload, digest, reference);
	signature = sign(buf_bytes(&payload), t->other_sigstore ? "log" : "p256");
	annotation =
	    xasprintf(",\"annotations\":{\"" SIGSTORE_SIGNATURE_ANNOTATION "\":\"%s\"}", signature);
	put_blob(buf_bytes(&payload), payload_digest);
	buf_add_str(&m, "{\"schemaVersion\":2,\"mediaType\":\"" IMAGE_TYPE "\",\"config\":");
	add_descriptor(&m, CONFIG_TYPE, digest, 2, "");
	buf_add_str(&m, ",\"layers\":[");
	add_descriptor(&m, SIGSTORE_SIGNATURE_TYPE, payload_digest, payload.n, annotation);
	buf_add_str(&m, "]}");
	put_manifest(repository, buf_bytes(&m), &d);
	put_tag(repository, tag, &d);
	ck_assert_uint_lt(t->n_attachments, ARRAY_LEN(t->attachments));
	t->attachments[t->n_attachments++] = d;
}

/*
 * --- components ---------------------------------------------------------------------------------
 */

static size_t
put_component(struct release_tree *t, const char *name, const char *machine, struct digest *out,
    struct digest *layer)
{
	AUTO_STR char *config =
	    xasprintf("{\"architecture\":\"%s\",\"os\":\"linux\",\"name\":\"%s\"}", machine, name);
	AUTO_STR char *own = xasprintf("the layer of %s for %s", name, machine);
	const struct bytes layers[] = { bytes_of_str("a layer that all have"), bytes_of_str(own) };
	struct digest unused;
	size_t n = put_image(
	    RELEASE_TREE_COMPONENTS, bytes_of_str(config), layers, ARRAY_LEN(layers), out, &unused);
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(digest_of_bytes(layer, layers[1], &e), 0);
	attach(t, RELEASE_TREE_COMPONENTS, out, &unused);
	return n;
}

static void
put_components(struct release_tree *t)
{
	struct digest unused;
	size_t sizes[2];

	(void)put_component(t, "second", "amd64", &t->component[1], &t->blob);
	if (!t->component_list) {
		(void)put_component(t, "first", "amd64", &t->component[0], &unused);
		return;
	}
	for (size_t i = 0; i < 2; i++)
		sizes[i] = put_component(t, "first", machines[i], &t->component_child[i], &unused);
	put_list(RELEASE_TREE_COMPONENTS, t->component_child, sizes, &t->component[0]);
}

/*
 * --- the release --------------------------------------------------------------------------------
 */

static void
add_references(struct buf *out, const struct release_tree *t)
{
	buf_addf(out,
	    "{\"kind\":\"ImageStream\",\"apiVersion\":\"image.openshift.io/v1\","
	    "\"metadata\":{\"name\":\"%s\"},\"spec\":{\"tags\":[%s",
	    t->references_version, t->more_tags != NULL ? t->more_tags : "");
	for (size_t i = 0; i < 2; i++)
		buf_addf(out,
		    "%s{\"name\":\"%s\",\"from\":{\"kind\":\"DockerImage\",\"name\":\"" HOST
			RELEASE_TREE_COMPONENTS "@%s\"}}",
		    i > 0 ? "," : "", i > 0 ? t->component_name : "first", t->component[i].text);
	buf_add_str(out, "]}}");
}

/* The policy, with the key in it. */
static void
add_policy(struct buf *layer, const struct release_tree *t)
{
	AUTO_STR char *pem = testdata_text("sigstore/keys/p256.pem");
	const char *key = t->policy != NULL ? strstr(t->policy, "KEY") : NULL;
	AUTO(buf) text = BUF_INIT;
	char base64[1024];

	if (t->policy == NULL)
		return;
	(void)EVP_EncodeBlock(
	    (unsigned char *)base64, (const unsigned char *)pem, (int)strlen(pem));
	if (key != NULL)
		buf_addf(&text, "%.*s%s%s", (int)(key - t->policy), t->policy, base64,
		    key + strlen("KEY"));
	else
		buf_add_str(&text, t->policy);
	tarball_text(layer, "release-manifests/0000_90_policy.yaml", buf_str(&text));
}

static void
make_layer(struct buf *out, const struct release_tree *t)
{
	AUTO_STR char *metadata =
	    xasprintf("{\"kind\":\"cincinnati-metadata-v0\",\"version\":\"%s\",\"previous\":[]}",
		t->metadata_version);
	AUTO(buf) references = BUF_INIT;

	if (t->raw_layer != NULL) {
		buf_add_str(out, t->raw_layer);
		return;
	}
	add_references(&references, t);
	tarball_directory(out, "release-manifests/");
	tarball_text(out, "release-manifests/0000_00_other.yaml", "kind: Namespace\n");
	add_policy(out, t);
	if (t->metadata == NULL || t->metadata[0] != '\0')
		tarball_text(out, "release-manifests/release-metadata",
		    t->metadata != NULL ? t->metadata : metadata);
	if (t->references == NULL || t->references[0] != '\0')
		tarball_text(out, "release-manifests/image-references",
		    t->references != NULL ? t->references : buf_str(&references));
	tarball_end(out);
}

/* Files that are no policies but might be. */
static void
add_policies(struct buf *out, size_t files, size_t bytes)
{
	AUTO(buf) comment = BUF_INIT;

	buf_add_str(&comment, "# ClusterImagePolicy");
	while (comment.n < bytes)
		buf_add_byte(&comment, ' ');
	for (size_t i = 0; i < files; i++) {
		AUTO_STR char *name = xasprintf("release-manifests/%zu.yaml", i);

		tarball_file(out, name, buf_bytes(&comment));
	}
}

static void
make_upper(struct buf *out, const char *what)
{
	for (const char *next = what; *next != '\0'; next += strspn(next, " ")) {
		size_t n = strcspn(next, " "), files = 0, bytes = 0;
		AUTO_STR char *name = xstrndup(next + 2, n - 2);

		if (next[0] == 'p') {
			ck_assert_int_eq(sscanf(name, "%zux%zu", &files, &bytes), 2);
			add_policies(out, files, bytes);
		} else if (next[0] == 'l') {
			tarball_link(out, name, "elsewhere");
		} else {
			tarball_text(out, name, "");
		}
		next += n;
	}
	tarball_end(out);
}

static size_t
put_release(struct release_tree *t, const char *machine, struct digest *out)
{
	AUTO_STR char *label =
	    t->label != NULL ? xasprintf("\"io.openshift.release\":\"%s\"", t->label) : xstrdup("");
	AUTO_STR char *config = xasprintf("{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{"
					  "\"Labels\":{%s}},\"for\":\"%s\"}",
	    t->machine != NULL ? t->machine : machine, label, machine);
	AUTO(buf) below = BUF_INIT;
	AUTO(buf) layer = BUF_INIT;
	AUTO(buf) upper = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes layers[3];
	size_t n = 2, size;

	make_layer(&layer, t);
	tarball_text(&below, "usr/bin/x", "x");
	tarball_end(&below);
	layers[0] = buf_bytes(&below);
	layers[1] = buf_bytes(&layer);
	ck_assert_int_eq(digest_of_bytes(&t->release_layer, layers[1], &e), 0);
	if (t->upper != NULL) {
		make_upper(&upper, t->upper);
		layers[n++] = buf_bytes(&upper);
	}
	size = put_image(
	    RELEASE_TREE_RELEASE, bytes_of_str(config), layers, n, out, &t->release_config);
	attach(t, RELEASE_TREE_RELEASE, out, &t->policy_signature);
	return size;
}

void
release_tree_write(struct release_tree *t)
{
	size_t sizes[2];

	put_components(t);
	if (!t->list)
		(void)put_release(t, "amd64", &t->release);
	for (size_t i = 0; i < 2 && t->list; i++)
		sizes[i] = put_release(t, machines[i], &t->child[i]);
	if (t->list)
		put_list(RELEASE_TREE_RELEASE, t->child, sizes, &t->release);
	put_tag(RELEASE_TREE_RELEASE, t->tag, &t->release);
	sign_release(t, &t->release);
	for (size_t i = 0; i < 2 && t->list && t->children_signed; i++)
		sign_release(t, &t->child[i]);
}
