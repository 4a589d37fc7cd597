/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/machine_config.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/data_url.h"
#include "formats/inflate.h"
#include "formats/json.h"
#include "formats/yaml.h"

#define ROLE_LABEL "machineconfiguration.openshift.io/role"

void
node_file_free(struct node_file *f)
{
	free(f->path);
	free(f->unreadable);
	buf_free(&f->contents);
}

void
machine_configs_free(struct machine_configs *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct machine_config *m = &c->v[i];

		for (size_t k = 0; k < m->n_files; k++)
			node_file_free(&m->files[k]);
		free(m->files);
		free(m->name);
		free(m->role);
		free(m->version);
	}
	free(c->v);
	*c = (struct machine_configs)MACHINE_CONFIGS_INIT;
}

/*
 * --- contents -----------------------------------------------------------------------------------
 */

/* "sha512-" or "sha256-" and hex over the bytes after decompression. E_MISMATCH, E_UNSUPPORTED. */
static int
check_hash(const char *hash, struct bytes content, struct err *e)
{
	const EVP_MD *md = NULL;
	AUTO_STR char *got = NULL;
	uint8_t sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (text_starts_with(hash, "sha512-"))
		md = EVP_sha512();
	else if (text_starts_with(hash, "sha256-"))
		md = EVP_sha256();
	else
		return err_set(e, E_UNSUPPORTED, "a hash of an unknown kind: %s", hash);
	if (EVP_Digest(
		content.n > 0 ? content.p : (const uint8_t *)"", content.n, sum, &n, md, NULL) != 1)
		return err_set(e, E_IO, "OpenSSL could not compute a digest");
	got = text_hex(sum, n);
	if (strcmp(got, hash + strlen("sha512-")) != 0)
		return err_set(e, E_MISMATCH, "the contents do not have the hash that is given");
	return 0;
}

/* Ignition's contents: source, compression, verification.hash. */
static int
read_source(struct node_file *f, const json_t *contents, struct err *e)
{
	const char *source = json_string_value(json_object_get(contents, "source"));
	const char *compression = json_string_value(json_object_get(contents, "compression"));
	const char *hash =
	    json_string_value(json_object_get(json_object_get(contents, "verification"), "hash"));
	AUTO(buf) packed = BUF_INIT;

	/* Without a source the file is empty. */
	if (source != NULL && source[0] != '\0' && data_url_read(&packed, source, e) != 0)
		return -1;
	if (compression != NULL && strcmp(compression, "gzip") == 0) {
		if (inflate_whole(&f->contents, INFLATE_GZIP, buf_bytes(&packed),
			MAX_NODE_FILE_BYTES, e) != 0)
			return -1;
	} else if (compression != NULL && compression[0] != '\0') {
		return err_set(e, E_UNSUPPORTED, "compressed by %s", compression);
	} else {
		buf_add(&f->contents, packed.p, packed.n);
	}
	return hash != NULL && hash[0] != '\0' ? check_hash(hash, buf_bytes(&f->contents), e) : 0;
}

static int
read_contents(struct node_file *f, const json_t *file, enum machine_config_kind kind, struct err *e)
{
	const json_t *contents = json_object_get(file, "contents");
	const json_t *append = json_object_get(file, "append");
	const char *inl = json_string_value(json_object_get(contents, "inline"));

	if (json_is_true(append) || json_array_size(append) > 0)
		return err_set(e, E_UNSUPPORTED, "it is appended to what is there");
	if (kind == MACHINE_CONFIG_BUTANE && json_object_get(contents, "local") != NULL)
		return err_set(e, E_UNSUPPORTED, "its content is in another file (local)");
	if (kind == MACHINE_CONFIG_BUTANE && inl != NULL) {
		buf_add_str(&f->contents, inl);
		return 0;
	}
	return read_source(f, contents, e);
}

/*
 * --- one document -------------------------------------------------------------------------------
 */

static int
read_file(struct machine_config *m, const json_t *file, const char *where, struct err *e)
{
	const char *path = json_member_string(file, where, "path", e);
	const json_t *mode = json_object_get(file, "mode");
	AUTO(err) why = ERR_INIT;
	struct node_file *f;

	if (path == NULL)
		return -1;
	if (path[0] != '/')
		return err_set(e, E_INVALID, "%s: path \"%s\" is not absolute", where, path);
	if (mode != NULL && !json_is_null(mode) && !json_is_integer(mode))
		return err_set(e, E_INVALID, "%s: \"mode\" is not a number", where);
	f = LIST_ADD(m->files, m->n_files);
	f->path = xstrdup(path);
	f->mode = json_is_integer(mode) ? json_integer_value(mode) : -1;
	if (read_contents(f, file, m->kind, &why) != 0) {
		f->unreadable = xstrdup(err_msg(&why));
		buf_clear(&f->contents);
	}
	return 0;
}

static int
read_files(struct machine_config *m, const json_t *config, const char *where, struct err *e)
{
	const json_t *files = json_object_get(json_object_get(config, "storage"), "files");
	json_t *file;
	size_t i;

	if (files == NULL || json_is_null(files))
		return 0;
	if (!json_is_array(files))
		return err_set(e, E_INVALID, "%s: storage.files is not a list", where);
	json_array_foreach(files, i, file)
	{
		AUTO_STR char *place = xasprintf("%s: storage.files[%zu]", where, i);

		if (read_file(m, file, place, e) != 0)
			return -1;
	}
	return 0;
}

static char *
copy_or_null(const json_t *text)
{
	return json_is_string(text) ? xstrdup(json_string_value(text)) : NULL;
}

