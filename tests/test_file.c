/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/file.h"
#include "rows.h"
#include "suites.h"

/* The directory of one test; paths below it are made by at() and live until leave(). */
static char *top;
static char **paths;
static size_t n_paths;

static void
enter(void)
{
	const char *tmp = getenv("TMPDIR");

	top = xasprintf("%s/relsig-test-XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	ck_assert_msg(mkdtemp(top) != NULL, "no temporary directory %s", top);
}

static void
remove_tree(const char *path)
{
	AUTO_STR char *child = NULL;
	struct dirent *entry;
	DIR *d;

	if (unlink(path) == 0 || (d = opendir(path)) == NULL)
		return;
	while ((entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		free(child);
		child = xasprintf("%s/%s", path, entry->d_name);
		remove_tree(child);
	}
	closedir(d);
	rmdir(path);
}

static void
leave(void)
{
	size_t i;

	remove_tree(top);
	for (i = 0; i < n_paths; i++)
		free(paths[i]);
	free(paths);
	paths = NULL;
	n_paths = 0;
	free(top);
	top = NULL;
}

static const char *
at(const char *name)
{
	char **slot = LIST_ADD(paths, n_paths);

	*slot = xasprintf("%s/%s", top, name);
	return *slot;
}

static size_t
entries(const char *path)
{
	size_t n = 0;
	DIR *d = opendir(path);

	ck_assert(d != NULL);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
make_file(const char *path, const char *content)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(path, file_write(path, bytes_of_str(content), 0600, &e), &e);
}

START_TEST(read_refuses)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	make_file(at("file"), "x");
	buf_add_str(&b, "old");
	row_refused(
	    "missing", file_read(&b, at("missing"), 9, &e), &e, E_NOT_FOUND, "No such file");
	ck_assert_uint_eq(b.n, 0);
	row_refused(
	    "below a file", file_read(&b, at("file/x"), 9, &e), &e, E_NOT_FOUND, "Not a directory");
	row_refused("empty path", file_read(&b, "", 9, &e), &e, E_NOT_FOUND, "No such file");
	row_refused("directory", file_read(&b, top, 9, &e), &e, E_IO, "a directory, want a file");
	row_refused("device", file_read(&b, "/dev/zero", 9, &e), &e, E_IO, "not a regular file");
	ck_assert_int_eq(symlink(at("loop"), at("loop")), 0);
	row_refused("link to itself", file_read(&b, at("loop"), 9, &e), &e, E_IO, "opening");
}
END_TEST

START_TEST(read_caps)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	make_file(at("ten"), "0123456789");
	make_file(at("empty"), "");
	row_refused(
	    "one above", file_read(&b, at("ten"), 9, &e), &e, E_TOO_LARGE, "more than 9 bytes");
	ck_assert_msg(b.n == 0, "half a file was left");
	row_refused("untrusted, one above", file_read_untrusted(&b, at("ten"), 9, &e), &e,
	    E_TOO_LARGE, "more than 9 bytes");
	err_free(&e);
	row_accepted("at the cap", file_read(&b, at("ten"), 10, &e), &e);
	ck_assert_str_eq(buf_str(&b), "0123456789");
	row_accepted("empty, no room", file_read(&b, at("empty"), 0, &e), &e);
	ck_assert_uint_eq(b.n, 0);
}
END_TEST

START_TEST(read_large)
{
	size_t i, n = 100001;
	uint8_t *content = xmalloc(n);
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	for (i = 0; i < n; i++)
		content[i] = (uint8_t)(i >> 4);
	row_accepted("write", file_write(at("large"), bytes_of(content, n), 0600, &e), &e);
	row_accepted("read", file_read(&b, at("large"), n, &e), &e);
	ck_assert(bytes_equal(buf_bytes(&b), bytes_of(content, n)));
	free(content);
}
END_TEST

