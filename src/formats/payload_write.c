/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/payload_write.h"

#include <stdlib.h>

#include <jansson.h>

#include "formats/json.h"

void
payload_write(struct buf *out, const struct reference *name, const struct digest *manifest,
    const char *creator, int64_t timestamp)
{
	AUTO_STR char *reference = reference_string(name);
	AUTO_STR char *text = NULL;
	AUTO_JSON json_t *document = must_have(json_pack("{s:{s:{s:s},s:{s:s},s:s},s:{s:s,s:I}}",
	    "critical", "identity", "docker-reference", reference, "image",
	    "docker-manifest-digest", manifest->text, "type", "atomic container signature",
	    "optional", "creator", creator, "timestamp", (json_int_t)timestamp));

	text = must_have(json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS));
	buf_clear(out);
	buf_add_str(out, text);
}
