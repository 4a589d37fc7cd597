/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/json_write.h"

#include <stdlib.h>

void
json_put(json_t *o, const char *key, json_t *value)
{
	(void)must_have(json_object_set_new(o, key, must_have(value)) == 0 ? o : NULL);
}

void
json_push(json_t *array, json_t *value)
{
	(void)must_have(json_array_append_new(array, must_have(value)) == 0 ? array : NULL);
}

void
json_write(struct buf *out, const json_t *document)
{
	AUTO_STR char *text = must_have(json_dumps(document, JSON_INDENT(2) | JSON_SORT_KEYS));

	buf_addf(out, "%s\n", text);
}
