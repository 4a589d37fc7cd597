/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "verify/policy_explain.h"

#define GPG(paths) "[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPaths\":[" paths "]}]"
#define POLICY                                                                                     \
	"{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{"                        \
	"\"q.example/one\":" GPG("\"/release.asc\"") ","                                           \
						     "\"q.example/none\":" GPG(                    \
							 "\"/none.asc\", \"/release.asc\", "       \
							 "\"/garbage.asc\"") ","                   \
									     "\"*.example\":[{"    \
									     "\"type\":"           \
									     "\"sigstoreSigned\"," \
									     "\"keyPath\":\"/"     \
									     "p256.pem\","         \
									     "\"rekorPublicKeyPat" \
									     "h\":\"/"             \
									     "p256.pem\","         \
									     "\"signedIdentity\":" \
									     "{\"type\":"          \
									     "\"matchRepository\"" \
									     "}},"                 \
									     "{\"type\":"          \
									     "\"insecureAcceptAny" \
									     "thing\"}],"          \
									     "\"pki.example\":[{"  \
									     "\"type\":"           \
									     "\"sigstoreSigned\"," \
									     "\"pki\":{"           \
									     "\"caRootsPath\":\"/" \
									     "p256.pem\","         \
									     "\"subjectEmail\":"   \
									     "\"a@b\"}}]},"        \
									     "\"dir\":{\"\":[{"    \
									     "\"type\":"           \
									     "\"signedBy\","       \
									     "\"keyType\":"        \
									     "\"GPGKeys\","        \
									     "\"keyPath\":"        \
									     "\"/"                 \
									     "release.asc\"}]}}}"
#define RELEASE_KEY "4EDB57D1B2E4C666DD00CE03EE46194CB49E4007"
#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* One line for all that was explained: place; then each requirement, with its keys and name. */
static const struct {
	const char *image;
	enum errc code; /* of the refusal, otherwise text is what is explained */
	const char *text;
	bool incomplete;
} rows[] = {
	{ "q.example/one:1@" DIGEST, E_INVALID, "both a tag and a digest", false },
	{ "dir:/nonexistent/image", E_NOT_FOUND, "/nonexistent/image", false },
	{ "q.example/none:1", E_NONE,
	    "transports.docker[\"q.example/none\"]; signedBy key OpenPGP " RELEASE_KEY
	    " as q.example/none:1",
	    true },
	{ "q.example/one:1", E_NONE,
	    "transports.docker[\"q.example/one\"]; signedBy key OpenPGP " RELEASE_KEY
	    " as q.example/one:1",
	    false },
	{ "q.example/one/two@" DIGEST, E_NONE,
	    "transports.docker[\"q.example/one\"]; signedBy key OpenPGP " RELEASE_KEY
	    " as q.example/one/two (any tag or digest)",
	    false },
	{ "q.example/other:1", E_NONE,
	    "transports.docker[\"*.example\"]; sigstoreSigned key ECDSA 256 log ECDSA 256"
	    " as q.example/other (any tag or digest, or none); insecureAcceptAnything",
	    false },
	{ "pki.example/a:1", E_NONE,
	    "transports.docker[\"pki.example\"]; sigstoreSigned key certificates as "
	    "pki.example/a:1",
	    false },
	{ "quay.io/a:1", E_NONE, "default; reject", false },
	{ "4.14.3-x86_64", E_NONE, "default; reject", false },
	{ "dir:/", E_NONE,
	    "transports.dir[\"\"]; signedBy key OpenPGP " RELEASE_KEY
	    " as nothing: the signed name is compared with the image's, which "
	    "has none",
	    false },
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
	tree_make();
	copy_key("keys/release.asc", "release.asc");
	copy_key("keys/garbage.asc", "garbage.asc");
	copy_key("sigstore/keys/p256.pem", "p256.pem");
	tree_write_str("etc/containers/policy.json", POLICY);
	tree_write_str("etc/containers/registries.d/a.yaml",
	    "docker: {q.example: {lookaside: 'https://s.example/x'}}\n");
}

