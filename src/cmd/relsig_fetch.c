/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relsig-fetch: the process that relsig starts for the network, with a socket as its standard
 * input. It is no command for people.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/base.h"
#include "base/err.h"
#include "base/text.h"
#include "transport/fetcher.h"

/* Descriptors that relsig itself was started with, and does not know of: not for the network. */
static void
close_inherited(void)
{
	struct rlimit limit;
	int fd, n = 1024;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
		return;
#endif
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536)
		n = (int)limit.rlim_cur;
	for (fd = 3; fd < n; fd++)
		close(fd);
}

/* Lines for "relsig version --json", which cannot ask libcurl itself. */
static int
print_versions(void)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	printf("relsig-fetch %s\nlibcurl-built-with %s\nlibcurl %s\n", RELSIG_VERSION,
	    LIBCURL_VERSION, curl->version);
	if (curl->ssl_version != NULL)
		printf("tls %s\n", curl->ssl_version);
	return fflush(stdout) == 0 ? 0 : 2;
}

int
main(int argc, char **argv)
{
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *shown = NULL;
	struct stat st;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return print_versions();
	if (fstat(STDIN_FILENO, &st) != 0 || !S_ISSOCK(st.st_mode)) {
		fputs("relsig-fetch: relsig starts this program; it does nothing by itself\n",
		    stderr);
		return 2;
	}
	close_inherited();
	/* libcurl's TLS writes to sockets that the other side may have closed. */
	signal(SIGPIPE, SIG_IGN);
	if (fetcher_run(STDIN_FILENO, &e) == 0)
		_exit(0); /* nothing to flush; what libcurl still does in threads ends here */
	shown = text_escaped(err_msg(&e));
	fprintf(stderr, "relsig-fetch: %s\n", shown);
	_exit(2);
}
