/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/json_build.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

json_t *
json_text(const char *s)
{
	AUTO_STR char *escaped = NULL;
	json_t *j;

	if (s == NULL)
		return json_null();
	j = json_string(s);
	if (j != NULL)
		return j;
	escaped = text_escaped(s);
	return must_have(json_string(escaped));
}

void
json_print(json_t *root)
{
	AUTO_STR char *text = json_dumps(root, JSON_INDENT(2) | JSON_ENSURE_ASCII);

	json_decref(root);
	puts(must_have(text));
}
