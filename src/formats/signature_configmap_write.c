/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/signature_configmap_write.h"

#include "base/text.h"

/* Of hex digits, base64 and our own words, no character means anything to JSON. */

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

static void
write_one(struct buf *out, const char *pad, const char *name, const struct configmap_signature *v,
    size_t n)
{
	buf_addf(out,
	    "%s{\n%s  \"apiVersion\": \"v1\",\n%s  \"kind\": \"ConfigMap\",\n"
	    "%s  \"metadata\": {\n%s    \"name\": \"%s\",\n"
	    "%s    \"namespace\": \"openshift-config-managed\",\n"
	    "%s    \"labels\": {\n"
	    "%s      \"release.openshift.io/verification-signatures\": \"\"\n"
	    "%s    }\n%s  },\n%s  \"binaryData\": {\n",
	    pad, pad, pad, pad, pad, name, pad, pad, pad, pad, pad, pad);
	for (size_t i = 0; i < n; i++) {
		AUTO_STR char *value = text_base64(v[i].blob);

		buf_addf(out, "%s    \"sha256-%s-%u\": \"%s\"%s\n", pad, v[i].hex, v[i].number,
		    value, i + 1 < n ? "," : "");
	}
	buf_addf(out, "%s  }\n%s}", pad, pad);
}

void
signature_configmap_write(struct buf *out, const struct configmap_signature *v, size_t n)
{
	static const char name[] = "relsig-release-signatures";
	size_t first = fit(v, n), done = first;

	if (first == n) {
		write_one(out, "", name, v, n);
		buf_add_byte(out, '\n');
		return;
	}
	buf_add_str(out, "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [\n");
	write_one(out, "    ", name, v, first);
	for (unsigned number = 2; done < n; number++) {
		AUTO_STR char *numbered = xasprintf("%s-%u", name, number);
		size_t more = fit(v + done, n - done);

		buf_add_str(out, ",\n");
		write_one(out, "    ", numbered, v + done, more);
		done += more;
	}
	buf_add_str(out, "\n  ]\n}\n");
}
