/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replays a fuzz target's seeds with any compiler: each file of the folders and each file named,
 * whole and cut short at every length. Each input lies at the end of its own allocation, so that a
 * byte read past it is seen by ASan and valgrind. No input at all is a failure.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Beyond this a seed is replayed whole only: cutting at every length is quadratic. */
#define CUT_BYTES ((size_t)4 << 10)

static void
die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void
one(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL)
		die("malloc");
	/* With nothing in it, the pointer is one past the allocation: not a byte may be read. */
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(size > 0 ? copy : copy + 1, size);
	free(copy);
}

static size_t
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t size;

	if (f == NULL || fstat(fileno(f), &st) != 0)
		die(path);
	size = (size_t)st.st_size;
	data = malloc(size + 1);
	if (data == NULL || fread(data, 1, size, f) != size)
		die(path);
	fclose(f);
	for (size_t n = size <= CUT_BYTES ? 0 : size; n < size; n++)
		one(data, n);
	one(data, size);
	free(data);
	return 1;
}

static size_t
replay(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *entry;
	size_t n = 0;

	if (d == NULL)
		return replay_file(path);
	while ((entry = readdir(d)) != NULL) {
		char file[4096];

		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) >= (int)sizeof(file))
			die(path);
		n += replay_file(file);
	}
	closedir(d);
	return n;
}

int
main(int argc, char **argv)
{
	size_t n = 0;

	for (int i = 1; i < argc; i++)
		n += replay(argv[i]);
	printf("%s: %zu seeds replayed\n",
	    strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0], n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
