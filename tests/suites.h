/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of unit test suites: tests/test_X.c defines X_suite(). The Makefile's SUITES has the
 * same names (tests/test_in_step.sh compares both with the files).
 */
#ifndef RELSIG_TESTS_SUITES_H
#define RELSIG_TESTS_SUITES_H

#include <check.h>

#define SUITES(X) \
	X(agreement) \
	X(armor) \
	X(attachment) \
	X(audit) \
	X(audit_crew) \
	X(audit_html) \
	X(audit_json) \
	X(audit_settings) \
	X(audit_text) \
	X(audit_words) \
	X(authfile) \
	X(batch) \
	X(buf) \
	X(certificate) \
	X(certificates) \
	X(certs) \
	X(challenge) \
	X(children) \
	X(claim) \
	X(cleanup) \
	X(cluster_image_policy) \
	X(confine) \
	X(confine_calls) \
	X(confine_gpg) \
	X(confine_work) \
	X(content_range) \
	X(credential_helper) \
	X(credentials) \
	X(data_url) \
	X(deadline) \
	X(degraded) \
	X(descriptors) \
	X(digest) \
	X(evidence) \
	X(failures) \
	X(fetcher_stream) \
	X(file) \
	X(filetree) \
	X(filetree_archive) \
	X(fingerprint) \
	X(framing) \
	X(gpg) \
	X(gpg_versions) \
	X(gpghome) \
	X(helpers) \
	X(hostile) \
	X(http) \
	X(http_call) \
	X(http_frames) \
	X(http_greeting) \
	X(http_proxy) \
	X(http_servers) \
	X(http_session) \
	X(http_stream) \
	X(http_tls) \
	X(http_wire) \
	X(identity) \
	X(image_name) \
	X(image_policy) \
	X(image_references) \
	X(inflate) \
	X(json) \
	X(key_files) \
	X(keys) \
	X(keysearch) \
	X(keysearch_folder) \
	X(layout_save) \
	X(link) \
	X(login) \
	X(machine_config) \
	X(machine_config_check) \
	X(manifest) \
	X(mirror_chain) \
	X(mirrors) \
	X(mutation) \
	X(mutation_inputs) \
	X(node_config) \
	X(oci_index) \
	X(openpgp) \
	X(options) \
	X(outdir) \
	X(packets) \
	X(payload) \
	X(payload_write) \
	X(place) \
	X(policy) \
	X(policy_check) \
	X(policy_explain) \
	X(policy_identity) \
	X(policy_keys) \
	X(policy_requirement) \
	X(policy_run) \
	X(policy_scope) \
	X(program) \
	X(progress) \
	X(proxy) \
	X(public_key) \
	X(public_keys) \
	X(publish) \
	X(ready) \
	X(real_data) \
	X(reason) \
	X(reference) \
	X(registriesd) \
	X(registry) \
	X(registry_blob) \
	X(rekor) \
	X(release_annotations) \
	X(release_metadata) \
	X(save_index) \
	X(scopes) \
	X(signature_blob) \
	X(signature_configmap) \
	X(signature_configmap_write) \
	X(signature_packets) \
	X(signed_message) \
	X(signing) \
	X(sigstore) \
	X(sigstore_manifest) \
	X(source) \
	X(store) \
	X(store_http) \
	X(store_tree) \
	X(subject) \
	X(surroundings) \
	X(takeover) \
	X(text) \
	X(timeout) \
	X(validsig) \
	X(verdict) \
	X(yaml) \
	X(yaml_write)

#define DECLARE_SUITE(name) Suite *name##_suite(void);
SUITES(DECLARE_SUITE)

#endif
