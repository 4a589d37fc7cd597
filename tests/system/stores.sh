#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Signatures from ConfigMaps and from the folders that mirroring tools leave: every layout and every odd one.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

data=$SRCDIR/testdata
key=$data/keys/release.asc
{ read -r reference && read -r digest; } <"$data/release.txt"
hex=${digest#sha256:} tag=${reference##*:}
zeros=$(printf %064d 7)
blob=$data/release/signature-1
base64=$(base64 -w0 "$blob")

# shellcheck disable=SC2317  # some calls are made by "try" and "answers"
verify() {
	"$RELSIG" verify --offline --digest-only --key "$key" "$@"
}
# answers STATUS WORD NAME ARGUMENT...: what becomes of the release
answers() {
	want=$1 word=$2 name=$3
	shift 3
	try_status "$want" "$name: $word" verify "$@" "$digest"
	case $word in
	accepted) pattern='^accepted: ' ;;
	*) pattern="^[a-z ]*: .*: $word\$" ;;
	esac
	if sed -n 1p "$T/out" | grep -q "$pattern"; then ok "$name: the word"; else not_ok "$name: the word"; fi
}
# yaml KEY VALUE; json KEY VALUE: a ConfigMap
yaml() {
	printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nbinaryData:\n  %s: %s\n' "$1" "$2"
}
json() {
	printf '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"binaryData":{"%s":"%s"}}\n' "$1" "$2"
}

# ---- --signature-configmap: what is refused, or no verdict
yaml "sha256-$zeros" "$base64" >"$T/other-key.yaml"
try_status 1 "a key that names another digest than the blob signs" verify --signature-configmap "$T/other-key.yaml" "sha256:$zeros"
try_says "it is judged for the digest asked" ": signed-digest-mismatch" out
answers 1 no-signature "only of another digest" --signature-configmap "$T/other-key.yaml"
yaml "sha256-$hex" bm9uZQ== >"$T/no-signature.yaml"
answers 1 not-a-signature "a text in base64" --signature-configmap "$T/no-signature.yaml"
yaml "../sha256-$hex" "$base64" >"$T/odd-key.yaml"
answers 2 io-error "a key with .." --signature-configmap "$T/odd-key.yaml"
yaml "sha256-$hex" "|
    $base64" >"$T/white-space.yaml"
answers 2 io-error "base64 with a line break" --signature-configmap "$T/white-space.yaml"
json "sha256-$hex" "$base64-" >"$T/junk.json"
answers 2 io-error "base64 with junk" --signature-configmap "$T/junk.json"
yaml "sha256-$hex" "!!binary $base64" >"$T/tag.yaml"
answers 2 io-error "a YAML tag" --signature-configmap "$T/tag.yaml"
{ head -c 1000000 /dev/zero | tr '\0' '['; } >"$T/deep.yaml"
answers 2 io-error "nested a million deep" --signature-configmap "$T/deep.yaml"
sed 's/binaryData/data/' "$T/other-key.yaml" | sed "s/$zeros/$hex/" >"$T/data.yaml"
answers 2 io-error "in data, where no cluster looks" --signature-configmap "$T/data.yaml"
try_says "it says what a cluster reads" "binaryData alone" out
answers 2 io-error "no such file" --signature-configmap "$T/nothing"
echo 'kind: ImageDigestMirrorSet' >"$T/idms.yaml"
answers 2 io-error "an object of another kind" --signature-configmap "$T/idms.yaml"
mkdir "$T/empty"
answers 2 io-error "a directory without any" --signature-configmap "$T/empty"
try_status 2 "beside a policy" verify --policy default --signature-configmap "$T/other-key.yaml" "$digest"
try_says "beside a policy: says so" "--signature-configmap" err

