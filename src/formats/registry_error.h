/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a registry or token service says when it refuses (OCI distribution-spec, "Error Codes"). */
#ifndef RELSIG_FORMATS_REGISTRY_ERROR_H
#define RELSIG_FORMATS_REGISTRY_ERROR_H

#include "base/base.h"

/*
 * " (CODE: message)" of the first error in {"errors": [{"code": ..., "message": ...}]}, or of an
 * OAuth2 answer's "error" and "error_description" (RFC 6749 §5.2): escaped, cut to 200 bytes, for
 * free(). "" when the body is something else, such as a proxy's page: nothing of it is worth
 * repeating.
 */
char *registry_error_text(struct bytes body);

#endif
