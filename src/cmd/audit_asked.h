/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which registries an audit may ask, as far as that is known before the release was read. */
#ifndef RELSIG_CMD_AUDIT_ASKED_H
#define RELSIG_CMD_AUDIT_ASKED_H

#include "base/base.h"

/* Names of images, for verify_run_names.asked. */
struct audit_asked {
	char **v; /* owned */
	size_t n;
};
#define AUDIT_ASKED_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * The images themselves; where oc-mirror has the components beside ".../release-images"; and where
 * they are published, for a release that is there, or has mirrors.
 */
void audit_asked_make(struct audit_asked *out, char *const *images, size_t n, bool has_mirrors);
void audit_asked_free(struct audit_asked *a);
AUTO_DEFINE(audit_asked)

#endif
