/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document, its caps, and which entry decides. Requirements: test_policy_requirement.c. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/policy.h"
#include "rows.h"
#include "suites.h"

#define REJECT "[{\"type\":\"reject\"}]"
#define ACCEPT "[{\"type\":\"insecureAcceptAnything\"}]"
#define WITH_DEFAULT(value) "{\"default\":" value "}"
#define WITH_TRANSPORTS(value) "{\"default\":" REJECT ",\"transports\":" value "}"
#define WITH_DOCKER(value) WITH_TRANSPORTS("{\"docker\":" value "}")

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "nothing", "", "policy: empty" },
	{ "white space", " ", "policy: not acceptable JSON" },
	{ "text", "&", "policy: not acceptable JSON" },
	{ "a number", "1", "policy: not acceptable JSON" },
	{ "an array", "[]", "policy: an array, want an object" },
	{ "bytes after", WITH_DEFAULT(REJECT) "{}", "end of file expected" },
	{ "a comment", "{/**/\"default\":" REJECT "}", "policy: not acceptable JSON" },
	{ "an empty object", "{}", "default: missing, want an array" },
	{ "no default", "{\"transports\":{}}", "default: missing" },
	{ "Default", "{\"Default\":" REJECT "}", "policy: unknown key \"Default\"" },
	{ "an unknown key", "{\"default\":" REJECT ",\"unexpected\":1}",
	    "policy: unknown key \"unexpected\"" },
	{ "default twice", "{\"default\":" REJECT ",\"default\":" ACCEPT "}", "duplicate" },
	{ "default twice by escape", "{\"default\":" REJECT ",\"d\\u0065fault\":" ACCEPT "}",
	    "duplicate" },
	{ "default null", WITH_DEFAULT("null"), "default: null, want an array" },
	{ "default a number", WITH_DEFAULT("1"), "default: a number, want an array" },
	{ "default an object", WITH_DEFAULT("{}"), "default: an object, want an array" },
	{ "default empty", WITH_DEFAULT("[]"), "default: no requirements" },
	{ "a requirement null", WITH_DEFAULT("[null]"), "default[0]: null, want an object" },
	{ "a requirement a number", WITH_DEFAULT("[1]"), "default[0]: a number" },
	{ "a requirement a list", WITH_DEFAULT("[[]]"), "default[0]: an array" },
	{ "the second requirement", WITH_DEFAULT("[{\"type\":\"reject\"},{}]"),
	    "default[1].type: missing" },
	{ "transports null", WITH_TRANSPORTS("null"), "transports: null, want an object" },
	{ "transports a number", WITH_TRANSPORTS("1"), "transports: a number" },
	{ "transports an array", WITH_TRANSPORTS("[]"), "transports: an array" },
	{ "transports twice",
	    "{\"default\":" REJECT ",\"transports\":{},\"transports\":{\"docker\":{}}}",
	    "duplicate" },
	{ "docker null", WITH_DOCKER("null"), "transports.docker: null, want an object" },
	{ "docker a list", WITH_DOCKER(REJECT), "transports.docker: an array, want an object" },
	{ "docker twice", WITH_TRANSPORTS("{\"docker\":{},\"docker\":{}}"), "duplicate" },
	{ "an unknown transport null", WITH_TRANSPORTS("{\"a b\":null}"),
	    "transports[\"a b\"]: null" },
	{ "a transport without a name", WITH_TRANSPORTS("{\"\":1}"), "transports[\"\"]: a number" },
	{ "a scope null", WITH_DOCKER("{\"quay.io\":null}"),
	    "transports.docker[\"quay.io\"]: null, want an array" },
	{ "a scope a number", WITH_DOCKER("{\"quay.io\":1}"), "[\"quay.io\"]: a number" },
	{ "a scope an object", WITH_DOCKER("{\"quay.io\":{}}"), "[\"quay.io\"]: an object" },
	{ "a scope empty", WITH_DOCKER("{\"quay.io\":[]}"),
	    "transports.docker[\"quay.io\"]: no requirements" },
	{ "a scope twice", WITH_DOCKER("{\"a\":" REJECT ",\"a\":" ACCEPT "}"), "duplicate" },
	{ "the transport's default null", WITH_DOCKER("{\"\":null}"),
	    "transports.docker[\"\"]: null" },
	{ "the transport's default empty", WITH_DOCKER("{\"\":[]}"),
	    "transports.docker[\"\"]: no requirements" },
	{ "the transport's default twice", WITH_DOCKER("{\"\":" REJECT ",\"\":" ACCEPT "}"),
	    "duplicate" },
	{ "an unknown transport's scope", WITH_TRANSPORTS("{\"unknown\":{\"a\":[{}]}}"),
	    "transports.unknown[\"a\"][0].type: missing" },
	{ "a scope that the transport has none of",
	    WITH_TRANSPORTS("{\"dir\":{\"quay.io\":" REJECT "}}"),
	    "transports.dir[\"quay.io\"]: not an absolute path" },
	{ "deep inside",
	    WITH_DOCKER("{\"registry.redhat.io\":[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\","
			"\"keyPath\":1}]}"),
	    "transports.docker[\"registry.redhat.io\"][0].keyPath: a number, want a string" },
};

