/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/challenge.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "formats/json.h"

struct reader {
	const uint8_t *p, *end;
};

void
challenge_free(struct challenge *c)
{
	free(c->realm);
	free(c->service);
	free(c->scope);
	free(c->error);
	*c = (struct challenge)CHALLENGE_INIT;
}

/* A letter, a digit or one of the marks. */
static bool
is_one_of(uint8_t c, const char *marks)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c != '\0' && strchr(marks, c) != NULL);
}

/* RFC 7230 §3.2.6: tchar. */
static bool
is_token_char(uint8_t c)
{
	return is_one_of(c, "!#$%&'*+-.^_`|~");
}

static bool
at(const struct reader *r, uint8_t c)
{
	return r->p < r->end && *r->p == c;
}

static void
skip_space(struct reader *r)
{
	while (at(r, ' ') || at(r, '\t'))
		r->p++;
}

/* Empty list elements are allowed where a list is read (RFC 7230 §7). */
static void
skip_commas(struct reader *r)
{
	skip_space(r);
	while (at(r, ',')) {
		r->p++;
		skip_space(r);
	}
}

static struct bytes
read_token(struct reader *r)
{
	const uint8_t *start = r->p;

	while (r->p < r->end && is_token_char(*r->p))
		r->p++;
	return bytes_of(start, (size_t)(r->p - start));
}

static bool
is_word(struct bytes token, const char *word)
{
	return token.n == strlen(word) && strncasecmp((const char *)token.p, word, token.n) == 0;
}

/* RFC 7230 §3.2.6: quoted-string; the quote is the next byte. */
static int
read_quoted(struct reader *r, struct buf *out, struct err *e)
{
	for (r->p++; !at(r, '"'); r->p++) {
		if (at(r, '\\'))
			r->p++;
		if (r->p >= r->end)
			return err_set(e, E_INVALID, "a quoted string does not end");
		if (*r->p == '\t')
			return err_set(e, E_INVALID, "a control character in a quoted string");
		buf_add_byte(out, *r->p);
	}
	r->p++;
	return 0;
}

static int
read_value(struct reader *r, struct buf *out, struct err *e)
{
	struct bytes token;

	if (at(r, '"'))
		return read_quoted(r, out, e);
	token = read_token(r);
	if (token.n == 0)
		return err_set(e, E_INVALID, "a parameter without a value");
	buf_add(out, token.p, token.n);
	return 0;
}

/*
 * token68 (RFC 7235 §2.1) at the reader, then the end or a comma: skip it. What else could begin
 * here is a parameter, which has something after its "=".
 */
static bool
skip_token68(struct reader *r)
{
	struct reader t = *r;

	while (t.p < t.end && is_one_of(*t.p, "-._~+/"))
		t.p++;
	if (t.p == r->p)
		return false;
	while (at(&t, '='))
		t.p++;
	skip_space(&t);
	if (t.p < t.end && *t.p != ',')
		return false;
	*r = t;
	return true;
}

/* Where a parameter's value is kept, NULL for those that are passed over. */
static char **
parameter_place(struct challenge *c, struct bytes name)
{
	if (is_word(name, "realm"))
		return &c->realm;
	if (is_word(name, "service"))
		return &c->service;
	if (is_word(name, "scope"))
		return &c->scope;
	if (is_word(name, "error"))
		return &c->error;
	return NULL;
}

/* auth-param, if there is one: a name without "=" is the next challenge's scheme, and stays. */
static int
read_parameter(struct reader *r, struct challenge *c, bool *found, struct err *e)
{
	AUTO(buf) value = BUF_INIT;
	struct reader start = *r;
	struct bytes name = read_token(r);
	char **place;

	*found = false;
	skip_space(r);
	if (name.n == 0 || !at(r, '=')) {
		*r = start;
		return 0;
	}
	r->p++;
	skip_space(r);
	if (read_value(r, &value, e) != 0)
		return -1;
	*found = true;
	place = parameter_place(c, name);
	if (place == NULL)
		return 0;
	if (*place != NULL)
		return err_set(e, E_INVALID, "the parameter \"%.*s\" twice", (int)name.n, name.p);
	*place = buf_steal_str(&value);
	return 0;
}

