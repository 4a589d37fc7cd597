/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/authfile.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/buf.h"
#include "base/text.h"
#include "formats/credential_helper.h"
#include "formats/json.h"

bool
credentials_are_set(const struct credentials *c)
{
	return c->username != NULL || c->identity_token != NULL;
}

static void
wipe(char **s)
{
	if (*s != NULL)
		OPENSSL_cleanse(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

void
credentials_free(struct credentials *c)
{
	wipe(&c->username);
	wipe(&c->password);
	wipe(&c->identity_token);
}

/* "user" and "password" around the first colon (RFC 7617 §2: a user name has none). */
static void
split(struct credentials *out, const char *s, const char *colon)
{
	out->username = xstrndup(s, (size_t)(colon - s));
	out->password = xstrdup(colon + 1);
}

int
credentials_parse(struct credentials *out, const char *text, struct err *e)
{
	const char *colon = strchr(text, ':');

	*out = (struct credentials)CREDENTIALS_INIT;
	if (text[0] == '\0' || colon == text)
		return err_set(e, E_USAGE, "credentials: no user name, want USER:PASSWORD");
	/* Without a colon the password is empty, as skopeo's --creds has it. */
	if (colon != NULL) {
		split(out, text, colon);
	} else {
		out->username = xstrdup(text);
		out->password = xstrdup("");
	}
	return 0;
}

/* An optional string member: NULL when it is absent or null. */
static int
optional_string(const json_t *o, const char *key, const char *name, const char **out, struct err *e)
{
	const json_t *v = json_object_get(o, name);

	*out = NULL;
	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_string(v))
		return err_set(e, E_INVALID, "entry \"%s\": \"%s\" is not a string", key, name);
	*out = json_string_value(v);
	return 0;
}

/* "auth" is base64 of user:password; without a colon it is skipped, as docker does. */
static int
decode_auth(struct credentials *out, const char *auth, const char *key, struct err *e)
{
	AUTO(buf) plain = BUF_INIT;
	const char *s, *colon;
	int r = 0;

	if (text_base64_decode(&plain, bytes_of_str(auth), e) != 0)
		return err_wrap(e, "entry \"%s\": \"auth\"", key);
	s = buf_str(&plain);
	colon = strchr(s, ':');
	if (strlen(s) != plain.n)
		r = err_set(e, E_INVALID, "entry \"%s\": \"auth\" holds a NUL byte", key);
	else if (colon != NULL && plain.n > 1) /* ":" alone says nothing */
		split(out, s, colon);
	if (plain.p != NULL)
		OPENSSL_cleanse(plain.p, plain.cap);
	return r;
}

static int
read_entry(struct credentials *out, const json_t *entry, const char *key, struct err *e)
{
	AUTO(credentials) c = CREDENTIALS_INIT;
	const char *auth, *token;

	if (json_is_null(entry))
		return 0;
	if (!json_is_object(entry))
		return err_set(e, E_INVALID, "entry \"%s\" is not an object", key);
	if (optional_string(entry, key, "auth", &auth, e) != 0 ||
	    optional_string(entry, key, "identitytoken", &token, e) != 0)
		return -1;
	if (auth != NULL && decode_auth(&c, auth, key, e) != 0)
		return -1;
	if (token != NULL && token[0] != '\0')
		c.identity_token = xstrdup(token);
	out->username = steal(&c.username);
	out->password = steal(&c.password);
	out->identity_token = steal(&c.identity_token);
	return 0;
}

/* Docker Hub has three names; docker(1) writes the second into its files. */
static const char *
normal_host(const char *host)
{
	if (strcmp(host, "docker.io") == 0 || strcmp(host, "registry-1.docker.io") == 0)
		return "index.docker.io";
	return host;
}

/*
 * Does an older key, "https://HOST/v1/", mean this host? The path is cut only from a URL (and in
 * .dockercfg): in auth.json a bare "HOST/path" names a repository, and must not reach others.
 */
static bool
is_older_key(const char *key, const char *host, enum authfile_form form)
{
	AUTO_STR char *name = NULL;
	const char *s = key;

	if (text_starts_with(s, "http://"))
		s += strlen("http://");
	if (text_starts_with(s, "https://"))
		s += strlen("https://");
	name = xstrdup(s);
	if (form == AUTHFILE_DOCKERCFG || s != key)
		name[strcspn(name, "/")] = '\0';
	return strcmp(normal_host(name), normal_host(host)) == 0;
}

/* The entry for image and its key (for free()); NULL when there is none. Borrowed from entries. */
static const json_t *
find_entry(json_t *entries, enum authfile_form form, const struct reference *image, char **key)
{
	AUTO_STR char *name = NULL;
	const char *k;
	char *slash;
	json_t *v;

	/* containers-auth.json(5): the most specific path first; .dockercfg knows only hosts. */
	name = form == AUTHFILE_AUTHS ? reference_repository(image) : xstrdup(image->domain);
	while ((v = json_object_get(entries, name)) == NULL) {
		slash = strrchr(name, '/');
		if (slash == NULL)
			break;
		*slash = '\0';
	}
	if (v != NULL) {
		*key = steal(&name);
		return v;
	}
	json_object_foreach(entries, k, v)
	{
		if (is_older_key(k, image->domain, form)) {
			*key = xstrdup(k);
			return v;
		}
	}
	return NULL;
}

void
authfile_helper_free(struct authfile_helper *h)
{
	free(h->name);
	free(h->server);
	*h = (struct authfile_helper)AUTHFILE_HELPER_INIT;
}

static int
name_helper(struct authfile_helper *out, const json_t *name, const char *by, const char *server,
    struct err *e)
{
	if (!json_is_string(name))
		return err_set(e, E_INVALID, "%s is not a string", by);
	/* It becomes a part of the name of a program that is run. */
	if (!credential_helper_is_name(json_string_value(name)))
		return err_set(e, E_INVALID, "%s: \"%s\" is no name of a credential helper", by,
		    json_string_value(name));
	out->name = xstrdup(json_string_value(name));
	out->server = xstrdup(server);
	return 0;
}

/* Decided: "credHelpers" has an entry for the host, be it an empty one. */
static int
find_own_helper(struct authfile_helper *out, bool *decided, const json_t *root,
    const struct reference *image, struct err *e)
{
	const json_t *helpers = json_object_get(root, "credHelpers");
	AUTO_STR char *by = NULL;
	const json_t *name;

	*decided = false;
	if (helpers == NULL || json_is_null(helpers))
		return 0;
	if (!json_is_object(helpers))
		return err_set(e, E_INVALID, "\"credHelpers\" is not an object");
	name = json_object_get(helpers, image->domain);
	*decided = name != NULL;
	if (name == NULL || (json_is_string(name) && json_string_length(name) == 0))
		return 0;
	by = xasprintf("\"credHelpers\": \"%s\"", image->domain);
	return name_helper(out, name, by, image->domain, e);
}

static int
find_common_helper(
    struct authfile_helper *out, const json_t *root, const struct reference *image, struct err *e)
{
	const json_t *name = json_object_get(root, "credsStore");

	if (name == NULL || json_is_null(name) ||
	    (json_is_string(name) && json_string_length(name) == 0))
		return 0;
	/* docker(1) keeps Docker Hub's under the address that the hub once had. */
	return name_helper(out, name, "\"credsStore\"",
	    strcmp(image->domain, "docker.io") == 0 ? "https://index.docker.io/v1/" : image->domain,
	    e);
}

static int
find_in_entries(struct credentials *out, json_t *entries, enum authfile_form form,
    const struct reference *image, struct err *e)
{
	AUTO_STR char *key = NULL;
	const json_t *entry;

	if (entries == NULL || json_is_null(entries))
		return 0;
	if (!json_is_object(entries))
		return err_set(e, E_INVALID, "\"auths\" is not an object");
	entry = find_entry(entries, form, image, &key);
	return entry != NULL ? read_entry(out, entry, key, e) : 0;
}

int
authfile_find(struct credentials *out, struct authfile_helper *helper, struct bytes file,
    enum authfile_form form, const struct reference *image, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	bool decided;

	*out = (struct credentials)CREDENTIALS_INIT;
	*helper = (struct authfile_helper)AUTHFILE_HELPER_INIT;
	root = json_read(file, "credentials", e);
	if (root == NULL)
		return -1;
	if (!json_is_object(root))
		return err_set(e, E_INVALID, "credentials: not a JSON object");
	if (form == AUTHFILE_DOCKERCFG)
		return find_in_entries(out, root, form, image, e);
	if (find_own_helper(helper, &decided, root, image, e) != 0)
		return -1;
	if (helper->name != NULL)
		return 0;
	if (find_in_entries(out, json_object_get(root, "auths"), form, image, e) != 0)
		return -1;
	if (credentials_are_set(out) || decided)
		return 0;
	return find_common_helper(helper, root, image, e);
}