static void
check_empty(const struct policy *p, const char *name)
{
	ck_assert_msg(p->n == 0 && p->v == NULL && p->fallback.n == 0 && p->fallback.place == NULL,
	    "%s: left something behind", name);
}

START_TEST(refuses)
{
	AUTO(policy) p = POLICY_INIT;
	AUTO(err) e = ERR_INIT;
	int r = policy_parse(&p, bytes_of_str(refused[_i].text), &e);

	row_refused(refused[_i].name, r, &e, E_INVALID, refused[_i].part);
	check_empty(&p, refused[_i].name);
}
END_TEST

/* So many times item, with commas between. */
static void
add_items(struct buf *out, const char *item, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addf(out, "%s%s", i > 0 ? "," : "", item);
}

static void
check_cap(const char *name, const struct buf *at, const struct buf *above, const char *part)
{
	AUTO(policy) full = POLICY_INIT;
	AUTO(policy) over = POLICY_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(name, policy_parse(&over, buf_bytes(above), &e), &e, E_TOO_LARGE, part);
	check_empty(&over, name);
	err_free(&e);
	row_accepted(name, policy_parse(&full, buf_bytes(at), &e), &e);
}

START_TEST(limits_keys)
{
	static const char open[] = "{\"default\":[{\"type\":\"sigstoreSigned\",\"keyPaths\":[";
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	buf_add_str(&at, open);
	add_items(&at, "\"/key\"", MAX_POLICY_KEYS);
	buf_add(&above, at.p, at.n);
	buf_add_str(&above, ",\"\"]}]}");
	buf_add_str(&at, "]}]}");
	check_cap("keys", &at, &above, "default[0].keyPaths: more than 256 entries");
}
END_TEST

START_TEST(limits_requirements)
{
	static const char item[] = "{\"type\":\"reject\"}";
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	buf_add_str(&at, "{\"default\":[");
	add_items(&at, item, MAX_POLICY_REQUIREMENTS);
	buf_add(&above, at.p, at.n);
	buf_addf(&above, ",%s]}", item);
	buf_add_str(&at, "]}");
	check_cap("requirements", &at, &above, "default: more than 100 requirements");
}
END_TEST

/* Two transports: the cap is for both together. */
START_TEST(limits_scopes)
{
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;
	size_t i;

	buf_add_str(&at, "{\"default\":" REJECT ",\"transports\":{\"atomic\":{\"a\":" REJECT
			 "},\"docker\":{\"a\":" REJECT);
	for (i = 2; i < MAX_POLICY_SCOPES; i++)
		buf_addf(&at, ",\"%zu\":" REJECT, i);
	buf_add(&above, at.p, at.n);
	buf_add_str(&above, ",\"b\":" REJECT "}}}");
	buf_add_str(&at, "}}}");
	check_cap("scopes", &at, &above, "transports.docker: more than 10000 scopes in the policy");
}
END_TEST

START_TEST(limits_bytes)
{
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	buf_add_str(&at, WITH_DEFAULT(REJECT));
	while (at.n < MAX_POLICY_BYTES)
		buf_add_byte(&at, ' ');
	buf_add(&above, at.p, at.n);
	buf_add_byte(&above, '\n');
	check_cap("bytes", &at, &above, "policy: more than 1048576 bytes");
}
END_TEST

/* A policy with an entry at each place where one may be; what is asked for, and what decides. */
#define LOOKED_UP                                                                                  \
	"{\"default\":" REJECT ",\"transports\":{"                                                 \
	"\"docker\":{\"\":" ACCEPT ",\"example.com:5000\":" ACCEPT ",\"example.com\":" ACCEPT      \
	",\"example.com/ns\":" ACCEPT ",\"example.com/ns/repo\":" ACCEPT                           \
	",\"example.com/ns/repo:1\":" ACCEPT ",\"*.example.com\":" ACCEPT ",\"*.com\":" ACCEPT     \
	",\"busybox\":" ACCEPT ",\"docker.io/library/busybox\":" ACCEPT ",\"Typo.com \":" ACCEPT   \
	"},\"dir\":{\"/srv/images\":" ACCEPT ",\"/srv\":" ACCEPT "},\"oci\":{}}}"

