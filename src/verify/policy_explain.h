/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node's policy demands of one image, and where it would look: nothing is fetched. */
#ifndef RELSIG_VERIFY_POLICY_EXPLAIN_H
#define RELSIG_VERIFY_POLICY_EXPLAIN_H

#include "base/base.h"
#include "base/err.h"
#include "formats/image_name.h"
#include "verify/node_config.h"
#include "verify/node_view.h"

/* All strings are owned, and untrusted text. */
struct explained_key {
	char *source;	   /* the file, or the place in policy.json */
	char *kind;	   /* "OpenPGP"; "RSA 4096" for sigstore's */
	char *fingerprint; /* of the primary key; of the SubjectPublicKeyInfo */
	char *owner; /* the first user ID, or a name known to relsig; NULL when there is none */
	bool of_log; /* a transparency log's */
};

struct explained_requirement {
	const struct policy_requirement *requirement; /* borrowed from the policy */
	struct explained_key *keys;
	size_t n_keys;
	char **unreadable; /* sources whose keys are not known, and why */
	size_t n_unreadable;
	char *identity; /* the name that must be signed; NULL when none is asked for */
};

struct explanation {
	const struct policy_entry *entry; /* that decides; borrowed from the policy */
	struct explained_requirement *v;  /* as many as the entry has */
	size_t n;
	bool in_registry; /* stores are those of a registry; otherwise signatures are in path */
	struct node_stores stores;
	char *signatures; /* dir: the files' common front, owned */
	bool complete;	  /* false when a key could not be read */
};
#define EXPLANATION_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * keys: where the key files are. E_INVALID for an image that no scope is for (with a tag and a
 * digest), E_NOT_FOUND and E_IO for a directory that cannot be found. Keys that cannot be read are
 * no error: they are listed.
 */
int policy_explain(struct explanation *out, const struct node_config *config,
    const struct node_view *keys, const struct image_name *image, struct err *e) RESULT_USED;
void explanation_free(struct explanation *x);
AUTO_DEFINE(explanation)

#endif
