/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <check.h>

#include "formats/release_annotations.h"
#include "formats/yaml.h"
#include "rows.h"
#include "suites.h"

#define SETS "release.openshift.io/feature-set: "
#define SELF "include.release.openshift.io/self-managed-high-availability: "
#define MANAGED ", " SELF "'true'"

static const struct {
	const char *annotations;
	const char *idle;
	enum errc code;
} rows[] = {
	{ "[]", NULL, E_INVALID },
	{ "text", NULL, E_INVALID },
	{ "{" SETS "1}", NULL, E_INVALID },
	{ "{" SETS "A, " SELF "true}", NULL, E_INVALID },
	{ "{}", "not for self-managed clusters", E_NONE },
	{ "{" SELF "'false'}", "not for self-managed clusters", E_NONE },
	{ "{" SETS "Default}", "not for self-managed clusters", E_NONE },
	{ "{" SETS "TechPreviewNoUpgrade" MANAGED "}",
	    "for the feature sets TechPreviewNoUpgrade alone", E_NONE },
	{ "{" SETS "'A,Defaults,xDefault,Defaul'" MANAGED "}",
	    "for the feature sets A,Defaults,xDefault,Defaul alone", E_NONE },
	{ "{" SETS "'A,'" MANAGED "}", "for the feature sets A, alone", E_NONE },
	{ "{" SETS "Default" MANAGED "}", NULL, E_NONE },
	{ "{" SETS "'A,Default'" MANAGED "}", NULL, E_NONE },
	{ "{" SETS "'Default,A'" MANAGED "}", NULL, E_NONE },
	{ "{" SETS "''" MANAGED "}", NULL, E_NONE },
	{ "{x: y" MANAGED "}", NULL, E_NONE },
};

START_TEST(chooses)
{
	AUTO_STR char *text = xasprintf("{annotations: %s}", rows[_i].annotations);
	AUTO(release_annotations) a = RELEASE_ANNOTATIONS_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_JSON json_t *metadata = yaml_read(bytes_of_str(text), "f", &e);
	AUTO_STR char *idle = NULL;
	int r;

	ck_assert_msg(metadata != NULL, "%s", err_msg(&e));
	r = release_annotations_read(&a, metadata, "f", &e);
	if (rows[_i].code != E_NONE) {
		row_refused(text, r, &e, rows[_i].code, "f.annotations");
		return;
	}
	row_accepted(text, r, &e);
	idle = release_annotations_idle(&a);
	row_string(text, "idle", idle, rows[_i].idle);
}
END_TEST

START_TEST(may_be_absent)
{
	AUTO(release_annotations) a = RELEASE_ANNOTATIONS_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_JSON json_t *metadata = json_object();
	AUTO_STR char *idle = NULL;

	row_accepted("none", release_annotations_read(&a, metadata, "f", &e), &e);
	idle = release_annotations_idle(&a);
	row_string("none", "idle", idle, "not for self-managed clusters");
}
END_TEST

Suite *
release_annotations_suite(void)
{
	Suite *s = suite_create("release_annotations");
	TCase *t = tcase_create("release_annotations");

	tcase_add_loop_test(t, chooses, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, may_be_absent);
	suite_add_tcase(s, t);
	return s;
}
