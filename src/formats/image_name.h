/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IMAGE as relsig(1) takes it: every form becomes one struct. */
#ifndef RELSIG_FORMATS_IMAGE_NAME_H
#define RELSIG_FORMATS_IMAGE_NAME_H

#include "base/base.h"
#include "base/err.h"
#include "formats/reference.h"

/* Where Red Hat publishes releases, and the name that they are signed as. */
#define RELEASE_REPOSITORY "quay.io/openshift-release-dev/ocp-release"

enum image_kind {
	IMAGE_UNSET = 0,
	IMAGE_REGISTRY, /* reference */
	IMAGE_DIR,	/* dir:PATH, the containers "dir" layout */
	IMAGE_OCI,	/* oci:PATH[:REF], an OCI image layout */
	IMAGE_OC,	/* file://REPOSITORY, in a tree of oc's */
};

struct image_name {
	enum image_kind kind;
	char *given; /* as the user wrote it, owned */
	/*
	 * IMAGE_REGISTRY: has a tag, a digest or both. IMAGE_OC: the same, but no domain.
	 * IMAGE_OCI: the tag alone, of a REF that has one.
	 */
	struct reference reference;
	char *path; /* IMAGE_DIR, IMAGE_OCI: owned */
	char *ref;  /* IMAGE_OCI: REF as it was given, owned; NULL without one */
};
#define IMAGE_NAME_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * sha256:HEX or 64 hex digits; VERSION or VERSION-ARCH (4.14.3, 4.16.0-rc.1-multi: two or three
 * numbers first, x86_64, aarch64, ppc64le, s390x, multi last, amd64 and arm64 taken for x86_64 and
 * aarch64); [docker://]REFERENCE, where no tag and no digest is an error (there is no "latest"
 * release); dir:PATH; oci:PATH[:REF], where PATH has no colon, as containers/image reads it, and
 * REF is a tag or a reference with one; file://PATH with a tag or a digest. machine is this
 * machine's architecture as the tag spells it (see image_machine). A path or a URL where a name
 * belongs is an error that says so and shows the form that was probably meant.
 */
int image_name_parse(
    struct image_name *out, const char *text, const char *machine, struct err *e) RESULT_USED;
/*
 * The release tag's word for uname(2)'s machine name ("x86_64", "aarch64", ...), or NULL if none.
 */
const char *image_machine(const char *uname_machine);
void image_name_free(struct image_name *n);
AUTO_DEFINE(image_name)

#endif
