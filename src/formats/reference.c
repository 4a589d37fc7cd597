/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The grammar is docker/reference's (regexp.go, normalize.go), read left to right by hand:
 *
 *     reference = [domain "/"] path [":" tag] ["@" digest]
 *
 * A path holds neither ':' nor '@' and a tag no '@', so the first of each ends what is before it.
 */
#include "formats/reference.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* NameTotalLengthMax and TagRegexp of docker/reference. */
#define REPOSITORY_MAX 255u
#define TAG_MAX 128u

/* What an error message shows of a text that may be long. */
#define SHOWN_BYTES 300

#define DEFAULT_DOMAIN "docker.io"
#define LEGACY_DEFAULT_DOMAIN "index.docker.io"
#define DEFAULT_NAMESPACE "library/"

/* Borrowed pieces of the text; what is absent has p NULL. */
struct pieces {
	struct bytes domain, path, tag, digest;
	bool in_default_namespace; /* "library/" is to be put before path */
};

static bool
is_lower_alnum(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_alnum(uint8_t c)
{
	return is_lower_alnum(c) || is_upper(c);
}

/* The part of s before the first c, and what follows it; without c, all of s and nothing. */
static bool
cut(struct bytes s, char c, struct bytes *before, struct bytes *after)
{
	const uint8_t *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

	if (at == NULL) {
		*before = s;
		*after = bytes_of(NULL, 0);
		return false;
	}
	*before = bytes_of(s.p, (size_t)(at - s.p));
	*after = bytes_of(at + 1, s.n - before->n - 1);
	return true;
}

static bool
has_upper(struct bytes s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (is_upper(s.p[i]))
			return true;
	return false;
}

static bool
is_text(struct bytes s, const char *text)
{
	return bytes_equal(s, bytes_of_str(text));
}

/* domainNameComponent: letters, digits and inner hyphens; '.' joins them. */
static bool
is_domain_name(struct bytes s)
{
	struct bytes label, rest = s;
	size_t i;
	bool more;

	do {
		more = cut(rest, '.', &label, &rest);
		if (label.n == 0 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (i = 0; i < label.n; i++)
			if (!is_alnum(label.p[i]) && label.p[i] != '-')
				return false;
	} while (more);
	return true;
}

/* "[" and "]" around hex digits and colons: an IPv6 address, loosely, as upstream has it. */
static bool
is_bracketed_address(struct bytes s)
{
	size_t i;

	if (s.n < 3 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	for (i = 1; i < s.n - 1; i++)
		if (s.p[i] != ':' && !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    !(s.p[i] >= 'a' && s.p[i] <= 'f') && !(s.p[i] >= 'A' && s.p[i] <= 'F'))
			return false;
	return true;
}

static bool
is_domain(struct bytes s)
{
	struct bytes host = s;
	size_t end = s.n;

	while (end > 0 && s.p[end - 1] >= '0' && s.p[end - 1] <= '9')
		end--;
	/* A port is any digits, at least one; whether one can connect to it is not asked here. */
	if (end > 0 && end < s.n && s.p[end - 1] == ':')
		host = bytes_of(s.p, end - 1);
	return is_domain_name(host) || is_bracketed_address(host);
}

/* How much of the front of s may join two words of a path: ".", "_", "__" or hyphens. */
static size_t
separator_length(struct bytes s)
{
	size_t n = 0;

	if (s.p[0] == '.')
		return 1;
	if (s.p[0] == '_')
		return s.n > 1 && s.p[1] == '_' ? 2 : 1;
	while (n < s.n && s.p[n] == '-')
		n++;
	return n;
}

static bool
is_path_component(struct bytes s)
{
	size_t i = 0, start;

	for (;;) {
		start = i;
		while (i < s.n && is_lower_alnum(s.p[i]))
			i++;
		if (i == start)
			return false;
		if (i == s.n)
			return true;
		i += separator_length(bytes_of(s.p + i, s.n - i));
	}
}

static bool
is_path(struct bytes s)
{
	struct bytes component, rest = s;
	bool more;

	do {
		more = cut(rest, '/', &component, &rest);
		if (!is_path_component(component))
			return false;
	} while (more);
	return true;
}

static bool
is_tag(struct bytes s)
{
	size_t i;

	if (s.n == 0 || s.n > TAG_MAX || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '-')
			return false;
	return true;
}

/* Is the first component a registry's name, not the start of a docker.io repository's? */
static bool
names_a_domain(struct bytes first)
{
	return memchr(first.p, '.', first.n) != NULL || memchr(first.p, ':', first.n) != NULL ||
	       is_text(first, "localhost");
}

/*
 * splitDockerDomain of normalize.go, then the tag and the digest. Upstream's regular expression
 * lets "a_b.io/x", whose domain is none, pass as a path without a domain; here it is refused.
 */
static void
split(struct pieces *out, struct bytes text)
{
	struct bytes first, rest, name;
	bool slash = cut(text, '/', &first, &rest);

	*out = (struct pieces){ 0 };
	out->domain = bytes_of_str(DEFAULT_DOMAIN);
	if (!slash || first.n == 0 || !names_a_domain(first))
		rest = text;
	else if (!is_text(first, LEGACY_DEFAULT_DOMAIN))
		out->domain = first;
	cut(rest, '@', &name, &out->digest);
	cut(name, ':', &out->path, &out->tag);
	out->in_default_namespace = is_text(out->domain, DEFAULT_DOMAIN) &&
				    (rest.n == 0 || memchr(rest.p, '/', rest.n) == NULL);
}

/* What keeps the pieces from being a reference, or NULL. The digest is looked at later. */
static const char *
grammar_error(const struct pieces *p)
{
	size_t length = p->domain.n + 1 + p->path.n;

	if (p->in_default_namespace)
		length += strlen(DEFAULT_NAMESPACE);
	if (!is_domain(p->domain))
		return "what stands before the first '/' is not a host name with an optional port";
	if (p->path.n == 0)
		return "no repository name";
	if (has_upper(p->path))
		return "repository name must be lowercase";
	if (!is_path(p->path))
		return "not a repository name";
	if (length > REPOSITORY_MAX)
		return "repository name must not be more than 255 characters";
	if (p->tag.p != NULL && !is_tag(p->tag))
		return "not a tag: want 1 to 128 letters, digits, '_', '.' and '-'";
	return NULL;
}

/* What a text that is no reference probably is, or NULL. */
static const char *
looks_like(struct bytes s)
{
	static const struct {
		const char *prefix, *what;
	} known[] = {
		{ "docker://", "leave the transport \"docker://\" out" },
		{ "https://", "it looks like a URL; leave \"https://\" out" },
		{ "http://", "it looks like a URL; leave \"http://\" out" },
		{ "dir:", "it names a transport, not a registry" },
		{ "oci:", "it names a transport, not a registry" },
		{ "oci-archive:", "it names a transport, not a registry" },
		{ "docker-archive:", "it names a transport, not a registry" },
		{ "docker-daemon:", "it names a transport, not a registry" },
		{ "containers-storage:", "it names a transport, not a registry" },
		{ "file:", "it names a file, not a repository of a registry" },
		{ "/", "it looks like a path to a file" },
		{ "./", "it looks like a path to a file" },
		{ "../", "it looks like a path to a file" },
		{ "~", "it looks like a path to a file" },
	};
	size_t i, n;

	if (s.n == 0)
		return "it is empty";
	if (memchr(s.p, '\0', s.n) != NULL)
		return "it holds a NUL byte";
	for (i = 0; i < ARRAY_LEN(known); i++) {
		n = strlen(known[i].prefix);
		if (s.n >= n && memcmp(s.p, known[i].prefix, n) == 0)
			return known[i].what;
	}
	for (i = 0; i < s.n; i++)
		if (s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r'))
			return "it holds white space";
	return memmem(s.p, s.n, "://", 3) != NULL ? "it looks like a URL" : NULL;
}

static int
refuse(struct bytes text, const char *why, struct err *e)
{
	const char *likely = looks_like(text);

	return err_set(e, E_INVALID,
	    "\"%.*s\" is not an image reference (HOST/PATH:TAG or HOST/PATH@sha256:HEX): %s",
	    (int)(text.n < SHOWN_BYTES ? text.n : SHOWN_BYTES),
	    text.n > 0 ? (const char *)text.p : "", likely != NULL ? likely : why);
}

int
reference_parse_bytes(struct reference *out, struct bytes text, struct err *e)
{
	struct digest digest = { 0 };
	struct pieces p;
	const char *wrong;

	*out = (struct reference)REFERENCE_INIT;
	/* It would be taken for a docker.io repository; upstream refuses it for being a digest. */
	if (text_is_lower_hex(text, 64))
		return refuse(text, "64 hex digits are a digest, not a repository", e);
	split(&p, text);
	wrong = grammar_error(&p);
	if (wrong != NULL)
		return refuse(text, wrong, e);
	if (p.digest.p != NULL && digest_parse(&digest, p.digest, e) != 0)
		return refuse(text, err_msg(e), e);
	out->domain = xstrndup((const char *)p.domain.p, p.domain.n);
	out->path = xasprintf("%s%.*s", p.in_default_namespace ? DEFAULT_NAMESPACE : "",
	    (int)p.path.n, (const char *)p.path.p);
	if (p.tag.p != NULL)
		out->tag = xstrndup((const char *)p.tag.p, p.tag.n);
	out->digest = digest;
	return 0;
}

int
reference_parse(struct reference *out, const char *text, struct err *e)
{
	return reference_parse_bytes(out, bytes_of_str(text), e);
}

char *
reference_repository(const struct reference *r)
{
	if (!reference_is_set(r))
		return xstrdup("");
	return xasprintf("%s/%s", r->domain, r->path);
}

char *
reference_string(const struct reference *r)
{
	if (!reference_is_set(r))
		return xstrdup("");
	return xasprintf("%s/%s%s%s%s%s", r->domain, r->path, r->tag != NULL ? ":" : "",
	    r->tag != NULL ? r->tag : "", digest_is_set(&r->digest) ? "@" : "", r->digest.text);
}

bool
reference_is_prefix(const char *text)
{
	struct bytes domain, path;
	bool slash = cut(bytes_of_str(text), '/', &domain, &path);

	return is_domain(domain) && (!slash || is_path(path));
}

bool
reference_is_set(const struct reference *r)
{
	return r->domain != NULL && r->path != NULL;
}

bool
reference_same_repository(const struct reference *a, const struct reference *b)
{
	return reference_is_set(a) && reference_is_set(b) && strcmp(a->domain, b->domain) == 0 &&
	       strcmp(a->path, b->path) == 0;
}

bool
reference_equal(const struct reference *a, const struct reference *b)
{
	if (!reference_same_repository(a, b))
		return false;
	if ((a->tag == NULL) != (b->tag == NULL))
		return false;
	if (a->tag != NULL && strcmp(a->tag, b->tag) != 0)
		return false;
	return strcmp(a->digest.text, b->digest.text) == 0;
}

void
reference_copy(struct reference *out, const struct reference *r)
{
	out->domain = r->domain != NULL ? xstrdup(r->domain) : NULL;
	out->path = r->path != NULL ? xstrdup(r->path) : NULL;
	out->tag = r->tag != NULL ? xstrdup(r->tag) : NULL;
	out->digest = r->digest;
}

void
reference_free(struct reference *r)
{
	free(r->domain);
	free(r->path);
	free(r->tag);
	*r = (struct reference)REFERENCE_INIT;
}
