/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/image_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define FORMS                                                                                      \
	"sha256:HEX, a version such as 4.14.3-x86_64, HOST/PATH:TAG, HOST/PATH@sha256:HEX, "       \
	"dir:PATH, oci:PATH[:TAG], file://REPOSITORY:TAG"
#define ARCHITECTURES "x86_64, aarch64, ppc64le, s390x, multi"

/* What people and uname(2) call an architecture, and the word in a release's tag. */
static const struct {
	const char *name, *tag_word;
} architectures[] = {
	{ "x86_64", "x86_64" },
	{ "amd64", "x86_64" },
	{ "aarch64", "aarch64" },
	{ "arm64", "aarch64" },
	{ "ppc64le", "ppc64le" },
	{ "s390x", "s390x" },
	{ "multi", "multi" },
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *
tag_word(const char *architecture)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(architectures); i++)
		if (strcmp(architecture, architectures[i].name) == 0)
			return architectures[i].tag_word;
	return NULL;
}

const char *
image_machine(const char *uname_machine)
{
	const char *word = uname_machine != NULL ? tag_word(uname_machine) : NULL;

	/* A list of all architectures is nobody's machine. */
	return word != NULL && strcmp(word, "multi") != 0 ? word : NULL;
}

/* Whatever went wrong with a name, it is the user's to correct. */
static int
as_usage(struct err *e)
{
	e->code = E_USAGE;
	return -1;
}

static int
refuse_url(const char *text, struct err *e)
{
	if (text_starts_with(text, "https://") || text_starts_with(text, "http://"))
		return err_set(e, E_USAGE,
		    "\"%s\" is a URL: for an image in a registry write docker://%s", text,
		    strstr(text, "://") + 3);
	return err_set(e, E_USAGE, "\"%s\" is a URL: want %s", text, FORMS);
}

/* For the manifest of a "dir:" image, its directory is meant. */
static int
refuse_path(const char *text, struct err *e)
{
	static const char file[] = "/manifest.json";
	size_t n = strlen(text);

	if (text_ends_with(text, file) && n > strlen(file))
		n -= strlen(file);
	return err_set(e, E_USAGE, "\"%s\" is a path: write dir:%.*s for an image in a directory",
	    text, (int)n, text);
}

/* What is plainly something else than a name; 0 when text may be one. */
static int
refuse_other_things(const char *text, struct err *e)
{
	static const char *const transports[] = {
		"file:", "oci-archive:", "docker-archive:", "docker-daemon:", "containers-storage:"
	};
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		if ((text[i] >= '\t' && text[i] <= '\r') || text[i] == ' ')
			return err_set(
			    e, E_USAGE, "\"%s\" holds white space: want %s", text, FORMS);
	for (i = 0; i < ARRAY_LEN(transports); i++)
		if (text_starts_with(text, transports[i]) && !text_starts_with(text, "file://"))
			return err_set(e, E_USAGE, "\"%s\": images by \"%s\" are not read; want %s",
			    text, transports[i], FORMS);
	if (strstr(text, "://") != NULL && !text_starts_with(text, "docker://") &&
	    !text_starts_with(text, "file://"))
		return refuse_url(text, e);
	if (text[0] == '/' || text[0] == '~' || strcmp(text, ".") == 0 || strcmp(text, "..") == 0 ||
	    text_starts_with(text, "./") || text_starts_with(text, "../"))
		return refuse_path(text, e);
	return 0;
}

static int
parse_dir(struct image_name *out, const char *path, struct err *e)
{
	if (path[0] == '\0')
		return err_set(e, E_USAGE, "dir: without a path: want dir:PATH");
	out->kind = IMAGE_DIR;
	out->path = xstrdup(path);
	return 0;
}

