/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What verify, save and audit are made ready with: from the command line to where images can be
 * verified. The order of its steps is that of the confinement (cmd/confined).
 */
#ifndef RELSIG_CMD_VERIFY_RUN_H
#define RELSIG_CMD_VERIFY_RUN_H

#include <sys/utsname.h>

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "cmd/confined.h"
#include "cmd/verify_settings.h"
#include "cmd/verify_wanted.h"
#include "formats/fingerprint.h"
#include "formats/mirrors.h"
#include "transport/helpers.h"
#include "transport/places.h"
#include "transport/registry.h"
#include "trust/openpgp.h"
#include "verify/image.h"
#include "verify/keysearch.h"
#include "verify/ready.h"
#include "verify/stores.h"

/* All that a run owns. All zero: nothing yet. */
struct verify_run {
	struct verify_settings s;
	struct deadline deadline; /* --timeout */
	struct reference identity;
	char (*fingerprints)[FINGERPRINT_HEX + 1];
	size_t n_fingerprints;
	struct utsname machine;
	struct http *http;
	struct confined confined;
	struct registry *registry;
	struct helpers *helpers;
	struct credential_options credentials;
	struct openpgp *openpgp;
	struct ready *ready;
	struct key_search keys;
	bool keys_found;
	struct verify_wanted wanted;
	struct mirrors mirrors;
	struct stores stores;
	struct places places; /* --from */
	struct image_options options;
	struct image_run
	    run; /* borrows from all of this struct, which therefore stays in its place */
};

/* Read what the settings say in words of their own: the deadline, fingerprints, the identity. */
int verify_run_read(struct verify_run *r, int64_t start_ms, struct err *e) RESULT_USED;

/* Read what the mirror options say. First: whose credentials are wanted hangs on it. */
int verify_run_mirrors(struct verify_run *r, struct err *e) RESULT_USED;

/* What is to be verified. Everything is borrowed. */
struct verify_run_names {
	char *const *v;
	size_t n;
	/* Images that registries may be asked for, and so credential helpers: these at least. */
	char *const *asked;
	size_t n_asked;
	const char *output; /* a directory that is written to, and is there; or NULL */
};
/*
 * After verify_run_mirrors: open all that is needed, and confine the process; afterwards threads
 * may be started on r->run. A --timeout that is over meanwhile is no error: the report still has
 * every image.
 */
int verify_run_open(
    struct verify_run *r, const struct verify_run_names *names, struct err *e) RESULT_USED;
/*
 * Find the keys, give them to gpg, and let through who waits for them (r->run.keys); while others
 * ask the network.
 */
void verify_run_keys(struct verify_run *r);

void verify_run_free(struct verify_run *r);
AUTO_DEFINE(verify_run)

#endif
