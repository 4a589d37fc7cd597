/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where policy.json says that keys and certificates are: in files, or in it as base64. */
#ifndef RELSIG_FORMATS_POLICY_SOURCE_H
#define RELSIG_FORMATS_POLICY_SOURCE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/json.h"

enum policy_source_kind {
	POLICY_SOURCE_NONE = 0, /* no member says */
	POLICY_SOURCE_FILES,
	POLICY_SOURCE_DATA,
};

struct policy_source {
	enum policy_source_kind kind;
	char *place;	  /* of the member that says, owned: "default[0].keyPaths" */
	char **paths;	  /* FILES: n of them, owned; as written, "" among several included */
	struct buf *data; /* DATA: n of them, owned, decoded; may hold nothing */
	size_t n;	  /* 0 only where a list may be empty: then there are no keys to trust */
};
#define POLICY_SOURCE_INIT                                                                         \
	{                                                                                          \
		0                                                                                  \
	}

/* The members of an object that are one source in several forms; NULL for a form that is not. */
struct policy_source_members {
	const char *path, *paths, *data, *datas;
	bool may_be_empty; /* "paths": [] */
};

/*
 * At most one of the members may be there: NONE when none is. A single path is not empty. Data is
 * base64, in which containers/image ignores CR and LF. E_INVALID with the place of what is wrong;
 * E_TOO_LARGE for more than MAX_POLICY_KEYS. On failure out may be half made: free it.
 */
int policy_source_parse(struct policy_source *out, const json_t *o, const char *place,
    const struct policy_source_members *members, struct err *e) RESULT_USED;
void policy_source_free(struct policy_source *s);
AUTO_DEFINE(policy_source)

#endif
