/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/policy_run.h"

#include <stdlib.h>

void
requirement_keys_free(struct requirement_keys *k)
{
	err_free(&k->failure);
	trusted_keys_free(&k->openpgp);
	public_keys_free(&k->sigstore);
	public_keys_free(&k->log);
}

void
policy_run_free(struct policy_run *p)
{
	for (size_t i = 0; i < p->n; i++)
		requirement_keys_free(&p->v[i]);
	free(p->v);
	*p = (struct policy_run){ 0 };
}

void
requirement_keys_read(struct requirement_keys *out, const struct policy_requirement *requirement,
    const struct policy_key_files *files, bool allow_weak)
{
	const struct policy_requirement *r = requirement;
	int failed = 0;

	out->requirement = r;
	switch (r->type) {
	case POLICY_SIGNED_BY:
		if (r->key_type == POLICY_KEY_GPG_KEYS)
			failed = policy_keys_openpgp(&out->openpgp, &r->keys, files, &out->failure);
		break;
	case POLICY_SIGSTORE_SIGNED:
		if (r->trust == POLICY_TRUST_KEYS)
			failed = policy_keys_public(
			    &out->sigstore, &r->keys, files, allow_weak, &out->failure);
		if (failed == 0)
			failed = policy_keys_public(
			    &out->log, &r->rekor, files, allow_weak, &out->failure);
		break;
	case POLICY_UNSET:
	case POLICY_INSECURE_ACCEPT_ANYTHING:
	case POLICY_REJECT:
	case POLICY_SIGNED_BASE_LAYER:
		break;
	}
	if (failed == 0)
		return;
	/* All of the keys or none, as on the node. */
	trusted_keys_free(&out->openpgp);
	public_keys_free(&out->sigstore);
	public_keys_free(&out->log);
}

const struct requirement_keys *
policy_run_keys(const struct policy_run *p, const struct policy_requirement *requirement)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].requirement == requirement)
			return &p->v[i];
	return NULL;
}

static const struct policy_entry *
not_on_a_node(struct err *e)
{
	(void)err_set(e, E_USAGE, "a policy is asked about images of registries and dir: images");
	return NULL;
}

const struct policy_entry *
policy_run_entry(const struct policy_run *p, const struct image_name *image, struct err *e)
{
	if (image->kind == IMAGE_DIR)
		return node_config_entry_of_path(p->config, "dir", image->path, e);
	if (image->kind != IMAGE_REGISTRY)
		return not_on_a_node(e);
	return node_config_entry(p->config, &image->reference, e);
}

/*
 * gpg looks for keys in one ring; which of them count is said for each verification. A revocation
 * in one file counts for all.
 */
static int
add_to_ring(struct trusted_keys *ring, const struct trusted_keys *keys, struct err *e)
{
	for (size_t i = 0; i < keys->certificates.n; i++) {
		const struct certificate *c = &keys->certificates.v[i];

		if (certificates_add(
			&ring->certificates, buf_bytes(&c->raw), c->keys[0].fingerprint, e) != 0)
			return err_wrap(e, "the keys of the policy together");
	}
	return 0;
}

static int
add_entry(struct policy_run *p, const struct policy_entry *entry, bool allow_weak,
    struct trusted_keys *ring, struct err *e)
{
	const struct policy_key_files files = { p->config->root, p->config->deadline };

	for (size_t i = 0; i < entry->n; i++) {
		struct requirement_keys *k;

		if (policy_run_keys(p, &entry->v[i]) != NULL)
			continue;
		k = LIST_ADD(p->v, p->n);
		requirement_keys_read(k, &entry->v[i], &files, allow_weak);
		if (add_to_ring(ring, &k->openpgp, e) != 0)
			return -1;
	}
	return 0;
}

int
policy_run_make(struct policy_run *out, const struct node_config *config, char *const *names,
    size_t n, const char *machine, bool allow_weak, struct trusted_keys *ring, struct err *e)
{
	*out = (struct policy_run){ .config = config };
	for (size_t i = 0; i < n; i++) {
		const struct policy_entry *entry = NULL;
		AUTO(image_name) name = IMAGE_NAME_INIT;
		AUTO(err) later = ERR_INIT;

		if (image_name_parse(&name, names[i], machine, &later) == 0)
			entry = policy_run_entry(out, &name, &later);
		if (entry != NULL && add_entry(out, entry, allow_weak, ring, e) != 0)
			return -1;
	}
	return 0;
}
