/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each finding, and that what is right has none: rows of a policy.json and a file of registries.d.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "verify/policy_check.h"

#define ACCEPT "[{\"type\":\"insecureAcceptAnything\"}]"
#define REJECT "[{\"type\":\"reject\"}]"
#define GPG(path) "[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"" path "\"}]"
#define GPG_DATA(data) "[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyData\":\"" data "\"}]"
#define SIGSTORE(path) "[{\"type\":\"sigstoreSigned\",\"keyPath\":\"" path "\"}]"
#define POLICY(fallback, transports) "{\"default\":" fallback ",\"transports\":{" transports "}}"
#define DOCKER(scopes) POLICY(REJECT, "\"docker\":{" scopes "}")
#define KEY "/keys/release.asc"
#define STORE "lookaside: 'https://s.example.com/x'"
#define SIGNED DOCKER("\"q.example.com\":" GPG(KEY))
#define SIGNED_STORE "docker: {q.example.com: {" STORE "}}\n"

/* What must be found. registriesd NULL: which files a node has is not known. */
static const struct {
	const char *name, *policy, *registriesd;
	enum finding_severity severity;
	const char *part;
} found[] = {
	/* what is no such file */
	{ "no JSON", "{", "", FINDING_ERROR, "with this file no image is accepted" },
	{ "no default", "{}", "", FINDING_ERROR, "policy.json: default: missing" },
	{ "a comment", "{/* */}", "", FINDING_ERROR, "policy.json" },
	{ "no YAML", SIGNED, "docker: [", FINDING_ERROR, "no image of a registry is accepted" },
	{ "no URL", SIGNED, "docker: {q.example.com: {lookaside: 1}}", FINDING_ERROR,
	    "is not a text" },
	{ "says nothing", SIGNED, "kind: MachineConfig\n", FINDING_NOTE, "it says nothing" },
	{ "a broken policy, and a store", "{", "docker: {h: {lookaside: 'ftp://h'}}", FINDING_ERROR,
	    "ftp://h" },

	/* requirements */
	{ "signedBaseLayer",
	    POLICY(
		"[{\"type\":\"signedBaseLayer\",\"baseLayerIdentity\":{\"type\":\"matchExact\"}}]",
		""),
	    "", FINDING_ERROR, "never implemented: it rejects every image" },
	{ "keyType",
	    DOCKER("\"h.example\":[{\"type\":\"signedBy\",\"keyType\":\"X509Certificates\","
		   "\"keyPath\":\"/k\"}]"),
	    "", FINDING_ERROR, "keyType \"X509Certificates\" was never implemented" },
	{ "no keys",
	    DOCKER(
		"\"h.example\":[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPaths\":[]}]"),
	    "", FINDING_ERROR, "no key is named" },
	{ "fulcio",
	    DOCKER(
		"\"h.example\":[{\"type\":\"sigstoreSigned\",\"fulcio\":{\"caPath\":\"/keys/p256."
		"pem\",\"oidcIssuer\":\"https://i\",\"subjectEmail\":\"a@b\"},"
		"\"rekorPublicKeyPath\":\"/keys/p256.pem\"}]"),
	    "", FINDING_NOTE, "relsig cannot judge signatures by \"fulcio\"" },
	{ "pki",
	    DOCKER("\"h.example\":[{\"type\":\"sigstoreSigned\",\"pki\":{\"caRootsPath\":\"/keys/"
		   "empty\",\"subjectEmail\":\"a@b\"}}]"),
	    "", FINDING_NOTE, "by \"pki\"" },
	{ "an empty authority",
	    DOCKER("\"h.example\":[{\"type\":\"sigstoreSigned\",\"pki\":{\"caRootsPath\":\"/keys/"
		   "empty\",\"subjectEmail\":\"a@b\"}}]"),
	    "", FINDING_ERROR, "/keys/empty: empty" },

	/* keys */
	{ "a key that is missing", DOCKER("\"h.example\":" GPG("/keys/none.asc")), "",
	    FINDING_ERROR,
	    "/keys/none.asc: No such file or directory: nothing is accepted without it" },
	{ "a key of the default", POLICY(GPG("/keys/none.asc"), ""), "", FINDING_ERROR,
	    "default[0].keyPath" },
	{ "a key in a directory that is not there", DOCKER("\"h.example\":" GPG("/etc/k/none.asc")),
	    "", FINDING_WARNING, "/etc/k/none.asc: not in the directory: it must be on the node" },
	{ "Red Hat's key in a directory that is not there",
	    DOCKER("\"h.example\":" GPG(NODE_RED_HAT_KEY_FILE)), "", FINDING_NOTE,
	    "it is taken for what Red Hat's nodes come with" },
	{ "a directory for a key", DOCKER("\"h.example\":" GPG("/keys")), "", FINDING_UNJUDGED,
	    "/keys" },
	{ "a relative path", DOCKER("\"h.example\":" GPG("keys/release.asc")), "", FINDING_ERROR,
	    "is a relative path" },
	{ "no key in the file", DOCKER("\"h.example\":" GPG("/keys/garbage.asc")), "",
	    FINDING_ERROR, "/keys/garbage.asc" },
	{ "version 6 alone", DOCKER("\"h.example\":" GPG("/keys/v6-only.asc")), "", FINDING_ERROR,
	    "/keys/v6-only.asc" },
	{ "a version 6 key too", DOCKER("\"h.example\":" GPG("/keys/v6.asc")), "", FINDING_NOTE,
	    "left out: " },
	{ "a short key", DOCKER("\"h.example\":" GPG("/keys/rsa1024.asc")), "", FINDING_WARNING,
	    "its primary key is too short" },
	{ "short keys alone", DOCKER("\"h.example\":" GPG("/keys/rsa1024.asc")), "", FINDING_ERROR,
	    "no primary key that can be used" },
	{ "no key in the data", DOCKER("\"h.example\":" GPG_DATA("eA==")), "", FINDING_ERROR,
	    "transports.docker[\"h.example\"][0].keyData" },
	{ "an OpenPGP key for sigstore", DOCKER("\"h.example\":" SIGSTORE(KEY)), "", FINDING_ERROR,
	    KEY },
	{ "a short key for sigstore", DOCKER("\"h.example\":" SIGSTORE("/keys/rsa1024.pem")), "",
	    FINDING_WARNING, "/keys/rsa1024.pem" },
	{ "a key that others may write", DOCKER("\"h.example\":" GPG("/keys/writable.asc")), "",
	    FINDING_WARNING, "/keys/writable.asc: others than its owner may write it (0666)" },

	/* scopes and transports */
	{ "a typing error", POLICY(REJECT, "\"dokcer\":{\"\":" ACCEPT "}"), "", FINDING_ERROR,
	    "no transport is called \"dokcer\"" },
	{ "a scheme", DOCKER("\"docker://quay.io\":" REJECT), "", FINDING_ERROR,
	    "without \"://\" before it" },
	{ "a short name", DOCKER("\"busybox\":" REJECT), "", FINDING_ERROR,
	    "the name that is searched for is docker.io/library/busybox" },
	{ "a slash", DOCKER("\"quay.io/\":" REJECT), "", FINDING_ERROR, "it ends in '/'" },
	{ "a wildcard with a port", DOCKER("\"*.example.com:5000\":" REJECT), "", FINDING_ERROR,
	    "'*' stands only in" },

	/* what decides instead of what */
	{ "below a host", DOCKER("\"q.example\":" GPG(KEY) ",\"q.example/a\":" ACCEPT), "",
	    FINDING_WARNING,
	    "in place of transports.docker[\"q.example\"], which wants signatures" },
	{ "below a wildcard", DOCKER("\"*.example\":" GPG(KEY) ",\"q.example:5000\":" ACCEPT), "",
	    FINDING_WARNING, "in place of transports.docker[\"*.example\"]" },
	{ "below the transport", DOCKER("\"\":" GPG(KEY) ",\"q.example\":" ACCEPT), "",
	    FINDING_WARNING, "in place of transports.docker[\"\"]" },
	{ "the transport below the default", POLICY(GPG(KEY), "\"docker\":{\"\":" ACCEPT "}"), "",
	    FINDING_WARNING, "in place of default, which wants signatures" },
	{ "below sigstore",
	    DOCKER("\"q.example\":" SIGSTORE("/keys/p256.pem") ",\"q.example/a\":" ACCEPT), "",
	    FINDING_WARNING, "in place of transports.docker[\"q.example\"]" },
	{ "a tag", DOCKER("\"q.example/a\":" ACCEPT ",\"q.example/a:1\":" GPG(KEY)), "",
	    FINDING_WARNING,
	    "for this tag alone: by digest, or another tag, "
	    "transports.docker[\"q.example/a\"] decides, which accepts anything" },
	{ "a tag below the default", DOCKER("\"q.example:5000/a:1\":" ACCEPT), "", FINDING_WARNING,
	    "for this tag alone" },

	/* Red Hat's registries */
	{ "not verified", POLICY(ACCEPT, ""), "", FINDING_WARNING,
	    "images of registry.redhat.io are not verified" },
	{ "one of them", POLICY(ACCEPT, "\"docker\":{\"registry.redhat.io\":" REJECT "}"), "",
	    FINDING_WARNING, "images of registry.access.redhat.com are not verified" },

	/* registries.d */
	{ "http", SIGNED, "docker: {q.example.com: {lookaside: 'http://s/x'}}", FINDING_WARNING,
	    "http://s/x: over plain http" },
	{ "http, the older name", SIGNED, "docker: {q.example.com: {sigstore: 'http://s/x'}}",
	    FINDING_WARNING, "http://s/x: over plain http" },
	{ "another scheme", SIGNED, "docker: {q.example.com: {lookaside: 'ftp://s/x'}}",
	    FINDING_ERROR, "ftp://s/x" },
	{ "a path", SIGNED, "docker: {q.example.com: {lookaside: '/var/lib/s'}}", FINDING_ERROR,
	    "/var/lib/s" },
	{ "both names", SIGNED,
	    "docker: {q.example.com: {" STORE ", sigstore: 'https://other.example'}}",
	    FINDING_WARNING, "\"sigstore\" https://other.example is not read" },
	{ "a scope that no image has", SIGNED, "docker: {'q.example.com/': {" STORE "}}",
	    FINDING_ERROR, "docker[\"q.example.com/\"]: no image has this scope" },
	{ "a store that nobody reads", SIGNED, "docker: {other.example: {" STORE "}}",
	    FINDING_WARNING, "docker[\"other.example\"]: nobody reads https://s.example.com/x" },
	{ "a default store that nobody reads", DOCKER("\"\":" ACCEPT),
	    "default-docker: {" STORE "}\n", FINDING_WARNING, "default-docker: nobody reads" },
	{ "a store for sigstore alone", DOCKER("\"q.example.com\":" SIGSTORE("/keys/p256.pem")),
	    SIGNED_STORE, FINDING_WARNING, "nobody reads" },
	{ "attachments that nobody reads", SIGNED,
	    "docker: {q.example.com: {" STORE ", use-sigstore-attachments: true}}", FINDING_WARNING,
	    "use-sigstore-attachments is on, and no sigstoreSigned" },
	{ "no attachments", DOCKER("\"q.example.com\":" SIGSTORE("/keys/p256.pem")), "",
	    FINDING_ERROR, "use-sigstore-attachments is not switched on" },
	{ "attachments elsewhere", DOCKER("\"q.example.com\":" SIGSTORE("/keys/p256.pem")),
	    "docker: {other.example: {use-sigstore-attachments: true}}", FINDING_ERROR,
	    "use-sigstore-attachments is not switched on" },
	{ "attachments switched off", DOCKER("\"q.example.com/a\":" SIGSTORE("/keys/p256.pem")),
	    "docker: {q.example.com: {use-sigstore-attachments: false}}\n"
	    "default-docker: {use-sigstore-attachments: true}\n",
	    FINDING_ERROR, "use-sigstore-attachments is not switched on" },
	{ "no store", SIGNED, "", FINDING_WARNING, "a node asks its own disk for them" },
	{ "no store for the default", POLICY(GPG(KEY), ""), "", FINDING_WARNING,
	    "a node asks its own disk for them" },
	{ "what the default does", SIGNED, SIGNED_STORE, FINDING_NOTE,
	    "what no scope names: it rejects everything" },
};

