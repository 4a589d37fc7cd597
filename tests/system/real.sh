#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Real signatures of real releases, where they lie: $RELSIG_REAL_DATA, by default ../shared/data beside the source.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

real=${RELSIG_REAL_DATA:-$SRCDIR/../shared/data}
if ! test -d "$real/signatures"; then
	skip "real signatures" "no $real (RELSIG_REAL_DATA)"
	finish_skipped
fi
key=$real/keys/cluster-update-keys/verifier-public-key-redhat-release.asc
other=$real/keys/cluster-update-keys/verifier-public-key-redhat-beta-2.asc
releases=$real/signatures/openshift/release
store=file://$releases
for directory in "$releases"/*/; do
	directory=${directory%/}
	echo "sha256:${directory##*=}"
done >"$T/digests"
count=$(wc -l <"$T/digests" | tr -d ' ')

verify() {
	"$RELSIG" verify --offline --digest-only --store "$store" "$@"
}
# counted NAME WANT PATTERN
counted() {
	got=$(grep -c -e "$3" "$T/out")
	if test "$got" -eq "$2"; then ok "$1: $got of $2"; else not_ok "$1: $got, want $2"; fi
}
all() {
	# shellcheck disable=SC2046 # a word each
	verify "$@" $(cat "$T/digests")
}

try "$count releases in one run" all --key "$key"
counted "accepted" "$count" '^accepted: sha256:'
counted "each with its signed reference" "$count" '^  signed as:  quay.io/openshift-release-dev/ocp-release:4\.[0-9.]*-x86_64$'
counted "each by the release key" "$count" '^  signed by:  567E347AD0044ADE55BA8A5F199E2F91FD431D51 '
try_status 1 "with another key" all --key "$other"
counted "unknown-key" "$count" '^refused: sha256:.*: unknown-key$'
try_status 1 "as another tag" all --key "$key" --identity quay.io/openshift-release-dev/ocp-release:4.0.0-x86_64
counted "identity-mismatch" "$count" '^refused: sha256:.*: identity-mismatch$'
try_status 1 "as another repository" all --key "$key" --identity quay.io/openshift-release-dev/ocp-v4.0-art-dev
counted "identity-mismatch" "$count" '^refused: sha256:.*: identity-mismatch$'

# Every form of the key file, that of the RHEL 10 with a key that gpg cannot read included.
for file in "$real"/keys/distribution-gpg-keys/RPM-GPG-KEY-redhat*-release "$real"/keys/cincinnati-graph-data-sha1-selfsig/*-release.asc \
	"$real/keys/oc-mirror-v2-default-keyring.asc"; do
	case $file in
	*PQC-release) try_status 2 "no usable key in $(basename "$file")" all --key "$file" ;;
	*)
		try "the key from $(basename "$file")" all --key "$file"
		counted "accepted with it" "$count" '^accepted: '
		;;
	esac
done
all --key "$key" --jobs 1 >"$T/one" 2>&1
all --key "$key" --jobs 8 >"$T/eight" 2>&1
if cmp -s "$T/one" "$T/eight"; then ok "one job and eight say the same"; else not_ok "one job and eight say the same"; fi

# The ConfigMaps of four styles, each for the releases that it names.
for configmap in "$real"/configmaps/*configmap.yaml "$real"/configmaps/oc-adm-release-mirror-*.json; do
	digests=$(grep -o 'sha256-[0-9a-f]\{64\}[^"]*[": ]' "$configmap" | grep -o '[0-9a-f]\{64\}' | sort -u | sed 's/^/sha256:/')
	# shellcheck disable=SC2086 # a word each
	try "$(basename "$configmap")" "$RELSIG" verify --offline --digest-only --key "$key" --signature-configmap "$configmap" $digests
	# shellcheck disable=SC2086
	counted "accepted from it" "$(printf '%s\n' $digests | wc -l)" '^accepted: '
	try_status 1 "by another key" "$RELSIG" verify --offline --digest-only --key "$other" --signature-configmap "$configmap" \
		"$(printf '%s\n' "$digests" | head -n 1)"
done

# The same signatures in every layout that is recognised come to the same verdicts.
for directory in "$releases"/*/; do
	directory=${directory%/}
	hex=${directory##*=}
	for path in "store/sha256=$hex/signature-1" "lookaside/openshift-release-dev/ocp-release@sha256=$hex/signature-1" \
		"graph/signatures/sha256/$hex/signature-1" "mirror/working-dir/signatures/4.0.0-x86_64-sha256-$hex"; do
		mkdir -p "$T/layouts/${path%/*}"
		cat "$directory/signature-1" >"$T/layouts/$path"
	done
	mkdir -p "$T/layouts/configmaps"
	printf '{"kind":"ConfigMap","apiVersion":"v1","binaryData":{"sha256-%s-0":"%s"}}\n' "$hex" \
		"$(base64 -w0 "$directory/signature-1")" >"$T/layouts/configmaps/$hex.json"
done
for file in "$key" "$other"; do
	# shellcheck disable=SC2046 # a word each
	all --key "$file" | grep -v '^  [st]' >"$T/want"
	for layout in store lookaside graph mirror configmaps; do
		# shellcheck disable=SC2046
		"$RELSIG" verify --offline --digest-only --store "$T/layouts/$layout" --key "$file" $(cat "$T/digests") |
			grep -v '^  [st]' >"$T/got"
		if cmp -s "$T/want" "$T/got" && test "$(grep -c '^[ar][a-z]*: sha256' "$T/got")" -eq "$count"; then
			ok "$layout: $count verdicts with $(basename "$file")"
		else
			not_ok "$layout: $count verdicts with $(basename "$file")"
		fi
	done
done

# A copy with one hexadecimal digit of the digest changed.
tampered=$real/derived-not-real/4.15.0-decompressed-tampered-digest.pgp
try_status 1 "tampered" "$RELSIG" verify --offline --digest-only --key "$key" --signature "$tampered" \
	sha256:0da6316466d60a3a4535d5fed3589feb0391989982fba59d47d4c729912d6363
counted "bad-signature" 1 '^refused: .*: bad-signature$'
try "the same, not tampered" "$RELSIG" verify --offline --digest-only --key "$key" \
	--signature "$real/derived-not-real/4.15.0-decompressed.pgp" \
	sha256:0da6316466d60a3a4535d5fed3589feb0391989982fba59d47d4c729912d6363

# A real image with its signatures, of which the third has the name that is asked for.
bundle=$real/pair-aws-load-balancer-operator-bundle-dir
identity=registry.redhat.io/albo/aws-load-balancer-operator-bundle:0.0.1
try "a real dir: image" "$RELSIG" verify --offline --key "$key" --identity $identity "dir:$bundle"
try_says "by its third signature" "$bundle/signature-3" out
try_status 1 "a real dir: image as a release" "$RELSIG" verify --offline --key "$key" "dir:$bundle"
counted "identity-mismatch" 1 '^refused: .*: identity-mismatch$'
mkdir "$T/changed"
ln -s "$bundle"/signature-? "$T/changed/" 2>/dev/null
rm -f "$T/changed"/signature-?
for i in 1 2 3 4; do cat "$bundle/signature-$i" >"$T/changed/signature-$i"; done
sed '1s/{/{ /' "$bundle/manifest.json" >"$T/changed/manifest.json"
try_status 1 "its manifest changed by one byte" "$RELSIG" verify --key "$key" --identity $identity "dir:$T/changed"
counted "signed-digest-mismatch" 1 '^refused: .*: signed-digest-mismatch$'

# skopeo's command on it.
try "standalone-verify" "$RELSIG" standalone-verify --public-key-file "$key" "$bundle/manifest.json" $identity any "$bundle/signature-3"
try_status 1 "standalone-verify, another reference's signature" "$RELSIG" standalone-verify --public-key-file "$key" \
	"$bundle/manifest.json" $identity any "$bundle/signature-1"
finish