/* As containers/image: a path ends at the first colon. */
static int
parse_oci(struct image_name *out, const char *text, struct err *e)
{
	AUTO(reference) named = REFERENCE_INIT;
	const char *colon = strchr(text, ':');
	AUTO_STR char *full = NULL;

	if (text[0] == '\0' || text[0] == ':')
		return err_set(e, E_USAGE, "oci: without a path: want oci:PATH or oci:PATH:TAG");
	out->kind = IMAGE_OCI;
	out->path = colon != NULL ? xstrndup(text, (size_t)(colon - text)) : xstrdup(text);
	if (colon == NULL)
		return 0;
	/* A tag alone is one of a repository that has no name here. */
	full = strpbrk(colon + 1, "/:@") != NULL ? xstrdup(colon + 1)
						 : xasprintf("localhost/image:%s", colon + 1);
	if (reference_parse(&named, full, e) != 0 || named.tag == NULL ||
	    digest_is_set(&named.digest))
		return err_set(e, E_USAGE,
		    "oci:%s: want a tag after the path, or a name with a tag, for which the image "
		    "is listed in index.json",
		    text);
	out->ref = xstrdup(colon + 1);
	out->reference.tag = steal(&named.tag);
	return 0;
}

static int
parse_reference(struct image_name *out, const char *text, struct err *e)
{
	const struct reference *r = &out->reference;

	if (reference_parse(&out->reference, text, e) != 0)
		return as_usage(e);
	if (r->tag == NULL && !digest_is_set(&r->digest))
		return err_set(e, E_USAGE,
		    "\"%s\" has neither a tag nor a digest, and no release is called \"latest\": "
		    "want HOST/PATH:TAG or HOST/PATH@sha256:HEX",
		    text);
	if (digest_is_set(&r->digest) && !digest_is_sha256(&r->digest))
		return err_set(
		    e, E_USAGE, "\"%s\": releases are known by sha256 digests only", text);
	out->kind = IMAGE_REGISTRY;
	return 0;
}

/* oc's name for an image in a directory: a repository's path, without a host. */
static int
parse_oc(struct image_name *out, const char *text, struct err *e)
{
	AUTO_STR char *full = xasprintf("localhost/%s", text);

	if (parse_reference(out, full, e) != 0)
		return err_wrap(e, "file://%s", text);
	free(steal(&out->reference.domain));
	out->kind = IMAGE_OC;
	return 0;
}

/* Is text a digest, or meant as one: an algorithm and a separator first, or hex digits alone? */
static bool
looks_like_digest(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");

	if (strchr(text, '/') != NULL)
		return false;
	/* Shorter hex may be anybody's abbreviation of anything, and is refused as a bare word. */
	if (text[n] == '\0' && n >= 32)
		return true;
	if (!text_starts_with(text, "sha256") && !text_starts_with(text, "sha384") &&
	    !text_starts_with(text, "sha512"))
		return false;
	return text[6] == '\0' || strchr(":=-%@", text[6]) != NULL;
}

static int
parse_digest(struct image_name *out, const char *text, struct err *e)
{
	AUTO_STR char *full =
	    xasprintf("%s%s", text_starts_with(text, "sha") ? "" : "sha256:", text);
	AUTO_STR char *reference = NULL;
	struct digest digest;

	if (full[6] != ':')
		return err_set(
		    e, E_USAGE, "\"%s\": a digest is written with a colon, sha256:HEX", text);
	if (digest_parse(&digest, bytes_of_str(full), e) != 0)
		return as_usage(e);
	reference = xasprintf("%s@%s", RELEASE_REPOSITORY, digest.text);
	return parse_reference(out, reference, e);
}

/* Two or three numbers joined by dots at the front of s: how long, 0 when they are not there. */
static size_t
numbers_length(const char *s)
{
	size_t i = 0, start;
	unsigned numbers = 0;

	for (;;) {
		start = i;
		while (is_digit(s[i]))
			i++;
		if (i == start)
			return 0;
		numbers++;
		if (s[i] != '.' || numbers == 3)
			return numbers >= 2 ? i : 0;
		i++;
	}
}

/*
 * "-rc.1", "-0.nightly-2024-07-20-191204": words of letters, digits and dots, each after a hyphen,
 * the first with a dot. The dot is what tells a pre-release from a misspelt architecture. s begins
 * with the hyphen.
 */
static bool
is_prerelease(const char *s, size_t n)
{
	size_t i, word = 0;
	bool dot = false;

	for (i = 0; i < n; i++) {
		if (s[i] != '-') {
			if (!is_digit(s[i]) && !is_letter(s[i]) && s[i] != '.')
				return false;
			dot = dot || s[i] == '.';
			continue;
		}
		if (i > 0 && (!dot || word == i))
			return false;
		word = i + 1;
	}
	return dot && word < n;
}

