/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.json (containers-policy.json(5)): what a node demands of an image before it runs it. Read
 * as strictly as containers/image reads it; which requirements hold is judged elsewhere.
 */
#ifndef RELSIG_FORMATS_POLICY_H
#define RELSIG_FORMATS_POLICY_H

#include "base/base.h"
#include "base/err.h"
#include "formats/policy_requirement.h"
#include "formats/scopes.h"

/* The requirements of one scope: all must hold, and without any none does. Strings are owned. */
struct policy_entry {
	char *transport; /* "docker", "dir", ...; NULL for the policy's default */
	char *scope;	 /* "" for the transport's default; NULL for the policy's */
	char *place;	 /* for messages: "transports.docker[\"quay.io\"]", "default" */
	struct policy_requirement *v;
	size_t n;
};

/* All zero has no requirements, so it accepts nothing. */
struct policy {
	struct policy_entry fallback; /* "default" */
	struct policy_entry *v;	      /* "transports": the scopes of all of them */
	size_t n;
};
#define POLICY_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * All of the file, also what no image will ever need: E_INVALID, with the place before what is
 * wrong, for whatever containers/image refuses to read; E_TOO_LARGE over the caps of limits.h.
 * What it reads but never accepts (signedBaseLayer, a keyType other than GPGKeys, no keys) is read.
 * On failure out is zeroed.
 */
int policy_parse(struct policy *out, struct bytes in, struct err *e) RESULT_USED;
/*
 * The entry that decides, and no other does: the first of the scopes that the transport has, else
 * the transport's "", else the policy's default. Never NULL; borrowed from p.
 */
const struct policy_entry *policy_lookup(
    const struct policy *p, const char *transport, const struct scopes *scopes);
void policy_free(struct policy *p);
AUTO_DEFINE(policy)

#endif
