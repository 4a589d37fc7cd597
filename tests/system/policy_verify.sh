#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# relsig verify --policy with real parts: images in docker-registry behind TLS, signatures in nginx and in files. Every sort
# of requirement, what nobody verifies, and files of the node that cannot be used.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl python3 jq; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "policy" "no $tool"; finish_skipped; }
done

data=$SRCDIR/testdata
{ read -r reference && read -r digest; } <"$data/release.txt"
hex=${digest#sha256:}
make_ca
make_cert server
mkdir "$T/lookaside" "$T/registries.d"
start_nginx_store server "$T/lookaside"
start_registry server
with="--policy $T/policy.json --registries.d $T/registries.d"

# ---- an image in a registry, its signature in a lookaside store
mirror=$REGISTRY/ocp/release
push_image "$data/release" "$mirror:4.99.0-x86_64" --remove-signatures
push_image "$data/release-multi" "$mirror:4.99.0-multi" --all --remove-signatures
mkdir -p "$T/lookaside/ocp/release@sha256=$hex"
cp "$data/release/signature-1" "$T/lookaside/ocp/release@sha256=$hex"
remap=$(identity remapIdentity ", \"prefix\": \"$mirror\", \"signedPrefix\": \"${reference%:*}\"")
for base in "$STORE" "file://$T/lookaside"; do
	keep_at "$base"
	policy docker "$REGISTRY" "$(requirement "$remap")"
	# shellcheck disable=SC2086 # words
	decided 0 accepted "a mirror, remapped, ${base%%:*}" $with "$mirror:4.99.0-x86_64"
	try_says "where it is from" "${base#file://}/ocp/release@sha256=$hex/signature-1" out
	# shellcheck disable=SC2086
	decided 0 accepted "the same by digest, ${base%%:*}" $with "$mirror@$digest"
	policy docker "$REGISTRY" "$(requirement)"
	# shellcheck disable=SC2086
	decided 1 identity-mismatch "a mirror, not remapped, ${base%%:*}" $with "$mirror:4.99.0-x86_64"
done
# shellcheck disable=SC2086
set -- $with
policy docker "$REGISTRY" "$(requirement "$remap")"
decided 2 usage "both a tag and a digest" "$@" "$mirror:4.99.0-x86_64@$digest"
decided 1 no-signature "a list: its own signature does not count" "$@" "$mirror:4.99.0-multi"
for file in "$data"/release-multi/*.signature-1; do
	child=${file##*/} child=${child%.signature-1}
	mkdir "$T/lookaside/ocp/release@sha256=$child"
	cp "$file" "$T/lookaside/ocp/release@sha256=$child/signature-1"
done
case $(uname -m) in
x86_64 | aarch64)
	decided 0 accepted "a list: the image of this machine" "$@" "$mirror:4.99.0-multi"
	try_says "a list: it is named" "$mirror" out
	try_says "a list: its digest" "$(sed -n 2p "$data/release-multi.txt")" out
	;;
*) skip "a list: the image of this machine" "the sample has none for $(uname -m)" ;;
esac
cp "$data/release-multi/signature-1" "$T/lookaside/ocp/release@sha256=$hex/signature-1"
decided 1 signed-digest-mismatch "another image's signature" "$@" "$mirror:4.99.0-x86_64"
cp "$data/release/signature-1" "$T/lookaside/ocp/release@sha256=$hex/signature-1"
mkdir "$T/lookaside/ocp/release@sha256=$hex/signature-2"
decided 2 io-error "a second signature that cannot be read" "$@" "$mirror:4.99.0-x86_64"
rmdir "$T/lookaside/ocp/release@sha256=$hex/signature-2"
echo '<html>' >"$T/lookaside/ocp/release@sha256=$hex/signature-2"
decided 1 not-a-signature "a second signature that is none" "$@" "$mirror:4.99.0-x86_64"
rm "$T/lookaside/ocp/release@sha256=$hex/signature-2"

