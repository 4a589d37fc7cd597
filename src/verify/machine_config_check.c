/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/machine_config_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "verify/policy_check.h"

/* What Ignition gives a file without a mode, and what these files need. */
enum { WANTED_MODE = 0644 };

int
machine_configs_for_one_node(const struct machine_configs *c, struct err *e)
{
	const char *master = NULL, *worker = NULL;

	for (size_t i = 0; i < c->n; i++) {
		const char *role = c->v[i].role;

		if (role != NULL && strcmp(role, "master") == 0)
			master = c->v[i].name != NULL ? c->v[i].name : "one without a name";
		if (role != NULL && strcmp(role, "worker") == 0)
			worker = c->v[i].name != NULL ? c->v[i].name : "one without a name";
	}
	if (master != NULL && worker != NULL)
		return err_set(e, E_USAGE,
		    "MachineConfigs for masters (%s) and for workers (%s): check one role at a "
		    "time",
		    master, worker);
	return 0;
}

/*
 * --- which files matter -------------------------------------------------------------------------
 */

static bool
in_registriesd(const char *path)
{
	return text_starts_with(path, NODE_REGISTRIESD "/") &&
	       strchr(path + strlen(NODE_REGISTRIESD "/"), '/') == NULL;
}

static bool
is_named(const struct policy_source *source, const char *path)
{
	for (size_t i = 0; source->kind == POLICY_SOURCE_FILES && i < source->n; i++)
		if (strcmp(source->paths[i], path) == 0)
			return true;
	return false;
}

static bool
entry_names(const struct policy_entry *entry, const char *path)
{
	for (size_t i = 0; i < entry->n; i++) {
		const struct policy_requirement *r = &entry->v[i];

		if (is_named(&r->keys, path) || is_named(&r->rekor, path) ||
		    is_named(&r->fulcio.ca, path) || is_named(&r->pki.roots, path) ||
		    is_named(&r->pki.intermediates, path))
			return true;
	}
	return false;
}

static bool
policy_names(const struct policy *p, const char *path)
{
	bool found = entry_names(&p->fallback, path);

	for (size_t i = 0; i < p->n && !found; i++)
		found = entry_names(&p->v[i], path);
	return found;
}

static bool
matters(const struct policy *p, const char *path)
{
	return strcmp(path, NODE_POLICY_FILE) == 0 ||
	       (in_registriesd(path) && text_ends_with(path, ".yaml")) || policy_names(p, path);
}

/* The policy that they carry; one that cannot be read names no keys, and is told elsewhere. */
static void
read_policy(const struct machine_configs *c, struct policy *out)
{
	const struct node_file *f = machine_configs_file(c, NODE_POLICY_FILE);
	AUTO(err) ignored = ERR_INIT;

	if (f == NULL || f->unreadable != NULL ||
	    policy_parse(out, buf_bytes(&f->contents), &ignored) != 0)
		*out = (struct policy)POLICY_INIT;
}

typedef void file_check(const struct node_file *f, const void *data, struct findings *out);

/* Each file that matters, once: that which a node gets in the end. */
static size_t
each_file(
    const struct machine_configs *c, file_check *check, const void *data, struct findings *out)
{
	AUTO(policy) policy = POLICY_INIT;
	size_t n = 0;

	read_policy(c, &policy);
	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < c->v[i].n_files; k++) {
			const struct node_file *f = &c->v[i].files[k];

			if (!matters(&policy, f->path) || machine_configs_file(c, f->path) != f)
				continue;
			check(f, data, out);
			n++;
		}
	}
	return n;
}

/*
 * --- checking -----------------------------------------------------------------------------------
 */

static void
check_config(const struct machine_config *m, struct findings *out)
{
	const char *name = m->name != NULL ? m->name : "a config without a name";

	if (m->kind == MACHINE_CONFIG_IGNITION_2)
		findings_add(out, FINDING_NOTE, name,
		    "Ignition %s, which OpenShift used up to 4.5; later releases translate it to 3",
		    m->version);
	if (m->role == NULL && !text_starts_with(name, "rendered-"))
		findings_add(out, FINDING_WARNING, name,
		    "without the label machineconfiguration.openshift.io/role no node gets it");
	for (size_t i = 0; i < m->n_files; i++)
		if (in_registriesd(m->files[i].path) && !text_ends_with(m->files[i].path, ".yaml"))
			findings_add(out, FINDING_WARNING, m->files[i].path,
			    "nobody reads it: its name does not end in .yaml");
}

static void
check_mode(const struct node_file *f, const void *data, struct findings *out)
{
	(void)data;
	if (f->mode == -1 || f->mode == WANTED_MODE)
		return;
	if (f->mode == 644)
		findings_add(
		    out, FINDING_ERROR, f->path, "mode 644 is decimal, and so 01204: 420 is 0644");
	else
		findings_add(out, FINDING_WARNING, f->path, "mode %#llo, want 0644",
		    (unsigned long long)f->mode);
}

