/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit_run.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/file.h"
#include "rows.h"
#include "sigstore_data.h"
#include "tree.h"

static struct {
	struct http *http;
	struct public_keys keys;
	struct stores stores;
	char *root;
} shared;

void
audit_run_set_up(void)
{
	static const struct http_options offline = { .offline = true, .timeout_ms = 1000 };
	AUTO(err) e = ERR_INIT;

	memset(&shared, 0, sizeof(shared));
	tree_make();
	ck_assert_msg(children_adopt(&e) == 0 && http_open(&shared.http, &offline, &e) == 0, "%s",
	    err_msg(&e));
	sigstore_keys(&shared.keys, "p256");
	shared.root = tree_path("");
}

void
audit_run_tear_down(void)
{
	free(shared.root);
	public_keys_free(&shared.keys);
	http_free(shared.http);
	tree_remove();
}

void
audit_run_harm(const struct digest *digest, enum harm harm)
{
	AUTO_STR char *name = release_tree_data(digest);
	AUTO_STR char *path = tree_path(name);
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(file_read(&content, path, 1 << 20, &e) == 0, "%s", err_msg(&e));
	ck_assert_int_eq(unlink(path), 0);
	switch (harm) {
	case HARM_REMOVE:
		return;
	case HARM_DIRECTORY:
		tree_directory(name);
		return;
	case HARM_CUT:
		content.n--;
		break;
	case HARM_LENGTHEN:
		buf_add_byte(&content, 'x');
		break;
	case HARM_FLIP:
		content.p[content.n / 2] ^= 1;
		break;
	}
	tree_write(name, buf_bytes(&content));
}

/*
 * --- one case -----------------------------------------------------------------------------------
 */

static const char *
instead(const char *wanted, const char *usual)
{
	return wanted != NULL ? wanted : usual;
}

void
audit_case_write(const struct audit_case *c, struct release_tree *t)
{
	const struct release_tree *w = &c->tree;

	release_tree_init(t);
	t->metadata_version = instead(w->metadata_version, t->metadata_version);
	t->references_version = instead(w->references_version, t->references_version);
	t->label = c->no_label ? NULL : instead(w->label, t->label);
	t->machine = w->machine;
	t->tag = instead(w->tag, t->tag);
	t->policy = c->no_policy ? NULL : instead(w->policy, t->policy);
	t->metadata = w->metadata;
	t->references = w->references;
	t->more_tags = w->more_tags;
	t->component_name = instead(w->component_name, t->component_name);
	t->upper = w->upper;
	t->raw_layer = w->raw_layer;
	t->list = w->list;
	t->children_signed = w->children_signed;
	t->component_list = w->component_list;
	t->sigstore = !c->unsigned_sigstore;
	t->other_sigstore = w->other_sigstore;
	release_tree_write(t);
	if (c->harm != NULL)
		c->harm(t);
}

static size_t
count(const char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	return n;
}

static char **
signature_files(const struct release_tree *t)
{
	char **files = xcalloc(t->n_signatures + 1, sizeof(*files));

	for (size_t i = 0; i < t->n_signatures; i++) {
		AUTO_STR char *name = xasprintf("signature-%zu", i + 1);

		files[i] = tree_path(name);
	}
	return files;
}

int
audit_case_audit(const struct audit_case *c, const struct release_tree *t,
    struct progress_counts *progress, struct audit_report *out, struct err *e)
{
	static const atomic_bool stop = true;
	AUTO_STR char *name = xasprintf("quay.io/" RELEASE_TREE_RELEASE ":%s", t->tag);
	const char *identity_text = instead(c->identity, "quay.io/" RELEASE_TREE_RELEASE);
	AUTO(reference) identity = REFERENCE_INIT;
	AUTO(places) places = PLACES_INIT;
	const struct deadline never = DEADLINE_NEVER;
	char **files = signature_files(t);
	const struct image_options options = { .sigstore = true,
		.sigstore_keys = &shared.keys,
		.stores = &shared.stores,
		.signature_files = files,
		.n_signature_files = t->n_signatures,
		.identity = &identity,
		.places = &places,
		.machine = "x86_64",
		.deadline =
		    c->over ? deadline_after(clock_ms() - 2, 1) : (struct deadline)DEADLINE_NEVER };
	const struct image_run run = { .options = &options, .http = shared.http };
	const struct audit_options audit = {
		.blobs = c->blobs != AUDIT_BLOBS_UNSET ? c->blobs : AUDIT_BLOBS_PRESENT,
		.architectures = (char *const *)c->architectures,
		.n_architectures = count(c->architectures),
		.components = (char *const *)c->components,
		.n_components = count(c->components),
		.jobs = c->jobs > 0 ? c->jobs : 3,
		.progress = progress,
		.stop = c->stopped ? &stop : NULL
	};
	int r;

