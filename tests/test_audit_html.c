/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "audit_data.h"
#include "base/text.h"
#include "cmd/audit_html.h"
#include "suites.h"

/* All of what would end a cell, an attribute, a comment, a style, and begin something else. */
#define HOSTILE "</td></code>\"'><script src=http://x/>alert(1)</script><!-- & \x1b[2J\xff"

enum { MAX_DEPTH = 32 };

/* A page that is read tag by tag. */
struct reading {
	const char *at;
	char *open[MAX_DEPTH]; /* owned */
	size_t depth;
	struct buf skeleton; /* the tags alone */
};

static void
reading_free(struct reading *r)
{
	while (r->depth > 0)
		free(r->open[--r->depth]);
	buf_free(&r->skeleton);
}
AUTO_DEFINE(reading)

static bool
is_void(const char *name)
{
	return strcmp(name, "meta") == 0 || strcmp(name, "br") == 0;
}

/* At '<': one tag, its attributes each a name with a quoted value. */
static void
read_tag(struct reading *r)
{
	const char *start = r->at++;
	bool ends = *r->at == '/';
	size_t n = strspn(r->at += ends, "abcdefghijklmnopqrstuvwxyz123");
	AUTO_STR char *name = xstrndup(r->at, n);

	ck_assert_msg(n > 0, "no tag: %.40s", start);
	for (r->at += n; *r->at == ' ';) {
		r->at += 1 + strspn(r->at + 1, "abcdefghijklmnopqrstuvwxyz-");
		ck_assert_msg(r->at[0] == '=' && r->at[1] == '"', "no attribute: %.40s", start);
		r->at = strchr(r->at + 2, '"');
		ck_assert_msg(r->at != NULL, "an attribute without an end: %.40s", start);
		r->at++;
	}
	ck_assert_msg(*r->at++ == '>', "a tag without an end: %.40s", start);
	buf_addf(&r->skeleton, "<%s%s>", ends ? "/" : "", name);
	if (ends) {
		ck_assert_msg(r->depth > 0 && strcmp(r->open[r->depth - 1], name) == 0,
		    "ends what is not open: %.40s", start);
		free(r->open[--r->depth]);
	} else if (!is_void(name)) {
		ck_assert_uint_lt(r->depth, MAX_DEPTH);
		r->open[r->depth++] = steal(&name);
	}
}

/* Every tag, quote and entity is well-formed, and all that is open is closed. */
static void
read_page(struct reading *r, const struct buf *page)
{
	static const char doctype[] = "<!DOCTYPE html>\n";

	*r = (struct reading){ .at = buf_str(page) };
	ck_assert_uint_eq(strlen(r->at), page->n);
	ck_assert_msg(text_starts_with(r->at, doctype), "%.40s", r->at);
	r->at += strlen(doctype);
	while (*r->at != '\0') {
		r->at += strcspn(r->at, "<&");
		if (*r->at == '<')
			read_tag(r);
		else if (*r->at == '&') {
			size_t n = 1 + strcspn(r->at + 1, ";<& ");

			ck_assert_msg(r->at[n] == ';', "no entity: %.40s", r->at);
			r->at += n;
		}
	}
	ck_assert_uint_eq(r->depth, 0);
}

static void
write_page(struct buf *out, const struct audit_data *d, bool stopped)
{
	static char origin[] = HOSTILE;
	static char *origins[] = { origin };
	const struct key_search keys = { .origins = origins, .n_origins = 1 };
	const struct audit_html page = {
		.shown = { .report = &d->report, .blobs = AUDIT_BLOBS_VERIFY, .stopped = stopped },
		.keys = &keys,
		.gpg_version = "2.2.40",
		.now = 1590969600
	};

	audit_html(out, &page);
}

static void
add_problems(struct audit_data *d)
{
	for (unsigned kind = PROBLEM_KINDS_BEGIN; kind < PROBLEM_KINDS_END; kind++) {
		enum outcome outcome =
		    kind == PROBLEM_UNREACHABLE ? OUTCOME_UNDECIDED : OUTCOME_REFUSED;

		audit_data_problem(d, (enum audit_problem_kind)kind, outcome, "arm64", "etcd", '2',
		    "https://mirror.example:5000/v2/ocp/release/manifests/x");
	}
}

static void
must_have_text(const struct buf *page, const char *text)
{
	ck_assert_msg(strstr(buf_str(page), text) != NULL, "the page has no %s", text);
}

