/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/mirrors.h"
#include "rows.h"
#include "suites.h"

#define IDMS(entries)                                                                              \
	"{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: m}, "   \
	"spec: {imageDigestMirrors: [" entries "]}}\n"
#define ITMS(entries)                                                                              \
	"{apiVersion: config.openshift.io/v1, kind: ImageTagMirrorSet, "                           \
	"spec: {imageTagMirrors: [" entries "]}}\n"
#define ICSP(entries)                                                                              \
	"{apiVersion: operator.openshift.io/v1alpha1, kind: ImageContentSourcePolicy, "            \
	"spec: {repositoryDigestMirrors: [" entries "]}}\n"
#define ENTRY(source, mirrors) "{source: " source ", mirrors: [" mirrors "]}"
#define NEVER(source, mirrors)                                                                     \
	"{source: " source ", mirrors: [" mirrors "], mirrorSourcePolicy: NeverContactSource}"
#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *text, *part;
} refused[] = {
	{ "", "f: no mirror set in it" },
	{ "{apiVersion: v1, kind: List, items: []}", "f: no mirror set in it" },
	{ "a: [", "not acceptable YAML" },
	{ "text", "f: not an ImageDigestMirrorSet" },
	{ "[]", "f: not an ImageDigestMirrorSet" },
	{ "{kind: ImageDigestMirrorSet, spec: {}}", "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: config.openshift.io/v1, spec: {}}", "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: v1, kind: ConfigMap, data: {}}", "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: operator.openshift.io/v1alpha1, kind: ImageDigestMirrorSet, spec: {}}",
	    "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: config.openshift.io/v1, kind: ImageContentSourcePolicy, spec: {}}",
	    "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: v1, kind: List, items: [{kind: Pod}]}",
	    "f: items[0]: not an ImageDigestMirrorSet" },
	{ "{apiVersion: v1, kind: List, items: [], x: 1}", "f: unknown key \"x\"" },
	{ "{apiVersion: v1, kind: List}", "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: v1, kind: List, items: {}}", "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: v1, kind: Some, items: []}", "f: not an ImageDigestMirrorSet" },
	{ "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet}",
	    "f: key \"spec\" is missing" },
	{ "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, spec: {}, x: 1}",
	    "f: unknown key \"x\"" },
	{ "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, spec: "
	  "{imageTagMirrors: []}}",
	    "f: spec: unknown key \"imageTagMirrors\"" },
	{ "{apiVersion: config.openshift.io/v1, kind: ImageTagMirrorSet, spec: {imageTagMirrors: "
	  "{}}}",
	    "f: spec.imageTagMirrors: an object, want an array" },
	{ IDMS("text"), "f: spec.imageDigestMirrors[0]: a string, want an object" },
	{ IDMS("{}"), "f: spec.imageDigestMirrors[0]: key \"source\" is missing" },
	{ IDMS("{source: 1}"), "\"source\" is a number" },
	{ IDMS("{source: q.io, x: 1}"), "imageDigestMirrors[0]: unknown key \"x\"" },
	{ IDMS("{source: q.io, mirrors: m.io}"), "imageDigestMirrors[0].mirrors: a string" },
	{ IDMS(ENTRY("q.io", "1")), "imageDigestMirrors[0].mirrors[0]: a number" },
	{ IDMS(ENTRY("q.io", "m.io") ", " ENTRY("q.io", "''")), "imageDigestMirrors[1]: \"\"" },
	{ IDMS(ENTRY("''", "m.io")), "want HOST[:PORT][/PATH]" },
	{ IDMS(ENTRY("q.io/", "m.io")), "\"q.io/\": want HOST" },
	{ IDMS(ENTRY("q.io/a:t", "m.io")), "\"q.io/a:t\": want HOST" },
	{ IDMS(ENTRY("q.io/a@" DIGEST, "m.io")), "want HOST" },
	{ IDMS(ENTRY("https://q.io", "m.io")), "\"https://q.io\": want HOST" },
	{ IDMS(ENTRY("q.io/A", "m.io")), "\"q.io/A\": want HOST" },
	{ IDMS(ENTRY("q.io/../a", "m.io")), "want HOST" },
	{ IDMS(ENTRY("library", "m.io")), "\"library\": no image's name begins so" },
	{ IDMS(ENTRY("index.docker.io", "m.io")), "it would mean docker.io/x/x" },
	{ IDMS(ENTRY("q.io", "mirror/a")), "\"mirror/a\": no image's name begins so" },
	{ IDMS(ENTRY("q.io", "'*.m.io'")), "\"*.m.io\": want HOST[:PORT][/PATH]" },
	{ IDMS(ENTRY("'*'", "m.io")), "\"*\": want HOST" },
	{ IDMS(ENTRY("'*.'", "m.io")), "want *.HOST" },
	{ IDMS(ENTRY("'*.q.io/a'", "m.io")), "\"*.q.io/a\": want *.HOST" },
	{ IDMS(ENTRY("'*.q.io:5000'", "m.io")), "\"*.q.io:5000\": want *.HOST" },
	{ IDMS(ENTRY("'*.*.io'", "m.io")), "\"*.*.io\": want *.HOST" },
	{ IDMS(ENTRY("'q.*.io'", "m.io")), "\"q.*.io\": want HOST" },
	{ IDMS(ENTRY("q.io", "m.io, n.io, m.io")), "the mirror m.io is there twice" },
	{ IDMS("{source: q.io, mirrorSourcePolicy: NeverContactSource}"),
	    "NeverContactSource wants mirrors" },
	{ IDMS(NEVER("q.io", "m.io, q.io")), "NeverContactSource wants mirrors" },
	{ IDMS("{source: q.io, mirrors: [m.io], mirrorSourcePolicy: Never}"),
	    "mirrorSourcePolicy \"Never\": want AllowContactingSource or NeverContactSource" },
	{ IDMS("{source: q.io, mirrors: [m.io], mirrorSourcePolicy: 1}"),
	    "\"mirrorSourcePolicy\" is a number" },
	{ IDMS(NEVER("q.io", "m.io") ", " ENTRY("q.io", "n.io")),
	    "two entries for q.io disagree about mirrorSourcePolicy" },
	{ IDMS(ENTRY("q.io", "m.io")) "---\n" ITMS(NEVER("q.io", "n.io")),
	    "two entries for q.io disagree about mirrorSourcePolicy" },
	{ ICSP(NEVER("q.io", "m.io")), "unknown key \"mirrorSourcePolicy\"" },
	{ IDMS(ENTRY("q.io", "m.io")) "---\ntext\n", "f: not an ImageDigestMirrorSet" },
	{ "a: &a 1\n", "f: line 1 column 4: an anchor or a tag" },
};

