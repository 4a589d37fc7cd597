/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/children.h"

/* Guards the list, and is held while a directory is made, so that none is missed. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char **directories;
static size_t n_directories;

/* A private directory holds a few files; one that is deeper than this was not made by us. */
enum { MAX_DEPTH = 8 };

static void
remove_tree(int parent, const char *name, int depth)
{
	struct dirent *d;
	DIR *dir;
	int fd;

	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir != NULL) {
		while ((d = readdir(dir)) != NULL) {
			if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
				continue;
			if (unlinkat(fd, d->d_name, 0) != 0 && depth < MAX_DEPTH)
				remove_tree(fd, d->d_name, depth + 1);
		}
		closedir(dir);
	} else if (fd >= 0) {
		close(fd);
	}
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* Kill and reap, but wait for none that the kernel does not let go. */
static void
end_children(const struct pids *children)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	for (size_t i = 0; i < children->n; i++)
		kill(children->v[i], SIGKILL);
	for (size_t i = 0; i < children->n; i++)
		for (int naps = 0; naps < 200 && waitpid(children->v[i], NULL, WNOHANG) == 0;
		     naps++)
			nanosleep(&nap, NULL);
}

static void *
wait_for_signal(void *arg)
{
	const sigset_t *set = arg;
	AUTO(pids) children = PIDS_INIT;
	AUTO(err) e = ERR_INIT;
	sigset_t one;
	int sig = 0;

	if (sigwait(set, &sig) != 0)
		return NULL;
	if (children_list(&children, &e) == 0)
		end_children(&children);
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_directories; i++)
		remove_tree(AT_FDCWD, directories[i], 0);
	/* The lock stays taken: nobody makes another one now. */
	signal(sig, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, sig);
	pthread_sigmask(SIG_UNBLOCK, &one, NULL);
	raise(sig);
	_exit(2);
}

int
cleanup_on_signals(struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	static sigset_t set; /* lives as long as the thread that waits for it */
	struct sigaction was;
	pthread_t thread;
	int r;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		/* What the caller ignores (nohup) stays ignored. */
		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	r = pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (r == 0)
		r = pthread_create(&thread, NULL, wait_for_signal, &set);
	if (r == 0)
		r = pthread_detach(thread);
	errno = r;
	return r == 0 ? 0 : err_sys(e, E_IO, "starting the thread that waits for signals");
}

char *
tmpdir_make(struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *path;

	path = xasprintf("%s/relsig-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	pthread_mutex_lock(&lock);
	if (mkdtemp(path) == NULL) {
		(void)err_sys(e, E_IO,
		    "making a private directory %s (set TMPDIR to a directory that "
		    "can be written to)",
		    path);
		free(path);
		path = NULL;
	} else {
		*LIST_ADD(directories, n_directories) = xstrdup(path);
	}
	pthread_mutex_unlock(&lock);
	return path;
}

void
tmpdir_remove(char *path)
{
	if (path == NULL)
		return;
	pthread_mutex_lock(&lock);
	remove_tree(AT_FDCWD, path, 0);
	for (size_t i = 0; i < n_directories; i++) {
		if (strcmp(directories[i], path) != 0)
			continue;
		free(directories[i]);
		/* LIST_ADD grows at powers of two only: move the last one here, and keep the
		 * memory. */
		directories[i] = directories[--n_directories];
		break;
	}
	pthread_mutex_unlock(&lock);
	free(path);
}
