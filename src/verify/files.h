/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A signed list of sums, and the files that it lists: one obligation of the verdict for each file
 * that is wanted, which only the file's own bytes discharge. Whatever is left unproven is a
 * failure.
 */
#ifndef RELSIG_VERIFY_FILES_H
#define RELSIG_VERIFY_FILES_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "trust/openpgp.h"
#include "trust/verdict.h"
#include "verify/ready.h"

/* Everything is borrowed. */
struct files_wanted {
	const char *sums;      /* SUMS, the file that has the signature */
	const char *sums_file; /* --sums-file: the text of a detached signature; or NULL */
	/* FILEs: paths into the directory of SUMS, written as SUMS is */
	char *const *names;
	size_t n_names;
	bool all;	     /* --all: every file of the list, and no names */
	bool ignore_missing; /* --ignore-missing: of --all, but for those that are not there */
	unsigned jobs;
	struct deadline deadline;
	int64_t now; /* seconds since 1970 */
};

/* E_USAGE: nothing is wanted, or what excludes each other, or a FILE elsewhere than beside SUMS. */
int files_check(const struct files_wanted *w, struct err *e) RESULT_USED;

/* One file; its verdict is that of the obligation. */
struct file_report {
	char *name;	      /* owned: in the list */
	char *path;	      /* owned: where it is */
	struct digest digest; /* the list's; "no digest": not listed, or there is no list */
	uint64_t bytes;	      /* that were read */
	size_t obligation;
};

struct files_report {
	char *text; /* owned: the file with the text of a detached signature; or NULL */
	enum signed_form form;
	struct signature_facts facts;
	/* Of the list: signed by a trusted key, and readable. */
	enum outcome outcome;
	enum reason reason;
	char *detail;	/* owned; NULL when it is */
	size_t listed;	/* files in it */
	size_t missing; /* of them were not there, and are left out (--ignore-missing) */
	struct file_report *files;
	size_t n;
	/* One obligation for each of files; one that nothing discharges when there is no file. */
	struct verdict verdict;
};
#define FILES_REPORT_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * w has been checked. Wait for the keys, verify the list, then hash the files, so many at once.
 * What goes wrong is in the report.
 */
void files_verify(const struct files_wanted *w, struct openpgp *openpgp, struct ready *keys,
    struct files_report *out);
/* The files, by what came of each, and what stands for all of them when there is none. */
struct tally files_tally(const struct files_report *r);
void files_report_free(struct files_report *r);
AUTO_DEFINE(files_report)

#endif