/* The parameters of one challenge, as far as they go. */
static int
read_parameters(struct reader *r, struct challenge *c, struct err *e)
{
	struct reader before;
	bool found = true;

	while (found) {
		before = *r;
		skip_commas(r);
		if (read_parameter(r, c, &found, e) != 0)
			return -1;
		skip_space(r);
		if (found && r->p < r->end && *r->p != ',')
			return err_set(e, E_INVALID, "\"%c\" where a comma belongs", *r->p);
	}
	*r = before;
	return 0;
}

/* challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ] */
static int
read_challenge(struct reader *r, struct challenge *c, struct err *e)
{
	struct bytes scheme = read_token(r);

	if (scheme.n == 0)
		return err_set(e, E_INVALID, "no authentication scheme where one belongs");
	if (is_word(scheme, "Basic"))
		c->scheme = CHALLENGE_BASIC;
	else if (is_word(scheme, "Bearer"))
		c->scheme = CHALLENGE_BEARER;
	if (r->p == r->end || at(r, ','))
		return 0;
	if (!at(r, ' '))
		return err_set(e, E_INVALID, "no space after the authentication scheme");
	skip_space(r);
	if (skip_token68(r))
		return 0;
	return read_parameters(r, c, e);
}

static int
read_header(struct reader *r, struct challenge *out, struct err *e)
{
	for (skip_commas(r); r->p < r->end; skip_commas(r)) {
		AUTO(challenge) c = CHALLENGE_INIT;

		if (read_challenge(r, &c, e) != 0)
			return -1;
		if (c.scheme == CHALLENGE_BEARER && (c.realm == NULL || c.realm[0] == '\0'))
			return err_set(e, E_INVALID, "a Bearer challenge without a realm");
		if (c.scheme != CHALLENGE_NONE && out->scheme == CHALLENGE_NONE) {
			*out = c;
			c = (struct challenge)CHALLENGE_INIT;
		}
		skip_space(r);
		if (r->p < r->end && *r->p != ',')
			return err_set(e, E_INVALID, "\"%c\" where a comma belongs", *r->p);
	}
	return 0;
}

int
challenge_parse(struct challenge *out, struct bytes header, struct err *e)
{
	struct reader r;
	size_t i;

	*out = (struct challenge)CHALLENGE_INIT;
	if (header.n == 0)
		return 0;
	for (i = 0; i < header.n; i++)
		if ((header.p[i] < 0x20 && header.p[i] != '\t') || header.p[i] == 0x7f)
			return err_set(e, E_INVALID, "WWW-Authenticate: a control character");
	r = (struct reader){ header.p, header.p + header.n };
	if (read_header(&r, out, e) == 0)
		return 0;
	challenge_free(out);
	return err_wrap(e, "WWW-Authenticate");
}

/* One of the answer's two names for the token: NULL when absent, null or empty. */
static int
token_member(const json_t *root, const char *name, const char **out, struct err *e)
{
	const json_t *v = json_object_get(root, name);

	*out = NULL;
	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_string(v))
		return err_set(e, E_INVALID, "\"%s\" is not a string", name);
	if (json_string_length(v) > 0)
		*out = json_string_value(v);
	return 0;
}

char *
token_parse(struct bytes body, struct err *e)
{
	AUTO_JSON json_t *root = json_read(body, "the token service's answer", e);
	const char *token, *access;
	size_t i;

	if (root == NULL)
		return NULL;
	if (!json_is_object(root)) {
		err_set(e, E_INVALID, "not a JSON object");
		return NULL;
	}
	if (token_member(root, "token", &token, e) != 0 ||
	    token_member(root, "access_token", &access, e) != 0)
		return NULL;
	if (token == NULL)
		token = access;
	if (token == NULL) {
		err_set(e, E_INVALID, "neither \"token\" nor \"access_token\"");
		return NULL;
	}
	/* It goes into a header line: visible ASCII, so no line of its own and no second value. */
	for (i = 0; token[i] != '\0'; i++) {
		if (token[i] <= ' ' || token[i] > '~') {
			err_set(e, E_INVALID, "a token with a character that no header may hold");
			return NULL;
		}
	}
	return xstrdup(token);
}