/* What was there before stays, and nothing is added. */
START_TEST(refuses)
{
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("before", mirrors_add_pair(&m, "q.io=before.io", &e), &e);
	row_refused(refused[_i].text, mirrors_read(&m, "f", bytes_of_str(refused[_i].text), &e), &e,
	    E_INVALID, refused[_i].part);
	ck_assert_uint_eq(m.n, 1);
}
END_TEST

static const struct {
	const char *pair, *part;
} refused_pairs[] = {
	{ "", "want SOURCE=MIRROR" },
	{ "q.io", "\"q.io\": want SOURCE=MIRROR" },
	{ "q.io=", "q.io=: \"\": want HOST" },
	{ "=m.io", "=m.io: \"\": want HOST" },
	{ "q.io=m.io=n.io", "\"m.io=n.io\": want HOST" },
	{ "q.io=https://m.io", "\"https://m.io\": want HOST" },
	{ "docker://q.io=m.io", "\"docker://q.io\": want HOST" },
	{ "q.io/r:t=m.io/r", "\"q.io/r:t\": want HOST" },
	{ "ocp-release=m.io", "no image's name begins so" },
};

START_TEST(refuses_pairs)
{
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused_pairs[_i].pair, mirrors_add_pair(&m, refused_pairs[_i].pair, &e), &e,
	    E_INVALID, refused_pairs[_i].part);
	ck_assert_uint_eq(m.n, 0);
}
END_TEST