static int
refuse_version(const char *text, const char *architecture, struct err *e)
{
	if (architecture == NULL)
		return err_set(e, E_USAGE,
		    "\"%s\" is not a release version: want VERSION or VERSION-ARCH, as in "
		    "4.14.3-x86_64 or 4.16.0-rc.1-multi",
		    text);
	return err_set(e, E_USAGE,
	    "\"%s\": no releases are made for the architecture \"%s\", only for %s", text,
	    architecture, ARCHITECTURES);
}

/* Sets the version's length and its architecture, NULL when it names none. */
static int
split_version(const char *text, size_t *length, const char **architecture, struct err *e)
{
	size_t numbers = numbers_length(text);
	const char *rest = text + numbers, *last;

	*architecture = NULL;
	*length = strlen(text);
	if (numbers == 0 || (rest[0] != '\0' && rest[0] != '-'))
		return refuse_version(text, NULL, e);
	last = strrchr(rest, '-');
	if (last == NULL)
		return 0;
	*architecture = tag_word(last + 1);
	if (*architecture != NULL)
		*length = (size_t)(last - text);
	if (*length > numbers && !is_prerelease(rest, *length - numbers))
		return refuse_version(text, rest + 1, e);
	if (*architecture == NULL && is_letter(last[1]) && strchr(last, '.') == NULL)
		return refuse_version(text, last + 1, e);
	return 0;
}

static int
parse_version(struct image_name *out, const char *text, const char *machine, struct err *e)
{
	AUTO_STR char *reference = NULL;
	const char *architecture;
	size_t length;

	if (split_version(text, &length, &architecture, e) != 0)
		return -1;
	if (architecture == NULL)
		architecture = machine;
	if (architecture == NULL)
		return err_set(e, E_USAGE,
		    "\"%s\": this machine's architecture has no releases: want VERSION-ARCH, "
		    "where ARCH is one of %s",
		    text, ARCHITECTURES);
	reference = xasprintf("%s:%.*s-%s", RELEASE_REPOSITORY, (int)length, text, architecture);
	return parse_reference(out, reference, e);
}

static int
parse(struct image_name *out, const char *text, const char *machine, struct err *e)
{
	if (text[0] == '\0')
		return err_set(e, E_USAGE, "empty image name: want %s", FORMS);
	if (strlen(text) > MAX_URL_BYTES)
		return err_set(e, E_USAGE, "image name of %zu bytes: want at most %zu",
		    strlen(text), MAX_URL_BYTES);
	if (text_starts_with(text, "dir:"))
		return parse_dir(out, text + strlen("dir:"), e);
	if (text_starts_with(text, "oci:"))
		return parse_oci(out, text + strlen("oci:"), e);
	if (refuse_other_things(text, e) != 0)
		return -1;
	if (text_starts_with(text, "file://"))
		return parse_oc(out, text + strlen("file://"), e);
	if (text_starts_with(text, "docker://"))
		return parse_reference(out, text + strlen("docker://"), e);
	if (looks_like_digest(text))
		return parse_digest(out, text, e);
	if (is_digit(text[0]) && strchr(text, '.') != NULL && strpbrk(text, "/:@") == NULL)
		return parse_version(out, text, machine, e);
	/* Upstream would take "latest" for docker.io/library/latest; nobody means that here. */
	if (strpbrk(text, "/.:@") == NULL)
		return err_set(e, E_USAGE, "\"%s\" is not an image name: want %s", text, FORMS);
	return parse_reference(out, text, e);
}

int
image_name_parse(struct image_name *out, const char *text, const char *machine, struct err *e)
{
	*out = (struct image_name)IMAGE_NAME_INIT;
	if (parse(out, text, machine, e) != 0) {
		image_name_free(out);
		return -1;
	}
	out->given = xstrdup(text);
	return 0;
}

void
image_name_free(struct image_name *n)
{
	free(n->given);
	free(n->path);
	free(n->ref);
	reference_free(&n->reference);
	*n = (struct image_name)IMAGE_NAME_INIT;
}
