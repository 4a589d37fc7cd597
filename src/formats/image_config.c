/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/image_config.h"

#include <stdlib.h>

#include "formats/json.h"

#define RELEASE_LABEL "io.openshift.release"

void
image_config_free(struct image_config *c)
{
	free(c->architecture);
	free(c->os);
	free(c->release_version);
	*c = (struct image_config)IMAGE_CONFIG_INIT;
}

static int
read_words(struct image_config *out, const json_t *document, struct err *e)
{
	const char *text = json_member_string(document, "image config", "architecture", e);

	if (text == NULL)
		return -1;
	out->architecture = xstrdup(text);
	text = json_member_string(document, "image config", "os", e);
	if (text == NULL)
		return -1;
	out->os = xstrdup(text);
	return 0;
}

/* docker writes null for no labels. */
static int
read_labels(struct image_config *out, const json_t *config, struct err *e)
{
	const json_t *labels;
	const char *text;

	if (config == NULL || json_is_null(config))
		return 0;
	if (json_as_object(config, "image config: config", e) == NULL)
		return -1;
	labels = json_object_get(config, "Labels");
	if (labels == NULL || json_is_null(labels))
		return 0;
	if (json_as_object(labels, "image config: config.Labels", e) == NULL)
		return -1;
	if (json_object_get(labels, RELEASE_LABEL) == NULL)
		return 0;
	text = json_member_string(labels, "image config: config.Labels", RELEASE_LABEL, e);
	if (text == NULL)
		return -1;
	out->release_version = xstrdup(text);
	return 0;
}

int
image_config_parse(struct image_config *out, struct bytes json, struct err *e)
{
	AUTO_JSON json_t *document = json_read(json, "image config", e);

	*out = (struct image_config)IMAGE_CONFIG_INIT;
	if (document != NULL && json_as_object(document, "image config", e) != NULL &&
	    read_words(out, document, e) == 0 &&
	    read_labels(out, json_object_get(document, "config"), e) == 0)
		return 0;
	image_config_free(out);
	return -1;
}
