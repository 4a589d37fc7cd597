#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A node's policy over real images and signatures, where they lie: $RELSIG_REAL_DATA, by default ../shared/data beside the
# source. The image has four signatures by Red Hat's key, with four names.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl python3 jq; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "policy" "no $tool"; finish_skipped; }
done

real=${RELSIG_REAL_DATA:-$SRCDIR/../shared/data}
if ! test -d "$real/signatures"; then
	skip "real images under a policy" "no $real (RELSIG_REAL_DATA)"
	finish_skipped
fi
make_ca
make_cert server
mkdir "$T/lookaside" "$T/registries.d"
start_nginx_store server "$T/lookaside"
start_registry server
key=$real/keys/cluster-update-keys/verifier-public-key-redhat-release.asc
bundle=$real/pair-aws-load-balancer-operator-bundle-dir
albo=albo/aws-load-balancer-operator-bundle
bundle_hex=$(sha256 "$bundle/manifest.json")
mkdir -p "$T/lookaside/$albo@sha256=$bundle_hex"
cp "$bundle"/signature-? "$T/lookaside/$albo@sha256=$bundle_hex"
keep_at "file://$T/lookaside"
set -- --policy "$T/policy.json" --registries.d "$T/registries.d"
# bundle STATUS WORD TITLE IMAGE: offline, with its manifest from the file
bundle() {
	decided "$1" "$2" "real: $3" --offline --manifest "$bundle/manifest.json" \
		--policy "$T/policy.json" --registries.d "$T/registries.d" "$4"
}
full=registry.redhat.io/$albo
policy docker registry.redhat.io "$(requirement)"
bundle 0 accepted "the documentation's policy" $full:0.0.1
try_says "real: by its third signature" "signature-3" out
bundle 0 accepted "the other tag" $full:0.0.1-20
bundle 0 accepted "by digest" "$full@sha256:$bundle_hex"
bundle 1 identity-mismatch "a tag that nobody signed" $full:0.0.2
bundle 1 rejected-by-policy "outside of the scope" registry.access.redhat.com/$albo:0.0.1
policy docker registry.redhat.io "$(key=$real/keys/cluster-update-keys/verifier-public-key-redhat-beta-2.asc requirement)"
bundle 1 unknown-key "a wrong key" $full:0.0.1
policy docker "$full" '{"type": "reject"}'
bundle 1 rejected-by-policy "a scope that is rejected" $full:0.0.1
policy docker registry.redhat.io "$(requirement "$(identity matchExact)")"
bundle 0 accepted "matchExact" $full:0.0.1
bundle 1 identity-mismatch "matchExact by digest" "$full@sha256:$bundle_hex"
policy docker registry.redhat.io "$(requirement "$(identity matchRepoDigestOrExact)")"
bundle 0 accepted "matchRepoDigestOrExact" $full:0.0.1
policy docker registry.redhat.io "$(requirement "$(identity matchRepository)")"
bundle 0 accepted "matchRepository" $full:anything
policy docker "" "$(requirement "$(identity exactReference ", \"dockerReference\": \"$full:0.0.1\"")")"
bundle 0 accepted "exactReference" quay.io/$albo:7
policy docker "" "$(requirement "$(identity exactReference ", \"dockerReference\": \"$full:0.0.2\"")")"
bundle 1 identity-mismatch "exactReference, another" $full:0.0.1
policy docker "" "$(requirement "$(identity exactRepository ", \"dockerRepository\": \"$full\"")")"
bundle 0 accepted "exactRepository" quay.io/$albo:7
policy docker "" "$(requirement "$(identity exactRepository ", \"dockerRepository\": \"quay.io/$albo\"")")"
bundle 1 identity-mismatch "exactRepository, another" quay.io/$albo:7
real_remap=$(identity remapIdentity ', "prefix": "mirror.example.com:5000", "signedPrefix": "registry.redhat.io"')
policy docker mirror.example.com:5000 "$(requirement "$real_remap")"
bundle 0 accepted "a mirror's name, remapped" mirror.example.com:5000/$albo:0.0.1
policy docker mirror.example.com:5000 "$(requirement)"
bundle 1 identity-mismatch "a mirror's name, not remapped" mirror.example.com:5000/$albo:0.0.1
policy dir "$(realpath "$bundle")" "$(requirement "$(identity exactReference ", \"dockerReference\": \"$full:0.0.1\"")")"
decided 0 accepted "real: dir:, exactReference" --offline --policy "$T/policy.json" "dir:$bundle"
policy dir "$(realpath "$bundle")" "$(requirement)"
decided 1 identity-mismatch "real: dir: has no name" --offline --policy "$T/policy.json" "dir:$bundle"

