/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of an audit share. Each manifest is a node, each blob a leaf; both are looked at
 * once, whoever refers to them, by the threads of a crew. What they found stays with them, and is
 * put into the report at the end, in its order (audit_tell.c).
 */
#ifndef RELSIG_VERIFY_AUDIT_WORK_H
#define RELSIG_VERIFY_AUDIT_WORK_H

#include <pthread.h>

#include "formats/image_config.h"
#include "transport/content.h"
#include "trust/agreement.h"
#include "trust/link.h"
#include "trust/subject.h"
#include "verify/audit.h"
#include "verify/crew.h"

struct audit_problems {
	struct audit_problem *v;
	size_t n;
};

/* Of the release's payload: the ClusterImagePolicies that nodes will enforce, and their keys. */
struct audit_policies {
	struct cluster_image_policies all;
	struct requirement_keys *keys; /* of each, in the same order */
	struct digest *seen;	       /* files that were read: each release image has the same */
	size_t n_seen;
};

/* A blob, at a place, with a size. */
struct audit_leaf {
	struct audit_node *node; /* the first that refers to it */
	const char *place;	 /* of that node; borrowed */
	struct digest digest;
	uint64_t size;
	size_t refs; /* manifests that refer to it */
	size_t obligation;
	enum outcome outcome;
	bool hashed, told;
	struct audit_problem problem; /* PROBLEM_UNSET: none */
};

/* What was read of a release image itself: its config, a layer. */
struct audit_read {
	enum outcome outcome; /* UNSET: it was not read */
	struct link *link;
	struct audit_problem problem;
};

struct audit_child {
	struct audit_node *node;
	const char *architecture; /* that the list says; borrowed from its descriptors; or NULL */
};

/* A manifest, of a repository. */
struct audit_node {
	struct audit *audit;
	struct reference image;	   /* the repository, and its digest */
	const struct link *parent; /* what names it; NULL: it is what was accepted */
	bool listed;		   /* by a list, with its size: */
	uint64_t size;
	const struct reference *upstream; /* another repository that its name is of; or NULL */
	size_t obligation;

	struct link *link; /* when it is what it must be, else NULL */
	struct subject *subject;
	struct content_at at;
	char *place; /* content_place_name */
	struct descriptors descriptors;
	struct audit_read *reads;     /* of a release image: one for each descriptor */
	struct audit_image result;    /* without children */
	struct audit_leaf **leaves;   /* one for each of result.blobs; NULL: not looked at */
	struct audit_child *children; /* of a list */
	size_t n_children;
	struct audit_problems problems;
	bool done, counted;
	const struct audit_payload *named_by; /* as a component, the last one */
	size_t n_naming;		      /* release images that do */
	size_t uses;			      /* how often it is in the report */
	const char **told;
	size_t n_told;
};

/* A file out of a layer. */
struct audit_file {
	char *name;
	struct buf content;
	size_t blob; /* the layer: its descriptor's index */
};

/* A release image on its way. */
struct audit_payload {
	struct audit *audit;
	struct audit_node *node;
	const char *listed_architecture; /* that the list says; borrowed; or NULL */
	enum audit_tie tie;
	char *tie_key;
	bool config_is_read;
	struct image_config config;
	struct audit_file *files; /* of layers that were proven */
	size_t n_files;
	char **hidden; /* names that do not count in layers further below */
	size_t n_hidden;
	bool blocked;			/* something is in the way of what it has, which is noted */
	struct audit_node **components; /* one for each of the references; NULL: not looked at */
	struct audit_problems problems;
};

struct audit {
	const struct image_run *run;
	const struct audit_options *options;
	struct audit_report *report;
	struct progress_counts *progress, own_progress;
	struct image_name name;
	struct content *content;
	struct crew *crew;
	pthread_mutex_t lock; /* of the verdict and the trees */
	void *nodes, *leaves; /* tsearch(3) */
	struct audit_node **all_nodes;
	size_t n_nodes;
	struct audit_leaf **all_leaves;
	size_t n_leaves;
	size_t whole;		 /* the obligation that nothing is left out */
	_Atomic size_t n_looked; /* nodes and leaves */
	_Atomic bool cut;	 /* something was not looked at for want of time */
	struct audit_policies policies;
	struct audit_payload *payloads; /* one for each of the report's releases */
	size_t n_payloads;
};

