/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/confined.h"

#include <stdlib.h>

#include "base/children.h"
#include "base/cleanup.h"
#include "cmd/command.h"
#include "transport/http.h"

int
confined_enter(struct confined *out, struct http *http, const char *cache,
    const struct deadline *deadline, struct err *e)
{
	struct confine_judge_paths writable = { .cache = cache };

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
	if ((http != NULL && http_prestart(http, e) != 0) ||
	    confine_judge(&writable, &out->report, e) != 0)
		return -1;
	return cleanup_on_signals(deadline, e);
}

void
confined_tell(const struct confined *c)
{
	for (unsigned i = 0; i < CONFINE_PARTS; i++)
		print_error("note: %s: %s", confine_word((enum confine_part)i),
		    c->report.parts[i].in_effect ? "in effect" : c->report.parts[i].why_not);
}

void
confined_free(struct confined *c)
{
	/* What gpg started and left behind, it may write there. */
	children_end();
	tmpdir_remove(c->home);
	*c = (struct confined)CONFINED_INIT;
}
