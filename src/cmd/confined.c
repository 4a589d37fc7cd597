/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/confined.h"

#include <stdlib.h>

#include "base/children.h"
#include "base/cleanup.h"
#include "base/confine_gpg.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "transport/http.h"

int
confined_enter(struct confined *out, struct http *http, const char *cache, const char *output,
    const struct deadline *deadline, struct err *e)
{
	const struct confine_gpg_limits limits = { GPG_MEMORY_BYTES, GPG_CPU_SECONDS, GPG_FILES };
	const char *const outputs[] = { output, NULL };
	struct confine_judge_paths writable = { .cache = cache, .outputs = outputs };

	*out = (struct confined)CONFINED_INIT;
	if (cleanup_hold_signals(e) != 0)
		return -1;
	out->home = tmpdir_make(e);
	if (out->home == NULL)
		return -1;
	writable.home = out->home;
	if (setenv("TMPDIR", out->home, 1) != 0)
		return err_sys(e, E_IO, "setting TMPDIR");
	/* The fetcher has a confinement of its own, and would have no network with ours. */
	out->http = http;
	if ((http != NULL && http_prestart(http, e) != 0) ||
	    confine_judge(&writable, &out->judge, e) != 0 ||
	    confine_gpg(&limits, &out->judge, &out->gpg, e) != 0)
		return -1;
	return cleanup_on_signals(deadline, e);
}

bool
confined_fetcher(const struct confined *c, struct confine_report *out)
{
	*out = (struct confine_report)CONFINE_REPORT_INIT;
	return c->http != NULL && http_fetcher_says(c->http, out);
}

static void
tell(const char *process, const struct confine_report *r)
{
	for (unsigned i = 0; i < CONFINE_PARTS; i++)
		print_error("note: %s: %s: %s", process, confine_word((enum confine_part)i),
		    confine_text(r->parts[i]));
}

void
confined_tell(const struct confined *c)
{
	struct confine_report fetcher;

	tell("relsig", &c->judge);
	if (confined_fetcher(c, &fetcher))
		tell("relsig-fetch", &fetcher);
	else
		print_error("note: relsig-fetch: not started, the network is not needed");
	tell("gpg", &c->gpg);
}

void
confined_free(struct confined *c)
{
	/* What gpg started and left behind, it may write there. */
	children_end();
	tmpdir_remove(c->home);
	*c = (struct confined)CONFINED_INIT;
}
