/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of relsig verify and relsig save, as it was given. */
#ifndef RELSIG_CMD_VERIFY_SETTINGS_H
#define RELSIG_CMD_VERIFY_SETTINGS_H

#include "base/base.h"
#include "base/err.h"
#include "cmd/options.h"

extern const struct subcommand verify_command, save_command;

/* Strings are borrowed from argv. */
struct verify_settings {
	struct string_list keys, fingerprints, stores, signatures, images;
	struct string_list signature_configmaps;
	struct string_list from;
	struct string_list sigstore_keys, cluster_image_policies;
	struct string_list mirrors, mirror_configs;
	const char *identity, *manifest, *authfile, *creds, *cert_dir, *proxy;
	const char *directory; /* --dir */
	const char *require, *policy, *registriesd;
	const char *output;	/* of save: the directory; NULL for verify */
	bool openpgp, sigstore; /* what --require comes to */
	bool require_signed;
	bool no_images; /* verify-files: of all that is looked for, keys alone */
	bool fetches;	/* ... but it fetches files, too (--url) */
	bool digest_only, offline, tls_verify, allow_weak, json, quiet, verbose;
	unsigned timeout_ms; /* of the whole run; 0 for none */
	unsigned request_timeout_ms, retry_times, jobs;
};

/*
 * The options of both in the order of --help, save's own first, with the row that ends them; s has
 * their defaults then.
 */
enum { VERIFY_SETTINGS_ROWS = 34 };
void verify_settings_rows(struct verify_settings *s, struct option_row out[VERIFY_SETTINGS_ROWS]);
/* As options_read. command: one of the two above. */
enum options_result verify_settings_read(struct verify_settings *s,
    const struct subcommand *command, int argc, char **argv, struct err *e) RESULT_USED;
/* Do they go together, with so many images of whatever command? What --require comes to is set.
 * E_USAGE. */
int verify_settings_check(struct verify_settings *s, const struct subcommand *command,
    size_t n_names, struct err *e) RESULT_USED;
/* Is a node's policy asked instead of the keys and stores of the command line? */
bool verify_settings_by_policy(const struct verify_settings *s) RESULT_USED;
void verify_settings_free(struct verify_settings *s);

#endif
