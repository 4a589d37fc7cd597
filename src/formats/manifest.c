/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/manifest.h"

#include <string.h>

#include "formats/manifest_read.h"
#include "formats/spelling.h"

#define DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"

/* Two columns of one table, in the order of containers/image's Accept header. */
static const char *const media_types[] = {
	"application/vnd.oci.image.manifest.v1+json",
	"application/vnd.docker.distribution.manifest.v2+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.oci.image.index.v1+json",
	NULL,
};
static const enum manifest_kind kinds[] = {
	MANIFEST_OCI_IMAGE,
	MANIFEST_DOCKER_IMAGE,
	MANIFEST_DOCKER_LIST,
	MANIFEST_OCI_INDEX,
};
_Static_assert(ARRAY_LEN(kinds) + 1 == ARRAY_LEN(media_types), "one media type for each kind");

/* Members that some reader of manifests gives a meaning to. None holds a 'k' (see spelling.h). */
static const char *const known_members[] = { "schemaVersion", "mediaType", "config", "layers",
	"manifests", "fsLayers", "history", NULL };

/* Bytes that are stripped before hashing are covered by no digest (the class of CVE-2014-8179). */
static int
check_unsigned(const json_t *o, struct err *e)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)o, key, value)
	{
		if (spelling_folds_to(key, "signatures"))
			return err_set(e, E_UNSUPPORTED,
			    "manifest: it has a \"%s\" member, which other programs strip "
			    "before they compute the digest",
			    key);
	}
	return 0;
}

static int
check_schema_version(const json_t *o, struct err *e)
{
	const json_t *version = json_object_get(o, "schemaVersion");

	if (!json_is_integer(version))
		return err_set(e, E_UNSUPPORTED, "manifest: schemaVersion %s, want 2",
		    version == NULL ? "is missing" : "is not an integer");
	if (json_integer_value(version) == 1)
		return err_set(
		    e, E_UNSUPPORTED, "manifest: schema 1, which is refused; want schemaVersion 2");
	if (json_integer_value(version) != 2)
		return err_set(e, E_UNSUPPORTED,
		    "manifest: schemaVersion %" JSON_INTEGER_FORMAT ", want 2",
		    json_integer_value(version));
	return 0;
}

static int
kind_from_media_type(struct manifest *out, const json_t *type, struct err *e)
{
	size_t i;

	if (!json_is_string(type))
		return err_set(e, E_UNSUPPORTED, "manifest: mediaType is not a string");
	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(json_string_value(type), media_types[i]) == 0) {
			out->kind = kinds[i];
			return 0;
		}
	}
	return err_set(e, E_UNSUPPORTED, "manifest: mediaType \"%.200s\" is none that is supported",
	    json_string_value(type));
}

/* GuessMIMEType of containers/image, less its last resort: what shows no kind is refused. */
static int
kind_from_members(struct manifest *out, const json_t *o, struct err *e)
{
	static const char *const config_members[] = { "mediaType", NULL };
	const json_t *config = json_object_get(o, "config");
	const json_t *type;

	if (config == NULL && json_array_size(json_object_get(o, "manifests")) > 0) {
		out->kind = MANIFEST_OCI_INDEX;
		return 0;
	}
	if (!json_is_object(config))
		return err_set(e, E_UNSUPPORTED,
		    "manifest: no mediaType, no config object, no list of manifests");
	if (spelling_check(config, config_members, e) != 0)
		return -1;
	type = json_object_get(config, "mediaType");
	if (type != NULL && !json_is_string(type))
		return err_set(e, E_UNSUPPORTED, "manifest: config.mediaType is not a string");
	out->kind = MANIFEST_OCI_IMAGE;
	if (type != NULL && strcmp(json_string_value(type), DOCKER_CONFIG) == 0)
		out->kind = MANIFEST_DOCKER_IMAGE;
	return 0;
}

/* CVE-2021-41190: no member by which another reader could take it for another kind. */
static int
check_unambiguous(enum manifest_kind kind, const json_t *o, struct err *e)
{
	static const char *const not_in_lists[] = { "config", "layers", "fsLayers", "history",
		NULL };
	static const char *const not_in_images[] = { "manifests", "fsLayers", "history", NULL };
	const char *const *key = manifest_is_list(kind) ? not_in_lists : not_in_images;

	for (; *key != NULL; key++)
		if (json_object_get(o, *key) != NULL)
			return err_set(e, E_UNSUPPORTED,
			    "manifest: ambiguous: member \"%s\" in a manifest of type %s", *key,
			    manifest_media_type(kind));
	return 0;
}

static int
judge(struct manifest *out, const json_t *o, struct err *e)
{
	const json_t *type = json_object_get(o, "mediaType");
	int r;

	if (check_unsigned(o, e) != 0 || spelling_check(o, known_members, e) != 0 ||
	    check_schema_version(o, e) != 0)
		return -1;
	if (type != NULL)
		r = kind_from_media_type(out, type, e);
	else
		r = kind_from_members(out, o, e);
	if (r != 0)
		return -1;
	return check_unambiguous(out->kind, o, e);
}

