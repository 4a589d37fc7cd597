/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/limits.h"
#include "expect_store.h"
#include "rows.h"
#include "suites.h"
#include "transport/store.h"
#include "tree.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIRECTORY "store/sha256=" HEX "/"

static const struct {
	const char *name, *url, *part;
} refused_urls[] = {
	{ "empty", "", "begins with none of" },
	{ "a path", "/srv/store", "want file:///srv/store" },
	{ "a relative path", "store", "begins with none of" },
	{ "another scheme", "ftp://host/store", "begins with none of" },
	{ "no slashes", "https:host/store", "begins with none of" },
	{ "a scheme's beginning", "httpsx://host/", "begins with none of" },
	{ "no host", "https:///store", "no host" },
	{ "no host but a query", "https://?x", "no host" },
	{ "user info", "https://user:secret@host/store", "user name" },
	{ "user info without a path", "http://user@host", "user name" },
	{ "a host that is written otherwise", "http://ab%69/store", "\"%\" in the host" },
	{ "something after an address", "http://[::1]%41/store", "\"%\" in the host" },
	{ "a fragment", "https://host/store#x", "\"#\"" },
	{ "a space", "https://host/my store", "space" },
	{ "a line break", "https://host/\r\nX: y", "control character" },
	{ "a control character in a path", "file:///srv/\001", "control character" },
	{ "a relative file URL", "file://store", "ABSOLUTE" },
	{ "a file URL of another host", "file://host/store", "ABSOLUTE" },
	{ "a file URL alone", "file://", "ABSOLUTE" },
	{ "a query after a file", "file:///srv/store?x", "%3F" },
	{ "a fragment after a file", "file:///srv/store#x", "%23" },
	{ "percent at the end", "file:///srv/100%", "%25" },
	{ "percent and one digit", "file:///srv/%4", "%25" },
	{ "percent and no digits", "file:///srv/%zz", "%25" },
	{ "percent and NUL", "file:///srv/%00", "%25" },
};

START_TEST(refuses_urls)
{
	const char *name = refused_urls[_i].name;
	struct digest d = { "sha256:" HEX };
	AUTO_PTR(store_iter) it = NULL;
	AUTO(err) e = ERR_INIT;
	AUTO(err) again = ERR_INIT;

	row_refused(
	    name, store_check_url(refused_urls[_i].url, &e), &e, E_USAGE, refused_urls[_i].part);
	ck_assert_msg(strstr(err_msg(&e), "secret") == NULL, "%s: tells a password", name);
	row_refused(name, store_open(&it, refused_urls[_i].url, &d, NULL, &again), &again, E_USAGE,
	    refused_urls[_i].part);
	ck_assert_msg(it == NULL, "%s: left an iterator behind", name);
}
END_TEST

static const struct {
	const char *url;
	bool network;
} accepted_urls[] = {
	{ "https://mirror.example.com/pub/signatures", true },
	{ "HTTPS://mirror.example.com", true },
	{ "http://127.0.0.1:8080/", true },
	{ "http://[fe80::1%25eth0]:8080/100%25", true },
	{ "https://host/a@b?c=d@e", true },
	{ "file:///srv/store", false },
	{ "File:///srv/store/", false },
	{ "file://localhost/srv/store", false },
	{ "file:///", false },
	{ "file:///srv/my store/%C3%A9%25", false },
};

START_TEST(accepts_urls)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(accepted_urls[_i].url, store_check_url(accepted_urls[_i].url, &e), &e);
	ck_assert_msg(store_needs_network(accepted_urls[_i].url) == accepted_urls[_i].network, "%s",
	    accepted_urls[_i].url);
}
END_TEST

START_TEST(url_length)
{
	AUTO_STR char *url = xmalloc(MAX_URL_BYTES + 2);
	AUTO(err) e = ERR_INIT;

	memset(url, 'a', MAX_URL_BYTES + 1);
	memcpy(url, "https://", 8);
	url[MAX_URL_BYTES + 1] = '\0';
	row_refused("over the cap", store_check_url(url, &e), &e, E_USAGE, "more than");
	err_free(&e);
	url[MAX_URL_BYTES] = '\0';
	row_accepted("at the cap", store_check_url(url, &e), &e);
}
END_TEST

/* Nothing but 64 hex digits may become a part of a path. */
START_TEST(refuses_digests)
{
	static const char *const digests[] = { "", "sha256:", "sha256:../../../../etc",
		"sha512:" HEX HEX, "sha256:" HEX "0" };
	AUTO_PTR(store_iter) it = NULL;
	struct digest d = { "" };
	AUTO(err) e = ERR_INIT;

	memcpy(d.text, digests[_i], strlen(digests[_i]) + 1);
	row_refused(
	    digests[_i], store_open(&it, "file:///srv", &d, NULL, &e), &e, E_UNSUPPORTED, "sha256");
}
END_TEST

