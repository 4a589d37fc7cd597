/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linked into what is built with SANITIZE. relsig's own exit statuses are 0, 1 and 2, and a test
 * that expects a refusal must not be pleased with a crash; the environment will not do, for tests
 * start programs with an empty one.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__lsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "exitcode=99:detect_stack_use_after_return=1:strict_string_checks=1";
}

const char *
__ubsan_default_options(void)
{
	return "exitcode=99:print_stacktrace=1";
}

const char *
__lsan_default_options(void)
{
	return "exitcode=99";
}
