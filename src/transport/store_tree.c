/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/store_tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "transport/store_tree_parts.h"

#define HEX_DIGITS 64u
/* Folders between the root and the directory of a digest in a lookaside store. */
#define LOOKASIDE_DEPTH 3u

void
store_tree_free(struct store_tree *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_entries; i++)
		free(s->entries[i].name);
	free(s->entries);
	signature_configmaps_free(&s->configmaps);
	err_free(&s->configmaps_error);
	err_free(&s->lookaside_error);
	free(s->layouts);
	filetree_free(s->own);
	free(s);
}

static char *
join(const char *folder, const char *name)
{
	const char *slash = folder[0] != '\0' && name[0] != '\0' ? "/" : "";

	return xasprintf("%s%s%s", folder, slash, name);
}

/*
 * --- what names say -----------------------------------------------------------------------------
 */

/* The digits at the end of a name, when that is all that follows before; NULL otherwise. */
static const char *
hex_after(const char *name, const char *before, bool at_start)
{
	size_t n = strlen(name), k = strlen(before);
	const char *hex = n >= HEX_DIGITS + k ? name + n - HEX_DIGITS : NULL;

	if (hex == NULL || !text_is_lower_hex(bytes_of_str(hex), HEX_DIGITS) ||
	    strncmp(hex - k, before, k) != 0 || (at_start && hex - k != name))
		return NULL;
	return hex;
}

/* The digest in the name of a layout's entry; NULL: it is none. */
static const char *
hex_of(enum tree_layout layout, const char *name)
{
	switch (layout) {
	case TREE_LAYOUT_STORE:
		return hex_after(name, "sha256=", true);
	case TREE_LAYOUT_LOOKASIDE:
		return hex_after(name, "@sha256=", false);
	case TREE_LAYOUT_GRAPH:
		return hex_after(name, "", true);
	case TREE_LAYOUT_OC_MIRROR:
		return hex_after(name, "-sha256-", false);
	case TREE_LAYOUT_CONFIGMAPS:
	case TREE_LAYOUT_UNSET:
		break;
	}
	return NULL;
}

static bool
is_configmap_name(const char *name)
{
	return text_ends_with(name, ".json") || text_ends_with(name, ".yaml") ||
	       text_ends_with(name, ".yml");
}

static void
add_entry(struct store_tree *s, enum tree_layout layout, const char *folder, const char *name)
{
	struct tree_entry *entry = LIST_ADD(s->entries, s->n_entries);

	entry->layout = layout;
	entry->name = join(folder, name);
	entry->hex = entry->name + strlen(entry->name) - HEX_DIGITS;
}

/*
 * --- folders ------------------------------------------------------------------------------------
 */

/* The names in a folder; none when there is no such folder. */
static int
list(struct store_tree *s, const char *folder, struct filetree_names *out, struct err *e)
{
	enum filetree_type type = FILETREE_DIRECTORY;

	if (folder[0] != '\0' && filetree_stat(s->t, folder, &type, NULL, e) != 0)
		return -1;
	switch (type) {
	case FILETREE_DIRECTORY:
		return filetree_list(s->t, folder, MAX_TREE_NAMES, out, e);
	case FILETREE_ABSENT:
	case FILETREE_FILE:
		return 0;
	case FILETREE_LINK:
	case FILETREE_OTHER:
	case FILETREE_UNSET:
		break;
	}
	return err_set(e, E_INVALID, "%s: %s: no directory, and links are not followed",
	    filetree_path(s->t), folder);
}

static void
read_configmaps_file(struct store_tree *s, const char *name, struct err *e)
{
	size_t first = s->configmaps.n;
	AUTO(buf) text = BUF_INIT;
	AUTO_STR char *where = NULL;

	if (filetree_read(s->t, name, MAX_CONFIGMAP_BYTES, &text, &where, e) != 0)
		return;
	s->configmaps_bytes += text.n;
	if (s->configmaps_bytes > MAX_CONFIGMAPS_BYTES) {
		(void)err_set(e, E_TOO_LARGE, "%s: with it more than %zu bytes of JSON and YAML",
		    where, MAX_CONFIGMAPS_BYTES);
		return;
	}
	if (signature_configmaps_read(
		&s->configmaps, buf_bytes(&text), where, OTHER_OBJECTS_LEFT_OUT, e) != 0)
		return;
	for (size_t i = first; i < s->configmaps.n; i++) {
		AUTO_STR char *place = s->configmaps.v[i].place;

		s->configmaps.v[i].place = xasprintf("%s: %s", where, place);
	}
}

