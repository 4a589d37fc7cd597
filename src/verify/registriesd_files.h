/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a registries.d directory. */
#ifndef RELSIG_VERIFY_REGISTRIESD_FILES_H
#define RELSIG_VERIFY_REGISTRIESD_FILES_H

#include "base/base.h"
#include "base/err.h"

struct registriesd_files {
	char **v; /* paths, owned */
	size_t n;
};
#define REGISTRIESD_FILES_INIT                                                                     \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Add the *.yaml of a directory, in order, so that messages do not depend on the file system.
 * E_NOT_FOUND when it is not there, E_IO otherwise.
 */
int registriesd_files_list(
    struct registriesd_files *out, const char *directory, struct err *e) RESULT_USED;
void registriesd_files_free(struct registriesd_files *f);
AUTO_DEFINE(registriesd_files)

#endif