static const struct {
	const char *transport, *image, *place;
} lookups[] = {
	{ "docker", "example.com/ns/repo:1", "transports.docker[\"example.com/ns/repo:1\"]" },
	{ "docker", "example.com/ns/repo:2", "transports.docker[\"example.com/ns/repo\"]" },
	{ "docker", "example.com/ns/repo/x:1", "transports.docker[\"example.com/ns/repo\"]" },
	{ "docker", "example.com/ns/repository:1", "transports.docker[\"example.com/ns\"]" },
	{ "docker", "example.com/ns2/repo:1", "transports.docker[\"example.com\"]" },
	/* An exact host before a wildcard; a port is part of the host, but not for a wildcard. */
	{ "docker", "example.com:5000/ns/repo:1", "transports.docker[\"example.com:5000\"]" },
	{ "docker", "example.com:5001/ns/repo:1", "transports.docker[\"*.com\"]" },
	{ "docker", "a.example.com/x:1", "transports.docker[\"*.example.com\"]" },
	{ "docker", "a.b.example.com:5000/x:1", "transports.docker[\"*.example.com\"]" },
	{ "docker", "aexample.com/x:1", "transports.docker[\"*.com\"]" },
	{ "docker", "com.example/x:1", "transports.docker[\"\"]" },
	{ "docker", "Example.com/ns/repo:1", "transports.docker[\"*.com\"]" },
	/* Names are looked up in full. */
	{ "docker", "busybox:1", "transports.docker[\"docker.io/library/busybox\"]" },
	{ "docker", "other:1", "transports.docker[\"\"]" },
	/* A transport without a default, without scopes, and one that is not there. */
	{ "dir", "/srv/images/a", "transports.dir[\"/srv/images\"]" },
	{ "dir", "/srv/images", "transports.dir[\"/srv/images\"]" },
	{ "dir", "/srv/images2", "transports.dir[\"/srv\"]" },
	{ "dir", "/", "default" },
	{ "dir", "/tmp", "default" },
	{ "oci", "/srv/images", "default" },
	{ "atomic", "example.com/ns/repo:1", "default" },
	{ "", "example.com/ns/repo:1", "default" },
};

static void
list_scopes(struct scopes *out, const char *image)
{
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	if (image[0] == '/') {
		row_accepted(image, scopes_of_path(out, image, &e), &e);
		return;
	}
	row_accepted(image, reference_parse(&r, image, &e), &e);
	row_accepted(image, scopes_of_reference(out, &r, &e), &e);
}

START_TEST(looks_up)
{
	AUTO(policy) p = POLICY_INIT;
	AUTO(scopes) s = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	const struct policy_entry *entry;
	const char *image = lookups[_i].image;

	row_accepted(image, policy_parse(&p, bytes_of_str(LOOKED_UP), &e), &e);
	list_scopes(&s, image);
	entry = policy_lookup(&p, lookups[_i].transport, &s);
	row_string(image, "what decides", entry->place, lookups[_i].place);
	ck_assert_uint_eq(entry->n, 1);
	if (strcmp(entry->place, "default") == 0)
		ck_assert(entry->transport == NULL && entry->scope == NULL);
	else
		row_string(image, "the transport", entry->transport, lookups[_i].transport);
}
END_TEST

START_TEST(finds_no_requirement_in_nothing)
{
	const struct policy nothing = POLICY_INIT;
	AUTO(scopes) s = SCOPES_INIT;

	list_scopes(&s, "quay.io/a:1");
	ck_assert_uint_eq(policy_lookup(&nothing, "docker", &s)->n, 0);
}
END_TEST

static const struct {
	const char *name, *text;
	size_t scopes;
} accepted[] = {
	{ "a default alone", WITH_DEFAULT(REJECT), 0 },
	{ "white space around", " \n" WITH_DEFAULT(ACCEPT) "\n", 0 },
	{ "no transports", WITH_TRANSPORTS("{}"), 0 },
	{ "a transport without scopes", WITH_DOCKER("{}"), 0 },
	{ "an unknown transport", WITH_TRANSPORTS("{\"unknown\":{\"any thing\":" REJECT "}}"), 1 },
	{ "a scope that never matches", WITH_DOCKER("{\"https://quay.io/ \":" REJECT "}"), 1 },
	{ "several of all", LOOKED_UP, 13 },
};

START_TEST(accepts)
{
	AUTO(policy) p = POLICY_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(accepted[_i].name, policy_parse(&p, bytes_of_str(accepted[_i].text), &e), &e);
	ck_assert_uint_eq(p.fallback.n, 1);
	row_string(accepted[_i].name, "the default's place", p.fallback.place, "default");
	ck_assert_msg(p.n == accepted[_i].scopes, "%s: %zu scopes", accepted[_i].name, p.n);
}
END_TEST

Suite *
policy_suite(void)
{
	Suite *s = suite_create("policy");
	TCase *t = tcase_create("policy");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, limits_keys);
	tcase_add_test(t, limits_requirements);
	tcase_add_test(t, limits_scopes);
	tcase_add_test(t, limits_bytes);
	tcase_add_loop_test(t, looks_up, 0, (int)ARRAY_LEN(lookups));
	tcase_add_test(t, finds_no_requirement_in_nothing);
	tcase_add_loop_test(t, accepts, 0, (int)ARRAY_LEN(accepted));
	suite_add_tcase(s, t);
	return s;
}