/* What cannot be read does not keep the rest from being read: it is said when the rest is. */
static void
read_configmaps(struct store_tree *s, const char *folder, const struct filetree_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		AUTO_STR char *name = join(folder, names->v[i]);
		AUTO(err) e = ERR_INIT;

		if (!is_configmap_name(names->v[i]) || s->configmaps_bytes > MAX_CONFIGMAPS_BYTES)
			continue;
		read_configmaps_file(s, name, &e);
		if (e.code == E_NONE || s->configmaps_error.code != E_NONE)
			continue;
		s->configmaps_error = e;
		e = (struct err)ERR_INIT;
	}
}

/* A folder of oc-mirror, in which no lookaside store is looked for: it may be large. */
static bool
is_of_oc_mirror(const struct filetree_names *names)
{
	static const char *const known[] = { "working-dir", "signatures", "cluster-resources",
		"release-signatures" };

	for (size_t i = 0; i < names->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			if (strcmp(names->v[i], known[k]) == 0)
				return true;
	return false;
}

static int walk(struct store_tree *s, const char *folder, unsigned depth, struct err *e);

/* One name of a folder that may belong to a lookaside store. */
static int
walk_name(struct store_tree *s, const char *folder, const char *name, unsigned depth, struct err *e)
{
	AUTO_STR char *path = join(folder, name);
	enum filetree_type type;

	if (hex_of(TREE_LAYOUT_LOOKASIDE, name) != NULL) {
		add_entry(s, TREE_LAYOUT_LOOKASIDE, folder, name);
		return 0;
	}
	if (hex_of(TREE_LAYOUT_STORE, name) != NULL || depth == LOOKASIDE_DEPTH)
		return 0;
	if (filetree_stat(s->t, path, &type, NULL, e) != 0)
		return -1;
	if (type == FILETREE_LINK && s->lookaside_error.code == E_NONE)
		(void)err_set(&s->lookaside_error, E_INVALID,
		    "%s: %s: a symbolic link, which is not followed", filetree_path(s->t), path);
	return type == FILETREE_DIRECTORY ? walk(s, path, depth + 1, e) : 0;
}

static int
walk(struct store_tree *s, const char *folder, unsigned depth, struct err *e)
{
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;

	if (list(s, folder, &names, e) != 0)
		return -1;
	s->names_walked += names.n;
	if (s->names_walked > MAX_TREE_NAMES)
		return err_set(e, E_TOO_LARGE,
		    "%s: more than %u names, looking for a lookaside store", filetree_path(s->t),
		    MAX_TREE_NAMES);
	if (depth == 0 && is_of_oc_mirror(&names))
		return 0;
	for (size_t i = 0; i < names.n; i++)
		if (walk_name(s, folder, names.v[i], depth, e) != 0)
			return -1;
	return 0;
}

static int
look_for(struct store_tree *s, enum tree_layout layout, const char *folder, struct err *e)
{
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;

	if (layout == TREE_LAYOUT_LOOKASIDE)
		return walk(s, folder, 0, e);
	if (list(s, folder, &names, e) != 0)
		return -1;
	if (layout == TREE_LAYOUT_CONFIGMAPS)
		read_configmaps(s, folder, &names);
	for (size_t i = 0; i < names.n; i++)
		if (hex_of(layout, names.v[i]) != NULL)
			add_entry(s, layout, folder, names.v[i]);
	return 0;
}

/*
 * --- words --------------------------------------------------------------------------------------
 */

static bool
has_layout(const struct store_tree *s, enum tree_layout layout)
{
	if (layout == TREE_LAYOUT_CONFIGMAPS)
		return s->configmaps.n_objects > 0 || s->configmaps_error.code != E_NONE;
	for (size_t i = 0; i < s->n_entries; i++)
		if (s->entries[i].layout == layout)
			return true;
	return false;
}

static void
name_layouts(struct store_tree *s)
{
	static const struct {
		enum tree_layout layout;
		const char *word;
	} words[] = {
		{ TREE_LAYOUT_STORE, "signature store" },
		{ TREE_LAYOUT_LOOKASIDE, "lookaside store" },
		{ TREE_LAYOUT_GRAPH, "graph data" },
		{ TREE_LAYOUT_OC_MIRROR, "oc-mirror" },
		{ TREE_LAYOUT_CONFIGMAPS, "ConfigMaps" },
	};
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (has_layout(s, words[i].layout))
			buf_addf(&text, "%s%s", text.n > 0 ? ", " : "", words[i].word);
	s->layouts = buf_steal_str(&text);
}

const char *
store_tree_layouts(const struct store_tree *s)
{
	return s->layouts;
}

/*
 * --- opening ------------------------------------------------------------------------------------
 */

/* A misspelt folder must not read as one without signatures. */
static int
check_folder(struct filetree *t, const char *folder, struct err *e)
{
	enum filetree_type type = FILETREE_DIRECTORY;

	if (folder[0] != '\0' && filetree_stat(t, folder, &type, NULL, e) != 0)
		return -1;
	if (type == FILETREE_DIRECTORY)
		return 0;
	return err_set(e, type == FILETREE_ABSENT ? E_NOT_FOUND : E_INVALID,
	    "%s: %s: not a directory", filetree_path(t), folder);
}

int
store_tree_recognise(struct store_tree **out, struct filetree *t, const char *folder, struct err *e)
{
	/* In the order in which they are read. */
	static const struct {
		enum tree_layout layout;
		const char *folder;
	} places[] = {
		{ TREE_LAYOUT_STORE, "" },
		{ TREE_LAYOUT_LOOKASIDE, "" },
		{ TREE_LAYOUT_GRAPH, "signatures/sha256" },
		{ TREE_LAYOUT_GRAPH, "sha256" },
		{ TREE_LAYOUT_GRAPH, "" },
		{ TREE_LAYOUT_OC_MIRROR, "working-dir/signatures" },
		{ TREE_LAYOUT_OC_MIRROR, "signatures" },
		{ TREE_LAYOUT_OC_MIRROR, "" },
		{ TREE_LAYOUT_CONFIGMAPS, "" },
		{ TREE_LAYOUT_CONFIGMAPS, "cluster-resources" },
		{ TREE_LAYOUT_CONFIGMAPS, "working-dir/cluster-resources" },
		{ TREE_LAYOUT_CONFIGMAPS, "release-signatures" },
		{ TREE_LAYOUT_CONFIGMAPS, "config" },
	};
	AUTO_PTR(store_tree) s = xcalloc(1, sizeof(*s));

	*out = NULL;
	s->t = t;
	if (check_folder(t, folder, e) != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		AUTO_STR char *path = join(folder, places[i].folder);

		if (look_for(s, places[i].layout, path, e) != 0)
			return -1;
	}
	name_layouts(s);
	if (s->layouts[0] == '\0')
		return err_set(e, E_NOT_FOUND,
		    "%s%s%s: no signatures recognised in it: want sha256=HEX/signature-1, "
		    "REPOSITORY@sha256=HEX/signature-1, signatures/sha256/HEX/signature-1, "
		    "signatures/TAG-sha256-HEX, or ConfigMaps with signatures (*.json, *.yaml)",
		    filetree_path(t), folder[0] != '\0' ? ": " : "", folder);
	*out = steal(&s);
	return 0;
}

/* A list of ConfigMaps in one file that the user named: what else is in it is an error. */
static int
read_named_file(
    struct store_tree *s, const char *path, const struct deadline *deadline, struct err *e)
{
	AUTO(buf) text = BUF_INIT;

	if (file_read_by(&text, path, MAX_CONFIGMAP_BYTES, deadline, e) != 0 ||
	    signature_configmaps_read(
		&s->configmaps, buf_bytes(&text), path, OTHER_OBJECTS_REFUSED, e) != 0)
		return -1;
	for (size_t i = 0; i < s->configmaps.n; i++) {
		AUTO_STR char *place = s->configmaps.v[i].place;

		s->configmaps.v[i].place = xasprintf("%s: %s", path, place);
	}
	return 0;
}

int
store_tree_open_configmap(
    struct store_tree **out, const char *path, const struct deadline *deadline, struct err *e)
{
	AUTO_PTR(store_tree) s = xcalloc(1, sizeof(*s));
	struct stat st;

	*out = NULL;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (filetree_open_directory(&s->own, path, e) != 0)
			return -1;
		s->t = s->own;
		if (look_for(s, TREE_LAYOUT_CONFIGMAPS, "", e) != 0)
			return -1;
		if (!has_layout(s, TREE_LAYOUT_CONFIGMAPS))
			return err_set(e, E_NOT_FOUND,
			    "%s: no ConfigMap with signatures of releases in its files *.json, "
			    "*.yaml, *.yml",
			    path);
	} else if (read_named_file(s, path, deadline, e) != 0) {
		return -1;
	}
	name_layouts(s);
	*out = steal(&s);
	return 0;
}
