/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "transport/http_file.h"
#include "verify/crew.h"
#include "verify/files_list.h"
#include "verify/files_task.h"

/*
 * --- names --------------------------------------------------------------------------------------
 */

/* How long the directory's part of a path is, with its slash; 0: the current one. */
static size_t
directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

static const char *
without_dots(const char *path)
{
	while (text_starts_with(path, "./"))
		for (path += 2; *path == '/';)
			path++;
	return path;
}

/*
 * What the list would call FILE: NULL when it is not beneath the directory of SUMS, as both are
 * written. A name that leads out of there again is in no list.
 */
static const char *
name_in_list(const struct files_wanted *w, const char *file)
{
	const char *sums = without_dots(w->sums), *path = without_dots(file);
	size_t n = directory_of(sums);

	if (strncmp(path, sums, n) != 0 || path[n] == '\0' || path[n] == '/')
		return NULL;
	return path + n;
}

/* Where what has this name is. For free(). */
static char *
path_of(const struct files_wanted *w, const char *name)
{
	const char *directory;

	if (w->from.url == NULL)
		return xasprintf("%.*s%s", (int)directory_of(w->sums), w->sums, name);
	directory = outdir_path(w->from.directory);
	if (strcmp(directory, ".") == 0)
		return xstrdup(name);
	return xasprintf("%s%s%s", directory, text_ends_with(directory, "/") ? "" : "/", name);
}

/* It becomes a part of the URL, and the name of a file here. */
static int
check_name(const char *name, struct err *e)
{
	if (name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL)
		return 0;
	return err_set(e, E_USAGE,
	    "%s: want the name of a file at --url, without a directory and not hidden", name);
}

static int
check_from(const struct files_wanted *w, struct err *e)
{
	if (w->from.url == NULL)
		return 0;
	if (http_file_check_base(w->from.url, e) != 0)
		return err_wrap(e, "--url");
	if (check_name(w->sums, e) != 0)
		return err_wrap(e, "SUMS");
	if (w->sums_file != NULL && check_name(w->sums_file, e) != 0)
		return err_wrap(e, "--sums-file");
	return 0;
}

int
files_check(const struct files_wanted *w, struct err *e)
{
	if (w->n_names == 0 && !w->all)
		return err_set(e, E_USAGE,
		    "no FILE is given: name those to verify, or say --all for every file of the "
		    "list");
	if (w->n_names > 0 && w->all)
		return err_set(e, E_USAGE, "--all and FILE exclude each other");
	if (w->ignore_missing && !w->all)
		return err_set(e, E_USAGE,
		    "--ignore-missing is for --all: a FILE that is named must be there");
	for (size_t i = 0; i < w->n_names; i++)
		if (name_in_list(w, w->names[i]) == NULL)
			return err_set(e, E_USAGE,
			    "%s is not in the directory of %s, by which the list names its files",
			    w->names[i], w->sums);
	return check_from(w, e);
}

/*
 * --- the report ---------------------------------------------------------------------------------
 */

static struct file_report *
add_file(struct files_report *r, const struct files_wanted *w, const struct signed_sums *list,
    const char *name)
{
	struct file_report *f = LIST_ADD(r->files, r->n);

	f->name = xstrdup(name);
	f->path = path_of(w, name);
	if (list != NULL)
		signed_sums_digest(list, name, &f->digest);
	f->obligation = verdict_require_proof(&r->verdict, name, PROOF_FILE, &f->digest);
	return f;
}

static void
leave_open(struct files_report *r, size_t obligation, enum outcome outcome, enum reason reason,
    const char *detail)
{
	if (outcome == OUTCOME_REFUSED)
		verdict_refuse(&r->verdict, obligation, reason, detail);
	else
		verdict_undecided(&r->verdict, obligation, reason, detail);
}

static void
settle(struct files_report *r, const struct files_task *t)
{
	struct file_report *f;

	if (t->missing && t->wanted->ignore_missing) {
		r->missing++;
		return;
	}
	f = add_file(r, t->wanted, t->list, t->name);
	f->bytes = t->bytes;
	f->fetched = t->fetched;
	if (t->claim != NULL)
		verdict_discharge_file(&r->verdict, f->obligation, t->claim);
	else
		leave_open(r, f->obligation, t->outcome, t->reason, err_msg(&t->e));
}