/* The repositories in order; "-" before one that must not be asked, "=" before the image's own. */
static const struct {
	const char *name, *text, *pairs[3], *image;
	const char *places[8];
} rows[] = {
	{ "no entry", IDMS(""), { NULL }, "q.io/a/b@" DIGEST, { "=q.io/a/b" } },
	{ "no list", "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, spec: {}}",
	    { NULL }, "q.io/a/b@" DIGEST, { "=q.io/a/b" } },
	{ "a wildcard that is longer than the host", IDMS(ENTRY("'*.registry.q.io'", "m.io")),
	    { NULL }, "q.io/a@" DIGEST, { "=q.io/a" } },
	{ "of another host", IDMS(ENTRY("q.io", "m.io")), { NULL }, "r.io/a/b@" DIGEST,
	    { "=r.io/a/b" } },
	{ "half a host", IDMS(ENTRY("q.io", "m.io")), { NULL }, "q.io.org/a@" DIGEST,
	    { "=q.io.org/a" } },
	{ "the same host, a port", IDMS(ENTRY("q.io", "m.io")), { NULL }, "q.io:5000/a@" DIGEST,
	    { "=q.io:5000/a" } },
	{ "half a component", IDMS(ENTRY("q.io/a/b", "m.io")), { NULL }, "q.io/a/bc@" DIGEST,
	    { "=q.io/a/bc" } },
	{ "the parent", IDMS(ENTRY("q.io/a/b", "m.io")), { NULL }, "q.io/a@" DIGEST,
	    { "=q.io/a" } },
	{ "digests are not tags", IDMS(ENTRY("q.io", "m.io")), { NULL }, "q.io/a:1",
	    { "=q.io/a" } },
	{ "nor in the old form", ICSP(ENTRY("q.io", "m.io")), { NULL }, "q.io/a:1", { "=q.io/a" } },
	{ "tags are not digests", ITMS(ENTRY("q.io", "m.io")), { NULL }, "q.io/a@" DIGEST,
	    { "=q.io/a" } },
	{ "a tag and a digest is a digest", ITMS(ENTRY("q.io", "m.io")), { NULL },
	    "q.io/a:1@" DIGEST, { "=q.io/a" } },
	{ "no mirrors", IDMS("{source: q.io}"), { NULL }, "q.io/a@" DIGEST, { "=q.io/a" } },
	{ "only itself", IDMS(ENTRY("q.io", "q.io")), { NULL }, "q.io/a@" DIGEST, { "=q.io/a" } },
	{ "a wildcard is no domain", IDMS(ENTRY("'*.q.io'", "m.io")), { NULL }, "q.io/a@" DIGEST,
	    { "=q.io/a" } },
	{ "a wildcard is no end of a label", IDMS(ENTRY("'*.q.io'", "m.io")), { NULL },
	    "xq.io/a@" DIGEST, { "=xq.io/a" } },
	{ "a wildcard is no path", IDMS(ENTRY("'*.q.io'", "m.io")), { NULL }, "r.io/x.q.io@" DIGEST,
	    { "=r.io/x.q.io" } },

	{ "a host", IDMS(ENTRY("q.io", "m.io")), { NULL }, "q.io/a/b@" DIGEST,
	    { "m.io/a/b", "=q.io/a/b" } },
	{ "a host with a port", IDMS(ENTRY("q.io:5000", "m.io:6000/n")), { NULL },
	    "q.io:5000/a/b@" DIGEST, { "m.io:6000/n/a/b", "=q.io:5000/a/b" } },
	{ "a repository", IDMS(ENTRY("q.io/a/b", "m.io/x/y/z")), { NULL }, "q.io/a/b@" DIGEST,
	    { "m.io/x/y/z", "=q.io/a/b" } },
	{ "a namespace", ICSP(ENTRY("q.io/a", "m.io/x, n.io/y")), { NULL }, "q.io/a/b/c@" DIGEST,
	    { "m.io/x/b/c", "n.io/y/b/c", "=q.io/a/b/c" } },
	{ "by tag", ITMS(ENTRY("q.io/a", "m.io/x")), { NULL }, "q.io/a/b:1",
	    { "m.io/x/b", "=q.io/a/b" } },
	{ "by both", IDMS(ENTRY("q.io/a", "m.io/x")), { NULL }, "q.io/a/b:1@" DIGEST,
	    { "m.io/x/b", "=q.io/a/b" } },
	{ "a wildcard", IDMS(ENTRY("'*.q.io'", "m.io/n")), { NULL }, "x.y.q.io/a@" DIGEST,
	    { "m.io/n/a", "=x.y.q.io/a" } },
	{ "a wildcard and a port", IDMS(ENTRY("'*.q.io'", "m.io/n")), { NULL },
	    "x.q.io:5000/a@" DIGEST, { "m.io/n/a", "=x.q.io:5000/a" } },
	{ "the longest", IDMS(ENTRY("q.io", "m.io") ", " ENTRY("q.io/a", "n.io")), { NULL },
	    "q.io/a/b@" DIGEST, { "n.io/b", "=q.io/a/b" } },
	{ "the longest is the first", IDMS(ENTRY("q.io/a", "n.io") ", " ENTRY("q.io", "m.io")),
	    { NULL }, "q.io/a/b@" DIGEST, { "n.io/b", "=q.io/a/b" } },
	{ "the longest is for tags",
	    IDMS(ENTRY("q.io", "m.io")) "---\n" ITMS(ENTRY("q.io/a", "n.io")), { NULL },
	    "q.io/a/b@" DIGEST, { "=q.io/a/b" } },
	{ "the longest says nothing", IDMS(ENTRY("q.io", "m.io") ", {source: q.io/a}"), { NULL },
	    "q.io/a/b@" DIGEST, { "m.io/a/b", "=q.io/a/b" } },
	{ "of equal length", IDMS(ENTRY("'*.q.io'", "m.io") ", " ENTRY("x.q.io", "n.io")), { NULL },
	    "x.q.io/a@" DIGEST, { "n.io/a", "=x.q.io/a" } },

	{ "of equal length, the other way round",
	    IDMS(ENTRY("x.q.io", "n.io") ", " ENTRY("'*.q.io'", "m.io")), { NULL },
	    "x.q.io/a@" DIGEST, { "n.io/a", "=x.q.io/a" } },

	{ "merged",
	    IDMS(ENTRY("q.io", "c.io, d.io, e.io")) "---\n" ICSP(ENTRY("q.io", "a.io, b.io, c.io")),
	    { NULL }, "q.io/a@" DIGEST,
	    { "a.io/a", "b.io/a", "c.io/a", "d.io/a", "e.io/a", "=q.io/a" } },
	{ "merged, with no order between them",
	    IDMS(ENTRY("q.io", "z.io")) "---\n" IDMS(ENTRY("q.io", "a.io")), { NULL },
	    "q.io/a@" DIGEST, { "a.io/a", "z.io/a", "=q.io/a" } },
	{ "merged, in contradiction",
	    IDMS(ENTRY("q.io", "b.io, a.io") ", " ENTRY("q.io", "a.io, b.io")), { NULL },
	    "q.io/a@" DIGEST, { "a.io/a", "b.io/a", "=q.io/a" } },
	{ "the source among them", IDMS(ENTRY("q.io", "z.io, q.io, a.io")), { NULL },
	    "q.io/a@" DIGEST, { "z.io/a", "=q.io/a", "a.io/a" } },
	{ "a wildcard's mirror is the host itself", IDMS(ENTRY("'*.q.io'", "x.q.io, m.io")),
	    { NULL }, "x.q.io/a:1@" DIGEST, { "=x.q.io/a", "m.io/a" } },
	{ "two that come to one", IDMS(ENTRY("q.io/a", "m.io/a, n.io")), { "q.io/a=m.io/a", NULL },
	    "q.io/a/b@" DIGEST, { "m.io/a/b", "n.io/b", "=q.io/a/b" } },

	{ "--mirror, a digest", NULL, { "q.io/a=m.io/x", NULL }, "q.io/a/b@" DIGEST,
	    { "m.io/x/b", "=q.io/a/b" } },
	{ "--mirror, a tag", NULL, { "q.io/a=m.io/x", NULL }, "q.io/a/b:1",
	    { "m.io/x/b", "=q.io/a/b" } },
	{ "--mirror, in its order", NULL, { "q.io=z.io", "q.io=a.io", NULL }, "q.io/b:1",
	    { "z.io/b", "a.io/b", "=q.io/b" } },
	{ "--mirror before others", IDMS(ENTRY("q.io", "a.io")), { "q.io=z.io", NULL },
	    "q.io/b@" DIGEST, { "z.io/b", "a.io/b", "=q.io/b" } },
	{ "--mirror, another is longer", IDMS(ENTRY("q.io/b", "a.io/b")), { "q.io=z.io", NULL },
	    "q.io/b@" DIGEST, { "a.io/b", "=q.io/b" } },

	{ "never", IDMS(NEVER("q.io", "m.io")), { NULL }, "q.io/a@" DIGEST,
	    { "m.io/a", "-=q.io/a" } },
	{ "never, for digests too", ITMS(NEVER("q.io", "m.io")), { NULL }, "q.io/a@" DIGEST,
	    { "-=q.io/a" } },
	{ "never, with --mirror", IDMS(NEVER("q.io", "m.io")), { "q.io=n.io", NULL }, "q.io/a:1",
	    { "n.io/a", "-=q.io/a" } },
	{ "never, of the parent", IDMS(NEVER("q.io", "m.io") ", " ENTRY("q.io/a", "n.io/a")),
	    { NULL }, "q.io/a@" DIGEST, { "n.io/a", "=q.io/a" } },
	{ "never, and a mirror within", IDMS(NEVER("q.io/a", "q.io/a/m, n.io")), { NULL },
	    "q.io/a/b@" DIGEST, { "-q.io/a/m/b", "n.io/b", "-=q.io/a/b" } },
	{ "the two agree", IDMS(NEVER("q.io", "m.io")) "---\n" ITMS(NEVER("q.io", "n.io")),
	    { NULL }, "q.io/a:1", { "n.io/a", "-=q.io/a" } },

	{ "a List",
	    "{apiVersion: v1, kind: List, metadata: {}, items: [" IDMS(
		ENTRY("q.io", "m.io")) ", " ITMS(ENTRY("q.io", "n.io")) "]}",
	    { NULL }, "q.io/a:1", { "n.io/a", "=q.io/a" } },
	{ "JSON",
	    "{\"apiVersion\": \"config.openshift.io/v1\", \"kind\": \"ImageDigestMirrorSet\", "
	    "\"spec\": {\"imageDigestMirrors\": [{\"source\": \"q.io\", \"mirrors\": [\"m.io\"], "
	    "\"mirrorSourcePolicy\": \"AllowContactingSource\"}]}, \"status\": {}}",
	    { NULL }, "q.io/a@" DIGEST, { "m.io/a", "=q.io/a" } },
};

