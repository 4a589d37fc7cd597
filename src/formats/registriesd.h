/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * containers-registries.d(5): where the signatures of an image in a registry are. Files are added
 * one after the other; their order means nothing, for no two may speak of the same scope.
 *
 * As containers/image reads it: unknown keys are ignored, what is written for staging too.
 * Stricter: one document a file, and texts must be texts.
 */
#ifndef RELSIG_FORMATS_REGISTRIESD_H
#define RELSIG_FORMATS_REGISTRIESD_H

#include "base/base.h"
#include "base/err.h"

enum registriesd_switch { REGISTRIESD_UNSET = 0, REGISTRIESD_OFF, REGISTRIESD_ON };

/* What one file says of one scope. Every string is owned. */
struct registriesd_section {
	char *scope;	 /* NULL: default-docker */
	char *file;	 /* that says so */
	char *lookaside; /* a URL as it was written; NULL when absent or empty */
	char *sigstore;	 /* the older name of the same; asked for when there is no lookaside */
	enum registriesd_switch attachments; /* use-sigstore-attachments */
};

/* All zero: no file says anything. */
struct registriesd {
	struct registriesd_section *v;
	size_t n;
};
#define REGISTRIESD_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Add a file; file is its name. E_INVALID names it and the place; the same scope, or
 * default-docker, in two files is E_INVALID and names both; E_TOO_LARGE above
 * MAX_REGISTRIESD_SECTIONS. Nothing is added then.
 */
int registriesd_add(
    struct registriesd *r, const char *file, struct bytes in, struct err *e) RESULT_USED;

/* Which sections speak for an image. Everything is borrowed; NULL: no file does. */
struct registriesd_choice {
	const char *url; /* of the lookaside store, as it was written */
	const struct registriesd_section *url_from;
	bool attachments;
	const struct registriesd_section *attachments_from;
};

/*
 * scopes: of the image, the most specific first (formats/scopes). The first section with a URL, and
 * the first with a switch, each by itself: a section without one leaves the word to broader ones,
 * which the code of containers/image does and its manual denies. default-docker is the last.
 */
void registriesd_find(const struct registriesd *r, const char *const *scopes, size_t n_scopes,
    struct registriesd_choice *out);
void registriesd_free(struct registriesd *r);
AUTO_DEFINE(registriesd)

#endif