START_TEST(network_store_without_network)
{
	struct digest d = { "sha256:" HEX };
	AUTO_PTR(store_iter) it = NULL;
	AUTO(err) e = ERR_INIT;

	row_refused(
	    "https", store_open(&it, "https://host/", &d, NULL, &e), &e, E_USAGE, "no network");
}
END_TEST

/* A store in the test's tree, as the URL names it. */
static struct store_iter *
open_tree(const char *store)
{
	AUTO_STR char *path = tree_path(store);
	AUTO_STR char *url = xasprintf("file://%s", path);
	struct digest d = { "sha256:" HEX };
	struct store_iter *it = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted(store, store_open(&it, url, &d, NULL, &e), &e);
	return it;
}

START_TEST(reads_files)
{
	AUTO_PTR(store_iter) it = NULL;

	tree_write_str(DIRECTORY "signature-1", "one");
	tree_write_str(
	    DIRECTORY "signature-2", ""); /* an item: it is refused as no signature later */
	tree_write_str(DIRECTORY "signature-3", "three");
	tree_write_str(DIRECTORY "signature-5", "after a gap");
	it = open_tree("store");
	expect_item(it, "one", DIRECTORY "signature-1");
	expect_item(it, "", DIRECTORY "signature-2");
	expect_item(it, "three", DIRECTORY "signature-3");
	expect_end(it);
}
END_TEST

START_TEST(reads_spellings_of_the_store)
{
	static const char *const spellings[] = { "store/", "store///", "%73tore", "x/../store" };
	AUTO_PTR(store_iter) it = NULL;

	tree_write_str(DIRECTORY "signature-1", "one");
	tree_directory("x");
	it = open_tree(spellings[_i]);
	expect_item(it, "one", "signature-1");
	expect_end(it);
}
END_TEST

/* Absent signatures are an outcome; an absent store is a failure. */
START_TEST(tells_nothing_from_no_store)
{
	AUTO_PTR(store_iter) no_store = open_tree("store");
	AUTO_PTR(store_iter) no_digest = NULL;
	AUTO_PTR(store_iter) no_signature = NULL;

	expect_failure(no_store, E_IO, "no such directory");
	tree_directory("store");
	no_digest = open_tree("store");
	expect_end(no_digest);
	tree_directory(DIRECTORY);
	no_signature = open_tree("store");
	expect_end(no_signature);
}
END_TEST

START_TEST(refuses_a_store_that_is_a_file)
{
	AUTO_PTR(store_iter) it = NULL;

	tree_write_str("store", "");
	it = open_tree("store");
	expect_failure(it, E_IO, "Not a directory");
}
END_TEST

START_TEST(refuses_a_digest_that_is_a_file)
{
	AUTO_PTR(store_iter) it = NULL;

	tree_write_str("store/sha256=" HEX, "");
	it = open_tree("store");
	expect_failure(it, E_IO, "not a directory");
}
END_TEST

START_TEST(refuses_links)
{
	AUTO_PTR(store_iter) it = NULL;

	tree_write_str("elsewhere", "one");
	tree_directory(DIRECTORY);
	tree_link(DIRECTORY "signature-1", "../../elsewhere");
	it = open_tree("store");
	expect_failure(it, E_IO, "symbolic link");
}
END_TEST

START_TEST(refuses_directories_and_pipes)
{
	AUTO_PTR(store_iter) it = NULL;
	AUTO_STR char *path = tree_path(DIRECTORY "signature-1");

	tree_directory(DIRECTORY);
	if (_i == 0)
		ck_assert_int_eq(mkdir(path, 0700), 0);
	else
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	it = open_tree("store");
	expect_failure(it, E_IO, "signature-1");
}
END_TEST

/* A blob at the cap is an item, one byte more is a failure. */
START_TEST(item_size)
{
	AUTO_STR char *big = xmalloc(MAX_SIGNATURE_BYTES + 2);
	AUTO_PTR(store_iter) it = NULL;

	memset(big, 'x', MAX_SIGNATURE_BYTES + 1);
	big[MAX_SIGNATURE_BYTES + 1] = '\0';
	tree_write_str(DIRECTORY "signature-2", big);
	big[MAX_SIGNATURE_BYTES] = '\0';
	tree_write_str(DIRECTORY "signature-1", big);
	it = open_tree("store");
	expect_item(it, big, "signature-1");
	expect_failure(it, E_TOO_LARGE, "signature-2");
}
END_TEST