static void
expect_places(const char *row, const struct mirror_places *p, const char *const *want,
    const struct reference *image)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct mirror_place *place = &p->v[i];
		AUTO_STR char *repository = reference_repository(&place->image);
		AUTO_STR char *got = xasprintf("%s%s%s", place->forbidden != NULL ? "-" : "",
		    place->mirror ? "" : "=", repository);

		row_string(row, "place", got, want[i]);
		row_string(row, "digest", place->image.digest.text, image->digest.text);
		row_string(row, "tag", place->image.tag,
		    place->mirror && digest_is_set(&image->digest) ? NULL : image->tag);
	}
	row_string(row, "place that is missing", NULL, want[p->n]);
}

START_TEST(places)
{
	const char *row = rows[_i].name;
	AUTO(mirror_places) p = MIRROR_PLACES_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(err) e = ERR_INIT;

	for (size_t i = 0; rows[_i].pairs[i] != NULL; i++)
		row_accepted(row, mirrors_add_pair(&m, rows[_i].pairs[i], &e), &e);
	if (rows[_i].text != NULL)
		row_accepted(row, mirrors_read(&m, "f", bytes_of_str(rows[_i].text), &e), &e);
	row_accepted(row, reference_parse(&image, rows[_i].image, &e), &e);
	row_accepted(row, mirror_places_find(&p, &m, &image, &e), &e);
	expect_places(row, &p, rows[_i].places, &image);
}
END_TEST