int
manifest_read(struct manifest *out, json_t **document, struct bytes raw, struct err *e)
{
	*out = (struct manifest){ 0 };
	*document = json_read(raw, "manifest", e);
	if (*document == NULL)
		return -1;
	if (!json_is_object(*document))
		return err_set(e, E_INVALID, "manifest: not a JSON object");
	if (judge(out, *document, e) != 0) {
		*out = (struct manifest){ 0 };
		return -1;
	}
	return 0;
}

int
manifest_read_content(struct digest *digest, uint64_t *size, const json_t *descriptor,
    const char *where, struct err *e)
{
	const char *text = json_member_string(descriptor, where, "digest", e);
	const json_t *bytes = json_object_get(descriptor, "size");

	if (text == NULL)
		return -1;
	if (digest_parse(digest, bytes_of_str(text), e) != 0)
		return err_wrap(e, "%s", where);
	if (!digest_is_sha256(digest))
		return err_set(e, E_UNSUPPORTED, "%s: digest %s, want sha256", where, digest->text);
	if (!json_is_integer(bytes) || json_integer_value(bytes) < 0)
		return err_set(
		    e, E_INVALID, "%s: \"size\" is missing or not a number of bytes", where);
	*size = (uint64_t)json_integer_value(bytes);
	return 0;
}

int
manifest_parse(struct manifest *out, struct bytes raw, struct err *e)
{
	AUTO_JSON json_t *document = NULL;

	return manifest_read(out, &document, raw, e);
}

/*
 * --- lists --------------------------------------------------------------------------------------
 */

/* What Go, and so every list, calls the machines that a release is made for. */
static const char *
go_architecture(const char *machine)
{
	static const char *const other[][2] = { { "x86_64", "amd64" }, { "aarch64", "arm64" } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(other); i++)
		if (strcmp(machine, other[i][0]) == 0)
			return other[i][1];
	return machine;
}

/* A descriptor that says nothing of a platform is for none. */
static bool
is_for(const json_t *platform, const char *architecture)
{
	const char *os = json_string_value(json_object_get(platform, "os"));
	const char *on = json_string_value(json_object_get(platform, "architecture"));

	return os != NULL && on != NULL && strcmp(os, "linux") == 0 &&
	       strcmp(on, architecture) == 0;
}

/* Take the descriptor when it is for the architecture. */
static int
look_at_child(struct digest *out, const json_t *child, const char *architecture, struct err *e)
{
	static const char *const members[] = { "digest", "platform", NULL };
	static const char *const platform_members[] = { "os", "architecture", NULL };
	const json_t *platform = json_object_get(child, "platform");
	const char *text = json_member_string(child, "manifest list", "digest", e);
	struct digest digest;

	if (text == NULL || spelling_check(child, members, e) != 0 ||
	    spelling_check(platform, platform_members, e) != 0)
		return -1;
	if (!is_for(platform, architecture))
		return 0;
	if (digest_parse(&digest, bytes_of_str(text), e) != 0)
		return err_wrap(e, "manifest list");
	if (!digest_is_sha256(&digest))
		return err_set(
		    e, E_UNSUPPORTED, "manifest list: digest %s, want sha256", digest.text);
	if (digest_is_set(out) && !digest_equal(out, &digest))
		return err_set(e, E_UNSUPPORTED,
		    "manifest list: several manifests are for linux/%s: %s, %s", architecture,
		    out->text, digest.text);
	*out = digest;
	return 0;
}

int
manifest_instance(struct digest *out, struct bytes raw, const char *machine, struct err *e)
{
	AUTO_JSON json_t *document = NULL;
	const char *architecture;
	const json_t *children;
	struct digest found = { 0 };
	struct manifest m;
	size_t i;

	*out = (struct digest){ 0 };
	if (manifest_read(&m, &document, raw, e) != 0)
		return -1;
	if (!manifest_is_list(m.kind))
		return err_set(e, E_UNSUPPORTED, "manifest: not a list of manifests");
	if (machine == NULL)
		return err_set(
		    e, E_UNSUPPORTED, "manifest list: no images are made for this machine");
	architecture = go_architecture(machine);
	children = json_object_get(document, "manifests");
	for (i = 0; i < json_array_size(children); i++)
		if (look_at_child(&found, json_array_get(children, i), architecture, e) != 0)
			return -1;
	if (!digest_is_set(&found))
		return err_set(
		    e, E_UNSUPPORTED, "manifest list: no manifest is for linux/%s", architecture);
	*out = found;
	return 0;
}

const char *
manifest_media_type(enum manifest_kind kind)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i] == kind)
			return media_types[i];
	return "";
}

bool
manifest_is_list(enum manifest_kind kind)
{
	return kind == MANIFEST_DOCKER_LIST || kind == MANIFEST_OCI_INDEX;
}

const char *const *
manifest_media_types(void)
{
	return media_types;
}
