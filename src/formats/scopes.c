/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PolicyConfigurationIdentity and PolicyConfigurationNamespaces of docker, directory, oci/layout.
 */
#include "formats/scopes.h"

#include <stdlib.h>
#include <string.h>

static void
add(struct scopes *out, char *scope)
{
	*LIST_ADD(out->v, out->n) = scope;
}

/* name, then what is before its last '/', and so on, while something is. */
static void
add_parents(struct scopes *out, const char *name)
{
	AUTO_STR char *rest = xstrdup(name);
	char *slash;

	while (rest[0] != '\0') {
		add(out, xstrdup(rest));
		slash = strrchr(rest, '/');
		rest[slash != NULL ? slash - rest : 0] = '\0';
	}
}

/* A host without its port, label by label. "[::1]" has no labels: its first colon is no port's. */
static void
add_wildcards(struct scopes *out, const char *domain)
{
	AUTO_STR char *host = xstrndup(domain, strcspn(domain, ":"));
	const char *dot;

	for (dot = strchr(host, '.'); dot != NULL; dot = strchr(dot + 1, '.'))
		add(out, xasprintf("*%s", dot));
}

int
scopes_of_reference(struct scopes *out, const struct reference *image, struct err *e)
{
	AUTO_STR char *repository = reference_repository(image);
	AUTO_STR char *whole = reference_string(image);
	bool tag = image->tag != NULL, digest = digest_is_set(&image->digest);

	*out = (struct scopes)SCOPES_INIT;
	if (!reference_is_set(image))
		return err_set(e, E_INVALID, "no image reference to find a scope for");
	if (tag && digest)
		return err_set(e, E_INVALID,
		    "%s has both a tag and a digest: no scope is for both, leave one of them out",
		    whole);
	if (!tag && !digest)
		return err_set(e, E_INVALID,
		    "%s has neither a tag nor a digest: no scope is for such an image", whole);
	add(out, steal(&whole));
	add_parents(out, repository);
	add_wildcards(out, image->domain);
	return 0;
}

/* Drop what is narrower than the scope; false, and no change, when it is not there. */
static bool
cut_to(struct scopes *s, const char *scope)
{
	size_t i, n = 0;

	while (n < s->n && strcmp(s->v[n], scope) != 0)
		n++;
	if (n == s->n)
		return false;
	for (i = 0; i < n; i++)
		free((char *)s->v[i]);
	memmove(s->v, s->v + n, (s->n - n) * sizeof(*s->v));
	s->n -= n;
	return true;
}

/* What somebody may have meant by a scope that no image has. */
static int
explain_scope(const char *scope, struct err *e)
{
	static const char wrong[] = "no image has this scope";
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(err) ignored = ERR_INIT;
	AUTO_STR char *name = NULL;
	size_t n = strlen(scope);

	if (strstr(scope, "://") != NULL)
		return err_set(
		    e, E_INVALID, "%s: it begins with a host, without \"://\" before it", wrong);
	if (strchr(scope, '*') != NULL)
		return err_set(e, E_INVALID,
		    "%s: '*' stands only in \"*.\" before the end of a host's name, without port "
		    "and path",
		    wrong);
	if (n > 0 && scope[n - 1] == '/')
		return err_set(e, E_INVALID, "%s: it ends in '/'", wrong);
	if (reference_parse(&r, scope, &ignored) != 0)
		return err_set(e, E_INVALID, "%s: %s", wrong, err_msg(&ignored));
	name = reference_string(&r);
	if (strcmp(name, scope) == 0)
		return err_set(e, E_INVALID, "%s: a tag and a digest", wrong);
	return err_set(e, E_INVALID, "%s: the name that is searched for is %s", wrong, name);
}

int
scopes_of_scope(struct scopes *out, const char *scope, struct err *e)
{
	/* An image of the scope, when the scope is: an image, a repository, the front of one. */
	static const char *const images[] = { "", ":x", "/x:x" };
	bool wildcard = scope[0] == '*' && scope[1] == '.';

	*out = (struct scopes)SCOPES_INIT;
	for (size_t i = 0; i < ARRAY_LEN(images); i++) {
		AUTO_STR char *image =
		    xasprintf("%s%s%s", wildcard ? "x" : "", scope + (wildcard ? 1 : 0), images[i]);
		AUTO(reference) r = REFERENCE_INIT;
		AUTO(scopes) found = SCOPES_INIT;
		AUTO(err) ignored = ERR_INIT;

		if (reference_parse(&r, image, &ignored) == 0 &&
		    scopes_of_reference(&found, &r, &ignored) == 0 && cut_to(&found, scope)) {
			*out = found;
			found = (struct scopes)SCOPES_INIT;
			return 0;
		}
	}
	return explain_scope(scope, e);
}

bool
scopes_path_is_clean(const char *path)
{
	const char *component = path;
	size_t n;

	if (path[0] != '/')
		return false;
	while (component[0] == '/' && component[1] != '\0') {
		component++;
		n = strcspn(component, "/");
		if (n == 0 || (n == 1 && component[0] == '.') ||
		    (n == 2 && component[0] == '.' && component[1] == '.'))
			return false;
		component += n;
	}
	return component[0] == '\0' || component == path;
}

int
scopes_of_path(struct scopes *out, const char *path, struct err *e)
{
	*out = (struct scopes)SCOPES_INIT;
	if (!scopes_path_is_clean(path))
		return err_set(e, E_INVALID,
		    "\"%s\" is not an absolute path without \".\", \"..\" and needless '/'", path);
	if (strcmp(path, "/") != 0)
		add_parents(out, path);
	return 0;
}

void
scopes_free(struct scopes *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		free((char *)s->v[i]);
	free(s->v);
	*s = (struct scopes)SCOPES_INIT;
}
