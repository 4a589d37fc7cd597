/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "rows.h"
#include "suites.h"
#include "transport/certs.h"
#include "tree.h"

static const struct deadline never = DEADLINE_NEVER;

static const struct {
	const char *name;
	const char *files[3];
	enum errc code;
	const char *parts[2];
} refused[] = {
	{ "a certificate without its key", { "client.cert" }, E_USAGE,
	    { "client.cert", "client.key" } },
	{ "a key without its certificate", { "client.key" }, E_USAGE,
	    { "client.key", "client.cert" } },
	{ "another's key", { "a.cert", "b.key" }, E_USAGE, { "a.cert", "a.key" } },
	{ "an authority named like a client", { "ca.cert" }, E_USAGE, { "*.crt", "ca.key" } },
	{ "a directory named like a certificate", { "x.crt/file" }, E_IO,
	    { "x.crt", "directory" } },
};

START_TEST(refuses_directories)
{
	const char *name = refused[_i].name;
	AUTO_STR char *directory = tree_path("d");
	AUTO(certs) c = CERTS_INIT;
	AUTO(err) e = ERR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(refused[_i].files) && refused[_i].files[i] != NULL; i++) {
		AUTO_STR char *path = xasprintf("d/%s", refused[_i].files[i]);

		tree_write_str(path, "x");
	}
	for (i = 0; i < 2; i++)
		row_refused(name, certs_read(&c, directory, "host", &never, &e), &e,
		    refused[_i].code, refused[_i].parts[i]);
	ck_assert_uint_eq(c.ca.n + c.certificate.n + c.key.n, 0);
}
END_TEST

START_TEST(refuses_a_second_pair)
{
	AUTO_STR char *directory = tree_path("d");
	AUTO(certs) c = CERTS_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("d/a.cert", "x");
	tree_write_str("d/a.key", "x");
	tree_write_str("d/b.cert", "x");
	tree_write_str("d/b.key", "x");
	row_refused(
	    "two pairs", certs_read(&c, directory, "host", &never, &e), &e, E_USAGE, "b.cert");
}
END_TEST

START_TEST(refuses_what_was_named_and_is_not_there)
{
	AUTO_STR char *directory = tree_path("nowhere");
	AUTO(certs) c = CERTS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("--cert-dir", certs_read(&c, directory, "host", &never, &e), &e, E_NOT_FOUND,
	    "nowhere");
}
END_TEST

static void
write_sized(const char *name, size_t n)
{
	AUTO_STR char *zeros = xcalloc(n, 1);

	tree_write(name, bytes_of(zeros, n));
}

START_TEST(keeps_the_cap)
{
	AUTO_STR char *directory = tree_path("d");
	AUTO(certs) c = CERTS_INIT;
	AUTO(err) e = ERR_INIT;

	write_sized("d/a.crt", MAX_CERTS_BYTES);
	row_accepted("at the cap", certs_read(&c, directory, "host", &never, &e), &e);
	ck_assert_uint_eq(c.ca.n, MAX_CERTS_BYTES);
	certs_free(&c);
	write_sized("d/a.crt", MAX_CERTS_BYTES + 1);
	row_refused(
	    "above it", certs_read(&c, directory, "host", &never, &e), &e, E_TOO_LARGE, "d");
	err_free(&e);
	write_sized("d/a.crt", MAX_CERTS_BYTES);
	write_sized("d/b.crt", 1);
	row_refused("in all", certs_read(&c, directory, "host", &never, &e), &e, E_TOO_LARGE, "d");
}
END_TEST

