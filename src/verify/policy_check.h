/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that is wrong or weak in a node's policy.json, registries.d and the keys that they
 * lead to. No image is asked about, nothing is fetched.
 */
#ifndef RELSIG_VERIFY_POLICY_CHECK_H
#define RELSIG_VERIFY_POLICY_CHECK_H

#include "base/base.h"
#include "formats/policy.h"
#include "formats/registriesd.h"
#include "verify/findings.h"
#include "verify/node_view.h"

/* What there is to check. Everything is borrowed. */
struct policy_check {
	const struct node_view *view; /* where keys are, and with configs the files below, too */
	const char *policy_file;      /* NULL: there is none to check */
	/* Files of registries.d, NULL-terminated; NULL: which a node has is not known. */
	const char *const *registriesd_files;
};

/*
 * Add what is found. A file that cannot be read, or is not what it must be, is a finding, and the
 * others are checked all the same; what takes both sides is left out then.
 */
void policy_check(const struct policy_check *what, struct findings *out);

/*
 * The parts of it.
 */

struct policy_check_subject {
	const struct node_view *view;
	const char *policy_file;
	const struct policy *policy;
	const struct registriesd *registriesd; /* NULL when not all of it could be read */
};
/* The policy by itself: scopes, transports, requirements, what decides instead of what. */
void policy_check_entries(const struct policy_check_subject *s, struct findings *out);
/* The files and the data that its requirements name. */
void policy_check_keys(const struct policy_check_subject *s, struct findings *out);
/* The sections of registries.d by themselves. */
void policy_check_sections(const struct registriesd *r, struct findings *out);
/* Who reads what: both sides are there. */
void policy_check_stores(const struct policy_check_subject *s, struct findings *out);

/* What comes of all requirements together. */
enum policy_decision {
	POLICY_DECISION_UNSET = 0,
	POLICY_DECISION_ACCEPT, /* anything */
	POLICY_DECISION_SIGNED, /* what is signed */
	POLICY_DECISION_REJECT,
};
enum policy_decision policy_decision_of(const struct policy_entry *entry) RESULT_USED;
/* "registry.redhat.io" or "registry.access.redhat.com", or something in it? */
bool policy_scope_is_red_hat(const char *scope) RESULT_USED;

#endif
