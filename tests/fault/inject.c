/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting, and deciding which call fails. */
#include "inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const programs[FAULT_N_PROGRAMS] = { "relsig", "relsig-fetch", "gpg" };

#define FAULT_NAME(name) #name,
static const char *const classes[] = { FAULT_CLASSES(FAULT_NAME) };

/* NULL: this process is none of those that are counted, or has not come to the constructor. */
static struct fault_page *page;
static uint32_t *calls; /* this program's row */

static struct {
	bool armed;
	enum fault_class class;
	uint32_t n;
	int error;
	bool persists, is_short;
} plan;

void *
fault_real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

int
fault_errno(void)
{
	return plan.error;
}

static void
read_plan(const char *text, const char *self)
{
	char program[16], class[16], mode[16];
	unsigned n;
	int error;

	if (text == NULL ||
	    sscanf(text, "%15s %15s %u %d %15s", program, class, &n, &error, mode) != 5 ||
	    strcmp(program, self) != 0)
		return;
	while (plan.class < FAULT_N_CLASSES && strcmp(classes[plan.class], class) != 0)
		plan.class ++;
	plan.n = n;
	plan.error = error;
	plan.persists = strcmp(mode, "on") == 0 || strcmp(mode, "shorts") == 0;
	plan.is_short = strncmp(mode, "short", 5) == 0;
	plan.armed = plan.class < FAULT_N_CLASSES;
}

/* The descriptor is gone again before the program looks: it may count them. */
static struct fault_page *
map_page(const char *path)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	void *p = MAP_FAILED;

	if (fd >= 0) {
		p = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		(void)syscall(SYS_close, fd);
	}
	return p != MAP_FAILED ? p : NULL;
}

static void __attribute__((constructor)) begin(void)
{
	const char *path = getenv("FAULT_PAGE");
	struct fault_page *mapped;

	for (int i = 0; path != NULL && i < FAULT_N_PROGRAMS; i++) {
		if (strcmp(program_invocation_short_name, programs[i]) != 0)
			continue;
		mapped = map_page(path);
		/* relsig confines gpg, which then cannot open the page: its calls are not counted. */
		if (mapped == NULL && strcmp(programs[i], "gpg") == 0)
			return;
		if (mapped == NULL)
			abort(); /* a run that counts nothing must not pass */
		read_plan(getenv("FAULT_PLAN"), programs[i]);
		mapped->n_classes = FAULT_N_CLASSES;
		calls = mapped->calls[i];
		page = mapped;
	}
}

static void
note_caller(char *out, size_t room, const void *caller)
{
	const char *slash;
	Dl_info where;

	if (dladdr(caller, &where) == 0 || where.dli_fname == NULL)
		return;
	slash = strrchr(where.dli_fname, '/');
	(void)snprintf(out, room, "%s+%#lx", slash != NULL ? slash + 1 : where.dli_fname,
	    (unsigned long)((const char *)caller - (const char *)where.dli_fbase));
}

/* Nothing here may allocate. For a debugger: break on fault_hit. */
void fault_hit(const char *function, const void *caller);
void __attribute__((noinline)) fault_hit(const char *function, const void *caller)
{
	note_caller(page->last, sizeof(page->last), caller);
	if (__atomic_fetch_add(&page->hits, 1, __ATOMIC_SEQ_CST) != 0)
		return;
	(void)snprintf(page->function, sizeof(page->function), "%s", function);
	note_caller(page->caller, sizeof(page->caller), caller);
}

enum fault_answer
fault(enum fault_class class, const char *function, const void *caller)
{
	uint32_t n;

	if (page == NULL)
		return FAULT_GO;
	n = __atomic_add_fetch(&calls[class], 1, __ATOMIC_SEQ_CST);
	if (!plan.armed || plan.class != class || !(n == plan.n || (plan.persists && n > plan.n)))
		return FAULT_GO;
	fault_hit(function, caller);
	if (plan.is_short)
		return FAULT_SHORT;
	errno = plan.error;
	return FAULT_FAIL;
}
