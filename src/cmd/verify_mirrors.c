/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verify_mirrors.h"

#include "base/file.h"
#include "base/limits.h"

static int
read_file(struct mirrors *out, const char *path, const struct deadline *deadline, struct err *e)
{
	AUTO(buf) text = BUF_INIT;

	if (file_read_by(&text, path, MAX_MIRROR_CONFIG_BYTES, deadline, e) != 0)
		return err_wrap(e, "--mirror-config");
	if (mirrors_read(out, path, buf_bytes(&text), e) == 0)
		return 0;
	e->code = E_USAGE;
	return err_wrap(e, "--mirror-config");
}

int
verify_mirrors_read(struct mirrors *out, const struct string_list *pairs,
    const struct string_list *files, const struct deadline *deadline, struct err *e)
{
	for (size_t i = 0; i < pairs->n; i++)
		if (mirrors_add_pair(out, pairs->v[i], e) != 0) {
			e->code = E_USAGE;
			return err_wrap(e, "--mirror");
		}
	for (size_t i = 0; i < files->n; i++)
		if (read_file(out, files->v[i], deadline, e) != 0)
			return -1;
	return 0;
}
