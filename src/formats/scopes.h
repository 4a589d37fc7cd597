/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where policy.json and registries.d are searched for an image: the names of scopes from the most
 * specific to the least, as containers/image has them. The first that is configured decides, alone.
 */
#ifndef RELSIG_FORMATS_SCOPES_H
#define RELSIG_FORMATS_SCOPES_H

#include "base/base.h"
#include "base/err.h"
#include "formats/reference.h"

/* All zero is an empty list. The default of the transport ("") is not in it: it is the caller's. */
struct scopes {
	const char **v; /* owned, and so is each string */
	size_t n;
};
#define SCOPES_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * For the transport "docker": HOST/PATH:TAG or HOST/PATH@DIGEST, HOST/PATH, each parent of the
 * path, HOST with its port, then "*." before what is left of the host's name (now without the port)
 * after its first label, its first two, and so on. E_INVALID without a tag and a digest, and with
 * both: there is no scope for either, and containers/image looks up neither.
 */
int scopes_of_reference(
    struct scopes *out, const struct reference *image, struct err *e) RESULT_USED;
/*
 * For the transports "dir" and "oci": the path and each parent but "/". It must be absolute and
 * clean, with its symbolic links resolved by the caller; E_INVALID otherwise. "/" has no scopes.
 */
int scopes_of_path(struct scopes *out, const char *path, struct err *e) RESULT_USED;
/*
 * A scope as somebody wrote it for the transport "docker", and after it the broader ones that an
 * image of it is searched for: never "". E_INVALID, with why, when no image has such a scope.
 */
int scopes_of_scope(struct scopes *out, const char *scope, struct err *e) RESULT_USED;
/* An absolute path without empty, "." and ".." components, and without a '/' at its end but "/". */
bool scopes_path_is_clean(const char *path) RESULT_USED;
void scopes_free(struct scopes *s);
AUTO_DEFINE(scopes)

#endif