static void
read_metadata(struct machine_config *m, const json_t *root)
{
	const json_t *metadata = json_object_get(root, "metadata");

	m->name = copy_or_null(json_object_get(metadata, "name"));
	m->role = copy_or_null(json_object_get(json_object_get(metadata, "labels"), ROLE_LABEL));
}

static int
read_machine_config(struct machine_config *m, const json_t *root, const char *where, struct err *e)
{
	const json_t *spec = json_member_object(root, where, "spec", e);
	const json_t *config = spec != NULL ? json_object_get(spec, "config") : NULL;
	const char *version =
	    json_string_value(json_object_get(json_object_get(config, "ignition"), "version"));

	if (spec == NULL)
		return -1;
	read_metadata(m, root);
	/* Kernel arguments alone need no Ignition. */
	if (config == NULL || json_is_null(config))
		return 0;
	if (version == NULL)
		return err_set(e, E_INVALID, "%s: spec.config.ignition.version is missing", where);
	if (text_starts_with(version, "2."))
		m->kind = MACHINE_CONFIG_IGNITION_2;
	else if (text_starts_with(version, "3."))
		m->kind = MACHINE_CONFIG_IGNITION_3;
	else
		return err_set(
		    e, E_UNSUPPORTED, "%s: Ignition %s, want 2.x or 3.x", where, version);
	m->version = xstrdup(version);
	return read_files(m, config, where, e);
}

static int
read_butane(struct machine_config *m, const json_t *root, const char *where, struct err *e)
{
	static const char *const variants[] = { "openshift", "fcos", "flatcar", "r4e" };
	const char *variant = json_member_string(root, where, "variant", e);
	const char *version =
	    variant != NULL ? json_member_string(root, where, "version", e) : NULL;
	bool known = false;

	if (version == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		known = known || strcmp(variant, variants[i]) == 0;
	if (!known)
		return err_set(e, E_UNSUPPORTED, "%s: Butane variant \"%s\"", where, variant);
	m->kind = MACHINE_CONFIG_BUTANE;
	m->version = xstrdup(version);
	read_metadata(m, root);
	return read_files(m, root, where, e);
}

static int read_object(
    struct machine_configs *out, const json_t *root, const char *where, struct err *e);

static int
read_items(struct machine_configs *out, const json_t *root, const char *where, struct err *e)
{
	const json_t *items = json_object_get(root, "items");
	json_t *item;
	size_t i;

	if (!json_is_array(items))
		return err_set(e, E_INVALID, "%s: a list without items", where);
	json_array_foreach(items, i, item)
	{
		AUTO_STR char *place = xasprintf("%s: items[%zu]", where, i);
		const char *kind = json_string_value(json_object_get(item, "kind"));

		if (kind == NULL || strcmp(kind, "MachineConfig") != 0)
			return err_set(e, E_UNSUPPORTED, "%s: not a MachineConfig", place);
		if (read_object(out, item, place, e) != 0)
			return -1;
	}
	return 0;
}

static int
read_object(struct machine_configs *out, const json_t *root, const char *where, struct err *e)
{
	const char *kind = json_string_value(json_object_get(root, "kind"));
	const char *api = json_string_value(json_object_get(root, "apiVersion"));

	if (kind == NULL && json_object_get(root, "variant") != NULL)
		return read_butane(LIST_ADD(out->v, out->n), root, where, e);
	if (kind != NULL && (strcmp(kind, "List") == 0 || strcmp(kind, "MachineConfigList") == 0))
		return read_items(out, root, where, e);
	if (kind == NULL || strcmp(kind, "MachineConfig") != 0 || api == NULL ||
	    strcmp(api, "machineconfiguration.openshift.io/v1") != 0)
		return err_set(e, E_UNSUPPORTED,
		    "%s: neither a MachineConfig of machineconfiguration.openshift.io/v1 nor a "
		    "Butane "
		    "config",
		    where);
	return read_machine_config(LIST_ADD(out->v, out->n), root, where, e);
}

int
machine_configs_read(struct machine_configs *out, const char *file, struct bytes in, struct err *e)
{
	AUTO(machine_configs) added = MACHINE_CONFIGS_INIT;
	AUTO_JSON json_t *documents = NULL;
	json_t *root;
	size_t i;

	documents = yaml_read_all(in, file, e);
	if (documents == NULL)
		return -1;
	if (json_array_size(documents) == 0)
		return err_set(e, E_INVALID, "%s: empty, want a MachineConfig", file);
	json_array_foreach(documents, i, root)
	{
		if (read_object(&added, root, file, e) != 0)
			return -1;
	}
	for (i = 0; i < added.n; i++)
		*LIST_ADD(out->v, out->n) = added.v[i];
	added.n = 0;
	return 0;
}

/* The operator sorts by name; what has none was given by hand, and comes as it was given. */
static bool
comes_later(const struct machine_config *a, const struct machine_config *b)
{
	return strcmp(a->name != NULL ? a->name : "", b->name != NULL ? b->name : "") >= 0;
}

const struct node_file *
machine_configs_file(const struct machine_configs *c, const char *path)
{
	const struct machine_config *from = NULL;
	const struct node_file *found = NULL;

	for (size_t i = 0; i < c->n; i++) {
		if (from != NULL && !comes_later(&c->v[i], from))
			continue;
		for (size_t k = 0; k < c->v[i].n_files; k++) {
			if (strcmp(c->v[i].files[k].path, path) != 0)
				continue;
			found = &c->v[i].files[k];
			from = &c->v[i];
		}
	}
	return found;
}