START_TEST(untrusted_refuses)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_FD int s = socket(AF_UNIX, SOCK_STREAM, 0);
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	make_file(at("file"), "content");
	ck_assert_int_eq(symlink(at("file"), at("link")), 0);
	ck_assert_int_eq(symlink("/nowhere/at/all", at("dangling")), 0);
	ck_assert_int_eq(mkfifo(at("fifo"), 0600), 0);
	row_refused(
	    "link", file_read_untrusted(&b, at("link"), 99, &e), &e, E_IO, "a symbolic link");
	row_refused("dangling link", file_read_untrusted(&b, at("dangling"), 99, &e), &e, E_IO,
	    "a symbolic link");
	row_refused(
	    "FIFO", file_read_untrusted(&b, at("fifo"), 99, &e), &e, E_IO, "not a regular file");
	row_refused("directory", file_read_untrusted(&b, top, 99, &e), &e, E_IO, "a directory");
	row_refused(
	    "device", file_read_untrusted(&b, "/dev/zero", 99, &e), &e, E_IO, "not a regular file");
	row_refused(
	    "missing", file_read_untrusted(&b, at("missing"), 99, &e), &e, E_NOT_FOUND, "No such");
	if (strlen(at("socket")) < sizeof(address.sun_path)) {
		memcpy(address.sun_path, at("socket"), strlen(at("socket")) + 1);
		ck_assert_int_eq(bind(s, (struct sockaddr *)&address, sizeof(address)), 0);
		row_refused(
		    "socket", file_read_untrusted(&b, at("socket"), 99, &e), &e, E_IO, "opening");
	}
	err_free(&e);
	row_accepted("file", file_read_untrusted(&b, at("file"), 99, &e), &e);
	ck_assert_str_eq(buf_str(&b), "content");
	row_accepted("link, by the user", file_read(&b, at("link"), 99, &e), &e);
	ck_assert_str_eq(buf_str(&b), "content");
}
END_TEST

/* A FIFO that nobody opens, one that says half and no more, one that always has more; a file, late.
 */
START_TEST(waits_no_longer)
{
	struct deadline soon = deadline_after(clock_ms(), 50);
	struct deadline over = deadline_after(clock_ms() - 50, 50);
	AUTO_FD int writer = -1;
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	make_file(at("file"), "content");
	ck_assert_int_eq(mkfifo(at("fifo"), 0600), 0);
	row_refused("nobody", file_read_by(&b, at("fifo"), 99, &soon, &e), &e, E_TIMED_OUT,
	    "--timeout of 0 s is over");
	writer = open(at("fifo"), O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(write(writer, "half", 4), 4);
	soon = deadline_after(clock_ms(), 50);
	row_refused("half", file_read_by(&b, at("fifo"), 99, &soon, &e), &e, E_TIMED_OUT, "fifo");
	ck_assert_uint_eq(b.n, 0);
	ck_assert_int_eq(write(writer, "more", 4), 4);
	row_refused("more", file_read_by(&b, at("fifo"), 99, &over, &e), &e, E_TIMED_OUT, "fifo");
	row_refused("late", file_read_by(&b, at("file"), 99, &over, &e), &e, E_TIMED_OUT, "file");
	err_free(&e);
	soon = deadline_after(clock_ms(), 3600000);
	row_accepted("in time", file_read_by(&b, at("file"), 99, &soon, &e), &e);
	ck_assert_str_eq(buf_str(&b), "content");
}
END_TEST

static void *
write_late(void *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC); /* returns when there is a reader */
	const char *text = "content";

	for (; fd >= 0 && *text != '\0'; text++)
		if (write(fd, text, 1) != 1)
			break;
	close(fd);
	return NULL;
}

/* Who comes late, and speaks slowly, is read to the end. */
START_TEST(waits_for_a_fifo)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	pthread_t thread;

	ck_assert_int_eq(mkfifo(at("fifo"), 0600), 0);
	ck_assert_int_eq(
	    pthread_create(&thread, NULL, write_late, (void *)(uintptr_t)at("fifo")), 0);
	row_accepted("a FIFO", file_read(&b, at("fifo"), 99, &e), &e);
	pthread_join(thread, NULL);
	ck_assert_str_eq(buf_str(&b), "content");
}
END_TEST

START_TEST(reads_a_pipe)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *path = NULL;
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	row_accepted("write", file_write_fd(fds[1], "pipe", bytes_of_str("piped"), &e), &e);
	close(fds[1]);
	path = xasprintf("/proc/self/fd/%d", fds[0]);
	row_accepted("read", file_read(&b, path, 5, &e), &e);
	ck_assert_str_eq(buf_str(&b), "piped");
	close(fds[0]);
	row_refused(
	    "closed", file_read_fd(&b, fds[0], "pipe", 5, &e), &e, E_IO, "reading pipe: Bad file");
	ck_assert_uint_eq(b.n, 0);
	row_refused("closed", file_write_fd(fds[1], "pipe", bytes_of_str("x"), &e), &e, E_IO,
	    "writing pipe: Bad file");
}
END_TEST