	ck_assert_int_eq(reference_parse(&identity, identity_text, e), 0);
	ck_assert_msg(places_open(&places, &shared.root, 1, &never, e) == 0, "%s", err_msg(e));
	r = audit_run(&run, &audit, instead(c->image, name), out, e);
	for (size_t i = 0; i < t->n_signatures; i++)
		free(files[i]);
	free(files);
	return r;
}

char *
audit_run_problems(const struct audit_report *r, bool all)
{
	AUTO(buf) out = BUF_INIT;

	for (size_t i = 0; i < r->n_problems; i++) {
		const struct audit_problem *p = &r->problems[i];

		ck_assert(p->detail != NULL);
		ck_assert_int_eq(p->outcome,
		    p->kind == PROBLEM_UNREACHABLE ? OUTCOME_UNDECIDED : OUTCOME_REFUSED);
		buf_addf(&out, "%s%s%s%s %s", i > 0 ? "; " : "", audit_problem_word(p->kind),
		    p->architecture != NULL ? "@" : "",
		    p->architecture != NULL ? p->architecture : "",
		    p->component != NULL ? p->component : "-");
		if (all)
			buf_addf(&out, " %s %s %s", p->digest.text,
			    p->where != NULL ? p->where : "-", p->detail);
	}
	return xstrdup(buf_str(&out));
}

static void
compare_counts(const char *row, const struct audit_counts *got, const struct audit_counts *want)
{
	ck_assert_msg(got->manifests == want->manifests && got->blobs == want->blobs &&
			  got->blobs_hashed == want->blobs_hashed &&
			  got->components == want->components && got->sigstore == want->sigstore,
	    "%s: %zu manifests, %zu blobs, %zu hashed, %zu components, %zu signatures", row,
	    got->manifests, got->blobs, got->blobs_hashed, got->components, got->sigstore);
}

/* Everything in the tree of what is proven is proven. */
static void
check_image(const char *row, const struct audit_image *i)
{
	ck_assert_msg(i->outcome == OUTCOME_PROVEN, "%s: %s", row, i->digest.text);
	for (size_t k = 0; k < i->n_children; k++)
		check_image(row, &i->children[k]);
}

static void
check_proven(const struct audit_case *c, const struct audit_report *r)
{
	compare_counts(c->name, &r->counts, &c->counts);
	row_string(c->name, "version", r->version, RELEASE_TREE_VERSION);
	for (size_t i = 0; i < r->n_releases; i++) {
		const struct audit_release *release = &r->releases[i];

		check_image(c->name, &release->image);
		ck_assert_msg(
		    release->tie == (c->tie != TIE_UNSET ? c->tie : TIE_SIGNATURE), "%s", c->name);
		ck_assert((release->tie_key != NULL) == (release->tie == TIE_SIGNATURE));
		for (size_t k = 0; k < release->n_components; k++)
			if (release->components[k].wanted)
				check_image(c->name, &release->components[k].image);
	}
}

void
audit_case_run(const struct audit_case *c)
{
	AUTO(audit_report) r = AUDIT_REPORT_INIT;
	struct progress_counts progress = { 0 };
	AUTO_STR char *problems = NULL;
	struct release_tree t;
	AUTO(err) e = ERR_INIT;
	enum outcome outcome;
	int result;

	audit_case_write(c, &t);
	result = audit_case_audit(c, &t, &progress, &r, &e);
	ck_assert_msg(e.code == c->code && (result == 0) == (c->code == E_NONE), "%s: %s", c->name,
	    err_msg(&e));
	problems = audit_run_problems(&r, false);
	row_string(c->name, "the problems", problems, instead(c->problems, ""));
	ck_assert_uint_eq(progress.problems == 0, r.n_problems == 0);
	outcome = verdict_outcome(&r.verdict);
	ck_assert_msg(outcome == (c->want != OUTCOME_UNSET ? c->want : OUTCOME_REFUSED),
	    "%s: outcome %d, %s: %s", c->name, (int)outcome,
	    reason_word(verdict_reason(&r.verdict)), verdict_detail(&r.verdict));
	if (c->reason != REASON_UNSET)
		ck_assert_msg(verdict_reason(&r.verdict) == c->reason, "%s: %s: %s", c->name,
		    reason_word(verdict_reason(&r.verdict)), verdict_detail(&r.verdict));
	ck_assert_msg(r.interrupted == c->stopped, "%s: interrupted", c->name);
	if (outcome == OUTCOME_PROVEN)
		check_proven(c, &r);
}