/* Of no file: what stands for all of them, which nothing discharges. */
static void
never(struct files_report *r, const char *what, enum outcome outcome, enum reason reason,
    const char *detail)
{
	size_t i = verdict_require_proof(&r->verdict, what, PROOF_FILE, NULL);

	leave_open(r, i, outcome, reason, detail);
}

static void
without_list(const struct files_wanted *w, struct files_report *r)
{
	for (size_t i = 0; i < w->n_names; i++)
		leave_open(r, add_file(r, w, NULL, name_in_list(w, w->names[i]))->obligation,
		    r->outcome, r->reason, r->detail);
	if (w->n_names == 0)
		never(r, "every file of the list", r->outcome, r->reason, r->detail);
}

/*
 * --- all files ----------------------------------------------------------------------------------
 */

static struct files_task *
make_tasks(
    const struct files_wanted *w, const struct signed_sums *list, struct filetree *tree, size_t *n)
{
	const struct sums *sums = signed_sums_list(list);
	struct files_task *tasks;

	*n = w->all ? sums->n : w->n_names;
	tasks = xcalloc(*n, sizeof(*tasks));
	for (size_t i = 0; i < *n; i++)
		tasks[i] = (struct files_task){ .wanted = w,
			.tree = tree,
			.list = list,
			.name = w->all ? sums->v[i].name : name_in_list(w, w->names[i]) };
	return tasks;
}

static void
hash_all(const struct files_wanted *w, struct files_task *tasks, size_t n)
{
	AUTO_PTR(crew) crew = crew_new(w->jobs < n ? w->jobs : (unsigned)n);

	if (w->progress != NULL)
		w->progress->files_known = n;
	for (size_t i = 0; i < n; i++)
		crew_add(crew, files_task_run, &tasks[i]);
	crew_wait(crew);
}

static void
verify_files(const struct files_wanted *w, const struct signed_sums *list, struct filetree *tree,
    struct files_report *r)
{
	size_t n;
	struct files_task *tasks = make_tasks(w, list, tree, &n);

	hash_all(w, tasks, n);
	for (size_t i = 0; i < n; i++) {
		settle(r, &tasks[i]);
		file_claim_free(tasks[i].claim);
		err_free(&tasks[i].e);
	}
	free(tasks);
	if (r->n == 0)
		never(r, "a file of the list", OUTCOME_REFUSED, REASON_CONTENT_MISSING,
		    "none of the files in the list is there");
}

void
files_verify(const struct files_wanted *w, struct openpgp *openpgp, struct ready *keys,
    struct files_report *out)
{
	AUTO_PTR(signed_sums) list = NULL;
	AUTO_PTR(filetree) tree = NULL;
	AUTO_STR char *directory = path_of(w, "");
	AUTO(err) e = ERR_INIT;

	*out = (struct files_report)FILES_REPORT_INIT;
	out->sums = w->from.url != NULL ? path_of(w, w->sums) : xstrdup(w->sums);
	list = files_read_list(w, openpgp, keys, out);
	if (w->from.url != NULL && out->text != NULL) {
		AUTO_STR char *name = out->text;

		out->text = path_of(w, name);
	}
	if (list == NULL) {
		without_list(w, out);
		return;
	}
	if (filetree_open_directory(&tree, directory[0] != '\0' ? directory : ".", &e) == 0)
		verify_files(w, list, tree, out);
	else
		never(out, "the directory of the files", OUTCOME_UNDECIDED, reason_of_error(e.code),
		    err_msg(&e));
}

struct tally
files_tally(const struct files_report *r)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < r->verdict.n; i++)
		switch (verdict_outcome_of(&r->verdict, i)) {
		case OUTCOME_PROVEN:
			t.accepted++;
			break;
		case OUTCOME_REFUSED:
			t.refused++;
			break;
		case OUTCOME_UNDECIDED:
		case OUTCOME_UNSET:
			t.undecided++;
			break;
		}
	return t;
}

void
files_report_free(struct files_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->files[i].name);
		free(r->files[i].path);
	}
	free(r->files);
	free(r->sums);
	free(r->text);
	free(r->detail);
	signature_facts_free(&r->facts);
	verdict_free(&r->verdict);
	*r = (struct files_report)FILES_REPORT_INIT;
}
