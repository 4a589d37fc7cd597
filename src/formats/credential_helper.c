/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/credential_helper.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "formats/json.h"

/* NAME_MAX of every file system is 255; no helper's name comes near. */
#define MAX_NAME_BYTES ((size_t)128)

bool
credential_helper_is_name(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)name[i]) && strchr("._-", name[i]) == NULL)
			return false;
	return n > 0 && n <= MAX_NAME_BYTES;
}

bool
credential_helper_has_none(struct bytes answer)
{
	/* docker-credential-helpers, credentials/error.go: scripts have it to the letter, too. */
	static const char none[] = "credentials not found in native keychain";

	while (answer.n > 0 && isspace(answer.p[answer.n - 1]))
		answer.n--;
	while (answer.n > 0 && isspace(answer.p[0]))
		answer = bytes_of(answer.p + 1, answer.n - 1);
	return bytes_equal(answer, bytes_of_str(none));
}

/* HOST[:PORT] of what may be written as a URL. */
static struct bytes
host_of(const char *server)
{
	const char *end = strstr(server, "://");

	if (end != NULL)
		server = end + 3;
	return bytes_of(server, strcspn(server, "/"));
}

static bool
is_same_server(const char *a, const char *b)
{
	struct bytes one = host_of(a), other = host_of(b);

	return one.n == other.n &&
	       strncasecmp((const char *)one.p, (const char *)other.p, one.n) == 0;
}

/* A string that may be missing: "" then. NULL: it is something else. */
static const char *
member(const json_t *answer, const char *name)
{
	const json_t *v = json_object_get(answer, name);

	if (v == NULL || json_is_null(v))
		return "";
	return json_string_value(v);
}

int
credential_helper_read(
    struct credentials *out, struct bytes answer, const char *server, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	AUTO(err)
	untold = ERR_INIT; /* a parser says near what it failed, which may be the secret */
	const char *url, *user, *secret;

	*out = (struct credentials)CREDENTIALS_INIT;
	root = json_read(answer, "", &untold);
	if (root == NULL)
		return err_set(e, E_INVALID, "its answer is not acceptable JSON");
	if (!json_is_object(root))
		return err_set(e, E_INVALID, "its answer is not a JSON object");
	url = member(root, "ServerURL");
	user = member(root, "Username");
	secret = member(root, "Secret");
	if (url == NULL || user == NULL || secret == NULL)
		return err_set(e, E_INVALID,
		    "its answer: \"ServerURL\", \"Username\" or \"Secret\" is not a string");
	if (url[0] != '\0' && !is_same_server(url, server))
		return err_set(e, E_MISMATCH, "its answer is for another server");
	if (secret[0] == '\0' && user[0] != '\0')
		return err_set(e, E_INVALID, "its answer has no \"Secret\"");
	if (strcmp(user, "<token>") == 0) {
		out->identity_token = xstrdup(secret);
	} else if (user[0] != '\0') {
		/* RFC 7617 section 2: it would end at the colon. */
		if (strchr(user, ':') != NULL)
			return err_set(e, E_INVALID, "its answer: a colon in \"Username\"");
		out->username = xstrdup(user);
		out->password = xstrdup(secret);
	}
	return 0;
}