static char *
joined(const struct explanation *x)
{
	AUTO(buf) b = BUF_INIT;

	buf_add_str(&b, x->entry->place);
	for (size_t i = 0; i < x->n; i++) {
		const struct explained_requirement *r = &x->v[i];

		buf_addf(&b, "; %s", policy_requirement_word(r->requirement->type));
		for (size_t k = 0; k < r->n_keys; k++) {
			bool openpgp = strcmp(r->keys[k].kind, "OpenPGP") == 0;

			buf_addf(&b, " %s %s%s%s", r->keys[k].of_log ? "log" : "key",
			    r->keys[k].kind, openpgp ? " " : "",
			    openpgp ? r->keys[k].fingerprint : "");
		}
		if (r->identity != NULL)
			buf_addf(&b, " as %s", r->identity);
	}
	return buf_steal_str(&b);
}

START_TEST(explains)
{
	AUTO_STR char *root = tree_path("");
	const struct node_config_options options = { .root = root };
	const struct node_view keys = { .root = root };
	const char *name = rows[_i].image;
	AUTO(node_config) config = NODE_CONFIG_INIT;
	AUTO(image_name) image = IMAGE_NAME_INIT;
	AUTO(explanation) x = EXPLANATION_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *text = NULL;
	int r;

	row_accepted(name, node_config_read(&config, &options, &e), &e);
	row_accepted(name, image_name_parse(&image, name, "x86_64", &e), &e);
	r = policy_explain(&x, &config, &keys, &image, &e);
	if (rows[_i].code != E_NONE) {
		row_refused(name, r, &e, rows[_i].code, rows[_i].text);
		return;
	}
	row_accepted(name, r, &e);
	text = joined(&x);
	row_string(name, "the explanation", text, rows[_i].text);
	ck_assert_msg(x.complete == !rows[_i].incomplete, "%s: complete %d", name, x.complete);
}
END_TEST

/* Each key that cannot be read is named; what can be read is there all the same. */
START_TEST(names_what_it_cannot_read)
{
	AUTO_STR char *root = tree_path("");
	const struct node_config_options options = { .root = root };
	const struct node_view keys = { .root = root };
	AUTO(node_config) config = NODE_CONFIG_INIT;
	AUTO(image_name) image = IMAGE_NAME_INIT;
	AUTO(explanation) x = EXPLANATION_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("read", node_config_read(&config, &options, &e), &e);
	row_accepted("name", image_name_parse(&image, "q.example/none:1", "x86_64", &e), &e);
	row_accepted("explain", policy_explain(&x, &config, &keys, &image, &e), &e);
	ck_assert_uint_eq(x.v[0].n_unreadable, 2);
	ck_assert_ptr_nonnull(strstr(x.v[0].unreadable[0], "/none.asc"));
	ck_assert_ptr_nonnull(strstr(x.v[0].unreadable[1], "/garbage.asc"));
	ck_assert_str_eq(x.stores.lookaside, "https://s.example/x");
	ck_assert(!x.complete);
}
END_TEST

/* A node's own disk is named as the node will see it. */
START_TEST(names_the_disk_of_the_node)
{
	AUTO_STR char *root = tree_path("");
	const struct node_config_options options = { .root = root };
	const struct node_view keys = { .root = root };
	AUTO(node_config) config = NODE_CONFIG_INIT;
	AUTO(image_name) image = IMAGE_NAME_INIT;
	AUTO(explanation) x = EXPLANATION_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("read", node_config_read(&config, &options, &e), &e);
	row_accepted("name", image_name_parse(&image, "other.example/a:1", "x86_64", &e), &e);
	row_accepted("explain", policy_explain(&x, &config, &keys, &image, &e), &e);
	ck_assert_str_eq(x.stores.lookaside, "file:///var/lib/containers/sigstore");
}
END_TEST

Suite *
policy_explain_suite(void)
{
	Suite *s = suite_create("policy_explain");
	TCase *t = tcase_create("policy_explain");

	tcase_add_checked_fixture(t, make_tree, tree_remove);
	tcase_add_loop_test(t, explains, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, names_what_it_cannot_read);
	tcase_add_test(t, names_the_disk_of_the_node);
	suite_add_tcase(s, t);
	return s;
}
