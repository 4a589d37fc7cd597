/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/policy_check.h"

#include <string.h>

#include "base/limits.h"

/* A file of the configuration, and what can be said of it before it is understood. */
static bool
read_file(const struct node_view *view, const char *path, size_t max, struct viewed_file *file,
    struct findings *out)
{
	/* Their names are complete; only keys are looked for below a root. */
	const struct node_view here = { .configs = view->configs, .root = "" };
	AUTO(err) e = ERR_INIT;

	if (node_view_read(&here, path, max, file, &e) != NODE_VIEW_READ) {
		findings_add(out, FINDING_UNJUDGED, path, "%s", err_msg(&e));
		return false;
	}
	if (view->configs == NULL && file->mode != -1 && (file->mode & 022) != 0)
		findings_add(out, FINDING_WARNING, path,
		    "others than its owner may write it (%04o)", (unsigned)file->mode);
	return true;
}

static bool
read_policy(const struct policy_check *what, struct policy *out, struct findings *findings)
{
	AUTO(viewed_file) file = VIEWED_FILE_INIT;
	AUTO(err) e = ERR_INIT;

	if (what->policy_file == NULL ||
	    !read_file(what->view, what->policy_file, MAX_POLICY_BYTES, &file, findings))
		return false;
	if (policy_parse(out, buf_bytes(&file.content), &e) == 0)
		return true;
	findings_add(findings, FINDING_ERROR, what->policy_file,
	    "%s: with this file no image is accepted", err_msg(&e));
	return false;
}

/* True when all of it was read. */
static bool
read_registriesd(
    const struct policy_check *what, struct registriesd *out, struct findings *findings)
{
	bool whole = what->registriesd_files != NULL;

	for (const char *const *name = what->registriesd_files; name != NULL && *name != NULL;
	     name++) {
		AUTO(viewed_file) file = VIEWED_FILE_INIT;
		AUTO(err) e = ERR_INIT;
		size_t before = out->n;

		if (!read_file(what->view, *name, MAX_REGISTRIESD_BYTES, &file, findings)) {
			whole = false;
		} else if (registriesd_add(out, *name, buf_bytes(&file.content), &e) != 0) {
			findings_add(findings, FINDING_ERROR, *name,
			    "%s: with this file no image of a registry is accepted", err_msg(&e));
			whole = false;
		} else if (out->n == before && file.content.n > 0) {
			findings_add(findings, FINDING_NOTE, *name,
			    "neither \"docker\" nor \"default-docker\" is in it: it says nothing");
		}
	}
	return whole;
}

void
policy_check(const struct policy_check *what, struct findings *out)
{
	AUTO(policy) policy = POLICY_INIT;
	AUTO(registriesd) registriesd = REGISTRIESD_INIT;
	bool has_policy = read_policy(what, &policy, out);
	bool whole = read_registriesd(what, &registriesd, out);
	const struct policy_check_subject subject = { .view = what->view,
		.policy_file = what->policy_file,
		.policy = &policy,
		.registriesd = whole ? &registriesd : NULL };

	if (has_policy) {
		policy_check_entries(&subject, out);
		policy_check_keys(&subject, out);
	}
	policy_check_sections(&registriesd, out);
	if (has_policy && whole)
		policy_check_stores(&subject, out);
}