# The same image in a registry: skopeo and relsig agree.
push_image "$bundle" "$REGISTRY/$albo:0.0.1" --remove-signatures
for prefix in "$REGISTRY" other.example.com; do
	real_remap=$(identity remapIdentity ", \"prefix\": \"$prefix\", \"signedPrefix\": \"registry.redhat.io\"")
	policy docker "$REGISTRY" "$(requirement "$real_remap")"
	run skopeo --policy "$T/policy.json" --registries.d "$T/registries.d" copy --quiet --remove-signatures \
		--src-cert-dir "$T/certs" "docker://$REGISTRY/$albo:0.0.1" "dir:$T/copy"
	theirs=$status
	run verify "$@" "$REGISTRY/$albo:0.0.1"
	if test "$theirs" -eq "$status"; then ok "real: skopeo and relsig: $theirs"; else not_ok "real: skopeo $theirs"; fi
done

# Real releases: as the cluster reads its store, and as a node reads a lookaside store.
upstream=quay.io/openshift-release-dev/ocp-release
policy docker quay.io "$(requirement)"
for directory in "$real"/signatures/openshift/release/*/; do
	directory=${directory%/}
	mkdir -p "$T/lookaside/openshift-release-dev/ocp-release@${directory##*/}"
	cp "$directory/signature-1" "$T/lookaside/openshift-release-dev/ocp-release@${directory##*/}"
	echo "$upstream@sha256:${directory##*=}"
done >"$T/releases"
count=$(wc -l <"$T/releases" | tr -d ' ')
old=7613d8f7db639147b91b16b54b24cfa351c3cbde6aa7b7bf1b9c80c260efad06
verify --offline --digest-only --key "$key" --store "file://$real/signatures/openshift/release" --json - <"$T/releases" >"$T/out"
jq -r '.images[] | "\(.image) \(.reason) \(.signed_reference)"' "$T/out" >"$T/by-store"
sed "s|^\(.*$old\) .*|\1 malformed-payload null|" "$T/by-store" >"$T/want"
for base in "$STORE" "file://$T/lookaside"; do
	keep_at "$base"
	verify --digest-only "$@" --json - <"$T/releases" >"$T/out"
	jq -r '.images[] | "\(.image) \(.reason) \(.signed_reference)"' "$T/out" >"$T/by-policy"
	if cmp -s "$T/want" "$T/by-policy"; then
		ok "real: $count releases, from ${base%%:*}: as --store, but for 4.4.6"
	else
		not_ok "real: $count releases, from ${base%%:*}"
		diff "$T/want" "$T/by-policy"
	fi
done
if test "$(grep -c ' accepted ' "$T/by-store")" -eq "$count"; then ok "real: $count by --store"; else not_ok "real: $count by --store"; fi
decided 1 malformed-payload "real: 4.4.6 under a policy" --digest-only "$@" "$upstream@sha256:$old"
try_says "real: 4.4.6: what is missing" '"optional"' out

# The cluster's own ClusterImagePolicy: whom it is for, and that the test's key is not Red Hat's.
digest=$(sed -n 2p "$SRCDIR/testdata/release.txt")
cip="--require sigstore --cluster-image-policy $real/configmaps/openshift-cluster-image-policy.yaml"
sigstore_file=$SRCDIR/testdata/sigstore/signatures/p256
# shellcheck disable=SC2086 # words
decided 1 bad-signature "real: ClusterImagePolicy" $cip --offline --digest-only --signature "$sigstore_file" "$upstream@$digest"
for scope in quay.io/openshift-release-dev/ocp-v4.0-art-dev quay.io/openshift-release-dev/ocp-v5.0-art-dev; do
	# shellcheck disable=SC2086
	decided 1 bad-signature "real: ClusterImagePolicy, ${scope##*/}" $cip --identity "$scope" --offline --digest-only \
		--signature "$sigstore_file" "$upstream@$digest"
done
# shellcheck disable=SC2086
decided 2 usage "real: ClusterImagePolicy, not for this" $cip --identity quay.io/openshift-release-dev/other --offline \
	--digest-only --signature "$sigstore_file" "$upstream@$digest"
finish
