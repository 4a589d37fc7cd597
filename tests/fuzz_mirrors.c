/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "formats/mirrors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is written there, an image has its own place once, and what is asked for elsewhere is
 * its digest. */
static void
look_up(const struct mirrors *m, const char *name)
{
	AUTO(mirror_places) places = MIRROR_PLACES_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;
	size_t own = 0;

	if (reference_parse(&image, name, &e) != 0)
		abort();
	if (mirror_places_find(&places, m, &image, &e) != 0) {
		if (places.n > 0 || e.code == E_NONE)
			abort();
		return;
	}
	for (size_t i = 0; i < places.n; i++) {
		if (!places.v[i].mirror && reference_equal(&places.v[i].image, &image))
			own++;
		if (strcmp(places.v[i].image.digest.text, image.digest.text) != 0)
			abort();
	}
	if (own != 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(mirrors) m = MIRRORS_INIT;
	AUTO(err) e = ERR_INIT;

	if (mirrors_read(&m, "fuzz", bytes_of(data, size), &e) != 0) {
		if (m.n > 0 || e.code == E_NONE)
			abort();
		return 0;
	}
	for (size_t i = 0; i < m.n; i++)
		if (m.v[i].source == NULL || m.v[i].use == MIRROR_UNSET ||
		    (m.v[i].never && m.v[i].n == 0))
			abort();
	look_up(&m, "quay.io/openshift-release-dev/ocp-release:4.99.0-x86_64");
	look_up(&m, "quay.io/openshift-release-dev/ocp-release@sha256:"
		    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	return 0;
}