/* Up to the cap they are read; what comes after is not asked for. */
START_TEST(item_count)
{
	AUTO_PTR(store_iter) it = NULL;
	unsigned i;

	for (i = 1; i <= MAX_SIGNATURES_PER_STORE + 1; i++) {
		AUTO_STR char *name = xasprintf(DIRECTORY "signature-%u", i);

		tree_write_str(name, "x");
	}
	it = open_tree("store");
	for (i = 1; i <= MAX_SIGNATURES_PER_STORE; i++)
		expect_item(it, "x", "signature-");
	expect_end(it);
}
END_TEST

/* The lookaside store of an image in the tree's "store". */
static struct store_iter *
open_lookaside(void)
{
	AUTO_STR char *path = tree_path("store");
	AUTO_STR char *url = xasprintf("file://%s", path);
	AUTO(reference) image = REFERENCE_INIT;
	struct digest d = { "sha256:" HEX };
	struct store_iter *it = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("image", reference_parse(&image, "host:5000/a/b:tag", &e), &e);
	row_accepted(url, store_open_lookaside(&it, url, &image, &d, NULL, &e), &e);
	return it;
}

#define LOOKASIDE "store/a/b@sha256=" HEX "/"

START_TEST(reads_lookaside_files)
{
	AUTO_PTR(store_iter) no_store = open_lookaside();
	AUTO_PTR(store_iter) no_digest = open_lookaside();
	AUTO_PTR(store_iter) it = open_lookaside();

	expect_end(no_store);
	tree_write_str("store/a/b/sha256=" HEX "/signature-1", "elsewhere");
	expect_end(no_digest);
	tree_write_str(LOOKASIDE "signature-1", "one");
	tree_write_str(LOOKASIDE "signature-2", "two");
	expect_item(it, "one", "b@sha256=" HEX "/signature-1");
	expect_item(it, "two", "signature-2");
	expect_end(it);
}
END_TEST

START_TEST(refuses_a_lookaside_store_in_the_way)
{
	AUTO_PTR(store_iter) it = open_lookaside();

	tree_write_str("store/a", "a file");
	expect_failure(it, E_IO, "store/a/b@sha256=");
}
END_TEST

/* Many signatures end an ordinary store; here nobody knows what the next would have been. */
START_TEST(lookaside_count)
{
	AUTO_PTR(store_iter) it = open_lookaside();
	unsigned i;

	for (i = 1; i <= MAX_SIGNATURES_PER_LOOKASIDE; i++) {
		AUTO_STR char *name = xasprintf(LOOKASIDE "signature-%u", i);

		tree_write_str(name, "x");
	}
	for (i = 1; i <= MAX_SIGNATURES_PER_LOOKASIDE; i++)
		expect_item(it, "x", "signature-");
	expect_failure(it, E_TOO_LARGE, "more than 127 signatures");
}
END_TEST

START_TEST(reads_files_by_prefix)
{
	AUTO_STR char *prefix = tree_path("image/signature-");
	AUTO_PTR(store_iter) it = store_open_files(prefix);
	AUTO_PTR(store_iter) missing = store_open_files(prefix);

	expect_failure(missing, E_IO, "no such directory");
	tree_write_str("image/signature-1", "one");
	tree_write_str("image/signature-2", "two");
	expect_item(it, "one", "image/signature-1");
	expect_item(it, "two", "image/signature-2");
	expect_end(it);
}
END_TEST

START_TEST(frees_nothing)
{
	store_iter_free(NULL);
}
END_TEST

Suite *
store_suite(void)
{
	Suite *s = suite_create("store");
	TCase *urls = tcase_create("urls");
	TCase *files = tcase_create("files");

	tcase_add_loop_test(urls, refuses_urls, 0, (int)ARRAY_LEN(refused_urls));
	tcase_add_loop_test(urls, accepts_urls, 0, (int)ARRAY_LEN(accepted_urls));
	tcase_add_test(urls, url_length);
	tcase_add_loop_test(urls, refuses_digests, 0, 5);
	tcase_add_test(urls, network_store_without_network);
	tcase_add_test(urls, frees_nothing);
	suite_add_tcase(s, urls);
	tcase_add_checked_fixture(files, tree_make, tree_remove);
	tcase_add_test(files, tells_nothing_from_no_store);
	tcase_add_test(files, refuses_a_store_that_is_a_file);
	tcase_add_test(files, refuses_a_digest_that_is_a_file);
	tcase_add_test(files, refuses_links);
	tcase_add_loop_test(files, refuses_directories_and_pipes, 0, 2);
	tcase_add_test(files, item_size);
	tcase_add_test(files, item_count);
	tcase_add_test(files, reads_files);
	tcase_add_loop_test(files, reads_spellings_of_the_store, 0, 4);
	tcase_add_test(files, reads_files_by_prefix);
	tcase_add_test(files, refuses_a_lookaside_store_in_the_way);
	tcase_add_test(files, lookaside_count);
	tcase_add_test(files, reads_lookaside_files);
	suite_add_tcase(s, files);
	return s;
}
