/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures as a cluster's Cluster Version Operator looks for them: ConfigMaps in the namespace
 * openshift-config-managed, with the label release.openshift.io/verification-signatures and members
 * "sha256-HEX-N" of binaryData (openshift/library-go, pkg/verify/store/configmap).
 */
#ifndef RELSIG_FORMATS_SIGNATURE_CONFIGMAP_WRITE_H
#define RELSIG_FORMATS_SIGNATURE_CONFIGMAP_WRITE_H

#include "base/base.h"
#include "base/buf.h"

/* Everything is borrowed. */
struct configmap_signature {
	const char *hex; /* of the sha256 digest that it is for */
	unsigned number; /* from 1 */
	struct bytes blob;
};

/*
 * How much base64 goes into one ConfigMap: "oc apply" keeps a copy in an annotation, and
 * annotations may have 256 KiB.
 */
#define MAX_WRITTEN_CONFIGMAP_BYTES ((size_t)160 << 10)

/*
 * Append JSON for "oc apply -f": the ConfigMap "relsig-release-signatures"; or, when that would be
 * too large, a List of it and "relsig-release-signatures-2" and so on. In the order given.
 */
void signature_configmap_write(struct buf *out, const struct configmap_signature *v, size_t n);

#endif
