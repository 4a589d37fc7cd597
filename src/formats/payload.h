/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The payload of an atomic container signature (containers-signature(5)), read as strictly as
 * containers/image reads it. Whether what it claims is true is trust/claim's business.
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

enum payload_optional {
	PAYLOAD_OPTIONAL_REQUIRED = 0, /* as containers/image: "optional" must be an object */
	PAYLOAD_OPTIONAL_MAY_BE_ABSENT /* as library-go: Red Hat's 4.4.6 signature has none */
};

/*
 * Exact keys, no duplicates at any of these levels, exact type, nothing after the object. All
 * failures are E_INVALID and name the place ("critical.image: unknown key \"x\""). On failure out
 * is zeroed.
 */
int payload_parse(struct payload *out, struct bytes in, enum payload_optional optional,
    struct err *e) RESULT_USED;
void payload_free(struct payload *p);
AUTO_DEFINE(payload)

#endif
