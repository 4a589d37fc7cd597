/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/spelling.h"

#include <string.h>

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool
spelling_folds_to(const char *key, const char *name)
{
	for (; *name != '\0'; name++) {
		if (lower(*name) == 's' && strncmp(key, "\xc5\xbf", 2) == 0)
			key += 2;
		else if (lower(*key) == lower(*name))
			key++;
		else
			return false;
	}
	return *key == '\0';
}

/* The known member that key stands for to some readers but not to all, or NULL. */
static const char *
ambiguous_with(const char *key, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(key, *names) != 0 && spelling_folds_to(key, *names))
			return *names;
	return NULL;
}

int
spelling_check(const json_t *o, const char *const *names, struct err *e)
{
	const char *key, *name;
	json_t *value;

	json_object_foreach((json_t *)o, key, value)
	{
		name = ambiguous_with(key, names);
		if (name != NULL)
			return err_set(e, E_UNSUPPORTED,
			    "manifest: ambiguous: \"%s\" is \"%s\" to readers that ignore case",
			    key, name);
	}
	return 0;
}
