/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small release in tests/tree's directory, as a registry's storage has it: release images with
 * release-manifests, components, blobs, sigstore signatures by testdata/sigstore/secret/p256.pem.
 */
#ifndef RELSIG_TESTS_RELEASE_TREE_H
#define RELSIG_TESTS_RELEASE_TREE_H

#include "base/base.h"
#include "base/buf.h"
#include "formats/digest.h"

#define RELEASE_TREE_RELEASE "openshift-release-dev/ocp-release"
#define RELEASE_TREE_COMPONENTS "openshift-release-dev/ocp-v4.0-art-dev"
#define RELEASE_TREE_VERSION "4.99.0"

/* How a policy begins: what is annotated, then the scopes. */
#define RELEASE_TREE_POLICY(annotations, scopes)                                                   \
	"apiVersion: config.openshift.io/v1\nkind: ClusterImagePolicy\nmetadata:\n"                \
	"  name: openshift\n  annotations: {" annotations "}\nspec:\n  scopes: [" scopes "]\n"     \
	"  policy:\n    rootOfTrust: {policyType: PublicKey, publicKey: {keyData: KEY}}\n"
#define RELEASE_TREE_MANAGED "include.release.openshift.io/self-managed-high-availability: 'true'"

/* What the images say, of which a test changes what it wants. */
struct release_tree {
	const char *metadata_version, *references_version;
	const char *label;   /* the config's io.openshift.release; NULL: none */
	const char *machine; /* the config's architecture, instead of that of the list or amd64 */
	const char *tag;     /* that is signed, and that the image has */
	const char *policy;  /* "KEY" stands for the key; NULL: none */
	const char *metadata, *references; /* the whole file; "" for none; NULL: as above */
	const char *more_tags;	    /* of image-references, before the others, a comma last */
	const char *component_name; /* of the second component */
	/* A layer over the one with release-manifests, of words: "f:NAME" an empty file (or a
	 * whiteout), "l:NAME" a link, "p:FILESxBYTES" so many manifests that are kept. */
	const char *upper;
	const char *raw_layer; /* bytes that are no layer, instead of it */
	bool list;	       /* a list of release images, for amd64 and arm64 */
	bool children_signed;  /* each has a signature of its own */
	bool component_list;   /* the first component is a list for both */
	bool sigstore;	       /* images have the signatures that a policy demands */
	bool other_sigstore;   /* but by another key */

	/* What came of it. */
	struct digest release, child[2], release_config, release_layer;
	struct digest component[2], component_child[2], blob; /* blob: of the second component */
	struct digest policy_signature;			      /* a blob of the release's "sig" */
	struct digest attachments[8];			      /* the images that hold signatures */
	size_t n_attachments;
	size_t n_signatures; /* files "signature-1" and so on */
};

/* Everything as it should be: two components, a policy, signatures. */
void release_tree_init(struct release_tree *t);
/* Write it to "docker/registry/v2", and the signatures. */
void release_tree_write(struct release_tree *t);
/* The name of a blob's file in the tree, for free(). */
char *release_tree_data(const struct digest *digest);

#endif
