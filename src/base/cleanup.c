/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/limits.h"

/*
 * A directory stays open while it exists: so it can be emptied when descriptors or memory have run
 * out. Nothing below allocates while the lock is held.
 */
struct directory {
	struct directory *next;
	char *path;
	int fd;
};

/* A name in a directory that its owner keeps open. */
struct leftover {
	struct leftover *next;
	char *name;
	int parent;
};

/* Guards the lists, and is held while a directory is made, so that none is missed. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct directory *directories;
static struct leftover *leftovers;

/* A private directory holds a few files; one that is deeper than this was not made by us. */
enum { MAX_DEPTH = 8 };
/* A file system over a network may fail in passing. */
enum { MAX_TRIES = 3 };
/* How long the thread that waits sleeps at once; it then looks at the clock. */
enum { MAX_NAP_MS = 60 * 60 * 1000 };

static void remove_entries(int fd, int depth);

static void
remove_entry(int parent, const char *name, int depth)
{
	int fd;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || unlinkat(parent, name, 0) == 0)
		return;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (depth < MAX_DEPTH)
		remove_entries(fd, depth + 1);
	close(fd);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* By getdents64(2), because opendir(3) allocates. */
static void
remove_entries(int fd, int depth)
{
	union {
		struct dirent64 first;
		char bytes[2048];
	} b;
	const struct dirent64 *d;
	long n, at;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return;
	while ((n = syscall(SYS_getdents64, fd, &b, sizeof(b))) > 0) {
		for (at = 0; at < n; at += d->d_reclen) {
			d = (const struct dirent64 *)(const void *)(b.bytes + at);
			remove_entry(fd, d->d_name, depth);
		}
	}
}

static void
remove_directory(const struct directory *d)
{
	for (int tries = 0; tries < MAX_TRIES; tries++) {
		remove_entries(d->fd, 0);
		if (rmdir(d->path) == 0)
			return;
	}
}

/* The lock stays taken: nobody makes another one now. */
static void
remove_listed(void)
{
	for (const struct directory *d = directories; d != NULL; d = d->next)
		remove_directory(d);
	for (const struct leftover *l = leftovers; l != NULL; l = l->next)
		remove_entry(l->parent, l->name, 0);
}

static void
remove_all(void)
{
	pthread_mutex_lock(&lock);
	remove_listed();
}

/* Who holds it longer hangs in a file system that does not answer. */
static bool
lock_soon(void)
{
	struct timespec soon;

	clock_gettime(CLOCK_REALTIME, &soon); /* what pthread_mutex_timedlock goes by */
	soon.tv_sec++;
	return pthread_mutex_timedlock(&lock, &soon) == 0;
}

/* What the thread waits for; lives as long as it. */
static struct {
	sigset_t signals;
	struct deadline end; /* the grace included */
	char last_words[160];
} awaited;

/* cleanup_stop_first: is it wanted, and has it come to that? */
static atomic_bool stops_first;
static atomic_bool stopped;

const atomic_bool *
cleanup_stop_first(void)
{
	stops_first = true;
	return &stopped;
}

/* Is it a signal that ends nothing? */
static bool
only_stops(int sig)
{
	if ((sig != SIGINT && sig != SIGTERM) || !stops_first || stopped)
		return false;
	stopped = true;
	return true;
}

/* The signal that came, 0 when the time was up. */
static int
await_signal(void)
{
	struct timespec left;
	int sig;

	do {
		left = clock_timespec(deadline_left_ms(&awaited.end, MAX_NAP_MS));
		sig = sigtimedwait(&awaited.signals, NULL, &left);
	} while (only_stops(sig) || (sig < 0 && !deadline_passed(&awaited.end)));
	return sig > 0 ? sig : 0;
}

/* Not by stdio, whose lock may be held by who hangs; and not at all where that would hang too. */
static void
say_last_words(void)
{
	struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };
	size_t n = strlen(awaited.last_words);

	if (poll(&fd, 1, 0) != 1 || write(STDERR_FILENO, awaited.last_words, n) != (ssize_t)n)
		return; /* nobody listens */
}

