/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a directory of testdata/adversary says of its case, for tests that judge signatures without
 * the program around them (testdata/README; tests/adversary/run has the program).
 */
#ifndef RELSIG_TESTS_CORPUS_H
#define RELSIG_TESTS_CORPUS_H

#include "base/base.h"
#include "judge.h"

struct corpus_case {
	const char *name; /* borrowed */
	char *word;	  /* the expected reason */
	int status;	  /* and exit status */
	char *keys;	  /* the --key files, for judge_open */
	char *only;	  /* --fingerprint, or NULL */
};
#define CORPUS_CASE_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}
void corpus_case_free(struct corpus_case *c);
AUTO_DEFINE(corpus_case)

/* The names of the cases that have a signature in them, sorted, n of them; kept. */
char *const *corpus_signatures(size_t *n);
/* Failing these fails the test. */
void corpus_read(struct corpus_case *out, const char *name);
/* A judge who trusts what the case trusts. */
void corpus_open_judge(const struct corpus_case *c, struct judge *j);

#endif
