/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset /* older headers lack them; the numbers are those of every     \
				       architecture */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif
enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

/* struct landlock_ruleset_attr; a kernel that does not know the last ones wants them to be 0. */
struct ruleset_attr {
	uint64_t files, tcp, scopes;
};

struct path_beneath_attr {
	uint64_t files;
	int32_t parent_fd;
} __attribute__((packed));

/* What of the rights to a directory makes sense for a file: the kernel refuses the others. */
#define RIGHTS_TO_A_FILE                                                                           \
	(LANDLOCK_EXECUTE | LANDLOCK_WRITE_FILE | LANDLOCK_READ_FILE | LANDLOCK_TRUNCATE |         \
	    LANDLOCK_IOCTL_DEV)

int
landlock_version(enum confine_state *why_not)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);

	*why_not = CONFINE_UNKNOWN;
	if (version > 0)
		return (int)version;
	/* A container's filter answers EPERM to calls that it does not know. */
	if (errno == EOPNOTSUPP)
		*why_not = CONFINE_LANDLOCK_IS_OFF;
	else if (errno == EPERM || errno == EACCES)
		*why_not = CONFINE_LANDLOCK_IS_DENIED;
	else
		*why_not = CONFINE_NO_LANDLOCK;
	return 0;
}

bool
landlock_has_tcp(int version)
{
	return version >= 4;
}

static uint64_t
known_files(int version)
{
	uint64_t known = LANDLOCK_ALL_FILES;

	if (version < 5)
		known &= ~LANDLOCK_IOCTL_DEV;
	if (version < 3)
		known &= ~LANDLOCK_TRUNCATE;
	if (version < 2)
		known &= ~LANDLOCK_REFER; /* always denied there */
	return known;
}

int
landlock_open(
    struct landlock *l, int version, uint64_t files, uint64_t tcp, uint64_t scopes, struct err *e)
{
	struct ruleset_attr attr = { 0 };

	*l = (struct landlock)LANDLOCK_INIT;
	l->version = version;
	l->files = files & known_files(version);
	attr.files = l->files;
	if (landlock_has_tcp(version))
		attr.tcp = tcp;
	if (version >= 6)
		attr.scopes = scopes;
	l->fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (l->fd < 0)
		return err_sys(e, E_IO, "Landlock: making rules");
	return 0;
}

static int
allow(struct landlock *l, int fd, const char *path, uint64_t files, struct err *e)
{
	struct path_beneath_attr attr = { .files = files & l->files, .parent_fd = fd };
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(e, E_IO, "Landlock: %s", path);
	if (!S_ISDIR(st.st_mode))
		attr.files &= RIGHTS_TO_A_FILE;
	/* A rule that allows nothing is an error to the kernel. */
	if (attr.files != 0 &&
	    syscall(SYS_landlock_add_rule, l->fd, RULE_PATH_BENEATH, &attr, 0) != 0)
		return err_sys(e, E_IO, "Landlock: a rule for %s", path);
	return 0;
}

int
landlock_allow(struct landlock *l, const char *path, uint64_t files, struct err *e)
{
	AUTO_FD int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, E_IO, "Landlock: %s", path);
	return allow(l, fd, path, files, e);
}

int
landlock_allow_if_there(struct landlock *l, const char *path, uint64_t files, struct err *e)
{
	AUTO_FD int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd >= 0)
		return allow(l, fd, path, files, e);
	/* Whom no right is given to loses none. */
	if (errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP ||
	    errno == ENAMETOOLONG)
		return 0;
	return err_sys(e, E_IO, "Landlock: %s", path);
}

int
landlock_enter(struct landlock *l, struct err *e)
{
	if (syscall(SYS_landlock_restrict_self, l->fd, 0) != 0)
		return err_sys(e, E_IO, "Landlock: taking the rules on");
	return 0;
}

void
landlock_free(struct landlock *l)
{
	if (l->fd >= 0)
		close(l->fd);
	*l = (struct landlock)LANDLOCK_INIT;
}
