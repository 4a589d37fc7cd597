/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/digest.h"
#include "transport/layer.h"

enum { MAX_FILE = 1 << 12, MAX_UNPACKED = 1 << 20, MAX_FILES = 100 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rest {
	struct bytes bytes;
};

static int
next(void *state, struct bytes *piece, struct err *e)
{
	struct rest *r = state;

	(void)e;
	*piece = r->bytes;
	r->bytes.n = 0;
	return 0;
}

static bool
wanted(void *arg, const char *name)
{
	(void)arg;
	return strchr(name, 'w') != NULL;
}

/* It stays in the layer, whoever takes it for a path. */
static bool
is_good(const char *name)
{
	for (const char *part = name;; part += strcspn(part, "/") + 1) {
		size_t n = strcspn(part, "/");

		if (n == 0 || strncmp(part, ".", n) == 0 || strncmp(part, "..", n) == 0)
			return false;
		if (part[n] == '\0')
			return true;
	}
}

/* Within its cap. */
static int
take_file(void *arg, const char *name, struct bytes content, struct err *e)
{
	(void)arg;
	(void)e;
	if (content.n > MAX_FILE || !is_good(name))
		abort();
	return 0;
}

static int
take_gone(void *arg, const char *name, struct err *e)
{
	(void)arg;
	(void)e;
	/* The layer itself is the folder without a name. */
	if (name[0] != '\0' && !is_good(name))
		abort();
	return 0;
}

/* Whatever was read, the digest is that of all of it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct blob_kind kind = { next, free };
	const struct layer_reader reader = { wanted, take_file, take_gone, NULL, MAX_FILE,
		MAX_UNPACKED, MAX_FILES };
	struct rest *r = xcalloc(1, sizeof(*r));
	AUTO_PTR(blob) b = NULL;
	struct digest got, want;
	AUTO(err) e = ERR_INIT;

	r->bytes = bytes_of(data, size);
	b = blob_new(&kind, r, UINT64_MAX, xstrdup("fuzz"));
	if (layer_read(b, &reader, &got, &e) != 0) {
		if (e.code == E_NONE || digest_is_set(&got))
			abort();
		return 0;
	}
	if (digest_of_bytes(&want, bytes_of(data, size), &e) != 0 || !digest_equal(&got, &want))
		abort();
	return 0;
}
