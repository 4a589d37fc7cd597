#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A release from end to end with real parts: skopeo pushes it into docker-registry behind TLS, gpg signs it, nginx serves
# the signature store over TLS, and relsig says whether it is one; then everything that must be refused.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl gpg; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "release" "no $tool"; finish_skipped; }
done

GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --import "$SRCDIR/testdata/secret/release.gpg" 2>"$T/import.log" || die "gpg: $(cat "$T/import.log")"
upstream=quay.io/openshift-release-dev/ocp-release

# sign REFERENCE DIGEST FILE
sign() {
	printf '{"critical": {"image": {"docker-manifest-digest": "%s"}, "type": "atomic container signature", %s}, %s}' \
		"$2" "\"identity\": {\"docker-reference\": \"$1\"}" '"optional": {"creator": "relsig test"}' |
		gpg --batch --quiet --yes --no-armor --output "$3" --sign - || die "gpg --sign"
}
# publish REFERENCE DIGEST [N]: into the store
publish() {
	mkdir -p "$T/store/sha256=${2#sha256:}"
	sign "$1" "$2" "$T/store/sha256=${2#sha256:}/signature-${3:-1}"
}

make_ca
make_cert server
mkdir "$T/store"
start_nginx_store server "$T/store"
start_registry server
mirror=$REGISTRY/ocp/release-images

# Three releases with a tag each.
for version in 4.90.1 4.90.2 4.90.3; do
	make_image "$T/$version" $version
	push_image "$T/$version" "$mirror:$version-x86_64"
	publish "$upstream:$version-x86_64" "$DIGEST"
	echo "$DIGEST" >"$T/$version.digest"
done
digest=$(cat "$T/4.90.1.digest")
other=$(cat "$T/4.90.2.digest")

verify() {
	"$RELSIG" verify --cert-dir "$T/certs" --key "$SRCDIR/testdata/keys/release.asc" --store "$STORE" --retry-times 0 "$@"
}
# answered STATUS WORD NAME ARGUMENT...
answered() {
	want_status=$1 word=$2 title=$3
	shift 3
	try_status "$want_status" "$title" verify "$@"
	if sed -n 1p "$T/out" | grep -q ": $word\$" || { test "$word" = accepted && grep -q '^accepted: ' "$T/out"; }; then
		ok "$title: $word"
	else
		not_ok "$title: $word"
	fi
}

# ---- accepted
answered 0 accepted "by tag" "$mirror:4.90.1-x86_64"
try_says "by tag: the digest" "$digest" out
try_says "by tag: where the manifest is from" "https://$REGISTRY/v2/ocp/release-images/manifests/4.90.1-x86_64" out
try_says "by tag: where the signature is from" "$STORE/sha256=${digest#sha256:}/signature-1" out
answered 0 accepted "by digest" "$mirror@$digest"
answered 0 accepted "by tag and digest" "docker://$mirror:4.90.1-x86_64@$digest"
try "many in one run" verify "$mirror:4.90.1-x86_64" "$mirror@$other" "$mirror:4.90.3-x86_64" "$mirror:4.90.2-x86_64@$other"
if test "$(grep -c '^accepted: ' "$T/out")" -eq 4; then ok "many in one run: all of them"; else not_ok "many in one run: all of them"; fi
try "the second of two stores" verify --store "$STORE/nothing-here" "$mirror@$digest"
mkdir "$T/two"
cp -r "$T/4.90.1" "$T/two/image"
try "dir: with a store on the network" verify "dir:$T/two/image"
try "JSON" verify --json "$mirror:4.90.1-x86_64"
try_says "JSON: accepted" '"reason": "accepted"' out

# The second signature counts when the first is for another name, and a store is asked until it has no more.
rm "$T/store/sha256=${digest#sha256:}/signature-1"
publish "$upstream:4.90.1-ppc64le" "$digest" 1
publish "$upstream:4.90.1-x86_64" "$digest" 2
answered 0 accepted "the second signature" "$mirror:4.90.1-x86_64"
answered 1 identity-mismatch "a tag that nobody signed" --identity "$upstream:4.90.9-x86_64" "$mirror@$digest"
rm "$T/store/sha256=${digest#sha256:}/signature-2"
publish "$upstream:4.90.1-x86_64" "$digest" 1

# ---- with a password
start_registry server htpasswd
locked=$REGISTRY/ocp/release-images
push_image "$T/4.90.1" "$locked:4.90.1-x86_64" --dest-creds user:secret
answered 2 unreachable "no password" "$locked:4.90.1-x86_64"
try_says "no password: what to do" "--creds" out
answered 0 accepted "--creds" --creds user:secret "$locked:4.90.1-x86_64"
answered 2 unreachable "a wrong password" --creds user:wrong "$locked:4.90.1-x86_64"
printf '{"auths": {"%s": {"auth": "%s"}}}' "${locked%%/*}" "$(printf user:secret | openssl base64)" >"$T/auth.json"
answered 0 accepted "--authfile" --authfile "$T/auth.json" "$locked:4.90.1-x86_64"
REGISTRY_AUTH_FILE=$T/auth.json
export REGISTRY_AUTH_FILE
answered 0 accepted "REGISTRY_AUTH_FILE" "$locked:4.90.1-x86_64"
unset REGISTRY_AUTH_FILE
mkdir -p "$HOME/.docker"
cp "$T/auth.json" "$HOME/.docker/config.json"
answered 0 accepted "docker's config.json" "$locked:4.90.1-x86_64"
rm -r "$HOME/.docker"

