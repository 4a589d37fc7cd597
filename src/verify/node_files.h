/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that make a node's policy, by the paths that they have on the node. */
#ifndef RELSIG_VERIFY_NODE_FILES_H
#define RELSIG_VERIFY_NODE_FILES_H

#include "base/base.h"
#include "base/err.h"
#include "formats/machine_config.h"
#include "verify/node_config.h"

struct node_files {
	struct node_file *v;
	size_t n;
};
#define NODE_FILES_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * policy.json, the *.yaml of registries.d, and the files that the policy's requirements name. Of
 * the two places only what the options name is taken; when they name neither, both defaults. Left
 * out are the key file that every node has (NODE_RED_HAT_KEY_FILE) and paths that are not absolute.
 * A file that cannot be read is an error: its code is that of file_read.
 */
int node_files_collect(
    struct node_files *out, const struct node_config_options *options, struct err *e) RESULT_USED;
void node_files_free(struct node_files *f);
AUTO_DEFINE(node_files)

#endif
