/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs the suites, or the one that CK_RUN_SUITE names. Check by itself calls a run of no tests a
 * success; here it is a failure. Without forks (CK_FORK=no) the tests share this process, so that
 * what they leave open in it can be counted: file descriptors, children.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suites.h"

/* Where Check's own four seconds are too few: gpg on a busy machine. CK_DEFAULT_TIMEOUT overrides
 * it. */
#define TEST_SECONDS "60"

enum { FILES_OF_CHECK_ARE_BELOW = 64 };

static int
is_file_of_check(int fd)
{
	char link[32], target[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = '\0';
	return strstr(target, "/check_") != NULL && strstr(target, " (deleted)") != NULL;
}

/*
 * Each assertion, also one that holds, writes to a file of Check's; a process that a test starts
 * shares the place in this file with Check, which without forks reads from it meanwhile. It takes
 * no memory: where the process that forks is confined there may be none.
 */
static void
leave_files_of_check(void)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nowhere < 0)
		return;
	for (int fd = 0; fd < FILES_OF_CHECK_ARE_BELOW; fd++)
		if (is_file_of_check(fd))
			dup2(nowhere, fd);
	close(nowhere);
}

static int
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (d == NULL)
		return -1;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static int
left_behind(int descriptors_before)
{
	int bad = 0;
	int now = open_descriptors();

	if (now != descriptors_before) {
		fprintf(stderr, "unit: %d file descriptors were open before the tests, %d after\n",
		    descriptors_before, now);
		bad = 1;
	}
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) {
		fprintf(stderr, "unit: the tests left a child process\n");
		bad = 1;
	}
	return bad;
}

int
main(void)
{
	SRunner *runner = srunner_create(NULL);
	int before, bad;

	setenv("CK_DEFAULT_TIMEOUT", TEST_SECONDS, 0);
#define ADD_SUITE(name) srunner_add_suite(runner, name##_suite());
	SUITES(ADD_SUITE)
	before = open_descriptors();
	if (srunner_fork_status(runner) == CK_NOFORK)
		pthread_atfork(NULL, NULL, leave_files_of_check);
	srunner_run_all(runner, CK_ENV);
	bad = srunner_ntests_failed(runner) != 0;
	if (srunner_ntests_run(runner) == 0) {
		fprintf(stderr, "unit: no test ran\n");
		bad = 1;
	}
	if (left_behind(before) != 0)
		bad = 1;
	srunner_free(runner);
	return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