/* Nothing is wrong with these: only notes. */
static const struct {
	const char *name, *policy, *registriesd;
} clean[] = {
	{ "a store", SIGNED, SIGNED_STORE },
	{ "registries.d is not known", SIGNED, NULL },
	{ "the older name", SIGNED, "docker: {q.example.com: {sigstore: 'https://s/x'}}" },
	{ "a store for a part", SIGNED, "docker: {q.example.com/a: {" STORE "}}" },
	{ "a store for more", SIGNED, "docker: {'*.example.com': {" STORE "}}" },
	{ "the default store", SIGNED, "default-docker: {" STORE "}" },
	{ "stores for the default", POLICY(GPG(KEY), ""), SIGNED_STORE },
	{ "a store on the disk", SIGNED, "docker: {q.example.com: {lookaside: 'file:///var/s'}}" },
	{ "staging alone", DOCKER("\"q.example.com\":" REJECT),
	    "default-docker: {lookaside-staging: 'file:///var/s'}" },
	{ "attachments", DOCKER("\"q.example.com\":" SIGSTORE("/keys/p256.pem")),
	    "docker: {q.example.com: {use-sigstore-attachments: true}}" },
	{ "attachments by default", DOCKER("\"q.example.com\":" SIGSTORE("/keys/p256.pem")),
	    "default-docker: {use-sigstore-attachments: true}" },
	{ "a list of what is allowed",
	    DOCKER("\"quay.io\":" ACCEPT ",\"a.example:5000/b\":" ACCEPT), "" },
	{ "stricter below", DOCKER("\"q.example\":" ACCEPT ",\"q.example/a\":" REJECT), "" },
	{ "a tag with the same decision",
	    DOCKER("\"q.example/a\":" REJECT ",\"q.example/a:1\":" REJECT), "" },
	{ "a digest",
	    DOCKER("\"q.example/a@sha256:"
		   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\":" ACCEPT),
	    "" },
	{ "a wildcard", DOCKER("\"*.example.com\":" ACCEPT), "" },
	{ "a namespace of docker.io", DOCKER("\"docker.io/busybox\":" ACCEPT), "" },
	{ "other transports",
	    POLICY(REJECT, "\"docker-daemon\":{\"\":" ACCEPT "},\"dir\":{\"/srv\":" ACCEPT
			   "},\"containers-storage\":{\"\":" ACCEPT "}"),
	    "" },
	{ "two requirements are as strict as the stricter",
	    POLICY("[{\"type\":\"insecureAcceptAnything\"},{\"type\":\"reject\"}]", ""), "" },
};

