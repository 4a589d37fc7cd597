/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of relsig sign, as it was given, and by which names it has images signed. */
#ifndef RELSIG_CMD_SIGN_SETTINGS_H
#define RELSIG_CMD_SIGN_SETTINGS_H

#include "base/base.h"
#include "base/err.h"
#include "cmd/options.h"
#include "cmd/verify_settings.h"
#include "formats/fingerprint.h"
#include "formats/image_name.h"
#include "verify/publish.h"

extern const struct subcommand sign_command;

/* Strings are borrowed from argv. */
struct sign_settings {
	const char *key_id, *homedir, *passphrase_file, *store, *lookaside;
	struct verify_settings s; /* where images are, and how servers are asked */

	/* What comes of them: */
	char fingerprint[FINGERPRINT_HEX + 1];
	const char *directory;
	enum publish_layout layout;
	struct image_name *images; /* owned */
	struct reference *names;   /* owned; for each image; the digest is left out */
	size_t n;
};

/* As options_read. */
enum options_result sign_settings_read(
    struct sign_settings *s, int argc, char **argv, struct err *e) RESULT_USED;
/* Do they go together? What comes of them is set. E_USAGE. machine: as image_name_parse has it. */
int sign_settings_check(struct sign_settings *s, const char *machine, struct err *e) RESULT_USED;
void sign_settings_free(struct sign_settings *s);

#endif
