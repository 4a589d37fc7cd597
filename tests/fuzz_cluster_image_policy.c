/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/base.h"
#include "formats/cluster_image_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is whole: scopes, and a requirement that can be judged. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(cluster_image_policies) p = CLUSTER_IMAGE_POLICIES_INIT;
	AUTO(err) e = ERR_INIT;

	if (cluster_image_policies_read(&p, "fuzz", bytes_of(data, size), &e) != 0) {
		if (p.n > 0 || e.code == E_NONE)
			abort();
		return 0;
	}
	for (size_t i = 0; i < p.n; i++)
		if (p.v[i].n_scopes == 0 || p.v[i].name == NULL ||
		    p.v[i].requirement.type != POLICY_SIGSTORE_SIGNED ||
		    p.v[i].requirement.trust == POLICY_TRUST_UNSET ||
		    p.v[i].requirement.identity.rule == POLICY_IDENTITY_UNSET)
			abort();
	return 0;
}