static void
copy_key(const char *from, const char *name)
{
	AUTO_STR char *path = xasprintf("%s/testdata/%s", TEST_SRCDIR, from);
	AUTO(err) e = ERR_INIT;
	AUTO(buf) content = BUF_INIT;

	ck_assert_msg(file_read(&content, path, MAX_KEY_FILE_BYTES, &e) == 0, "%s", err_msg(&e));
	tree_write(name, buf_bytes(&content));
}

static void
make_tree(void)
{
	AUTO_STR char *writable = NULL;

	tree_make();
	copy_key("keys/release.asc", "keys/release.asc");
	copy_key("keys/release.asc", "keys/writable.asc");
	copy_key("keys/garbage.asc", "keys/garbage.asc");
	copy_key("keys/v6.asc", "keys/v6.asc");
	copy_key("keys/v6-only.asc", "keys/v6-only.asc");
	copy_key("keys/rsa1024.asc", "keys/rsa1024.asc");
	copy_key("sigstore/keys/p256.pem", "keys/p256.pem");
	copy_key("sigstore/keys/rsa1024.pem", "keys/rsa1024.pem");
	tree_write_str("keys/empty", "");
	writable = tree_path("keys/writable.asc");
	ck_assert_int_eq(chmod(writable, 0666), 0);
}

