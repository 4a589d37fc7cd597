/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node's files as somebody has them: on this machine, in a directory that stands for the node's
 * "/", or in MachineConfigs that have yet to reach it.
 */
#ifndef RELSIG_VERIFY_NODE_VIEW_H
#define RELSIG_VERIFY_NODE_VIEW_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/machine_config.h"

/* The key file that every node of OpenShift has, and no MachineConfig needs to bring. */
#define NODE_RED_HAT_KEY_FILE "/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release"
#define NODE_POLICY_FILE "/etc/containers/policy.json"
#define NODE_REGISTRIESD "/etc/containers/registries.d"

/* Everything is borrowed. */
struct node_view {
	const struct machine_configs *configs; /* NULL: files of this machine */
	const char *root; /* without configs: the directory that is "/"; "" for this machine's */
};

enum node_view_answer {
	NODE_VIEW_UNSET = 0,
	NODE_VIEW_READ,
	NODE_VIEW_MISSING,    /* it is not there: E_NOT_FOUND */
	NODE_VIEW_NOT_SHOWN,  /* the node may have it, the view does not tell: E_NOT_FOUND */
	NODE_VIEW_UNREADABLE, /* it is there and cannot be read: any other error */
};

struct viewed_file {
	struct buf content;
	int64_t mode; /* the permission bits; -1 when nobody says */
};
#define VIEWED_FILE_INIT                                                                           \
	{                                                                                          \
		.mode = -1                                                                         \
	}
void viewed_file_free(struct viewed_file *f);
AUTO_DEFINE(viewed_file)

/*
 * A file that a node has at path. Without configs it is read below root; what is in a directory
 * that root does not have is not shown, unless root is this machine. Over max is UNREADABLE.
 */
enum node_view_answer node_view_read(const struct node_view *v, const char *path, size_t max,
    struct viewed_file *out, struct err *e) RESULT_USED;

#endif
