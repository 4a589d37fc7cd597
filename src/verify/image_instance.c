/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node that pulls a list of images takes the one for its machine, and asks its policy about that
 * one's digest, signatures and the name of the list (containers/image, copy/single.go).
 */
#include "verify/work.h"

/* What was found so far was the list's. */
static void
note_list(struct image_report *r)
{
	r->list.digest = r->digest;
	r->list.location = steal(&r->manifest_location);
	r->list.kept = r->manifest_kept;
	r->manifest_kept = (struct buf)BUF_INIT;
	r->manifest_bytes = 0;
	r->manifest_kind = MANIFEST_UNSET;
}

bool
work_find_instance(struct work *w, struct source *source)
{
	AUTO(err) e = ERR_INIT;

	if (!manifest_is_list(w->report->manifest_kind))
		return true;
	if (manifest_instance(&w->asked, buf_bytes(&w->manifest), w->run->options->machine, &e) !=
	    0) {
		work_undecided(w, REASON_UNSUPPORTED_MANIFEST, err_msg(&e));
		return false;
	}
	note_list(w->report);
	w->report->digest = w->asked;
	source_select(source, &w->asked);
	subject_free(steal(&w->subject));
	if (!work_find_subject(w, source))
		return false;
	if (!manifest_is_list(w->report->manifest_kind))
		return true;
	work_undecided(w, REASON_UNSUPPORTED_MANIFEST, "a list of images within a list");
	return false;
}
