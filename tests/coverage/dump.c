/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linked into what is built with COVERAGE, with the linker's --wrap. A child that ends with
 * _exit(2) would throw away what it counted. A process that has confined itself may not write it
 * any more, and libgcov would say so, file by file, on the standard error that a test looks at.
 */
#include <fcntl.h>
#include <gcov.h>
#include <stdbool.h>
#include <unistd.h>

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
void __real___gcov_exit(void);
void __wrap___gcov_exit(void);

static bool
may_write(void)
{
	int fd = open(TEST_BUILDDIR "/flags", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void
__wrap__exit(int status)
{
	if (may_write())
		__gcov_dump();
	__real__exit(status);
}

/* What each object calls at the end of the process. */
void
__wrap___gcov_exit(void)
{
	if (may_write())
		__real___gcov_exit();
}
