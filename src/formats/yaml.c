/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/limits.h"
#include "formats/json.h"

/* A mapping or a sequence that is being read. */
struct level {
	json_t *container; /* owned */
	char *key;	   /* of a mapping: the key whose value comes next; owned; or NULL */
};

struct reader {
	yaml_parser_t parser;
	const char *what;
	struct level levels[MAX_JSON_DEPTH];
	size_t depth, values;
	json_t *documents; /* owned */
	bool at_end;
};

static void
reader_free(struct reader *r)
{
	for (size_t i = 0; i < r->depth; i++) {
		json_decref(r->levels[i].container);
		free(r->levels[i].key);
	}
	json_decref(r->documents);
	yaml_parser_delete(&r->parser);
}
AUTO_DEFINE(reader)

static int
refuse(const struct reader *r, const yaml_event_t *event, struct err *e, const char *why)
{
	return err_set(e, E_INVALID, "%s: line %zu column %zu: %s", r->what,
	    event->start_mark.line + 1, event->start_mark.column + 1, why);
}

/*
 * --- scalars ------------------------------------------------------------------------------------
 */

static bool
is_one_of(const char *s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

/* The digits after sign and prefix; 10, 8 or 16, or 0 when s cannot be an integer. */
static int
integer_base(const char **digits, const char *s)
{
	if (*s == '-' || *s == '+')
		s++;
	*digits = s;
	if (s[0] != '0' || s[1] == '\0')
		return 10;
	if (s[1] == 'x' || s[1] == 'o') {
		*digits = s + 2;
		return s[1] == 'x' ? 16 : 8;
	}
	*digits = s + 1;
	return 8;
}

/* NULL when it is none, or does not fit: then it is a string, and nobody takes it for a number. */
static json_t *
integer(const char *s)
{
	static const char *const allowed[] = {
		[8] = "01234567", [10] = "0123456789", [16] = "0123456789abcdefABCDEF"
	};
	const char *digits;
	int base = integer_base(&digits, s);
	size_t n = strspn(digits, allowed[base]);
	long long value;

	if (n == 0 || digits[n] != '\0')
		return NULL;
	errno = 0;
	value = strtoll(digits, NULL, base);
	if (errno != 0)
		return NULL;
	return must_have(json_integer(s[0] == '-' ? -value : value));
}

static json_t *
plain_scalar(const char *s)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };
	json_t *number;

	if (is_one_of(s, nulls))
		return json_null();
	if (is_one_of(s, trues))
		return json_true();
	if (is_one_of(s, falses))
		return json_false();
	number = integer(s);
	return number != NULL ? number : must_have(json_string(s));
}

/* The scalar's text; NULL with E_INVALID. */
static const char *
scalar_text(const struct reader *r, const yaml_event_t *event, struct err *e)
{
	const char *s = (const char *)event->data.scalar.value;

	if (strlen(s) == event->data.scalar.length)
		return s;
	(void)refuse(r, event, e, "a NUL in a text");
	return NULL;
}

/*
 * --- the tree -----------------------------------------------------------------------------------
 */

/* Put a finished value where it belongs; it is consumed. */
static void
place(struct reader *r, json_t *value)
{
	struct level *top = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
	int failed = 0;

	if (top == NULL && !json_is_null(value))
		failed = json_array_append_new(r->documents, value);
	else if (top != NULL && json_is_array(top->container))
		failed = json_array_append_new(top->container, value);
	else if (top != NULL)
		failed = json_object_set_new(top->container, top->key, value);
	/* Memory: libyaml has seen to it that texts are UTF-8. */
	(void)must_have(failed == 0 ? r : NULL);
	if (top != NULL) {
		free(top->key);
		top->key = NULL;
	}
}

/* Does a key of the innermost mapping come next? */
static bool
wants_key(const struct reader *r)
{
	const struct level *top = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;

	return top != NULL && json_is_object(top->container) && top->key == NULL;
}