# ---- what is not verified
policy docker "" '{"type": "insecureAcceptAnything"}'
decided 0 unverified "insecureAcceptAnything" "$@" "$mirror:4.99.0-x86_64"
decided 1 rejected-by-policy "insecureAcceptAnything, --require-signed" "$@" --require-signed "$mirror:4.99.0-x86_64"
decided 2 unreachable "insecureAcceptAnything, no such image" "$@" "$mirror:none"
policy docker "" "{\"type\": \"insecureAcceptAnything\"}, $(requirement "$remap")"
decided 0 accepted "insecureAcceptAnything and signedBy, --require-signed" "$@" --require-signed "$mirror:4.99.0-x86_64"
policy docker "" "$(requirement "$remap"), {\"type\": \"reject\"}"
decided 1 rejected-by-policy "signedBy and reject" "$@" "$mirror:4.99.0-x86_64"
policy docker "" "$(requirement "$remap"), {\"type\": \"signedBaseLayer\", \"baseLayerIdentity\": {\"type\": \"matchExact\"}}"
decided 1 rejected-by-policy "signedBaseLayer" "$@" "$mirror:4.99.0-x86_64"
policy docker "" "{\"type\": \"signedBy\", \"keyType\": \"X509Certificates\", \"keyPath\": \"/dev/null\"}"
decided 1 rejected-by-policy "a keyType that nobody implements" "$@" "$mirror:4.99.0-x86_64"
policy docker "" "{\"type\": \"signedBy\", \"keyType\": \"GPGKeys\", \"keyPaths\": []$remap}"
decided 1 rejected-by-policy "no keys" "$@" "$mirror:4.99.0-x86_64"
policy docker "" "{\"type\": \"signedBy\", \"keyType\": \"GPGKeys\", \"keyPaths\": [\"$data/keys/other.asc\", \"$data/keys/release.asc\"]$remap}"
decided 0 accepted "keyPaths" "$@" "$mirror:4.99.0-x86_64"
policy docker "" "{\"type\": \"signedBy\", \"keyType\": \"GPGKeys\", \"keyPaths\": [\"$data/keys/release.asc\", \"$T/nothing\"]$remap}"
decided 2 io-error "one of the key files is not there" "$@" "$mirror:4.99.0-x86_64"

# ---- requirements that different signatures meet
key=$data/keys/other.asc
policy docker "" "$(key='' requirement "$remap"), $(requirement "$remap")"
decided 1 untrusted-key "two keys, one signature" "$@" "$mirror:4.99.0-x86_64"
cp "$data/adversary/other-trusted/blob" "$T/lookaside/ocp/release@sha256=$hex/signature-2"
decided 0 accepted "two keys, two signatures" "$@" "$mirror:4.99.0-x86_64"
key=

# ---- the node's own files, and how they go wrong
mkdir -p "$HOME/.config/containers/registries.d"
policy docker "" "$(requirement "$remap")"
cp "$T/policy.json" "$HOME/.config/containers/policy.json"
cp "$T/registries.d/test.yaml" "$HOME/.config/containers/registries.d"
decided 0 accepted "--policy default" --policy default "$mirror:4.99.0-x86_64"
try_says "--policy default: which file" "$HOME/.config/containers/policy.json" out
decided 0 accepted "--registries.d alone" --registries.d "$T/registries.d" "$mirror:4.99.0-x86_64"
rm -r "$HOME/.config"
unusable "no such policy" "$T/nothing" --policy "$T/nothing" "$mirror:4.99.0-x86_64"
unusable "no such registries.d" "$T/nothing" --policy "$T/policy.json" --registries.d "$T/nothing" "$mirror:4.99.0-x86_64"
echo '{"default": [{"type": "insecureAcceptAnything"}], "default": [{"type": "reject"}]}' >"$T/twice.json"
unusable "a policy with a key twice" "duplicate" --policy "$T/twice.json" "$mirror:4.99.0-x86_64"
unusable "a policy and --key" "have no place" --policy "$T/policy.json" --key "$data/keys/release.asc" "$mirror:4.99.0-x86_64"
unusable "a policy and --store" "have no place" --policy "$T/policy.json" --store "$STORE" "$mirror:4.99.0-x86_64"
unusable "--require-signed alone" "--policy" --require-signed "$mirror:4.99.0-x86_64"
mkfifo "$T/fifo"
unusable "a policy that nobody writes" "--timeout of 1 s" --timeout 1 --policy "$T/fifo" "$mirror:4.99.0-x86_64"
policy docker "" "{\"type\": \"signedBy\", \"keyType\": \"GPGKeys\", \"keyPath\": \"$T/fifo\"}"
decided 2 timed-out "a key that nobody writes" --timeout 1 "$@" "$mirror:4.99.0-x86_64"

finish
