/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool
is_there(
    const struct findings *f, enum finding_severity severity, const char *place, const char *text)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].severity == severity && strcmp(f->v[i].place, place) == 0 &&
		    strcmp(f->v[i].text, text) == 0)
			return true;
	return false;
}

void
findings_add(
    struct findings *f, enum finding_severity severity, const char *place, const char *fmt, ...)
{
	AUTO_STR char *text = NULL;
	struct finding *added;
	const char *rest;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = must_have(NULL);
	va_end(ap);
	/* An error's message often begins with the file that is the place. */
	rest = text;
	if (text_starts_with(text, place) && text_starts_with(text + strlen(place), ": "))
		rest += strlen(place) + 2;
	if (is_there(f, severity, place, rest))
		return;
	added = LIST_ADD(f->v, f->n);
	added->severity = severity;
	added->place = xstrdup(place);
	added->text = xstrdup(rest);
}

const char *
finding_word(enum finding_severity severity)
{
	switch (severity) {
	case FINDING_ERROR:
		return "error";
	case FINDING_WARNING:
		return "warning";
	case FINDING_NOTE:
		return "note";
	case FINDING_UNJUDGED:
	case FINDING_UNSET:
		break;
	}
	return "not judged";
}

int
findings_exit_status(const struct findings *f)
{
	int status = 0;

	for (size_t i = 0; i < f->n; i++) {
		switch (f->v[i].severity) {
		case FINDING_NOTE:
			break;
		case FINDING_ERROR:
		case FINDING_WARNING:
			return 1;
		case FINDING_UNJUDGED:
		case FINDING_UNSET:
			status = 2;
			break;
		}
	}
	return status;
}

void
findings_free(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].place);
		free(f->v[i].text);
	}
	free(f->v);
	*f = (struct findings)FINDINGS_INIT;
}
