/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/signature_configmap_write.h"

#include <stdlib.h>

#include "base/text.h"
#include "formats/json.h"

static json_t *
must(json_t *value)
{
	return must_have(value);
}

static void
set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, must(value)) != 0)
		must_have(NULL);
}

/* The one with this number, from 1; data is taken over. */
static json_t *
configmap(unsigned number, json_t *data)
{
	json_t *o = must(json_object()), *metadata = must(json_object());
	json_t *labels = must(json_object());
	AUTO_STR char *name = number == 1 ? xstrdup("relsig-release-signatures")
					  : xasprintf("relsig-release-signatures-%u", number);

	set(labels, "release.openshift.io/verification-signatures", json_string(""));
	set(metadata, "name", json_string(name));
	set(metadata, "namespace", json_string("openshift-config-managed"));
	set(metadata, "labels", labels);
	set(o, "apiVersion", json_string("v1"));
	set(o, "kind", json_string("ConfigMap"));
	set(o, "metadata", metadata);
	set(o, "binaryData", data);
	return o;
}

static json_t *
list_of(json_t *items)
{
	json_t *o = must(json_object());

	set(o, "apiVersion", json_string("v1"));
	set(o, "kind", json_string("List"));
	set(o, "items", items);
	return o;
}

static void
finish(json_t *items, json_t *data)
{
	unsigned number = (unsigned)json_array_size(items) + 1;

	if (json_array_append_new(items, configmap(number, data)) != 0)
		must_have(NULL);
}

void
signature_configmap_write(struct buf *out, const struct configmap_signature *v, size_t n)
{
	AUTO_JSON json_t *document = NULL;
	AUTO_STR char *text = NULL;
	json_t *items = must(json_array()), *data = must(json_object());
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		AUTO_STR char *key = xasprintf("sha256-%s-%u", v[i].hex, v[i].number);
		AUTO_STR char *value = text_base64(v[i].blob);
		size_t size = (v[i].blob.n + 2) / 3 * 4;

		if (used > 0 && used + size > MAX_CONFIGMAP_BYTES) {
			finish(items, data);
			data = must(json_object());
			used = 0;
		}
		set(data, key, json_string(value));
		used += size;
	}
	finish(items, data);
	if (json_array_size(items) == 1) {
		document = json_incref(json_array_get(items, 0));
		json_decref(items);
	} else {
		document = list_of(items);
	}
	text = must_have(json_dumps(document, JSON_INDENT(2) | JSON_ENSURE_ASCII));
	buf_addf(out, "%s\n", text);
}