# ---- TLS
try_status 2 "an unknown authority" "$RELSIG" verify --key "$SRCDIR/testdata/keys/release.asc" --store "$STORE" \
	--retry-times 0 "$mirror:4.90.1-x86_64"
mkdir -p "$HOME/.config/containers/certs.d/${mirror%%/*}"
cp "$T/ca.crt" "$HOME/.config/containers/certs.d/${mirror%%/*}/ca.crt"
mkdir -p "$HOME/.config/containers/certs.d/${STORE#https://}"
cp "$T/ca.crt" "$HOME/.config/containers/certs.d/${STORE#https://}/ca.crt"
try "certs.d of the user" "$RELSIG" verify --key "$SRCDIR/testdata/keys/release.asc" --store "$STORE" "$mirror:4.90.1-x86_64"
rm -r "$HOME/.config"
try "SSL_CERT_FILE" env SSL_CERT_FILE="$T/ca.crt" "$RELSIG" verify --key "$SRCDIR/testdata/keys/release.asc" --store "$STORE" "$mirror:4.90.1-x86_64"
try "--tls-verify=false" "$RELSIG" verify --tls-verify=false --key "$SRCDIR/testdata/keys/release.asc" --store "$STORE" "$mirror:4.90.1-x86_64"
for kind in "expired IP:127.0.0.1 -1" "wrong-host DNS:elsewhere.invalid 3650"; do
	# shellcheck disable=SC2086 # a word each
	set -- $kind
	make_cert "$1" "$2" "$3"
	start_registry "$1"
	answered 2 unreachable "a certificate that is $1" "$REGISTRY/ocp/release-images@$digest"
	try_says "a certificate that is $1: says so" "certificate" out
done
start_registry ""
answered 2 unreachable "a registry without TLS" "$REGISTRY/ocp/release-images:4.90.1-x86_64"
push_image "$T/4.90.1" "$REGISTRY/ocp/release-images:4.90.1-x86_64" --dest-tls-verify=false
answered 0 accepted "a registry without TLS, --tls-verify=false" --tls-verify=false "$REGISTRY/ocp/release-images:4.90.1-x86_64"

# ---- refused
answered 1 identity-mismatch "a tag of the mirror's own" --store "$STORE" "$mirror:4.90.1-x86_64" --identity "$upstream:4.90.2-x86_64"
answered 2 unreachable "a tag that is not there" "$mirror:4.91.0-x86_64"
answered 2 unreachable "a registry that is not there" "127.0.0.1:1/ocp/release-images@$digest"
answered 2 unreachable "a store that is not there" --store https://127.0.0.1:1/ --store "$STORE" "$mirror@sha256:$(printf %064d 7)"
mv "$T/store/sha256=${digest#sha256:}" "$T/store/kept"
answered 1 no-signature "the signature removed" "$mirror:4.90.1-x86_64"
mkdir "$T/store/sha256=${digest#sha256:}"
cp "$T/store/sha256=${other#sha256:}/signature-1" "$T/store/sha256=${digest#sha256:}/signature-1"
answered 1 signed-digest-mismatch "the signature of another image" "$mirror:4.90.1-x86_64"
answered 1 signed-digest-mismatch "the signature of another image, by digest" "$mirror@$digest"
rm -r "$T/store/sha256=${digest#sha256:}"
mv "$T/store/kept" "$T/store/sha256=${digest#sha256:}"
answered 0 accepted "the signature is back" "$mirror:4.90.1-x86_64"

push_image "$T/4.90.2" "$mirror:4.90.1-x86_64"
answered 1 identity-mismatch "another release behind the tag" "$mirror:4.90.1-x86_64"
answered 1 manifest-digest-mismatch "another release behind the tag, tag and digest" "$mirror:4.90.1-x86_64@$digest"
answered 0 accepted "the digest is what it was" "$mirror@$digest"
make_image "$T/unsigned" unsigned
push_image "$T/unsigned" "$mirror:4.90.1-x86_64"
answered 1 no-signature "an unsigned image behind the tag" "$mirror:4.90.1-x86_64"
for blob in "$T"/registry-*/docker/registry/v2/blobs/sha256/*/"${digest#sha256:}"/data; do printf ' ' >>"$blob"; done
if verify "$mirror@$digest" >"$T/out" 2>"$T/err"; then
	not_ok "a manifest changed in the registry's storage"
else
	ok "a manifest changed in the registry's storage"
fi
printf '<html>nothing here</html>' >"$T/store/sha256=${other#sha256:}/signature-1"
answered 1 not-a-signature "HTML with status 200" "$mirror@$other"
head -c 65537 /dev/zero >"$T/store/sha256=${other#sha256:}/signature-1"
answered 2 too-large "a signature of 64 KiB and one byte" "$mirror@$other"

gpgconf --kill all 2>/dev/null
finish
