/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_member NAME ARCHIVE...: as "tar -xO" does it, by the code that relsig has for it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "transport/filetree_archive.h"

int
main(int argc, char **argv)
{
	const struct deadline never = DEADLINE_NEVER;
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) content = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	if (argc > 2 && filetree_open_archives(&t, argv + 2, (size_t)argc - 2, &never, &e) == 0 &&
	    filetree_read(t, argv[1], MAX_MANIFEST_BYTES, &content, &where, &e) == 0 &&
	    fwrite(content.p, 1, content.n, stdout) == content.n && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "read_member: %s\n", err_msg(&e));
	return EXIT_FAILURE;
}