static void
check_row(const char *policy, const char *registriesd, struct findings *out)
{
	AUTO_STR char *root = tree_path("");
	AUTO_STR char *policy_file = tree_path("policy.json");
	AUTO_STR char *registriesd_file = tree_path("a.yaml");
	const char *const names[] = { registriesd_file, NULL };
	const struct node_view view = { .root = root };
	const struct policy_check what = { .view = &view,
		.policy_file = policy_file,
		.registriesd_files = registriesd != NULL ? names : NULL };

	tree_write_str("policy.json", policy);
	tree_write_str("a.yaml", registriesd != NULL ? registriesd : "");
	policy_check(&what, out);
}

static void
add_lines(struct buf *text, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		buf_addf(text, "%s: %s: %s\n", finding_word(f->v[i].severity), f->v[i].place,
		    f->v[i].text);
}

static bool
has(const struct findings *f, enum finding_severity severity, const char *part)
{
	for (size_t i = 0; i < f->n; i++) {
		AUTO_STR char *line = xasprintf("%s: %s", f->v[i].place, f->v[i].text);

		if (f->v[i].severity == severity && strstr(line, part) != NULL)
			return true;
	}
	return false;
}

START_TEST(finds)
{
	AUTO(findings) f = FINDINGS_INIT;
	AUTO(buf) text = BUF_INIT;

	check_row(found[_i].policy, found[_i].registriesd, &f);
	add_lines(&text, &f);
	ck_assert_msg(has(&f, found[_i].severity, found[_i].part), "%s: no %s with \"%s\" in:\n%s",
	    found[_i].name, finding_word(found[_i].severity), found[_i].part, buf_str(&text));
}
END_TEST

