/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure N COMMAND...: run a command N times, its output thrown away, and print
 *
 *     median-wall-ms mean-cpu-ms peak-rss-KiB
 *
 * where the CPU time is that of the command and of everything it started, orphans included, and the
 * peak that of the command itself. This program is small so that its own size does not show in the
 * peak.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
cpu_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
run(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 1);
	dup2(null, 2);
	execvp(argv[0], argv);
	_exit(127);
}

int
main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[1]) : 0, status = 0, bad = 0;
	double *wall, cpu;
	struct rusage u;
	long peak = 0;

	if (n <= 0 || (wall = calloc((size_t)n, sizeof(*wall))) == NULL)
		return 2;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	cpu = cpu_ms();
	for (int i = 0; i < n; i++) {
		double start = now_ms();
		pid_t pid = fork();

		if (pid == 0)
			run(argv + 2);
		if (pid < 0 || wait4(pid, &status, 0, &u) != pid)
			return 2;
		wall[i] = now_ms() - start;
		bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
		if (u.ru_maxrss > peak)
			peak = u.ru_maxrss;
		while (wait(NULL) > 0)
			;
	}
	cpu = (cpu_ms() - cpu) / n;
	qsort(wall, (size_t)n, sizeof(*wall), compare);
	printf("%.2f %.2f %ld\n", wall[n / 2], cpu, peak);
	free(wall);
	if (bad > 0)
		fprintf(stderr, "measure: %s failed %d of %d times\n", argv[2], bad, n);
	return bad > 0;
}
