/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/yaml_write.h"

#include <inttypes.h>
#include <string.h>

#include <yaml.h>

/* libyaml fails for want of memory, or for a misuse, which is ours: both end here. */
static void
emit(yaml_emitter_t *emitter, yaml_event_t *event, int made)
{
	(void)must_have(made != 0 && yaml_emitter_emit(emitter, event) != 0 ? emitter : NULL);
}

/* Letters first, then what no reader gives a meaning to; no word that YAML 1.1 knows. */
static bool
is_plain(const char *s)
{
	static const char *const words[] = { "null", "true", "false", "yes", "no", "on", "off", "y",
		"n" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char more[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-";

	if (strspn(s, letters) == 0 && s[0] != '/')
		return false;
	if (s[strspn(s, more)] != '\0')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(s, words[i]) == 0)
			return false;
	return true;
}

static yaml_scalar_style_t
style_of(const char *s)
{
	if (is_plain(s))
		return YAML_PLAIN_SCALAR_STYLE;
	/* libyaml falls back to quotes where a block cannot hold the text. */
	return strchr(s, '\n') != NULL ? YAML_LITERAL_SCALAR_STYLE
				       : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

static void
write_scalar(yaml_emitter_t *emitter, const char *s, yaml_scalar_style_t style)
{
	yaml_event_t event;

	emit(emitter, &event,
	    yaml_scalar_event_initialize(
		&event, NULL, NULL, (const yaml_char_t *)s, (int)strlen(s), 1, 1, style));
}

static void write_value(yaml_emitter_t *emitter, const json_t *value);

static void
write_object(yaml_emitter_t *emitter, const json_t *o)
{
	yaml_event_t event;
	const char *key;
	json_t *value;

	emit(emitter, &event,
	    yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
	/* The cast is for jansson's iterator, which changes nothing. */
	json_object_foreach((json_t *)o, key, value)
	{
		write_scalar(emitter, key, style_of(key));
		write_value(emitter, value);
	}
	emit(emitter, &event, yaml_mapping_end_event_initialize(&event));
}

static void
write_array(yaml_emitter_t *emitter, const json_t *a)
{
	yaml_event_t event;
	json_t *value;
	size_t i;

	emit(emitter, &event,
	    yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
	json_array_foreach(a, i, value)
	{
		write_value(emitter, value);
	}
	emit(emitter, &event, yaml_sequence_end_event_initialize(&event));
}

static void
write_value(yaml_emitter_t *emitter, const json_t *value)
{
	char number[32];

	if (json_is_object(value)) {
		write_object(emitter, value);
	} else if (json_is_array(value)) {
		write_array(emitter, value);
	} else if (json_is_string(value)) {
		const char *s = json_string_value(value);

		write_scalar(emitter, s, style_of(s));
	} else if (json_is_integer(value)) {
		(void)snprintf(
		    number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		write_scalar(emitter, number, YAML_PLAIN_SCALAR_STYLE);
	} else {
		write_scalar(emitter,
		    json_is_true(value)	   ? "true"
		    : json_is_false(value) ? "false"
					   : "null",
		    YAML_PLAIN_SCALAR_STYLE);
	}
}

static int
write_out(void *data, unsigned char *p, size_t n)
{
	buf_add(data, p, n);
	return 1;
}

void
yaml_write(struct buf *out, const json_t *root)
{
	yaml_emitter_t emitter;
	yaml_event_t event;

	(void)must_have(yaml_emitter_initialize(&emitter) != 0 ? out : NULL);
	yaml_emitter_set_output(&emitter, write_out, out);
	yaml_emitter_set_unicode(&emitter, 0);
	/* Long lines stay whole: a folded text is another text to the eye. */
	yaml_emitter_set_width(&emitter, -1);
	emit(&emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
	emit(&emitter, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
	write_value(&emitter, root);
	emit(&emitter, &event, yaml_document_end_event_initialize(&event, 1));
	emit(&emitter, &event, yaml_stream_end_event_initialize(&event));
	yaml_emitter_delete(&emitter);
}