# ---- and accepted
yaml "sha256-$hex-2" "$base64" >"$T/cm.yaml"
answers 0 accepted "YAML" --signature-configmap "$T/cm.yaml"
try_says "the place" "$T/cm.yaml: binaryData[\"sha256-$hex-2\"]" out
json "sha256-$hex" "$base64" >"$T/cm.json"
answers 0 accepted "JSON" --signature-configmap "$T/cm.json"
{ cat "$T/no-signature.yaml" && echo --- && cat "$T/cm.yaml"; } >"$T/two.yaml"
answers 0 accepted "a broken signature beside a good one" --signature-configmap "$T/two.yaml"
answers 0 accepted "the second of two" --signature-configmap "$T/other-key.yaml" --signature-configmap "$T/cm.json"
answers 0 accepted "one that failed, then a store" --signature-configmap "$T/odd-key.yaml" --store "$data/store"
answers 0 accepted "beside --signature" --signature "$T/idms.yaml" --signature-configmap "$T/cm.json"
mkdir "$T/cluster-resources"
cp "$T/idms.yaml" "$T/cm.yaml" "$T/cluster-resources"
answers 0 accepted "a directory" --signature-configmap "$T/cluster-resources"
try "an image that brings a bad signature" cp -r "$data/release" "$T/image"
chmod -R u+w "$T/image"
echo none >"$T/image/signature-1"
try "its signature from the ConfigMap" "$RELSIG" verify --offline --key "$key" --signature-configmap "$T/cm.json" "dir:$T/image"

# ---- --store DIR: each layout
# lay_out NAME-OF-SIGNATURE: in a new folder $T/d
lay_out() {
	rm -rf "$T/d"
	mkdir -p "$T/d/$(dirname "$1")"
	cp "$blob" "$T/d/$1"
}
for row in "sha256=$hex/signature-1;signature store" "openshift-release-dev/ocp-release@sha256=$hex/signature-1;lookaside store" \
	"signatures/sha256/$hex/signature-1;graph data" "sha256/$hex/signature-1;graph data" "$hex/signature-1;graph data" \
	"working-dir/signatures/$tag-sha256-$hex;oc-mirror" "signatures/$tag-sha256-$hex;oc-mirror" "$tag-sha256-$hex;oc-mirror"; do
	lay_out "${row%;*}"
	answers 0 accepted "${row%;*}" -v --store "$T/d"
	try_says "it is recognised" "store:      $T/d (${row#*;})" out
	verify --json --store "$T/d" "$digest" >"$T/out" 2>"$T/err"
	if jq -e --arg word "${row#*;}" '.images[0].attempts[0].layout == $word' "$T/out" >/dev/null; then
		ok "${row#*;} in JSON"
	else
		not_ok "${row#*;} in JSON"
	fi
	try_status 1 "${row%;*}: none of another digest" verify --store "$T/d" "sha256:$zeros"
	try_says "and where" "$T/d (${row#*;}): no-signature" out
done
for folder in . cluster-resources working-dir/cluster-resources release-signatures config; do
	rm -rf "$T/d"
	mkdir -p "$T/d/$folder"
	cp "$T/idms.yaml" "$T/cm.json" "$T/d/$folder"
	answers 0 accepted "ConfigMaps in $folder" -v --store "$T/d"
	try_says "they are recognised" "$T/d (ConfigMaps)" out
done
cd "$T" || exit 1
answers 0 accepted "a relative path" --store d
answers 0 accepted "a relative path with a dot" --store ./d

# ---- and what is odd
answers 2 io-error "nothing recognisable" --store "$data/keys"
try_says "it says what would be" "signatures/sha256/HEX/signature-1" out
answers 2 io-error "no such directory" --store "$T/nothing"
answers 2 io-error "a file" --store "$T/cm.json"
lay_out "sha256=$hex/signature-1"
mv "$T/d/sha256=$hex" "$T/away"
ln -s ../away "$T/d/sha256=$hex"
answers 2 io-error "a link out of it, for a digest" --store "$T/d"
lay_out "signatures/$tag-sha256-$hex"
mv "$T/d/signatures/$tag-sha256-$hex" "$T/gone"
ln -s ../../gone "$T/d/signatures/$tag-sha256-$hex"
answers 2 io-error "a link out of it, for a signature" --store "$T/d"
lay_out "sha256=$hex/signature-1"
head -c 65537 /dev/zero >"$T/d/sha256=$hex/signature-1"
answers 2 too-large "a signature of 64 KiB and one byte" --store "$T/d"
answers 0 accepted "that, then a store that has it" --store "$T/d" --store "$data/store"
lay_out "signatures/4.1-sha256-$zeros"
try_status 1 "a file that is named for another digest" verify --store "$T/d" "sha256:$zeros"
try_says "it is judged for the digest asked" ": signed-digest-mismatch" out
finish
