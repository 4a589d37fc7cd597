/* SPDX-License-Identifier: GPL-3.0-or-later */
/* release-manifests/release-metadata of a release image: kind cincinnati-metadata-v0. */
#ifndef RELSIG_FORMATS_RELEASE_METADATA_H
#define RELSIG_FORMATS_RELEASE_METADATA_H

#include "base/base.h"
#include "base/err.h"

struct release_metadata {
	char *version; /* owned */
	char *url;     /* metadata.url: the advisory; owned; NULL when absent */
};
#define RELEASE_METADATA_INIT                                                                      \
	{                                                                                          \
		0                                                                                  \
	}

/* E_INVALID: another kind, no version, a member of the wrong type. Unknown members are allowed. */
int release_metadata_parse(
    struct release_metadata *out, struct bytes json, struct err *e) RESULT_USED;
void release_metadata_free(struct release_metadata *m);
AUTO_DEFINE(release_metadata)

#endif
