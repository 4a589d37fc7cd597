/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/release_annotations.h"

#include <stdlib.h>
#include <string.h>

/* One of them, "" when it is not there; NULL with an error. */
static const char *
annotation(const json_t *annotations, const char *place, const char *key, struct err *e)
{
	const json_t *value = json_object_get(annotations, key);

	return value != NULL ? json_as_string(value, place, e) : "";
}

int
release_annotations_read(
    struct release_annotations *out, const json_t *metadata, const char *place, struct err *e)
{
	const json_t *annotations = json_object_get(metadata, "annotations");
	AUTO_STR char *where = xasprintf("%s.annotations", place);
	const char *sets, *included;

	*out = (struct release_annotations)RELEASE_ANNOTATIONS_INIT;
	if (annotations != NULL && json_as_object(annotations, where, e) == NULL)
		return -1;
	sets = annotation(annotations, where, "release.openshift.io/feature-set", e);
	if (sets == NULL)
		return -1;
	included = annotation(
	    annotations, where, "include.release.openshift.io/self-managed-high-availability", e);
	if (included == NULL)
		return -1;
	out->feature_sets = sets[0] != '\0' ? xstrdup(sets) : NULL;
	out->self_managed = strcmp(included, "true") == 0;
	return 0;
}

/* Is the word in a list with commas? */
static bool
is_listed(const char *list, const char *word)
{
	const size_t n = strlen(word);

	while (strncmp(list, word, n) != 0 || (list[n] != ',' && list[n] != '\0')) {
		list = strchr(list, ',');
		if (list == NULL)
			return false;
		list++;
	}
	return true;
}

char *
release_annotations_idle(const struct release_annotations *a)
{
	if (a->feature_sets != NULL && !is_listed(a->feature_sets, "Default"))
		return xasprintf("for the feature sets %s alone", a->feature_sets);
	return a->self_managed ? NULL : xstrdup("not for self-managed clusters");
}

void
release_annotations_free(struct release_annotations *a)
{
	free(a->feature_sets);
	*a = (struct release_annotations)RELEASE_ANNOTATIONS_INIT;
}
