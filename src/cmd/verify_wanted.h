/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What relsig verify wants of its images, as far as files say it: a node's policy, sigstore keys,
 * ClusterImagePolicy objects.
 */
#ifndef RELSIG_CMD_VERIFY_WANTED_H
#define RELSIG_CMD_VERIFY_WANTED_H

#include "base/base.h"
#include "base/err.h"
#include "cmd/verify_settings.h"
#include "verify/image.h"
#include "verify/keysearch.h"

struct verify_wanted {
	struct deadline deadline; /* for reading files */
	struct node_config config;
	struct policy_run policy;
	struct public_keys sigstore_keys;
	struct cluster_image_policies cluster_policies;
	struct requirement_keys *cluster_keys; /* one for each of cluster_policies */
	size_t n_cluster_keys;
};

/*
 * Read them into a struct with a deadline and zeros. keys gets the OpenPGP keys of a policy, and
 * where they are from, for gpg and for the report.
 */
int verify_wanted_read(struct verify_wanted *out, const struct verify_settings *s,
    char *const *names, size_t n_names, const char *machine, struct key_search *keys,
    struct err *e) RESULT_USED;
/* Point the options at what was read; borrowed. */
void verify_wanted_apply(
    const struct verify_wanted *w, const struct verify_settings *s, struct image_options *options);
void verify_wanted_free(struct verify_wanted *w);

#endif