static int
read_key(struct reader *r, const yaml_event_t *event, const char *text, struct err *e)
{
	struct level *top = &r->levels[r->depth - 1];

	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && strcmp(text, "<<") == 0)
		return refuse(r, event, e, "a merge key (<<)");
	if (json_object_get(top->container, text) != NULL)
		return err_set(e, E_INVALID, "%s: line %zu: the key \"%s\" is there twice", r->what,
		    event->start_mark.line + 1, text);
	top->key = xstrdup(text);
	return 0;
}

static int
read_scalar(struct reader *r, const yaml_event_t *event, struct err *e)
{
	const char *text = scalar_text(r, event, e);

	if (text == NULL)
		return -1;
	if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
		return refuse(r, event, e, "an anchor or a tag");
	if (wants_key(r))
		return read_key(r, event, text, e);
	if (++r->values > MAX_JSON_VALUES)
		return refuse(r, event, e, "too many values");
	place(r, event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
		     ? plain_scalar(text)
		     : must_have(json_string(text)));
	return 0;
}

static int
begin(struct reader *r, const yaml_event_t *event, bool decorated, json_t *container, struct err *e)
{
	int result = 0;

	if (decorated)
		result = refuse(r, event, e, "an anchor or a tag");
	else if (wants_key(r))
		result = refuse(r, event, e, "a mapping or a sequence for a key");
	else if (r->depth == MAX_JSON_DEPTH)
		result = refuse(r, event, e, "nested too deep");
	else if (++r->values > MAX_JSON_VALUES)
		result = refuse(r, event, e, "too many values");
	if (result != 0) {
		json_decref(container);
		return result;
	}
	r->levels[r->depth++] = (struct level){ .container = container };
	return 0;
}

static int
read_event(struct reader *r, const yaml_event_t *event, struct err *e)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r, event, e);
	case YAML_MAPPING_START_EVENT:
		return begin(r, event,
		    event->data.mapping_start.anchor != NULL ||
			event->data.mapping_start.tag != NULL,
		    must_have(json_object()), e);
	case YAML_SEQUENCE_START_EVENT:
		return begin(r, event,
		    event->data.sequence_start.anchor != NULL ||
			event->data.sequence_start.tag != NULL,
		    must_have(json_array()), e);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		place(r, r->levels[--r->depth].container);
		return 0;
	case YAML_ALIAS_EVENT:
		return refuse(r, event, e, "an alias (*)");
	case YAML_STREAM_END_EVENT:
		r->at_end = true;
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return 0;
}

/* What libyaml says of a text that is no YAML. */
static int
refuse_text(const struct reader *r, struct err *e)
{
	const yaml_parser_t *p = &r->parser;

	/* Without words when memory ran out. */
	return err_set(e, E_INVALID, "%s: not acceptable YAML: line %zu column %zu: %s", r->what,
	    p->problem_mark.line + 1, p->problem_mark.column + 1,
	    (const char *)must_have((void *)p->problem));
}

static int
read_stream(struct reader *r, struct err *e)
{
	yaml_event_t event;
	int result = 0;

	while (!r->at_end && result == 0) {
		if (yaml_parser_parse(&r->parser, &event) == 0)
			return refuse_text(r, e);
		result = read_event(r, &event, e);
		yaml_event_delete(&event);
	}
	return result;
}

json_t *
yaml_read_all(struct bytes in, const char *what, struct err *e)
{
	AUTO(reader) r = { .what = what };

	(void)must_have(yaml_parser_initialize(&r.parser) != 0 ? &r : NULL);
	r.documents = must_have(json_array());
	/* Not guessed from its first bytes: other readers might guess otherwise. */
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, in.n > 0 ? in.p : (const uint8_t *)"", in.n);
	return read_stream(&r, e) == 0 ? steal(&r.documents) : NULL;
}

json_t *
yaml_read(struct bytes in, const char *what, struct err *e)
{
	AUTO_JSON json_t *all = yaml_read_all(in, what, e);

	if (all == NULL)
		return NULL;
	if (json_array_size(all) == 1)
		return json_incref(json_array_get(all, 0));
	(void)err_set(e, E_INVALID, "%s: %zu YAML documents, want one", what, json_array_size(all));
	return NULL;
}
