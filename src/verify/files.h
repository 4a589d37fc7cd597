/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A signed list of sums, and the files that it lists: one obligation of the verdict for each file
 * that is wanted, which only the file's own bytes discharge. Whatever is left unproven is a
 * failure.
 */
#ifndef RELSIG_VERIFY_FILES_H
#define RELSIG_VERIFY_FILES_H

#include <stdatomic.h>

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "base/outdir.h"
#include "transport/http.h"
#include "trust/openpgp.h"
#include "trust/verdict.h"
#include "verify/ready.h"
#include "verify/progress_counts.h"

/* --url: where the list and the files are, and where they shall be. Everything is borrowed. */
struct files_from {
	const char *url; /* --url; NULL: everything is here */
	struct http *http;
	struct outdir *directory; /* --output-dir */
	bool overwrites;	  /* --overwrite: files of the same names that are others */
	uint64_t max_bytes;	  /* --max-size: of one file */
};

/* Everything is borrowed. */
struct files_wanted {
	/* SUMS, the file that has the signature; with --url, and so what follows, a name there. */
	const char *sums;
	const char *sums_file; /* --sums-file: the text of a detached signature; or NULL */
	struct files_from from;
	/* FILEs: paths into the directory of SUMS, written as SUMS is */
	char *const *names;
	size_t n_names;
	bool all;	     /* --all: every file of the list, and no names */
	bool ignore_missing; /* --ignore-missing: of --all, but for those that are not there */
	unsigned jobs;
	struct deadline deadline;
	int64_t now;			  /* seconds since 1970 */
	struct progress_counts *progress; /* or NULL */
	/* When another thread sets it, what was begun is ended soon, and what came is kept; or
	 * NULL.
	 */
	const atomic_bool *stop;
};

/* E_USAGE: nothing is wanted, or what excludes each other, or a FILE elsewhere than beside SUMS; no
 * such URL. */
int files_check(const struct files_wanted *w, struct err *e) RESULT_USED;

/* One file; its verdict is that of the obligation. */
struct file_report {
	char *name;	      /* owned: in the list */
	char *path;	      /* owned: where it is */
	struct digest digest; /* the list's; "no digest": not listed, or there is no list */
	uint64_t bytes;	      /* that were read */
	uint64_t fetched;     /* of them came from the server in this run */
	size_t obligation;
};

struct files_report {
	char *sums; /* owned: where SUMS is */
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
 * w has been checked. Wait for the keys, verify the list, then fetch or hash the files, so many at
 * once; nothing is written before the list is verified, and each file whole or not at all.
 * What goes wrong is in the report.
 */
void files_verify(const struct files_wanted *w, struct openpgp *openpgp, struct ready *keys,
    struct files_report *out);
/* The files, by what came of each, and what stands for all of them when there is none. */
struct tally files_tally(const struct files_report *r);
void files_report_free(struct files_report *r);
AUTO_DEFINE(files_report)

#endif
