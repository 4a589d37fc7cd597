/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a node is configured to do with images: its policy.json and its registries.d, read from
 * where CRI-O, podman and skopeo look, and what they come to for one image.
 */
#ifndef RELSIG_VERIFY_NODE_CONFIG_H
#define RELSIG_VERIFY_NODE_CONFIG_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/policy.h"
#include "formats/registriesd.h"

/* Everything is borrowed. */
struct node_config_options {
	const char *policy_file; /* NULL: ~/.config/containers/policy.json, else /etc/containers */
	const char *registriesd; /* the same for the directory; NULL: .../registries.d likewise */
	/*
	 * A directory that stands for "/": the paths above, when they are NULL, and those of keys
	 * are in it, and nobody's home is looked at. NULL: this machine.
	 */
	const char *root;
	struct deadline deadline; /* for reading all of these files */
};

struct node_config {
	char *policy_file; /* that was read, owned */
	struct policy policy;
	char *registriesd_directory; /* that was read, owned; NULL when there is none */
	struct registriesd registriesd;
	char *root; /* owned; "" for this machine */
	struct deadline deadline;
	char *default_store; /* where signatures are that no file tells of: a URL, owned */
};
#define NODE_CONFIG_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * E_NOT_FOUND: no policy.json, with the places that were looked at. E_INVALID, E_TOO_LARGE, E_IO,
 * E_TIMED_OUT with the file: what cannot be read whole is not read at all. A registries.d that is
 * not there is empty, unless it was named.
 */
int node_config_read(
    struct node_config *out, const struct node_config_options *options, struct err *e) RESULT_USED;
void node_config_free(struct node_config *c);
AUTO_DEFINE(node_config)

/*
 * The path of "policy.json" or "registries.d": the user's own when it is there, else the system's.
 * root as above, "" for this machine. For free().
 */
char *node_config_place(const char *root, const char *name);

/* Where the signatures of one image are. */
struct node_stores {
	char *lookaside;      /* a URL, owned */
	char *lookaside_from; /* who says so, for people; owned */
	bool attachments;     /* sigstore signatures are asked of the registry, too */
	char *attachments_from;
};
#define NODE_STORES_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * image: where it is fetched from, which is not what the policy is asked about when a mirror stands
 * in between. Without a file that tells, Red Hat's registries have the store that Red Hat's
 * distributions configure for them.
 */
int node_config_stores(const struct node_config *c, const struct reference *image,
    struct node_stores *out, struct err *e) RESULT_USED;
void node_stores_free(struct node_stores *s);
AUTO_DEFINE(node_stores)

/*
 * The entry of the policy for an image in a registry, or for a path of the transports "dir" and
 * "oci" (its symbolic links are resolved). Borrowed from c; NULL with E_INVALID or E_IO.
 */
const struct policy_entry *node_config_entry(
    const struct node_config *c, const struct reference *image, struct err *e) RESULT_USED;
const struct policy_entry *node_config_entry_of_path(const struct node_config *c,
    const char *transport, const char *path, struct err *e) RESULT_USED;

#endif