START_TEST(finds_nothing)
{
	AUTO(findings) f = FINDINGS_INIT;
	AUTO(buf) text = BUF_INIT;

	check_row(clean[_i].policy, clean[_i].registriesd, &f);
	add_lines(&text, &f);
	ck_assert_msg(
	    findings_exit_status(&f) == 0, "%s: found:\n%s", clean[_i].name, buf_str(&text));
}
END_TEST

/* One broken thing hides no other. */
START_TEST(finds_all_at_once)
{
	AUTO(findings) f = FINDINGS_INIT;

	check_row(POLICY(ACCEPT, "\"dokcer\":{\"\":" ACCEPT
				 "},\"docker\":{\"busybox\":" GPG("/keys/none.asc") "}"),
	    "docker: {h: {lookaside: 'http://s'}, 'i/': {lookaside: 'ftp://s'}}\n", &f);
	ck_assert(has(&f, FINDING_ERROR, "dokcer"));
	ck_assert(has(&f, FINDING_ERROR, "docker.io/library/busybox"));
	ck_assert(has(&f, FINDING_ERROR, "/keys/none.asc"));
	ck_assert(has(&f, FINDING_WARNING, "registry.redhat.io"));
	ck_assert(has(&f, FINDING_WARNING, "plain http"));
	ck_assert(has(&f, FINDING_ERROR, "ftp://s"));
	ck_assert_int_eq(findings_exit_status(&f), 1);
}
END_TEST

/* A file of registries.d that cannot be read: what needs all of them is not said. */
START_TEST(says_nothing_of_what_it_does_not_know)
{
	AUTO(findings) f = FINDINGS_INIT;

	check_row(SIGNED, "docker: [", &f);
	ck_assert(has(&f, FINDING_ERROR, "a.yaml"));
	ck_assert(!has(&f, FINDING_WARNING, ""));
}
END_TEST

START_TEST(counts_what_cannot_be_judged)
{
	AUTO_STR char *missing = tree_path("missing.json");
	const struct node_view view = { .root = "" };
	const char *const none[] = { NULL };
	const struct policy_check what = {
		.view = &view, .policy_file = missing, .registriesd_files = none
	};
	AUTO(findings) f = FINDINGS_INIT;

	policy_check(&what, &f);
	ck_assert(has(&f, FINDING_UNJUDGED, "missing.json"));
	ck_assert_int_eq(findings_exit_status(&f), 2);
	findings_add(&f, FINDING_WARNING, "a", "b");
	ck_assert_int_eq(findings_exit_status(&f), 1);
}
END_TEST

START_TEST(findings_decide_the_status)
{
	static const struct {
		enum finding_severity severity;
		int status;
	} rows[] = { { FINDING_UNSET, 2 }, { FINDING_UNJUDGED, 2 }, { FINDING_ERROR, 1 },
		{ FINDING_WARNING, 1 }, { FINDING_NOTE, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(findings) f = FINDINGS_INIT;

		ck_assert_int_eq(findings_exit_status(&f), 0);
		findings_add(&f, rows[i].severity, "place", "%s", "text");
		findings_add(&f, rows[i].severity, "place", "%s", "text");
		ck_assert_uint_eq(f.n, 1);
		ck_assert_int_eq(findings_exit_status(&f), rows[i].status);
	}
}
END_TEST

START_TEST(names_a_place_once)
{
	AUTO(findings) f = FINDINGS_INIT;

	findings_add(&f, FINDING_ERROR, "a.yaml", "a.yaml: no YAML");
	findings_add(&f, FINDING_ERROR, "a.yaml", "no YAML");
	findings_add(&f, FINDING_ERROR, "a.yaml", "a.yaml.old: no YAML");
	ck_assert_uint_eq(f.n, 2);
	ck_assert_str_eq(f.v[0].text, "no YAML");
	ck_assert_str_eq(f.v[1].text, "a.yaml.old: no YAML");
}
END_TEST

Suite *
policy_check_suite(void)
{
	Suite *s = suite_create("policy_check");
	TCase *t = tcase_create("policy_check");

	tcase_add_checked_fixture(t, make_tree, tree_remove);
	tcase_add_loop_test(t, finds, 0, (int)ARRAY_LEN(found));
	tcase_add_loop_test(t, finds_nothing, 0, (int)ARRAY_LEN(clean));
	tcase_add_test(t, finds_all_at_once);
	tcase_add_test(t, says_nothing_of_what_it_does_not_know);
	tcase_add_test(t, counts_what_cannot_be_judged);
	tcase_add_test(t, findings_decide_the_status);
	tcase_add_test(t, names_a_place_once);
	suite_add_tcase(s, t);
	return s;
}