START_TEST(writes_whole_or_not)
{
	struct stat st;
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	mode_t mask = umask(077);

	row_refused("no directory", file_write(at("no/file"), bytes_of_str("x"), 0644, &e), &e,
	    E_IO, "temporary file beside");
	ck_assert_int_eq(mkdir(at("directory"), 0700), 0);
	row_refused("over a directory", file_write(at("directory"), bytes_of_str("x"), 0644, &e),
	    &e, E_IO, "renaming");
	ck_assert_msg(entries(top) == 1, "a temporary file was left");
	err_free(&e);
	row_accepted("new", file_write(at("file"), bytes_of("a\0b", 3), 0644, &e), &e);
	row_accepted("read", file_read(&b, at("file"), 99, &e), &e);
	ck_assert(bytes_equal(buf_bytes(&b), bytes_of("a\0b", 3)));
	ck_assert_int_eq(stat(at("file"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	row_accepted("replaced", file_write(at("file"), bytes_of(NULL, 0), 0600, &e), &e);
	ck_assert_int_eq(stat(at("file"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_msg(entries(top) == 2, "a temporary file was left");
	umask(mask);
}
END_TEST

START_TEST(writes_new_private_files)
{
	struct stat st;
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("new", file_write_private(at("file"), bytes_of_str("x"), &e), &e);
	ck_assert_int_eq(stat(at("file"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	row_refused("there already", file_write_private(at("file"), bytes_of_str("y"), &e), &e,
	    E_IO, "File exists");
	ck_assert_int_eq(symlink(at("target"), at("link")), 0);
	row_refused("a link", file_write_private(at("link"), bytes_of_str("y"), &e), &e, E_IO,
	    "File exists");
	ck_assert_msg(access(at("target"), F_OK) != 0, "the link was followed");
	err_free(&e);
	row_accepted("read", file_read(&b, at("file"), 9, &e), &e);
	ck_assert_str_eq(buf_str(&b), "x");
}
END_TEST

START_TEST(makes_directories)
{
	struct stat st;
	AUTO(err) e = ERR_INIT;

	make_file(at("file"), "x");
	row_refused("empty", file_make_directories("", 0700, &e), &e, E_IO, "empty");
	row_refused(
	    "a file", file_make_directories(at("file"), 0700, &e), &e, E_IO, "not a directory");
	row_refused("below a file", file_make_directories(at("file/a/b"), 0700, &e), &e, E_IO,
	    "file: exists and is not a directory");
	err_free(&e);
	row_accepted("three", file_make_directories(at("a/b/c"), 0700, &e), &e);
	ck_assert_int_eq(stat(at("a/b/c"), &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	row_accepted("again", file_make_directories(at("a/b/c"), 0700, &e), &e);
	row_accepted("slashes", file_make_directories(at("a//d/"), 0700, &e), &e);
	ck_assert_int_eq(stat(at("a/d"), &st), 0);
	ck_assert_int_eq(symlink(at("a"), at("link")), 0);
	row_accepted("through a link", file_make_directories(at("link/e"), 0700, &e), &e);
	ck_assert_int_eq(stat(at("a/e"), &st), 0);
	row_accepted("the root", file_make_directories("/", 0700, &e), &e);
}
END_TEST

Suite *
file_suite(void)
{
	Suite *s = suite_create("file");
	TCase *t = tcase_create("file");

	tcase_add_checked_fixture(t, enter, leave);
	tcase_add_test(t, read_refuses);
	tcase_add_test(t, read_caps);
	tcase_add_test(t, read_large);
	tcase_add_test(t, untrusted_refuses);
	tcase_add_test(t, waits_no_longer);
	tcase_add_test(t, waits_for_a_fifo);
	tcase_add_test(t, reads_a_pipe);
	tcase_add_test(t, writes_whole_or_not);
	tcase_add_test(t, writes_new_private_files);
	tcase_add_test(t, makes_directories);
	suite_add_tcase(s, t);
	return s;
}
