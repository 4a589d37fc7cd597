/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/registry_error.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "formats/json.h"

#define SHOWN_BYTES 200

/* Code and message, borrowed; either may be NULL. */
static void
find_strings(const json_t *root, const char **code, const char **message)
{
	const json_t *first = json_array_get(json_object_get(root, "errors"), 0);

	*code = json_string_value(json_object_get(first, "code"));
	*message = json_string_value(json_object_get(first, "message"));
	if (*code == NULL && *message == NULL) {
		*code = json_string_value(json_object_get(root, "error"));
		*message = json_string_value(json_object_get(root, "error_description"));
	}
}

/* Escape, then cut between characters. */
static char *
presentable(const char *s)
{
	AUTO_STR char *all = text_escaped(s);
	size_t n = strlen(all);

	if (n <= SHOWN_BYTES)
		return steal(&all);
	for (n = SHOWN_BYTES; n > 0 && ((unsigned char)all[n] & 0xc0) == 0x80; n--)
		;
	return xasprintf("%.*s...", (int)n, all);
}

char *
registry_error_text(struct bytes body)
{
	AUTO_JSON json_t *root = NULL;
	AUTO_STR char *text = NULL;
	AUTO_STR char *shown = NULL;
	AUTO(err) e = ERR_INIT;
	const char *code, *message;

	root = json_read(body, "error answer", &e);
	find_strings(root, &code, &message);
	if (code == NULL && message == NULL)
		return xstrdup("");
	if (code != NULL && message != NULL)
		text = xasprintf("%s: %s", code, message);
	else
		text = xstrdup(code != NULL ? code : message);
	shown = presentable(text);
	return xasprintf(" (%s)", shown);
}
