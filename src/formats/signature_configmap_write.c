/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/signature_configmap_write.h"

#include "base/text.h"
#include "formats/json.h"
#include "formats/json_write.h"

static size_t
base64_size(const struct configmap_signature *s)
{
	return (s->blob.n + 2) / 3 * 4;
}

/* How many of the first signatures go into one ConfigMap; at least one does. */
static size_t
fit(const struct configmap_signature *v, size_t n)
{
	size_t used = 0, i;

	for (i = 0; i < n; i++) {
		used += base64_size(&v[i]);
		if (i > 0 && used > MAX_WRITTEN_CONFIGMAP_BYTES)
			break;
	}
	return i;
}

static json_t *
make_one(const char *name, const struct configmap_signature *v, size_t n)
{
	json_t *map = must_have(json_object()), *metadata = must_have(json_object());
	json_t *labels = must_have(json_object()), *data = must_have(json_object());

	json_put(labels, "release.openshift.io/verification-signatures", json_string(""));
	json_put(metadata, "name", json_string(name));
	json_put(metadata, "namespace", json_string("openshift-config-managed"));
	json_put(metadata, "labels", labels);
	for (size_t i = 0; i < n; i++) {
		AUTO_STR char *key = xasprintf("sha256-%s-%u", v[i].hex, v[i].number);
		AUTO_STR char *value = text_base64(v[i].blob);

		json_put(data, key, json_string(value));
	}
	json_put(map, "apiVersion", json_string("v1"));
	json_put(map, "kind", json_string("ConfigMap"));
	json_put(map, "metadata", metadata);
	json_put(map, "binaryData", data);
	return map;
}

void
signature_configmap_write(struct buf *out, const struct configmap_signature *v, size_t n)
{
	static const char name[] = "relsig-release-signatures";
	AUTO_JSON json_t *document = NULL;
	json_t *items;
	size_t done = fit(v, n);

	if (done == n) {
		document = make_one(name, v, n);
		json_write(out, document);
		return;
	}
	items = must_have(json_array());
	json_push(items, make_one(name, v, done));
	for (unsigned number = 2; done < n; number++) {
		AUTO_STR char *numbered = xasprintf("%s-%u", name, number);
		size_t more = fit(v + done, n - done);

		json_push(items, make_one(numbered, v + done, more));
		done += more;
	}
	document = must_have(json_object());
	json_put(document, "apiVersion", json_string("v1"));
	json_put(document, "kind", json_string("List"));
	json_put(document, "items", items);
	json_write(out, document);
}
