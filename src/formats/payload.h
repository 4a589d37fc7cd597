/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The payload of a container signature, read as strictly as containers/image reads it: of an atomic
 * one (containers-signature(5)), and of cosign's, which differs in its type and in one null.
 * Whether what it claims is true is trust/claim's business.
 */
#ifndef RELSIG_FORMATS_PAYLOAD_H
#define RELSIG_FORMATS_PAYLOAD_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"

struct payload {
	char *claimed_reference;      /* critical.identity.docker-reference, owned, not empty */
	struct digest claimed_digest; /* critical.image.docker-manifest-digest */
	char *creator;		      /* optional.creator, owned; NULL when absent or null */
	bool has_timestamp;
	int64_t timestamp; /* optional.timestamp, seconds since 1970 */
};
#define PAYLOAD_INIT                                                                               \
	{                                                                                          \
		0                                                                                  \
	}

/* What critical.type must say: it depends on how the payload is signed. Unset is what none says. */
enum payload_type {
	PAYLOAD_TYPE_UNSET = 0,
	PAYLOAD_ATOMIC, /* "atomic container signature", signed with OpenPGP */
	PAYLOAD_COSIGN, /* "cosign container image signature"; "optional" may be null */
	PAYLOAD_SUMS,	/* a list of sums (formats/sums): no payload of an image at all */
};

enum payload_optional {
	PAYLOAD_OPTIONAL_REQUIRED = 0, /* as containers/image: "optional" must be an object */
	/* As library-go, of atomic payloads alone: Red Hat's 4.4.6 signature has none. */
	PAYLOAD_OPTIONAL_MAY_BE_ABSENT
};

/*
 * Exact keys, no duplicates at any of these levels, exact type, nothing after the object. All
 * failures are E_INVALID and name the place ("critical.image: unknown key \"x\""). On failure out
 * is zeroed.
 */
int payload_parse(struct payload *out, struct bytes in, enum payload_type type,
    enum payload_optional optional, struct err *e) RESULT_USED;
void payload_free(struct payload *p);
AUTO_DEFINE(payload)

#endif
