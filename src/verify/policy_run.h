/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node's policy for one run: the keys of every requirement that an image of the run may meet are
 * read once, before the first image is looked at.
 */
#ifndef RELSIG_VERIFY_POLICY_RUN_H
#define RELSIG_VERIFY_POLICY_RUN_H

#include "base/base.h"
#include "base/err.h"
#include "formats/image_name.h"
#include "trust/keys.h"
#include "trust/public_keys.h"
#include "verify/node_config.h"
#include "verify/policy_keys.h"

/* What the keys of one requirement came to. */
struct requirement_keys {
	const struct policy_requirement *requirement; /* borrowed */
	struct err failure;	     /* why there are none: a file that is not there, ... */
	struct trusted_keys openpgp; /* of signedBy */
	struct public_keys sigstore; /* of sigstoreSigned with keys */
	struct public_keys log;	     /* its Rekor keys */
};

/* Read the keys of a requirement, into a zeroed struct; it cannot fail as a whole. */
void requirement_keys_read(struct requirement_keys *out,
    const struct policy_requirement *requirement, const struct policy_key_files *files,
    bool allow_weak);
void requirement_keys_free(struct requirement_keys *k);

struct policy_run {
	const struct node_config *config; /* borrowed */
	struct requirement_keys *v;
	size_t n;
};

/*
 * The requirements that decide about these images; names that cannot be read are passed over, and
 * reported when their turn comes. config is borrowed. ring gets every OpenPGP key of them, none of
 * which is trusted there. E_INVALID: two files have keys that nobody could tell apart.
 */
int policy_run_make(struct policy_run *out, const struct node_config *config, char *const *names,
    size_t n, const char *machine, bool allow_weak, struct trusted_keys *ring,
    struct err *e) RESULT_USED;
/* NULL for a requirement that is not among them. */
const struct requirement_keys *policy_run_keys(
    const struct policy_run *p, const struct policy_requirement *requirement);
/* The entry that decides about an image, borrowed; as node_config_entry. */
const struct policy_entry *policy_run_entry(
    const struct policy_run *p, const struct image_name *image, struct err *e) RESULT_USED;
void policy_run_free(struct policy_run *p);

#endif