/* What would be the name of another image, or of none, is not asked for. */
START_TEST(refuses_places)
{
	static const struct {
		const char *pair, *image, *part;
	} names[] = {
		{ "q.io/a=m.io", "q.io/a:1", "a path is missing" },
		{ "q.io/a=m.io:5000", "q.io/a:1", "the mirror m.io:5000" },
		{ "q.io/a=docker.io", "q.io/a/busybox:1", "a path is missing" },
	};
	AUTO(mirror_places) p = MIRROR_PLACES_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(names[_i].pair, mirrors_add_pair(&m, names[_i].pair, &e), &e);
	row_accepted(names[_i].pair, reference_parse(&image, names[_i].image, &e), &e);
	row_refused(
	    names[_i].pair, mirror_places_find(&p, &m, &image, &e), &e, E_INVALID, names[_i].part);
	ck_assert_uint_eq(p.n, 0);
}
END_TEST

/* As many mirrors as may be, in two entries of one source, and one more. */
START_TEST(limits_mirrors)
{
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&text, "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, spec: "
			   "{imageDigestMirrors: [{source: q.io, mirrors: [m0.io");
	for (size_t i = 1; i < MAX_MIRRORS_PER_SOURCE + (size_t)_i; i++)
		buf_addf(&text, ", m%zu.io", i);
	buf_add_str(&text, "]}]}}");
	if (_i == 1) {
		row_refused("one above", mirrors_read(&m, "f", buf_bytes(&text), &e), &e,
		    E_TOO_LARGE, "f: spec.imageDigestMirrors[0].mirrors: more than");
		return;
	}
	row_accepted("at the cap", mirrors_read(&m, "f", buf_bytes(&text), &e), &e);
	row_refused("one more", mirrors_add_pair(&m, "q.io=n.io", &e), &e, E_TOO_LARGE,
	    "more than 64 mirrors of q.io");
	err_free(&e);
	row_accepted("of another", mirrors_add_pair(&m, "r.io=n.io", &e), &e);
}
END_TEST

