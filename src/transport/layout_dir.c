/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/layout_dir.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"

/* containers/image directory/directory_dest.go: "Directory Transport Version: 1.1\n". */
#define VERSION_PREFIX "Directory Transport Version: 1."

static int
check_version(const char *path, size_t max, struct err *e)
{
	AUTO_STR char *name = xasprintf("%s/version", path);
	AUTO(buf) text = BUF_INIT;

	if (file_read_untrusted(&text, name, max, e) != 0) {
		if (e->code != E_NOT_FOUND)
			return -1;
		err_free(e);
		return 0;
	}
	if (!text_starts_with(buf_str(&text), VERSION_PREFIX))
		return err_set(e, E_UNSUPPORTED,
		    "%s: not \"" VERSION_PREFIX "x\": another layout than dir: of version 1", name);
	return 0;
}

/* The path of a file of the image, or of one of its list. */
static char *
name_file(const char *path, const struct digest *instance, const char *name)
{
	return xasprintf(
	    "%s/%s%s%s", path, digest_hex(instance), digest_is_set(instance) ? "." : "", name);
}

int
layout_dir_manifest(const char *path, const struct digest *instance, size_t max, struct buf *out,
    char **where, struct err *e)
{
	AUTO_STR char *name = name_file(path, instance, "manifest.json");

	*where = NULL;
	buf_clear(out);
	if (check_version(path, max, e) != 0 || file_read_untrusted(out, name, max, e) != 0) {
		buf_clear(out);
		return -1;
	}
	*where = steal(&name);
	return 0;
}

struct store_iter *
layout_dir_signatures(const char *path, const struct digest *instance)
{
	AUTO_STR char *prefix = name_file(path, instance, "signature-");

	return store_open_files(prefix);
}
