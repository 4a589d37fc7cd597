/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that was found out about one image: what cmd/report_*.c prints. */
#ifndef RELSIG_VERIFY_IMAGE_REPORT_H
#define RELSIG_VERIFY_IMAGE_REPORT_H

#include "base/base.h"
#include "base/buf.h"
#include "formats/digest.h"
#include "formats/manifest.h"
#include "formats/payload.h"
#include "transport/asked.h"
#include "transport/attachment_copy.h"
#include "trust/openpgp.h"
#include "trust/sigstore.h"
#include "trust/verdict.h"

/* The kind of a signature. */
enum scheme {
	SCHEME_UNSET = 0,
	SCHEME_OPENPGP,	 /* an atomic container signature */
	SCHEME_SIGSTORE, /* cosign's */
};

/* One look into a store or at a blob. Text from outside is untrusted. */
struct attempt {
	enum scheme scheme;
	char *requirement; /* of the policy, that the blob was looked at for; owned; or NULL */
	char *store; /* where the blob was looked for: a store's URL, "dir", "--signature"; owned */
	char *layout;	/* what the store's directory was recognised as; owned; or NULL */
	char *location; /* URL or path of the blob; owned; NULL when there was none */
	size_t bytes;	/* of the blob */
	enum outcome outcome;
	enum reason reason;
	char *detail;			/* owned, or NULL */
	struct signature_facts facts;	/* of SCHEME_OPENPGP */
	struct sigstore_facts sigstore; /* of SCHEME_SIGSTORE */
	struct payload payload; /* what was signed; meaningful when claimed_reference is set */
	/* The signature, as a "dir:" layout has it; kept of a run that keeps, when it is accepted.
	 */
	struct buf kept;
};

/* One thing that is wanted of the image; its outcome is that of the verdict's obligation. */
struct requirement_report {
	char *
	    place; /* in the policy, "transports.docker[\"quay.io\"][0]"; owned; NULL without one */
	const char *type;  /* "signedBy", ...; "openpgp" or "sigstore" without a policy; static */
	char *identity;	   /* the name that must be signed; owned; NULL when that does not matter */
	size_t obligation; /* in the verdict */
	size_t accepted;   /* index of the attempt that proved it, plus one; 0 for none */
};

/* Which part of the node's configuration decides. Strings are owned. */
struct policy_report {
	char *file;  /* the policy.json that was read; NULL: no policy is asked */
	char *place; /* of the entry that decides: "transports.docker[\"quay.io\"]", "default" */
	char *transport, *scope; /* NULL: the policy's default */
	char *lookaside;	 /* the store that registries.d has for the image; NULL: none */
	char *lookaside_from;	 /* and who says so */
	char *attachments_from;	 /* who says whether sigstore signatures are asked for */
	bool attachments;
};

/* The list of images that the name stands for, when a node takes one of it. */
struct list_report {
	struct digest digest; /* not set: the image is no list, or judged as what it is */
	char *location;	      /* as manifest_location; owned */
	struct buf kept;      /* its manifest, in a run that keeps */
};

/* The place in the file system that gave the manifest. */
struct place_report {
	char *path; /* as the user named it; owned; NULL: it was no such place */
	char *kind; /* what it was recognised as; owned */
};

struct image_report {
	char *given;		 /* the name as it was given, owned */
	char *expected_identity; /* owned; NULL when the name could not be read */
	struct list_report list;
	struct digest digest;	 /* of the manifest, or the one asked for; may be unset */
	struct asked asked;	 /* who was asked for manifests */
	char *manifest_location; /* URL or path that it was fetched from; owned; NULL for none */
	struct place_report place;
	size_t manifest_bytes;
	enum manifest_kind manifest_kind;
	struct buf manifest_kept; /* its bytes, in a run that keeps; empty for none */
	/* Of a run that keeps, when a sigstore signature beside the image was accepted: the image
	 * that holds it; or why there is none. */
	struct attachment_copy attachment_kept;
	char *attachment_failure; /* owned; NULL when nothing went wrong */
	bool digest_only;
	struct verdict verdict;
	struct policy_report policy;
	struct requirement_report *requirements;
	size_t n_requirements;
	struct attempt *attempts;
	size_t n_attempts;
	const struct attempt
	    *accepted; /* the first that proved something, among attempts; or NULL */
};
#define IMAGE_REPORT_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}
void image_report_free(struct image_report *r);
AUTO_DEFINE(image_report)

/* "openpgp", "sigstore"; "" for none. */
const char *scheme_word(enum scheme scheme);

#endif