/*
 * audit_prove.c: the obligations of the verdict. Several threads may do this at once.
 */
size_t audit_require(
    struct audit *a, enum proof wants, const char *what, const struct digest *digest);
void audit_prove_link(struct audit *a, size_t obligation, const struct link *proof);
void audit_prove_verdict(struct audit *a, size_t obligation, const struct verdict *proof);
void audit_prove_agreement(struct audit *a, size_t obligation, const struct agreement *proof);
/* Why it stays open. */
void audit_fail(struct audit *a, size_t obligation, const struct audit_problem *p);
/* A problem that belongs to no obligation gets one, which nothing discharges. */
void audit_never(struct audit *a, const struct audit_problem *p);
/* Add a problem; digest and where may be NULL. Valid until the next one. */
struct audit_problem *audit_note(struct audit *a, struct audit_problems *list,
    enum audit_problem_kind kind, const struct digest *digest, const char *where,
    const char *detail);
/* The same, of an error: the kind is missing where all said that it is not there. */
struct audit_problem *audit_note_error(struct audit *a, struct audit_problems *list,
    enum audit_problem_kind missing, const struct digest *digest, const char *where,
    const struct err *e);
void audit_problems_free(struct audit_problems *p);
/* Is no more to be begun? Then something is left out, and the report says so. */
bool audit_is_over(struct audit *a) RESULT_USED;

/*
 * audit_images.c: manifests.
 */
/* What is known of one before it is fetched. */
struct audit_wanted {
	struct reference image;
	const struct link *parent;
	const struct descriptor *listed; /* by its list; or NULL */
	const struct reference *upstream;
};
/* The node; is_new: nobody has asked for it yet, and whoever did now looks at it. */
struct audit_node *audit_node_get(struct audit *a, const struct audit_wanted *wanted, bool *is_new);
/* Fetch it and what it says: false when that came to nothing, which is noted. */
bool audit_node_look(struct audit_node *n) RESULT_USED;
/* The images of a list that are wanted; those that are not there are noted. */
void audit_node_children(struct audit_node *n,
    void (*child)(struct audit *a, const struct audit_child *child, bool is_new));
/* Both, and its blobs and signatures: work for the crew. */
void audit_node_work(void *node);
void audit_node_free(struct audit_node *n);

/* audit_blobs.c: the leaves of an image, which is looked at. */
void audit_node_leaves(struct audit_node *n);
void audit_leaf_free(struct audit_leaf *l);
/* The problem with a blob that was read and hashed, or not: outcome and e as link_hash_end. */
void audit_note_blob(struct audit *a, struct audit_problems *list, const struct descriptor *d,
    uint64_t got, enum outcome outcome, const char *where, const struct err *e);

/* audit_sigstore.c */
int audit_policies_read(struct audit_policies *p, const char *file, struct bytes content,
    struct audit_release *r, struct err *e) RESULT_USED;
void audit_policies_keys(struct audit_policies *p, bool allow_weak);
void audit_policies_free(struct audit_policies *p);
/* The signatures that nodes demand of an image, which is looked at. */
void audit_node_sigstore(struct audit_node *n);

/*
 * audit_read.c: have a reader read a blob of a release image, to its end or not, and prove all of
 * it; what the reader made of it means nothing before. False: it is not proven, which is noted in
 * the node's reads. failure is the reader's own.
 */
typedef int audit_reader(void *arg, struct blob *blob, struct err *e);
bool audit_read(struct audit_node *n, size_t i, audit_reader *reader, void *arg,
    struct err *failure) RESULT_USED;

/* audit_payload.c: what is in a release image, work for the crew. */
#define AUDIT_REFERENCES_FILE "release-manifests/image-references"
#define AUDIT_METADATA_FILE "release-manifests/release-metadata"
void audit_payload_work(void *payload);
/* NULL: there is none. */
const struct audit_file *audit_payload_file(const struct audit_payload *p, const char *name);
void audit_payload_free(struct audit_payload *p);
/* audit_release.c: what it says, into the report's release; in order, after the crew. */
void audit_release_judge(struct audit *a, size_t i);

/* audit_tell.c: what was found, into the report. */
void audit_tell(struct audit *a);

#endif
