/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/policy_scope.h"

#include <string.h>

#include "base/text.h"
#include "formats/digest.h"
#include "formats/scopes.h"

/* Each of these says what is wrong with a scope that is not "", or nothing: NULL. */

static const char *
path_error(const char *scope)
{
	if (scope[0] != '/')
		return "not an absolute path";
	if (scope[1] == '\0')
		return "the scope of every path is \"\", not \"/\"";
	return scopes_path_is_clean(scope) ? NULL
					   : "a path with \".\", \"..\" or a '/' that is needless";
}

/* docker-archive and tarball have no names to tell images apart by. */
static const char *
none_error(const char *scope)
{
	(void)scope;
	return "this transport has no scope but \"\"";
}

/* HOST[/NAMESPACE[/STREAM[:TAG]]], or the front of one. */
static const char *
atomic_error(const char *scope)
{
	static const char wrong[] = "not HOST[:PORT][/NAMESPACE[/STREAM[:TAG]]]";
	const char *s = scope + strcspn(scope, "/");

	if (s[0] == '/')
		s += 1 + strcspn(s + 1, ":/");
	if (s[0] == '/')
		s += 1 + strcspn(s + 1, ":/");
	else if (s[0] == ':')
		return wrong;
	if (s[0] == ':')
		s += 1 + strcspn(s + 1, ":/");
	return s[0] == '\0' ? NULL : wrong;
}

static bool
is_digest(struct bytes text)
{
	AUTO(err) ignored = ERR_INIT;
	struct digest digest;

	return digest_parse(&digest, text, &ignored) == 0;
}

static const char *
daemon_error(const char *scope)
{
	return is_digest(bytes_of_str(scope)) ? "a digest, which is no scope here" : NULL;
}

/* What stands after a store's "]": [NAME[:TAG]][@DIGEST][@ID]. The name is not looked at. */
static bool
is_stored_image(const char *image)
{
	const char *at = strchr(image, '@');
	const char *id = at != NULL ? strchr(at + 1, '@') : NULL;

	if (at == NULL)
		return true;
	if (id == NULL)
		return is_digest(bytes_of_str(at + 1)) ||
		       text_is_lower_hex(bytes_of_str(at + 1), 64);
	return is_digest(bytes_of(at + 1, (size_t)(id - at - 1))) &&
	       text_is_lower_hex(bytes_of_str(id + 1), 64);
}

/* [DRIVER@ROOT] or [ROOT], then an image of that store. */
static const char *
storage_error(const char *scope)
{
	const char *end = strchr(scope, ']');
	const char *at = strchr(scope, '@');
	const char *root = scope + 1;

	if (scope[0] != '[' || end == NULL)
		return "not [DRIVER@ROOT], [ROOT], or one of these with an image after it";
	if (at != NULL && at < end)
		root = at > scope + 1 ? at + 1 : "";
	if (root[0] != '/')
		return "between '[' and ']' is neither an absolute path nor DRIVER@ and one";
	return is_stored_image(end + 1) ? NULL
					: "what follows '@' is neither a digest nor an image's ID";
}

int
policy_scope_check(const char *transport, const char *scope, const char *place, struct err *e)
{
	static const struct {
		const char *transport;
		const char *(*error)(const char *scope);
	} known[] = {
		{ "dir", path_error },
		{ "oci", path_error },
		{ "oci-archive", path_error },
		{ "sif", path_error },
		{ "atomic", atomic_error },
		{ "docker-archive", none_error },
		{ "tarball", none_error },
		{ "docker-daemon", daemon_error },
		{ "containers-storage", storage_error },
	};
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(known) && scope[0] != '\0'; i++)
		if (strcmp(transport, known[i].transport) == 0)
			wrong = known[i].error(scope);
	return wrong != NULL ? err_set(e, E_INVALID, "%s: %s", place, wrong) : 0;
}