/* Nothing is loaded or run, and nothing leads elsewhere. */
static void
must_stand_alone(const struct buf *page)
{
	static const char *const parts[] = { "<script", "<link", "<img", "<iframe", "<object",
		"<a ", "<form", "url(", "@import", "javascript:", " src=\"", " href=\"",
		" style=\"" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		ck_assert_msg(
		    strcasestr(buf_str(page), parts[i]) == NULL, "the page has %s", parts[i]);
	must_have_text(page, "<meta http-equiv=\"Content-Security-Policy\" "
			     "content=\"default-src 'none'; style-src 'unsafe-inline'\">");
}

START_TEST(says_what_was_verified)
{
	static const char *const texts[] = { "<html lang=\"en\">", "<meta charset=\"utf-8\">",
		"<strong>accepted</strong>: 4.99.0-multi", "<h2>Problems: 0</h2>",
		"<p>None was found.</p>", "4EDB57D1B2E4C666DD00CE03EE46194CB49E4007",
		"relsig test release &lt;test@relsig.invalid&gt;",
		"2020-06-01T00:00:00Z, over SHA-256", "file:///store/signature-1",
		"https://mirror.example:5000/v2/ocp/release-images/manifests/4.99.0-multi",
		"relsig " RELSIG_VERSION, "2.2.40",
		"sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
		"<th scope=\"row\">aarch64</th>", "named by the signed list",
		"<h2>Components: 3</h2>",
		"<th scope=\"row\">machine-config-operator</th><td "
		"class=\"unset\">not looked at</td>",
		"ocp-v4.0-art-dev@sha256:"
		"1111111111111111111111111111111111111111111111111111111111111111",
		"aarch64: <code>sha256:"
		"4444444444444444444444444444444444444444444444444444444444444444</code> 2 blobs, "
		"3.0 MiB",
		"list of 1: <code>sha256:1111", "0123456789abcdef",
		"<td class=\"number\">5368709120</td>" };
	struct audit_data d;
	AUTO(reading) r = { .at = NULL };
	AUTO(buf) page = BUF_INIT;

	audit_data_open(&d, NULL);
	write_page(&page, &d, false);
	read_page(&r, &page);
	must_stand_alone(&page);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		must_have_text(&page, texts[i]);
	audit_data_close(&d);
}
END_TEST

START_TEST(has_the_problems_first)
{
	struct audit_data d;
	AUTO(reading) r = { .at = NULL };
	AUTO(buf) page = BUF_INIT;
	const char *problems, *verified;

	audit_data_open(&d, NULL);
	add_problems(&d);
	write_page(&page, &d, false);
	read_page(&r, &page);
	must_stand_alone(&page);
	must_have_text(&page, "<strong>refused</strong>");
	for (unsigned kind = PROBLEM_KINDS_BEGIN; kind < PROBLEM_KINDS_END; kind++) {
		AUTO_STR char *row =
		    xasprintf("<th scope=\"row\">%s</th><td class=\"number\">1</td>",
			audit_problem_word((enum audit_problem_kind)kind));

		must_have_text(&page, row);
	}
	must_have_text(&page, "<pre>skopeo copy docker://quay.io/openshift-release-dev/");
	problems = strstr(buf_str(&page), "<h2>Problems: 15</h2>");
	verified = strstr(buf_str(&page), "<h2>What was verified</h2>");
	ck_assert(problems != NULL && verified != NULL && problems < verified);
	audit_data_close(&d);
}
END_TEST

START_TEST(says_that_it_was_cut_short)
{
	struct audit_data d;
	AUTO(buf) page = BUF_INIT;

	audit_data_open(&d, NULL);
	d.report.interrupted = true;
	write_page(&page, &d, true);
	must_have_text(&page, "<strong>no verdict</strong>");
	must_have_text(&page, "interrupted by a signal");
	must_have_text(&page, "did not come to its end");
	ck_assert_ptr_null(strstr(buf_str(&page), "None was found.<"));
	audit_data_close(&d);
}
END_TEST

/* The page has the very same elements, whatever the texts in it are. */
START_TEST(writes_text_as_text)
{
	struct audit_data harmless, hostile;
	AUTO(reading) want = { .at = NULL };
	AUTO(reading) got = { .at = NULL };
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) other = BUF_INIT;

	audit_data_open(&harmless, "x");
	audit_data_open(&hostile, HOSTILE);
	add_problems(&harmless);
	add_problems(&hostile);
	write_page(&one, &harmless, _i == 1);
	write_page(&other, &hostile, _i == 1);
	read_page(&want, &one);
	read_page(&got, &other);
	ck_assert_str_eq(buf_str(&got.skeleton), buf_str(&want.skeleton));
	ck_assert_ptr_null(strstr(buf_str(&other), "<script"));
	ck_assert_ptr_null(strchr(buf_str(&other), '\x1b'));
	ck_assert_ptr_null(strchr(buf_str(&other), '\xff'));
	must_have_text(&other, "&lt;script src=http://x/&gt;");
	audit_data_close(&hostile);
	audit_data_close(&harmless);
}
END_TEST

Suite *
audit_html_suite(void)
{
	Suite *s = suite_create("audit_html");
	TCase *t = tcase_create("audit_html");

	tcase_add_test(t, says_what_was_verified);
	tcase_add_test(t, has_the_problems_first);
	tcase_add_test(t, says_that_it_was_cut_short);
	tcase_add_loop_test(t, writes_text_as_text, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
