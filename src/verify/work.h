/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One image on its way through the trust argument: what image.c and image_policy.c share. What is
 * wanted of the image is a list of demands, each an obligation of the verdict.
 */
#ifndef RELSIG_VERIFY_WORK_H
#define RELSIG_VERIFY_WORK_H

#include "formats/signature_blob.h"
#include "transport/source.h"
#include "transport/store.h"
#include "trust/claim.h"
#include "trust/identity.h"
#include "trust/subject.h"
#include "verify/image.h"

/* What a signature must be to discharge an obligation. All zero: nothing does. */
struct demand {
	enum scheme scheme;
	size_t obligation;		 /* in the verdict */
	size_t requirement;		 /* in the report */
	const struct trusted_keys *keys; /* of SCHEME_OPENPGP; NULL: the run's */
	struct sigstore_trust sigstore;	 /* of SCHEME_SIGSTORE */
	struct identity identity;	 /* whose name must be signed; owned */
	enum payload_optional optional;
};

struct work {
	const struct image_run *run;
	struct image_report *report;
	struct image_name name;
	struct digest asked;		/* that the manifest must have; may be unset */
	struct buf manifest;		/* its bytes, owned */
	struct subject *subject;	/* owned */
	struct store_iter *first_store; /* the first store, asked ahead of time; or NULL */
	struct demand *demands;
	size_t n_demands;
};
void work_free(struct work *w);
AUTO_DEFINE(work)

/*
 * Add something that is wanted: an obligation, and its line in the report. type is static; place
 * may be NULL. Its index in the report's requirements.
 */
size_t work_require(struct work *w, const char *type, const char *place, const char *what);
/* Add the demand that belongs to it, to be filled in; valid until the next is added. */
struct demand *work_demand(struct work *w, size_t requirement, enum scheme scheme);

/*
 * The demand of signedBy or sigstoreSigned, for an image with this name (NULL: it has none). Where
 * there can be none, its obligation is closed: refused for what is never accepted, no verdict
 * without the keys.
 */
void work_demand_of(struct work *w, size_t requirement, const struct requirement_keys *keys,
    const struct reference *image);
/* Close the obligation of one requirement. */
void work_refuse_one(struct work *w, size_t requirement, enum reason reason, const char *detail);

/* Is the demand's obligation still open? */
bool work_is_open(const struct work *w, const struct demand *d) RESULT_USED;
/* Is another signature of use to it: is it open, or are all that can be had kept? */
bool work_wants(const struct work *w, const struct demand *d) RESULT_USED;
/* Note at every obligation that is open why there is no verdict, or that it is refused. */
void work_no_verdict(struct work *w, const struct err *e);
void work_undecided(struct work *w, enum reason reason, const char *detail);
void work_refuse(struct work *w, enum reason reason, const struct err *e);
/* Has the run's time ended? Then nothing more is begun, and work_no_verdict has noted it. */
bool work_time_is_up(struct work *w) RESULT_USED;

/*
 * Fetch the manifest and take its digest for the subject, or the digest alone. False when it came
 * to nothing, which is noted at every obligation.
 */
bool work_find_subject(struct work *w, struct source *source) RESULT_USED;

/*
 * image_instance.c: when the subject is a list of images, the one of it that is for this machine
 * becomes the subject. False when it came to nothing, which is noted as above.
 */
bool work_find_instance(struct work *w, struct source *source) RESULT_USED;

/* What to call the store that an image's own source is: the image's name, or "--from". */
const char *work_store_word(const struct work *w);
/* A line of the report for a look at a blob, for a demand; location is consumed. */
struct attempt *work_attempt(
    struct work *w, const struct demand *d, const char *store, char *location, size_t bytes);
/* The attempt came to nothing: say so there, and at the obligation, which stays open. */
void work_close_attempt(struct work *w, const struct demand *d, struct attempt *a,
    enum outcome outcome, enum reason reason, const struct err *e);
/*
 * A signature to a claim, and the claim to the verdict. These two are the only places where an
 * image is accepted for what was signed.
 */
void work_judge_openpgp(
    struct work *w, const struct demand *d, struct attempt *a, struct bytes blob);
void work_judge_sigstore(struct work *w, const struct demand *d, struct attempt *a,
    const struct sigstore_signature *signature);

/* image_sigstore.c: look for the signatures that the demands for sigstore's wait for. */
void work_try_sigstore(struct work *w, struct source *source);
/* The same in one place, which is called store. */
void work_try_sigstore_store(struct work *w, const char *store, struct store_iter *it);
/* image_policy.c: what is wanted by the policy, and whether the signatures are that. */
void work_under_policy(struct work *w, struct source *source);

#endif
