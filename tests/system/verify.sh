#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# relsig verify on the bundled sample release: every way to name it, every kind of answer, no network.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

data=$SRCDIR/testdata
key=$data/keys/release.asc
{ read -r reference && read -r digest; } <"$data/release.txt"
{ read -r multi_reference && read -r multi_digest; } <"$data/release-multi.txt"
repository=${reference%:*} tag=${reference##*:}
hex=${digest#sha256:}
store=file://$data/store

# verify ARGUMENT...: offline, with the test key
# shellcheck disable=SC2317  # some calls are made by "try" and "refused"
verify() {
	"$RELSIG" verify --offline --key "$key" "$@"
}
# refused WORD NAME ARGUMENT...: status 1 and the reason on the first line
refused() {
	word=$1 name=$2
	shift 2
	try_status 1 "$name: refused" verify "$@"
	if sed -n 1p "$T/out" | grep -q "^refused: .*: $word\$"; then ok "$name: $word"; else not_ok "$name: $word"; fi
}
# undecided WORD NAME ARGUMENT...
undecided() {
	word=$1 name=$2
	shift 2
	try_status 2 "$name: no verdict" verify "$@"
	if grep -q "^no verdict: .*: $word\$" "$T/out"; then ok "$name: $word"; else not_ok "$name: $word"; fi
}
# usage TEXT NAME ARGUMENT...: status 2, nothing on standard output
usage() {
	text=$1 name=$2
	shift 2
	try_status 2 "$name" "$RELSIG" verify "$@"
	try_says "$name: says so" "$text" err
	if test -s "$T/out"; then not_ok "$name: nothing on standard output"; fi
}

# ---- accepted
try "dir:" verify "dir:$data/release"
try_says "its signed reference" "signed as:  $reference" out
try_says "its digest" "$digest" out
try "a digest and a store" verify --digest-only --store "$store" "$digest"
try_says "what --digest-only proves" "not fetched" out
try "64 hex digits" verify --digest-only --store "$store" "$hex"
try "a reference with tag and digest" verify --digest-only --store "$store" "$reference@$digest"
try "a mirror's name, the upstream identity" \
	verify --digest-only --store "$store" "registry.local:5000/ocp/release-images:$tag@$digest"
try "docker://" verify --digest-only --store "$store" "docker://$repository@$digest"
try "--manifest, the digest asked for" verify --manifest "$data/release/manifest.json" --store "$store" "$digest"
try "--manifest, by tag" verify --manifest "$data/release/manifest.json" --store "$store" "$reference"
try "--signature" verify --digest-only --signature "$data/release/signature-1" "$digest"
try "--signature: the second of two" verify --digest-only --signature "$data/adversary/cleartext/blob" \
	--signature "$data/release/signature-1" "$digest"
try "--identity, repository" verify --identity "$repository" "dir:$data/release"
try "--identity, exactly" verify --identity "$reference" "dir:$data/release"
try "a manifest list, by its own digest" verify "dir:$data/release-multi"
try_says "as its own name" "$multi_reference" out
try "a child of a list is signed as the list" \
	verify --digest-only --store "$store" --identity "$multi_reference" "$multi_digest"
try "the second store" verify --digest-only --store "file://$data/keys" --store "$store" "$digest"
try "a store that fails, then one that has it" verify --digest-only --store "file://$T/nothing" --store "$store" "$digest"
try "a store with a slash at its end" verify --digest-only --store "$store/" "$digest"
try "a fingerprint, in lower case" \
	verify --fingerprint "$(sed -n 's/^release.asc[[:space:];]*\([0-9A-F]*\).*/\1/p' "$data/keys.txt" | tr A-F a-f)" "dir:$data/release"

# ---- many
try "many in one run" verify --store "$store" --digest-only "$digest" "$multi_digest" "$hex"
printf '%s\n\n# a comment\n  %s\r\n' "$digest" "$multi_digest" >"$T/names"
"$RELSIG" verify --offline --key "$key" --store "$store" --digest-only - <"$T/names" >"$T/out" 2>"$T/err"
status=$?
if test $status -eq 0 && test "$(grep -c '^accepted: ' "$T/out")" -eq 2; then ok "names from standard input"; else not_ok "names from standard input"; fi
for i in 1 2 3 4 5 6 7 8; do printf '%s\nsha256:%064d\n' "$digest" "$i"; done >"$T/names"
"$RELSIG" verify --offline --jobs 8 --key "$key" --store "$store" --digest-only - <"$T/names" >"$T/out" 2>"$T/err"
status=$?
sed -n 's/^[a-z ]*: \(sha256:[0-9a-f]*\).*/\1/p' "$T/out" >"$T/order"
if test $status -eq 1 && cmp -s "$T/names" "$T/order"; then ok "reported in the order given"; else not_ok "reported in the order given"; fi
yes "$digest" | head -n 400 >"$T/names"
"$RELSIG" verify --offline --jobs 8 --key "$key" --store "$store" --digest-only - <"$T/names" >"$T/out" 2>"$T/err"
status=$?
if test $status -eq 0 && test "$(grep -c '^accepted: ' "$T/out")" -eq 400; then ok "400 by 8 threads"; else not_ok "400 by 8 threads"; fi
try_status 2 "no names at all is no verdict" verify --store "$store" --digest-only -
try_status 2 "no verdict beside an acceptance" verify "dir:$data/release" "dir:$T/nothing"
try_status 1 "a refusal beside no verdict" verify --store "$store" --digest-only "$digest" "sha256:$(printf %064d 7)" "dir:$T/nothing"

# ---- refused
cp -r "$data/release" "$T/changed"
chmod -R u+w "$T/changed"
printf ' ' >>"$T/changed/manifest.json"
refused signed-digest-mismatch "a manifest with one byte more" "dir:$T/changed"
refused manifest-digest-mismatch "a manifest with one byte more, by digest" \
	--manifest "$T/changed/manifest.json" --store "$store" "$digest"
printf '{"schemaVersion":1,"name":"a","tag":"b","fsLayers":[],"history":[]}' >"$T/changed/manifest.json"
refused unsupported-manifest "schema 1" "dir:$T/changed"
refused no-signature "no signature" --digest-only --store "$store" "sha256:$(printf %064d 7)"
refused identity-mismatch "another tag" --identity "$repository:4.99.1-x86_64" "dir:$data/release"
refused identity-mismatch "another repository" --identity quay.io/other/ocp-release "dir:$data/release"
refused identity-mismatch "a name with another tag" --manifest "$data/release/manifest.json" --store "$store" "$repository:4.98.0-x86_64"
try_status 1 "another key" "$RELSIG" verify --offline --key "$data/keys/other.asc" "dir:$data/release"
try_says "another key: unknown-key" ": unknown-key" out
mkdir "$T/odd"
cp "$data/release/manifest.json" "$T/odd"
echo '<html><body>404</body></html>' >"$T/odd/signature-1"
refused not-a-signature "HTML" "dir:$T/odd"
cp "$data/release/signature-1" "$T/odd/signature-2"
try "HTML beside a signature" verify "dir:$T/odd"

# ---- no verdict
undecided io-error "no such directory" "dir:$T/nothing"
undecided unreachable "offline, an image in a registry" --store "$store" "$digest"
undecided io-error "a directory without signatures for a store" --digest-only --store "$data/keys" "$digest"
undecided usage "offline, nowhere to look" --digest-only "$digest"
undecided usage "--digest-only without a digest" --digest-only --store "$store" "$reference"
head -c 65537 /dev/zero >"$T/large"
undecided too-large "a signature of 64 KiB and one byte" --digest-only --signature "$T/large" "$digest"
head -c 65536 /dev/zero >"$T/large"
refused not-a-signature "64 KiB of zeros" --digest-only --signature "$T/large" "$digest"
mkdir "$T/large-manifest"
head -c 4194305 /dev/zero >"$T/large-manifest/manifest.json"
undecided too-large "a manifest of 4 MiB and one byte" "dir:$T/large-manifest"
usage "no IMAGE" "no image"
usage "unknown option" "an unknown option" --no-such-option "dir:$data/release"
undecided usage "a path for a name" ./manifest.json
try_says "a path for a name: says what to write" "dir:" out
undecided usage "a URL for a name" "https://quay.io/openshift-release-dev/ocp-release:$tag"
usage "No such file" "a key file that is not there" --key "$T/nothing" "dir:$data/release"
usage "no usable OpenPGP public key" "a key file without a key" --key "$data/keys/garbage.asc" "dir:$data/release"
usage "no --key file has the key" "a fingerprint that is not in the file" --key "$key" \
	--fingerprint "$(printf %040d 0)" "dir:$data/release"
usage "begins with none of" "a store by another scheme" --store ftp://example.invalid/ "$digest"
usage "needs the network" "--offline and a store on the network" --offline --store https://example.invalid/ "$digest"
usage "exclude" "--digest-only and --manifest" --digest-only --manifest x "$digest"
usage "--key too" "--fingerprint without --key" --fingerprint "$(printf %040d 0)" "dir:$data/release"
usage "key ID" "a key ID" --key "$key" --fingerprint FD431D51 "dir:$data/release"

# ---- output
try_status 0 "--quiet" verify --quiet "dir:$data/release"
if test -s "$T/out" || test -s "$T/err"; then not_ok "--quiet prints nothing"; else ok "--quiet prints nothing"; fi
try_status 1 "--json, refused" verify --json --store "$store" --digest-only "$digest" "sha256:$(printf %064d 7)"
if jq -e '.schema_version == 1 and .exit_status == 1 and .accepted == 1 and .refused == 1 and
    (.images | length) == 2 and .images[0].reason == "accepted" and .images[1].reason == "no-signature" and
    .images[0].attempts[0].fingerprint != null and .images[0].signed_reference == "'"$reference"'"' "$T/out" >/dev/null; then
	ok "--json is what the manual says"
else
	not_ok "--json is what the manual says"
fi
try "--json, accepted, with a hostile user ID" "$RELSIG" verify --offline --json --key "$data/keys/uid-escapes.asc" \
	--digest-only --identity "$reference" --signature "$data/adversary/key-uid-escapes/blob" "$digest"
if LC_ALL=C grep -q '[^[:print:][:space:]]' "$T/out"; then not_ok "no control characters in JSON"; else ok "no control characters in JSON"; fi
try "text with a hostile user ID" "$RELSIG" verify --offline --key "$data/keys/uid-escapes.asc" \
	--digest-only --identity "$reference" --signature "$data/adversary/key-uid-escapes/blob" "$digest"
if LC_ALL=C grep -q '[[:cntrl:]]' "$T/out"; then not_ok "no control characters in text"; else ok "no control characters in text"; fi
"$RELSIG" verify --offline --key "$key" "dir:$data/release" >/dev/full 2>"$T/err"
status=$?
if test $status -eq 2; then ok "an answer that cannot be written is none"; else not_ok "an answer that cannot be written is none ($status)"; fi

finish
