#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# standalone-sign and sign, with the user's own gpg and its agent: what they make skopeo accepts, what skopeo makes relsig
# accepts; what could never verify is not made; and who signs at the same time loses nothing.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in gpg gpgconf gpg-connect-agent docker-registry nginx skopeo openssl; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "sign" "no $tool"; finish_skipped; }
done

data=$SRCDIR/testdata
GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME" "$T/locked" "$T/weak"
# The agents end with the test.
trap 'for home in "$GNUPGHOME" "$T/locked" "$T/weak"; do gpgconf --homedir "$home" --kill all; done; clean_up' EXIT

# import HOME FILE...: secret keys of testdata, which have no passphrase
import() {
	home=$1
	shift
	gpg --homedir "$home" --batch --quiet --import "$@" 2>"$T/import.log" || die "gpg --import: $(cat "$T/import.log")"
}
import "$GNUPGHOME" "$data/secret/release.gpg" "$data/secret/subkey.gpg" "$data/secret/expired.gpg" \
	"$data/secret/certonly.gpg" "$data/secret/ed25519.gpg"
fingerprint=$(sed -n 's/^release.asc[[:space:];]*\([0-9A-F]*\).*/\1/p' "$data/keys.txt")
# fpr HOME FILE NUMBER: the fingerprint of a key (1: the primary one) in a file of secret keys
fpr() {
	gpg --homedir "$GNUPGHOME" --batch --with-colons --show-keys "$data/secret/$1.gpg" 2>/dev/null |
		awk -F: '/^fpr/ { print $10 }' | sed -n "$2p"
}
key=$data/keys/release.asc manifest=$data/release/manifest.json reference=registry.example.com/tools/oc:1
digest=$(sed -n 2p "$data/release.txt")
release_hex=${digest#sha256:}

# shellcheck disable=SC2317  # called by "try"
standalone() {
	"$RELSIG" standalone-sign -o "$T/signature" "$@"
}
# not_made STATUS TEXT NAME COMMAND...: it says so, and what was there stays
not_made() {
	want=$1 text=$2 title=$3
	shift 3
	echo before >"$T/signature"
	try_status "$want" "$title" "$@"
	try_says "$title: says so" "$text" err
	if test "$(cat "$T/signature")" = before; then ok "$title: nothing written"; else not_ok "$title: nothing written"; fi
}

# ---- standalone-sign: what is not made
not_made 2 "no secret key" "a key that is not there" standalone "$manifest" "$reference" \
	DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF
not_made 2 "KEY-FINGERPRINT" "a key ID" standalone "$manifest" "$reference" 199E2F91FD431D51
not_made 2 "is a subkey" "a subkey" standalone "$manifest" "$reference" "$(fpr subkey 2)"
not_made 2 "is expired" "a key that has expired" standalone "$manifest" "$reference" "$(fpr expired 1)"
not_made 2 "cannot sign" "a key that only certifies" standalone "$manifest" "$reference" "$(fpr certonly 1)"
not_made 2 "DOCKER-REFERENCE" "a path for a name" standalone "$manifest" /tools/oc "$fingerprint"
not_made 2 "DOCKER-REFERENCE" "a name with a transport" standalone "$manifest" "docker://$reference" "$fingerprint"
not_made 2 "DOCKER-REFERENCE" "a name in upper case" standalone "$manifest" registry.example.com/Tools "$fingerprint"
not_made 2 "DOCKER-REFERENCE" "no name" standalone "$manifest" "" "$fingerprint"
not_made 1 "manifest-digest-mismatch" "another manifest's digest" standalone "$manifest" \
	"registry.example.com/tools/oc@sha256:$(echo | sha256 /dev/stdin)" "$fingerprint"
printf '{"schemaVersion":1,"signatures":[]}' >"$T/schema1"
not_made 1 "unsupported-manifest" "schema 1" standalone "$T/schema1" "$reference" "$fingerprint"
not_made 2 "reading the manifest" "no manifest" standalone "$T/none" "$reference" "$fingerprint"
not_made 2 "no secret key" "another home" standalone --homedir "$T/locked" "$manifest" "$reference" "$fingerprint"
not_made 2 "got 2 arguments" "two arguments" standalone "$manifest" "$reference"
try_status 2 "no -o" "$RELSIG" standalone-sign "$manifest" "$reference" "$fingerprint"
try_status 2 "a directory for -o" "$RELSIG" standalone-sign -o "$T" "$manifest" "$reference" "$fingerprint"
try_status 2 "a device for -o" "$RELSIG" standalone-sign -o /dev/null "$manifest" "$reference" "$fingerprint"
if test -c /dev/null; then ok "it is there"; else not_ok "it is there"; fi
try_status 2 "a directory that is not there for -o" "$RELSIG" standalone-sign -o "$T/none/signature" "$manifest" \
	"$reference" "$fingerprint"
import "$T/weak" "$data/secret/dsa1024.gpg" "$data/secret/release.gpg"
not_made 1 "weak-crypto" "a short key" standalone --homedir "$T/weak" "$manifest" "$reference" "$(fpr dsa1024 1)"
echo "digest-algo SHA1" >"$T/weak/gpg.conf"
not_made 1 "weak-crypto" "a gpg.conf with SHA-1" standalone --homedir "$T/weak" "$manifest" "$reference" "$fingerprint"
echo "armor" >"$T/weak/gpg.conf"
not_made 1 "not-a-signature" "a gpg.conf with armour" standalone --homedir "$T/weak" "$manifest" "$reference" "$fingerprint"

# ---- standalone-sign, and skopeo: both ways
rm "$T/signature"
for as in "$reference" registry.example.com/tools/oc busybox:1 "registry.example.com:5000/tools/oc@$digest"; do
	try "$as" standalone "$manifest" "$as" "$fingerprint"
	if test -s "$T/out" || test -s "$T/err"; then not_ok "$as: nothing is printed"; else ok "$as: nothing is printed"; fi
	try "$as: skopeo accepts it" skopeo standalone-verify "$manifest" "$as" "$fingerprint" "$T/signature"
	try "$as: relsig accepts it" "$RELSIG" standalone-verify --public-key-file "$key" "$manifest" "$as" any "$T/signature"
	try_status 1 "$as: not by another" "$RELSIG" standalone-verify --public-key-file "$key" "$manifest" "$reference.1" \
		any "$T/signature"
	try "$as: by skopeo" skopeo standalone-sign "$manifest" "$as" "$fingerprint" -o "$T/skopeo"
	try "$as: by skopeo, relsig accepts it" "$RELSIG" standalone-verify --public-key-file "$key" "$manifest" "$as" any \
		"$T/skopeo"
done
mode=$(stat -c %a "$T/signature")
if test "$mode" = 644; then ok "everybody may read it"; else not_ok "everybody may read it: $mode"; fi
try "the other words that skopeo takes" "$RELSIG" standalone-sign "$manifest" "$reference" "$fingerprint" --output "$T/signature"
try "EdDSA" standalone "$manifest" "$reference" "$(fpr ed25519 1)"
try "EdDSA: skopeo accepts it" skopeo standalone-verify "$manifest" "$reference" "$(fpr ed25519 1)" "$T/signature"
try "a subkey signs for its primary key" standalone "$manifest" "$reference" "$(fpr subkey 1)"
try "the agent is still there" gpg-connect-agent --no-autostart /bye

# ---- a passphrase
gpg --homedir "$T/locked" --batch --quiet --pinentry-mode loopback --passphrase 'open sesame' \
	--quick-generate-key locked@relsig.invalid ed25519 sign never 2>"$T/gen.log" || die "making a key: $(cat "$T/gen.log")"
locked=$(gpg --homedir "$T/locked" --batch --with-colons --list-keys locked@relsig.invalid | awk -F: '/^fpr/ { print $10; exit }')
gpgconf --homedir "$T/locked" --kill gpg-agent
printf 'shut sesame\n' >"$T/wrong"
printf 'open sesame\nand more\n' >"$T/passphrase"
: >"$T/empty"
not_made 2 "gpg does not sign" "a wrong passphrase" standalone --homedir "$T/locked" --passphrase-file "$T/wrong" \
	"$manifest" "$reference" "$locked"
not_made 2 "gpg does not sign" "an empty passphrase" standalone --homedir "$T/locked" --passphrase-file "$T/empty" \
	"$manifest" "$reference" "$locked"
not_made 2 "--passphrase-file" "no such file" standalone --homedir "$T/locked" --passphrase-file "$T/none" \
	"$manifest" "$reference" "$locked"
try "the passphrase" standalone --homedir "$T/locked" --passphrase-file "$T/passphrase" "$manifest" "$reference" "$locked"
gpg --homedir "$T/locked" --export "$locked" >"$T/locked.gpg"
try "the passphrase: accepted" "$RELSIG" standalone-verify --public-key-file "$T/locked.gpg" "$manifest" "$reference" any \
	"$T/signature"

# ---- sign: what is not made
# shellcheck disable=SC2317  # called by "try"
sign() {
	"$RELSIG" sign --key-id "$fingerprint" --retry-times 0 "$@"
}
try_status 2 "no --key-id" "$RELSIG" sign --store "$T/none" --identity "$reference" "dir:$data/release"
try_status 2 "no --store" sign --identity "$reference" "dir:$data/release"
try_status 2 "both --store and --lookaside" sign --store "$T/none" --lookaside "$T/none" "dir:$data/release"
try_status 2 "a URL for --store" sign --store "file://$T/none" --identity "$reference" "dir:$data/release"
try_status 2 "no IMAGE" sign --store "$T/none"
try_status 2 "a directory without a name" sign --store "$T/none" "dir:$data/release"
try_says "a directory without a name: says so" "--identity" err
try_status 2 "a name with neither tag nor digest" sign --store "$T/none" registry.example.com/tools/oc
try_status 2 "--identity with a digest" sign --store "$T/none" --identity "$reference@$digest" "dir:$data/release"
try_status 2 "one tag for two images" sign --store "$T/none" --identity "$reference" "dir:$data/release" "dir:$data/release"
if test -e "$T/none"; then not_ok "no directory is made"; else ok "no directory is made"; fi
try_status 1 "the digest of another image" sign --store "$T/store" --manifest "$manifest" \
	"registry.example.com/tools/oc@sha256:$(echo | sha256 /dev/stdin)"
try_status 2 "an image that is not there" sign --store "$T/store" --identity "$reference" "dir:$T/none"
try_status 2 "a network that is not to be touched" sign --store "$T/store" --offline "$reference"
if test -z "$(ls -A "$T/store")"; then ok "nothing is published"; else not_ok "nothing is published"; fi

# ---- sign: the next free one, never in the place of another
place=$T/store/sha256=$release_hex
# shellcheck disable=SC2317  # called by "try"
sample() {
	sign --store "$T/store" --identity "$reference" "dir:$data/release"
}
try "the first" sample
try_says "where it is" "signature:  $place/signature-1" out
try_says "as what" "signed as:  $reference" out
try "the first is accepted" "$RELSIG" verify --offline --key "$key" --store "$T/store" --identity "$reference" \
	--manifest "$manifest" "$reference"
cp "$place/signature-1" "$T/first"
echo "somebody else's" >"$place/signature-3"
try "beside another's" sample
try "beside another's, again" sample
if test "$(cat "$place/signature-3")" = "somebody else's" && cmp -s "$T/first" "$place/signature-1" &&
	test "$(cd "$place" && echo *)" = "signature-1 signature-2 signature-3 signature-4"; then
	ok "all are there"
else
	not_ok "all are there: $(ls -a "$place")"
fi
mode=$(stat -c %a "$place" "$place/signature-4" | tr '\n' ' ')
if test "$mode" = "755 644 "; then ok "a web server may read them"; else not_ok "a web server may read them: $mode"; fi
ln -s "$T/elsewhere" "$place/signature-5"
try "a link is taken, too" sample
if test -L "$place/signature-5" && test -e "$place/signature-6" && ! test -e "$T/elsewhere"; then
	ok "it is not followed"
else
	not_ok "it is not followed"
fi
mkdir "$T/elsewhere" "$T/linked"
ln -s "$T/elsewhere" "$T/linked/sha256=$release_hex"
ln -s "$T/elsewhere" "$T/linked/tools"
try_status 2 "a link for the directory" sign --store "$T/linked" --identity "$reference" "dir:$data/release"
try_status 2 "a link for the repository" sign --lookaside "$T/linked" --identity "$reference" "dir:$data/release"
if test -z "$(ls -A "$T/elsewhere")"; then ok "nothing is there"; else not_ok "nothing is there"; fi
for number in 7 8; do
	cp "$T/first" "$place/signature-$number"
done
try "the ninth" sample
try_says "the ninth: the last that is read" "$place/signature-9" out
try_status 2 "a tenth" sample
try_says "a tenth: says so" "$place has 9 signatures, and nobody reads more" err
if test -e "$place/signature-10"; then not_ok "a tenth: not written"; else ok "a tenth: not written"; fi

# ---- a registry, a lookaside tree, a policy: skopeo decides as relsig does
make_ca
make_cert server
start_registry server
mkdir -m 755 "$T/lookaside" "$T/registries.d"
start_nginx_store server "$T/lookaside"
make_image "$T/image" first
image=$REGISTRY/team/tools/oc
# shellcheck disable=SC2153  # make_image sets it
image_digest=$DIGEST
for tag in signed by-skopeo unsigned; do
	make_image "$T/image-$tag" "$tag"
	push_image "$T/image-$tag" "$image:$tag"
done
keep_at "file://$T/lookaside"
policy docker "$REGISTRY" "$(requirement '')"
# node NAME STATUS IMAGE: do both accept it (0), or both refuse it (1)?
node() {
	try_status "$2" "$1: relsig" verify --policy "$T/policy.json" --registries.d "$T/registries.d" "$3"
	rm -rf "$T/copy"
	try_status "$2" "$1: skopeo" skopeo --policy "$T/policy.json" --registries.d "$T/registries.d" copy --quiet \
		--src-cert-dir "$T/certs" "docker://$3" "dir:$T/copy"
}
node "unsigned" 1 "$image:signed"
try "sign in a registry" sign --cert-dir "$T/certs" --lookaside "$T/lookaside" "$image:signed"
node "signed" 0 "$image:signed"
node "another is not" 1 "$image:unsigned"
try "signed as another tag" sign --cert-dir "$T/certs" --lookaside "$T/lookaside" --identity "$image:another" \
	"$image:unsigned"
node "signed as another tag" 1 "$image:unsigned"
push_image "$T/image" "$image:digest"
try "by digest" sign --cert-dir "$T/certs" --lookaside "$T/lookaside" "$image@$image_digest"
try_says "by digest: signed as" "signed as:  $image@$image_digest" out
node "by digest" 0 "$image@$image_digest"
node "by digest, pulled by tag" 1 "$image:digest"
try "by tag and digest" sign --cert-dir "$T/certs" --lookaside "$T/lookaside" "$image:digest@$image_digest"
node "by tag and digest, pulled by tag" 0 "$image:digest"
if test -e "$T/lookaside/team/tools/oc@sha256=${image_digest#sha256:}/signature-2"; then ok "beside the other"; else not_ok "beside the other"; fi
echo "docker: {\"$REGISTRY\": {lookaside-staging: \"file://$T/lookaside\", sigstore-staging: \"file://$T/lookaside\"}}" \
	>"$T/staging.yaml"
mkdir "$T/staging"
mv "$T/staging.yaml" "$T/staging"
try "skopeo signs into the same tree" skopeo --insecure-policy --registries.d "$T/staging" copy --quiet \
	--src-cert-dir "$T/certs" --dest-cert-dir "$T/certs" --preserve-digests --sign-by "$fingerprint" \
	"docker://$image:by-skopeo" "docker://$image:by-skopeo"
node "signed by skopeo" 0 "$image:by-skopeo"
try "and relsig beside it" sign --cert-dir "$T/certs" --lookaside "$T/lookaside" "$image:by-skopeo"
try_says "and relsig beside it: the second" "/signature-2" out
node "signed by both" 0 "$image:by-skopeo"
keep_at "$STORE"
node "the same through nginx" 0 "$image:signed"

# ---- a hundred at the same time
place=$T/many/tools/oc@sha256=$release_hex
for i in $(seq 100); do
	{
		sign --lookaside "$T/many" --identity "$reference" "dir:$data/release" >"$T/many.$i" 2>&1 ||
			echo "$i: $(cat "$T/many.$i")" >>"$T/many.failed"
	} &
	jobs="${jobs:-} $!"
done
# shellcheck disable=SC2086  # words
wait $jobs
if test -e "$T/many.failed"; then not_ok "each signs: $(cat "$T/many.failed")"; else ok "each signs"; fi
signed=0
for i in $(seq 100); do
	"$RELSIG" standalone-verify --public-key-file "$key" "$manifest" "$reference" any "$place/signature-$i" \
		>"$T/out" 2>"$T/err" && grep -qF "$place/signature-$i" "$T"/many.* && signed=$((signed + 1))
done
if test "$signed" -eq 100; then ok "all of them are there"; else not_ok "all of them are there: $signed"; fi
if test "$(find "$T/many" -type f | wc -l)" -eq 100; then ok "and nothing else"; else not_ok "and nothing else"; fi
if test "$(cat "$T"/many.* | grep -o 'signature-[0-9]*' | sort -u | wc -l)" -eq 100; then
	ok "each has a place of its own"
else
	not_ok "each has a place of its own"
fi

finish
