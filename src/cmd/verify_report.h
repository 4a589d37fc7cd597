/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reports of a run, image by image, and what is saved of it. */
#ifndef RELSIG_CMD_VERIFY_REPORT_H
#define RELSIG_CMD_VERIFY_REPORT_H

#include "base/base.h"
#include "cmd/confined.h"
#include "cmd/verify_settings.h"
#include "cmd/verify_wanted.h"
#include "trust/openpgp.h"
#include "verify/batch.h"
#include "verify/keysearch.h"
#include "verify/save.h"

/* Everything is borrowed. */
struct verify_report {
	const char *command; /* "verify", "save" */
	const struct verify_settings *settings;
	const struct verify_wanted *wanted;
	const struct key_search *keys;
	const bool *keys_found; /* set by now when the first report is there */
	const struct openpgp *openpgp;
	const struct confined *confined;
	const char *machine; /* as image_options has it */
	struct save *save;   /* NULL: nothing is saved */
	struct deadline deadline;
};

/* Wait for each image, print its report, save what is accepted. The exit status. */
int verify_report_print(const struct verify_report *r, struct batch *batch);

#endif
