/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/policy_keys.h"

#include "base/file.h"
#include "base/limits.h"

static int
read_file(const char *path, const struct policy_key_files *files, policy_key_reader *read,
    void *data, struct err *e)
{
	AUTO_STR char *full = xasprintf("%s%s", files->root, path);
	AUTO(buf) content = BUF_INIT;

	if (file_read_by(&content, full, MAX_KEY_FILE_BYTES, &files->deadline, e) != 0) {
		e->code = e->code == E_NOT_FOUND ? E_IO : e->code;
		return -1;
	}
	return read(data, full, buf_bytes(&content), e);
}

int
policy_keys_each(const struct policy_source *source, const struct policy_key_files *files,
    policy_key_reader *read, void *data, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < source->n && r == 0; i++) {
		switch (source->kind) {
		case POLICY_SOURCE_FILES:
			r = read_file(source->paths[i], files, read, data, e);
			break;
		case POLICY_SOURCE_DATA:
			r = read(data, source->place, buf_bytes(&source->data[i]), e);
			break;
		case POLICY_SOURCE_NONE:
			break;
		}
	}
	return r == 0 ? 0 : err_wrap(e, "reading the keys of %s", source->place);
}

static int
add_openpgp(void *data, const char *name, struct bytes content, struct err *e)
{
	struct trusted_keys *out = data;

	return certificates_add(&out->certificates, content, name, e);
}

int
policy_keys_openpgp(struct trusted_keys *out, const struct policy_source *source,
    const struct policy_key_files *files, struct err *e)
{
	if (policy_keys_each(source, files, add_openpgp, out, e) != 0)
		return -1;
	trusted_keys_add_all(out);
	return 0;
}

struct public_target {
	struct public_keys *keys;
	bool allow_weak;
};

static int
add_public(void *data, const char *name, struct bytes content, struct err *e)
{
	const struct public_target *t = data;

	return public_keys_add(t->keys, content, t->allow_weak, e) == 0 ? 0
									: err_wrap(e, "%s", name);
}

int
policy_keys_public(struct public_keys *out, const struct policy_source *source,
    const struct policy_key_files *files, bool allow_weak, struct err *e)
{
	struct public_target t = { .keys = out, .allow_weak = allow_weak };

	return policy_keys_each(source, files, add_public, &t, e);
}
