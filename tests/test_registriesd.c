/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/registriesd.h"
#include "rows.h"
#include "suites.h"

static const struct {
	const char *text, *part;
} refused[] = {
	{ "- a\n", "a.yaml: not a mapping" },
	{ "text\n", "a.yaml: not a mapping" },
	{ "docker: [a]\n", "a.yaml: docker: not a mapping" },
	{ "docker: text\n", "a.yaml: docker: not a mapping" },
	{ "docker: {h: [x]}\n", "a.yaml: docker[\"h\"]: not a mapping" },
	{ "docker: {h: https://x}\n", "docker[\"h\"]: not a mapping" },
	{ "default-docker: [x]\n", "a.yaml: default-docker: not a mapping" },
	{ "default-docker: {lookaside: [x]}\n", "default-docker: \"lookaside\" is not a text" },
	{ "docker: {h: {lookaside: 1}}\n", "docker[\"h\"]: \"lookaside\" is not a text" },
	{ "docker: {h: {sigstore: true}}\n", "\"sigstore\" is not a text" },
	{ "docker: {h: {sigstore: {}}}\n", "\"sigstore\" is not a text" },
	{ "docker: {h: {use-sigstore-attachments: 1}}\n",
	    "\"use-sigstore-attachments\" is neither true nor false" },
	{ "docker: {h: {use-sigstore-attachments: maybe}}\n", "is neither true nor false" },
	{ "docker: {h: {use-sigstore-attachments: ''}}\n", "is neither true nor false" },
	{ "docker: {h: {}, h: {}}\n", "the key \"h\" is there twice" },
	{ "docker: {}\ndocker: {}\n", "the key \"docker\" is there twice" },
	{ "docker: {h: {lookaside: a, lookaside: b}}\n", "is there twice" },
	{ "docker: &a {}\n", "an anchor or a tag" },
	{ "docker: {}\n---\ndocker: {}\n", "2 YAML documents, want one" },
	{ "docker: {\n", "not acceptable YAML" },
};

START_TEST(refuses)
{
	AUTO(registriesd) r = REGISTRIESD_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].text,
	    registriesd_add(&r, "a.yaml", bytes_of_str(refused[_i].text), &e), &e, E_INVALID,
	    refused[_i].part);
	ck_assert_uint_eq(r.n, 0);
}
END_TEST

static void
add(struct registriesd *r, const char *file, const char *text)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(file, registriesd_add(r, file, bytes_of_str(text), &e), &e);
}

/* The second file says again what the first says; nothing of it is taken. */
static const struct {
	const char *first, *second, *part;
} twice[] = {
	{ "docker: {h: {}}\n", "docker: {new: {}, h: {}}\n",
	    "docker[\"h\"] is in both a.yaml and b.yaml" },
	{ "default-docker: {}\n", "default-docker: {}\n",
	    "default-docker is in both a.yaml and b.yaml" },
	{ "docker: {h: }\n", "docker: {h: }\n", "is in both a.yaml and b.yaml" },
};

START_TEST(refuses_what_two_files_say)
{
	AUTO(registriesd) r = REGISTRIESD_INIT;
	AUTO(err) e = ERR_INIT;
	size_t n;

	add(&r, "a.yaml", twice[_i].first);
	n = r.n;
	row_refused(twice[_i].part,
	    registriesd_add(&r, "b.yaml", bytes_of_str(twice[_i].second), &e), &e, E_INVALID,
	    twice[_i].part);
	ck_assert_uint_eq(r.n, n);
}
END_TEST

static char *
many_sections(size_t n)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_str(&text, "docker:\n");
	for (size_t i = 0; i < n; i++)
		buf_addf(&text, "  h%zu:\n", i);
	return buf_steal_str(&text);
}

START_TEST(limits_sections)
{
	AUTO_STR char *at = many_sections(MAX_REGISTRIESD_SECTIONS);
	AUTO_STR char *above = many_sections(MAX_REGISTRIESD_SECTIONS + 1);
	AUTO(registriesd) r = REGISTRIESD_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("one above", registriesd_add(&r, "a.yaml", bytes_of_str(above), &e), &e,
	    E_TOO_LARGE, "a.yaml: more than 10000 sections");
	add(&r, "a.yaml", at);
	row_refused("one more", registriesd_add(&r, "b.yaml", bytes_of_str("docker: {x: }\n"), &e),
	    &e, E_TOO_LARGE, "b.yaml: more than 10000 sections with those before");
}
END_TEST

static const char *const scopes[] = { "h:5000/a/b:t", "h:5000/a/b", "h:5000/a", "h:5000", "*.x" };

/* Files a.yaml and b.yaml; what comes out for the scopes above: the URL, who says so, the switch.
 */
