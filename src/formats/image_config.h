/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The config blob of an image (OCI image-spec config.md, and docker's, which is the same here). */
#ifndef RELSIG_FORMATS_IMAGE_CONFIG_H
#define RELSIG_FORMATS_IMAGE_CONFIG_H

#include "base/base.h"
#include "base/err.h"

struct image_config {
	char *architecture;    /* Go's word: "amd64"; owned */
	char *os;	       /* owned */
	char *release_version; /* the label io.openshift.release; owned; NULL when absent */
};
#define IMAGE_CONFIG_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/* E_INVALID: no JSON object, no architecture, no os, or a member of the wrong type. */
int image_config_parse(struct image_config *out, struct bytes json, struct err *e) RESULT_USED;
void image_config_free(struct image_config *c);
AUTO_DEFINE(image_config)

#endif
