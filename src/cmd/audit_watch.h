/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work of an audit in a thread of its own, while this one shows what is going on. */
#ifndef RELSIG_CMD_AUDIT_WATCH_H
#define RELSIG_CMD_AUDIT_WATCH_H

#include <stdatomic.h>

#include "cmd/audit_settings.h"
#include "cmd/verify_run.h"
#include "verify/audit.h"
#include "verify/audit_report.h"

struct audit_watch {
	struct verify_run *run; /* borrowed; open */
	const struct audit_settings *settings;
	const atomic_bool *stop;
	bool keys_are_given; /* to gpg, by an audit before this one */
};

/* As audit_run, and verify_run_keys meanwhile, once. E_IO: no thread could be started. */
int audit_watch_run(
    struct audit_watch *w, const char *name, struct audit_report *out, struct err *e) RESULT_USED;

#endif
