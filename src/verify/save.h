/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder that "relsig save" fills with what verifies accepted images elsewhere (relsig-save(1)
 * has its layout; transport/layout_save reads it). What is written was accepted in this run; what
 * an earlier run left is added to, and never replaced by something else.
 */
#ifndef RELSIG_VERIFY_SAVE_H
#define RELSIG_VERIFY_SAVE_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/certificates.h"
#include "trust/public_keys.h"
#include "verify/image_report.h"

struct save;

/* Open the directory, which is made when it is not there. Before the process is confined. E_IO. */
int save_open(struct save **out, const char *directory, struct err *e) RESULT_USED;
/*
 * Take the report of an image that was verified and kept (image_options.keep); one that was not
 * accepted, or for which nothing was verified, stays where it is. image is emptied.
 */
void save_take(struct save *s, struct image_report *image);
/* How many were taken; and those of them whose manifest is not known (--digest-only). */
size_t save_images(const struct save *s);
size_t save_without_manifest(const struct save *s);

/* Where the keys that signed are found; borrowed. */
struct save_keys {
	const struct certificates *openpgp;
	const struct public_keys *const *sigstore;
	size_t n_sigstore;
};
/*
 * Write all that was taken, each image whole or not at all; then, in one go, what lists them: the
 * index, the ConfigMap, the JSON report of the run, SHA256SUMS. Nothing at all when nothing was
 * taken. machine: for bare versions among the names. E_MISMATCH: something else is there in its
 * place, which stays. E_IO; E_TIMED_OUT; E_INVALID: what is there is no such folder.
 */
int save_write(struct save *s, const struct save_keys *keys, const char *machine,
    struct bytes report, const struct deadline *deadline, struct err *e) RESULT_USED;
/* NULL is fine. */
void save_free(struct save *s);
AUTO_PTR_DEFINE(save)

#endif