/* What would be longer than an image's name may be. */
START_TEST(limits_names)
{
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(buf) pair = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&pair, "q.io=m.io/");
	while (pair.n < 300)
		buf_add_byte(&pair, 'a');
	row_refused("too long", mirrors_add_pair(&m, buf_str(&pair), &e), &e, E_INVALID,
	    "want HOST[:PORT][/PATH]");
}
END_TEST

START_TEST(limits_sets)
{
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(err) e = ERR_INIT;

	for (size_t i = 0; i < MAX_MIRROR_SETS; i++) {
		AUTO_STR char *pair = xasprintf("q.io/r%zu=m.io", i);

		row_accepted(pair, mirrors_add_pair(&m, pair, &e), &e);
	}
	row_refused("one more", mirrors_add_pair(&m, "q.io=n.io", &e), &e, E_TOO_LARGE,
	    "more than 5000 sources");
}
END_TEST

Suite *
mirrors_suite(void)
{
	Suite *s = suite_create("mirrors");
	TCase *t = tcase_create("mirrors");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, refuses_pairs, 0, (int)ARRAY_LEN(refused_pairs));
	tcase_add_loop_test(t, refuses_places, 0, 3);
	tcase_add_loop_test(t, limits_mirrors, 0, 2);
	tcase_add_test(t, limits_names);
	tcase_add_test(t, limits_sets);
	tcase_add_loop_test(t, places, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