/* *.yaml of registries.d, NULL-terminated; the array is for free(), the names are borrowed. */
static const char **
list_registriesd(const struct machine_configs *c)
{
	const char **names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < c->v[i].n_files; k++) {
			const struct node_file *f = &c->v[i].files[k];

			if (in_registriesd(f->path) && text_ends_with(f->path, ".yaml") &&
			    machine_configs_file(c, f->path) == f)
				*LIST_ADD(names, n) = f->path;
		}
	}
	(void)LIST_ADD(names, n); /* NULL: the end */
	return names;
}

static int
read_node_file(
    const struct machine_configs *c, const char *path, size_t max, struct buf *out, struct err *e)
{
	const struct node_view view = { .configs = c, .root = "" };
	AUTO(viewed_file) file = VIEWED_FILE_INIT;

	if (node_view_read(&view, path, max, &file, e) != NODE_VIEW_READ)
		return -1;
	*out = file.content;
	file.content = (struct buf)BUF_INIT;
	return 0;
}

static int
read_node(const struct machine_configs *c, struct node_config *out, const char *const *names,
    struct err *e)
{
	AUTO(buf) policy = BUF_INIT;

	if (read_node_file(c, NODE_POLICY_FILE, MAX_POLICY_BYTES, &policy, e) != 0)
		return -1;
	if (policy_parse(&out->policy, buf_bytes(&policy), e) != 0)
		return err_wrap(e, "%s", NODE_POLICY_FILE);
	for (; *names != NULL; names++) {
		AUTO(buf) text = BUF_INIT;

		if (read_node_file(c, *names, MAX_REGISTRIESD_BYTES, &text, e) != 0 ||
		    registriesd_add(&out->registriesd, *names, buf_bytes(&text), e) != 0)
			return -1;
	}
	out->policy_file = xstrdup(NODE_POLICY_FILE);
	out->registriesd_directory = xstrdup(NODE_REGISTRIESD);
	out->root = xstrdup("");
	out->default_store = xstrdup("file:///var/lib/containers/sigstore");
	return 0;
}

int
machine_configs_node(const struct machine_configs *c, struct node_config *out, struct err *e)
{
	const char **names = list_registriesd(c);
	int r;

	*out = (struct node_config)NODE_CONFIG_INIT;
	r = read_node(c, out, names, e);
	free(names);
	if (r != 0)
		node_config_free(out);
	return r;
}

void
machine_configs_check(const struct machine_configs *c, struct findings *out)
{
	const struct node_view view = { .configs = c, .root = "" };
	bool has_policy = machine_configs_file(c, NODE_POLICY_FILE) != NULL;
	const char **names = list_registriesd(c);
	const struct policy_check what = { .view = &view,
		.policy_file = has_policy ? NODE_POLICY_FILE : NULL,
		.registriesd_files = names };

	for (size_t i = 0; i < c->n; i++)
		check_config(&c->v[i], out);
	if (each_file(c, check_mode, NULL, out) == 0)
		findings_add(out, FINDING_ERROR, NODE_POLICY_FILE,
		    "not carried, and no *.yaml of " NODE_REGISTRIESD
		    " either: this changes no node's policy");
	else if (!has_policy)
		findings_add(
		    out, FINDING_NOTE, NODE_POLICY_FILE, "not carried: the node's own decides");
	policy_check(&what, out);
	free(names);
}

/*
 * --- comparing ----------------------------------------------------------------------------------
 */

static void
compare_file(const struct node_file *f, const void *data, struct findings *out)
{
	const char *root = data;
	const struct node_view node = { .root = root };
	AUTO(viewed_file) file = VIEWED_FILE_INIT;
	AUTO(err) e = ERR_INIT;
	int64_t mode = f->mode != -1 ? f->mode : WANTED_MODE;

	/* Told by the check already. */
	if (f->unreadable != NULL)
		return;
	switch (node_view_read(&node, f->path, MAX_NODE_FILE_BYTES, &file, &e)) {
	case NODE_VIEW_READ:
		break;
	case NODE_VIEW_MISSING:
	case NODE_VIEW_NOT_SHOWN:
		findings_add(out, FINDING_ERROR, f->path,
		    "not in %s, and the MachineConfig puts it there", root);
		return;
	case NODE_VIEW_UNREADABLE:
	case NODE_VIEW_UNSET:
		findings_add(out, FINDING_UNJUDGED, f->path, "%s", err_msg(&e));
		return;
	}
	if (!bytes_equal(buf_bytes(&file.content), buf_bytes(&f->contents)))
		findings_add(out, FINDING_ERROR, f->path,
		    "what is in %s differs from what the MachineConfig says (%zu and %zu bytes)",
		    root, file.content.n, f->contents.n);
	if (file.mode != mode)
		findings_add(out, FINDING_ERROR, f->path, "mode %#llo in %s, want %#llo",
		    (unsigned long long)file.mode, root, (unsigned long long)mode);
}

void
machine_configs_compare(const struct machine_configs *c, const char *root, struct findings *out)
{
	(void)each_file(c, compare_file, root, out);
}
