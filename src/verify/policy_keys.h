/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys that a requirement of a policy names: read from its files or taken out of it. As
 * containers/image has it, all of the files must be there, and all of the keys count.
 */
#ifndef RELSIG_VERIFY_POLICY_KEYS_H
#define RELSIG_VERIFY_POLICY_KEYS_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/policy_source.h"
#include "trust/keys.h"
#include "trust/public_keys.h"

/* How files are read. */
struct policy_key_files {
	const char *root;	  /* put before paths; "" for this machine */
	struct deadline deadline; /* for what may block: somebody may name a FIFO */
};

/* Called with the name of each source, a file's path or its place in the policy, and its bytes. */
typedef int policy_key_reader(void *data, const char *name, struct bytes content, struct err *e);

/*
 * Each file or piece of data of a source, until read gives other than 0: that is the result. E_IO
 * also for a file that is not there; E_TIMED_OUT.
 */
int policy_keys_each(const struct policy_source *source, const struct policy_key_files *files,
    policy_key_reader *read, void *data, struct err *e) RESULT_USED;

/*
 * The OpenPGP keys of signedBy, every primary of them trusted. E_INVALID: a source without a key
 * that can be used, as in formats/certificates; no source at all leaves out without keys.
 */
int policy_keys_openpgp(struct trusted_keys *out, const struct policy_source *source,
    const struct policy_key_files *files, struct err *e) RESULT_USED;
/* The PEM keys of sigstoreSigned. Errors also as public_key_read has them. */
int policy_keys_public(struct public_keys *out, const struct policy_source *source,
    const struct policy_key_files *files, bool allow_weak, struct err *e) RESULT_USED;

#endif