static const struct {
	const char *name, *a, *b, *url, *url_from, *attachments_from;
	bool attachments;
} found[] = {
	{ "nothing", "", "", NULL, NULL, NULL, false },
	{ "empty sections", "docker:\ndefault-docker:\n", "docker: {h:5000: }\n", NULL, NULL, NULL,
	    false },
	{ "unknown keys", "x: 1\ndocker: {h:5000: {y: 2, lookaside: u}}\n", "", "u", "h:5000", NULL,
	    false },
	{ "others", "docker: {h: {lookaside: u}, h:5000/a/bc: {lookaside: v}}\n", "", NULL, NULL,
	    NULL, false },
	{ "the most specific", "docker: {h:5000/a/b: {lookaside: u}}\n",
	    "docker: {h:5000/a: {lookaside: v}}\ndefault-docker: {lookaside: w}\n", "u",
	    "h:5000/a/b", NULL, false },
	{ "a tag", "docker: {h:5000/a/b: {lookaside: u}}\n",
	    "docker: {\"h:5000/a/b:t\": {lookaside: v}}\n", "v", "h:5000/a/b:t", NULL, false },
	{ "a wildcard", "docker: {\"*.x\": {lookaside: u}}\n", "default-docker: {lookaside: v}\n",
	    "u", "*.x", NULL, false },
	{ "the default", "docker: {h: {lookaside: u}}\n", "default-docker: {lookaside: w}\n", "w",
	    NULL, NULL, false },
	{ "the older name", "docker: {h:5000: {sigstore: u}}\n", "", "u", "h:5000", NULL, false },
	{ "both names", "docker: {h:5000: {sigstore: u, lookaside: v}}\n", "", "v", "h:5000", NULL,
	    false },
	{ "both names, one empty", "docker: {h:5000: {sigstore: u, lookaside: ''}}\n", "", "u",
	    "h:5000", NULL, false },
	{ "staging only", "docker: {h:5000: {lookaside-staging: u, sigstore-staging: v}}\n",
	    "default-docker: {lookaside: w}\n", "w", NULL, NULL, false },
	{ "falls through without a URL", "docker: {h:5000/a/b: {use-sigstore-attachments: true}}\n",
	    "docker: {h:5000: {lookaside: u}}\n", "u", "h:5000", "h:5000/a/b", true },
	{ "falls through without a switch", "docker: {h:5000/a/b: {lookaside: u}}\n",
	    "docker: {h:5000: {use-sigstore-attachments: true, lookaside: v}}\n", "u", "h:5000/a/b",
	    "h:5000", true },
	{ "off stays off", "docker: {h:5000/a/b: {use-sigstore-attachments: false}}\n",
	    "docker: {h:5000: {use-sigstore-attachments: true}}\n", NULL, NULL, "h:5000/a/b",
	    false },
	{ "yes", "docker: {h:5000: {use-sigstore-attachments: yes}}\n", "", NULL, NULL, "h:5000",
	    true },
	{ "off", "docker: {h:5000: {use-sigstore-attachments: off}}\n", "", NULL, NULL, "h:5000",
	    false },
	{ "null", "docker: {h:5000: {use-sigstore-attachments: ~, lookaside: ~}}\n", "", NULL, NULL,
	    NULL, false },
};

START_TEST(finds)
{
	AUTO(registriesd) r = REGISTRIESD_INIT;
	struct registriesd_choice c;
	const char *name = found[_i].name;

	add(&r, "a.yaml", found[_i].a);
	add(&r, "b.yaml", found[_i].b);
	registriesd_find(&r, scopes, ARRAY_LEN(scopes), &c);
	row_string(name, "URL", c.url, found[_i].url);
	ck_assert_msg((c.url == NULL) == (c.url_from == NULL), "%s", name);
	row_string(
	    name, "scope", c.url_from != NULL ? c.url_from->scope : NULL, found[_i].url_from);
	row_string(name, "scope of the switch",
	    c.attachments_from != NULL ? c.attachments_from->scope : NULL,
	    found[_i].attachments_from);
	ck_assert_msg(c.attachments == found[_i].attachments, "%s: attachments", name);
}
END_TEST

START_TEST(names_the_file)
{
	AUTO(registriesd) r = REGISTRIESD_INIT;
	struct registriesd_choice c;

	add(&r, "a.yaml", "default-docker: {use-sigstore-attachments: on}\n");
	add(&r, "b.yaml", "docker: {h:5000: {lookaside: u}}\n");
	registriesd_find(&r, scopes, ARRAY_LEN(scopes), &c);
	ck_assert_str_eq(c.url_from->file, "b.yaml");
	ck_assert_str_eq(c.attachments_from->file, "a.yaml");
	ck_assert(c.attachments);
	registriesd_find(&r, NULL, 0, &c);
	ck_assert(c.url == NULL && c.attachments);
}
END_TEST

Suite *
registriesd_suite(void)
{
	Suite *s = suite_create("registriesd");
	TCase *t = tcase_create("registriesd");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, refuses_what_two_files_say, 0, ARRAY_LEN(twice));
	tcase_add_test(t, limits_sections);
	tcase_add_loop_test(t, finds, 0, ARRAY_LEN(found));
	tcase_add_test(t, names_the_file);
	suite_add_tcase(s, t);
	return s;
}