static void *
wait_for_end(void *arg)
{
	int sig = await_signal();
	/* First: whoever misses his child then does not come to an end of his own before this. */
	bool locked = lock_soon();
	sigset_t one;

	(void)arg;
	if (locked)
		at_out_of_memory = remove_listed;
	children_end();
	if (locked)
		remove_listed();
	if (sig == 0) {
		say_last_words();
		_exit(2);
	}
	signal(sig, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, sig);
	pthread_sigmask(SIG_UNBLOCK, &one, NULL);
	raise(sig);
	/* cppcheck-suppress unreachableCode; raise(3) returns */
	_exit(2);
}

static int
block_signals(sigset_t *set)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction was;

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		/* What the caller ignores (nohup) stays ignored. */
		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
	return pthread_sigmask(SIG_BLOCK, set, NULL);
}

int
cleanup_hold_signals(struct err *e)
{
	sigset_t set;

	errno = block_signals(&set);
	return errno == 0 ? 0 : err_sys(e, E_IO, "holding signals back");
}

int
cleanup_on_signals(const struct deadline *deadline, struct err *e)
{
	pthread_t thread;
	int r = block_signals(&awaited.signals);

	awaited.end = *deadline;
	awaited.end.at_ms += RUN_GRACE_MS;
	(void)snprintf(awaited.last_words, sizeof(awaited.last_words),
	    "relsig: the run's --timeout of %u s is over, and it does not end by itself\n",
	    deadline->given_ms / 1000);
	if (r == 0)
		r = pthread_create(&thread, NULL, wait_for_end, NULL);
	if (r == 0)
		r = pthread_detach(thread);
	errno = r;
	return r == 0 ? 0 : err_sys(e, E_IO, "starting the thread that waits for signals");
}

static void
directory_free(struct directory *d)
{
	if (d->fd >= 0)
		close(d->fd);
	free(d->path);
	free(d);
}

static bool
make_directory(struct directory *d)
{
	if (mkdtemp(d->path) == NULL)
		return false;
	d->fd = open(d->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->fd >= 0)
		return true;
	rmdir(d->path);
	return false;
}

char *
tmpdir_make(struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	struct directory *d = xcalloc(1, sizeof(*d));
	bool made;

	d->fd = -1;
	d->path = xasprintf("%s/relsig-XXXXXX", tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	at_out_of_memory = remove_all;
	pthread_mutex_lock(&lock);
	made = make_directory(d);
	if (made) {
		d->next = directories;
		directories = d;
	}
	pthread_mutex_unlock(&lock);
	if (made)
		return xstrdup(d->path);
	(void)err_sys(e, E_IO,
	    "making a private directory %s (set TMPDIR to a directory that can be written to)",
	    d->path);
	directory_free(d);
	return NULL;
}

void
tmpdir_remove(char *path)
{
	struct directory **at, *d;

	if (path == NULL)
		return;
	pthread_mutex_lock(&lock);
	for (at = &directories; *at != NULL && strcmp((*at)->path, path) != 0; at = &(*at)->next)
		;
	d = *at;
	if (d != NULL) {
		remove_directory(d);
		*at = d->next;
	}
	pthread_mutex_unlock(&lock);
	if (d != NULL)
		directory_free(d);
	free(path);
}

struct leftover *
cleanup_remember(int directory, const char *name)
{
	struct leftover *l = xcalloc(1, sizeof(*l));

	l->name = xstrdup(name);
	l->parent = directory;
	at_out_of_memory = remove_all;
	pthread_mutex_lock(&lock);
	l->next = leftovers;
	leftovers = l;
	pthread_mutex_unlock(&lock);
	return l;
}

/* Take it off the list; the entry goes before that, so that there is no moment between. */
static void
drop(struct leftover *l, bool remove)
{
	struct leftover **at;

	if (l == NULL)
		return;
	pthread_mutex_lock(&lock);
	for (at = &leftovers; *at != l; at = &(*at)->next)
		;
	if (remove)
		remove_entry(l->parent, l->name, 0);
	*at = l->next;
	pthread_mutex_unlock(&lock);
	free(l->name);
	free(l);
}

void
cleanup_forget(struct leftover *l)
{
	drop(l, false);
}

void
cleanup_remove(struct leftover *l)
{
	drop(l, true);
}
