/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A judge for tests: it is given the sample release (testdata/README) and the keys that a case
 * names, and looks at blobs in the order that verify/ does. Nothing may be left behind when it
 * closes.
 */
#ifndef RELSIG_TESTS_JUDGE_H
#define RELSIG_TESTS_JUDGE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/payload.h"
#include "trust/claim.h"
#include "trust/openpgp.h"

struct judge {
	struct trusted_keys keys;
	struct subject *subject;
	struct identity identity;
	struct openpgp *openpgp;
	char *home; /* what GNUPGHOME was set to; owned */
};
#define JUDGE_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

/* The time of looking: 2030, after every good signature. */
#define JUDGE_NOW ((int64_t)1893456000)

/*
 * keys: names of files in testdata/keys, or paths below testdata, or paths that begin with a slash,
 * between white space; all
 * primary keys in them are trusted. NULL for release.asc.
 */
int judge_open(struct judge *j, const char *keys, int timeout_ms, struct err *e) RESULT_USED;
/* Frees all. E_IO when a child process or the private home is still there. */
int judge_close(struct judge *j, struct err *e) RESULT_USED;

/* What came out for one blob. */
struct judged {
	enum outcome outcome;
	enum reason reason; /* REASON_ACCEPTED with a claim */
	struct buf payload; /* what was signed, when openpgp_verify proved it */
	struct signature_facts facts;
	struct payload seen;
	struct claim *claim;
	struct err e;
};
#define JUDGED_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}
void judged_free(struct judged *d);
AUTO_DEFINE(judged)

/* openpgp_verify and claim_make, at JUDGE_NOW. Several threads may do this at once. */
void judge_blob(const struct judge *j, struct bytes blob, struct judged *out);

/* The same as checks of a test. */
void judge_must_open(struct judge *j, const char *keys);
void judge_must_close(struct judge *j);

/*
 * A file of testdata; adversary/CASE/blob with what its "generate" adds. Failing these fails the
 * test.
 */
void testdata_read(struct buf *out, const char *name);
void testdata_blob(struct buf *out, const char *name);
/* A file's text, or its first line without the end; NULL when there is no file. For free(). */
char *testdata_text(const char *name);
char *testdata_line(const char *name);
/* What keys.txt says of a key file: the fingerprints of its primary keys, with commas between. For
 * free(). */
char *testdata_fingerprints(const char *key_file);

#endif
