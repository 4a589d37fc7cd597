/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ConfigMaps that carry release signatures to a cluster without a network: JSON or YAML, as oc,
 * oc-mirror and people write them. One object, a List, or several YAML documents.
 *
 *     binaryData:
 *       sha256-<hex of the manifest's digest>[-<number>]: <base64 of one signature>
 *
 * A ConfigMap is taken for one of signatures when it has the label that the cluster looks for
 * (release.openshift.io/verification-signatures), or a key that begins with "sha256-". Then each of
 * its keys must be of that form, its base64 canonical, without white space. A signature in data is
 * refused: a cluster reads binaryData alone, and would not find it.
 */
#ifndef RELSIG_FORMATS_SIGNATURE_CONFIGMAP_H
#define RELSIG_FORMATS_SIGNATURE_CONFIGMAP_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"

/* A signature, and the digest that its key names: what it signs is another question. */
struct configmap_signature {
	char *place; /* "binaryData[\"sha256-...-1\"]", in a List after "items[0]: "; owned */
	struct digest digest;
	int64_t number;	 /* -1: the key has none */
	struct buf blob; /* at most MAX_SIGNATURE_BYTES */
};

/* In the order of the objects; of one object by number, those without one first. */
struct signature_configmaps {
	struct configmap_signature *v;
	size_t n;
	size_t n_objects; /* that were ConfigMaps of signatures, with or without any */
};
#define SIGNATURE_CONFIGMAPS_INIT                                                                  \
	{                                                                                          \
		0                                                                                  \
	}
void signature_configmaps_free(struct signature_configmaps *c);
AUTO_DEFINE(signature_configmaps)

/* What is done with objects of other kinds, and with a text without any. */
enum other_objects {
	OTHER_OBJECTS_UNSET = 0,
	OTHER_OBJECTS_REFUSED,
	OTHER_OBJECTS_LEFT_OUT,
};

/*
 * Add what is in a text; what names it in messages. E_INVALID; E_TOO_LARGE for a signature over the
 * cap. Nothing is added after a failure.
 */
int signature_configmaps_read(struct signature_configmaps *out, struct bytes text, const char *what,
    enum other_objects others, struct err *e) RESULT_USED;

#endif
