/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/gpghome.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

struct gpghome {
	char *path;
};

/*
 * "verify" turns off gpg's guessing at what a blob wants done with it. An option that one of the
 * supported versions does not know would be fatal there: nothing is added without trying all of
 * them.
 */
static const char gpg_conf[] = "verify\n"
			       "no-autostart\n"
			       "trust-model always\n"
			       "no-auto-check-trustdb\n"
			       "lock-never\n"
			       "no-random-seed-file\n"
			       "no-auto-key-retrieve\n"
			       "no-auto-key-import\n"
			       "no-auto-key-locate\n"
			       "pinentry-mode cancel\n"
			       "batch\n";

int
gpghome_make(struct gpghome **out, struct err *e)
{
	AUTO_PTR(gpghome) h = xcalloc(1, sizeof(*h));

	*out = NULL;
	h->path = tmpdir_make(e);
	if (h->path == NULL)
		return -1;
	if (setenv("GNUPGHOME", h->path, 1) != 0)
		return err_sys(e, E_IO, "setting GNUPGHOME");
	*out = steal(&h);
	return 0;
}

int
gpghome_fill(struct gpghome *h, const struct certificates *certificates, struct err *e)
{
	AUTO_STR char *conf = xasprintf("%s/gpg.conf", h->path);
	AUTO_STR char *ring = xasprintf("%s/pubring.gpg", h->path);
	AUTO(buf) keys = BUF_INIT;

	for (size_t i = 0; i < certificates->n; i++)
		buf_add(&keys, certificates->v[i].raw.p, certificates->v[i].raw.n);
	/* A lost gpg.conf would bring gpg's guessing back: every write counts. */
	if (file_write_private(conf, bytes_of_str(gpg_conf), e) != 0 ||
	    file_write_private(ring, buf_bytes(&keys), e) != 0)
		return -1;
	return 0;
}

void
gpghome_free(struct gpghome *h)
{
	if (h == NULL)
		return;
	tmpdir_remove(h->path);
	free(h);
}