START_TEST(reads_a_directory)
{
	AUTO_STR char *directory = tree_path("d");
	AUTO(certs) c = CERTS_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("d/b.crt", "second");
	tree_write_str("d/a.crt", "first");
	tree_write_str("d/me.cert", "certificate");
	tree_write_str("d/me.key", "key");
	tree_write_str("d/.hidden.crt", "no");
	tree_write_str("d/README", "no");
	tree_write_str("d/ca.pem", "no");
	row_accepted("all kinds", certs_read(&c, directory, "../..", &never, &e), &e);
	row_string("all kinds", "ca", buf_str(&c.ca), "first\nsecond\n");
	row_string("all kinds", "certificate", buf_str(&c.certificate), "certificate\n");
	row_string("all kinds", "key", buf_str(&c.key), "key\n");
}
END_TEST

/* Which directory of the home a server's name leads to. */
static const struct {
	const char *name, *host_port, *want;
} places[] = {
	{ "a host with a port", "host.test:5000", "with port\n" },
	{ "a host", "host.test", "without\n" },
	{ "an address", "[::1]:5000", "six\n" },
	{ "another port", "host.test:5001", "" },
	{ "another host", "other.test", "" },
	{ "no host", "", "" },
	{ "upwards", "..", "" },
	{ "the same", ".", "" },
	{ "hidden", ".hidden", "" },
	{ "elsewhere", "../certs.d/host.test", "" },
	{ "below", "host.test/below", "" },
};

START_TEST(finds_the_directory_of_a_server)
{
	const char *old = getenv("HOME");
	AUTO_STR char *saved = old != NULL ? xstrdup(old) : NULL;
	AUTO_STR char *home = tree_path("");
	AUTO(certs) c = CERTS_INIT;
	AUTO(err) e = ERR_INIT;
	int r;

	tree_write_str(".config/containers/certs.d/host.test:5000/ca.crt", "with port");
	tree_write_str(".config/containers/certs.d/host.test/ca.crt", "without");
	tree_write_str(".config/containers/certs.d/host.test/below/ca.crt", "no");
	tree_write_str(".config/containers/certs.d/[::1]:5000/ca.crt", "six");
	tree_write_str(".config/containers/certs.d/ca.crt", "no");
	tree_write_str(".config/containers/certs.d/.hidden/ca.crt", "no");
	tree_write_str(".config/containers/ca.crt", "no");
	setenv("HOME", home, 1);
	r = certs_read(&c, NULL, places[_i].host_port, &never, &e);
	if (saved != NULL)
		setenv("HOME", saved, 1);
	else
		unsetenv("HOME");
	row_accepted(places[_i].name, r, &e);
	row_string(places[_i].name, "ca", buf_str(&c.ca), places[_i].want);
}
END_TEST

START_TEST(reads_the_systems_authorities)
{
	AUTO_STR char *directory = tree_path("d");
	AUTO_STR char *nowhere = tree_path("nowhere");
	AUTO(buf) ca = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("d/a.pem", "a");
	tree_write_str("d/b.0", "b");
	tree_directory("d/c");
	tree_link("d/dangling", "/nonexistent/x");
	row_accepted("missing", certs_read_authorities(&ca, nowhere, &e), &e);
	ck_assert_uint_eq(ca.n, 0);
	row_accepted("files", certs_read_authorities(&ca, directory, &e), &e);
	row_string("files", "ca", buf_str(&ca), "a\nb\n");
	write_sized("d/z", MAX_CERTS_BYTES);
	row_refused(
	    "above the cap", certs_read_authorities(&ca, directory, &e), &e, E_TOO_LARGE, "d");
}
END_TEST

Suite *
certs_suite(void)
{
	Suite *s = suite_create("certs");
	TCase *t = tcase_create("refuses");

	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_loop_test(t, refuses_directories, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, refuses_a_second_pair);
	tcase_add_test(t, refuses_what_was_named_and_is_not_there);
	tcase_add_test(t, keeps_the_cap);
	suite_add_tcase(s, t);
	t = tcase_create("reads");
	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_test(t, reads_a_directory);
	tcase_add_loop_test(t, finds_the_directory_of_a_server, 0, (int)ARRAY_LEN(places));
	tcase_add_test(t, reads_the_systems_authorities);
	suite_add_tcase(s, t);
	return s;
}
