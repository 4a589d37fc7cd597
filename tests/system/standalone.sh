#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# standalone-verify, manifest-digest and untrusted-dump: skopeo's arguments and success lines to the letter.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

data=$SRCDIR/testdata
key=$data/keys/release.asc
{ read -r reference && read -r digest; } <"$data/release.txt"
manifest=$data/release/manifest.json signature=$data/release/signature-1
fingerprint=$(sed -n 's/^release.asc[[:space:];]*\([0-9A-F]*\).*/\1/p' "$data/keys.txt")
line="Signature verified using fingerprint $fingerprint, digest $digest"

# shellcheck disable=SC2317  # some calls are made by "try"
standalone() {
	"$RELSIG" standalone-verify --public-key-file "$key" "$@"
}
# same NAME: standard output is the success line and nothing else
same() {
	if test "$(cat "$T/out")" = "$line"; then ok "$1"; else not_ok "$1"; fi
}
# refused WORD NAME ARGUMENT...
refused() {
	word=$1 name=$2
	shift 2
	try_status 1 "$name: refused" standalone "$@"
	try_says "$name: $word" "refused: $word: " err
	if test -s "$T/out"; then not_ok "$name: nothing on standard output"; fi
}

try "a fingerprint" standalone "$manifest" "$reference" "$fingerprint" "$signature"
same "skopeo's line"
try "any" standalone "$manifest" "$reference" any "$signature"
same "skopeo's line for any"
try "a list with others in it" standalone "$manifest" "$reference" \
	"0123456789ABCDEF0123456789ABCDEF01234567,$fingerprint,DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF" "$signature"
same "skopeo's line for a list"
spaced=$(echo "$fingerprint" | tr A-F a-f | sed 's/..../& /g')
try "lower case and spaces" standalone "$manifest" "$reference" "$spaced" "$signature"
same "skopeo's line for lower case"
try "options after arguments" "$RELSIG" standalone-verify "$manifest" "$reference" any "$signature" --public-key-file "$key"

refused untrusted-key "another fingerprint" "$manifest" "$reference" 0123456789ABCDEF0123456789ABCDEF01234567 "$signature"
refused identity-mismatch "another tag" "$manifest" "${reference%:*}:4.99.1-x86_64" any "$signature"
refused identity-mismatch "no tag" "$manifest" "${reference%:*}" any "$signature"
refused signed-digest-mismatch "another manifest" "$data/release-multi/manifest.json" "$reference" any "$signature"
refused malformed-payload "no optional member" "$manifest" "$reference" any "$data/adversary/payload-optional-absent/blob"
refused not-a-signature "armoured" "$manifest" "$reference" any "$data/adversary/armored/blob"
try_status 1 "another key's file" "$RELSIG" standalone-verify --public-key-file "$data/keys/other.asc" \
	"$manifest" "$reference" any "$signature"
try_says "another key's file: unknown-key" "refused: unknown-key" err

try_status 2 "three arguments" standalone "$manifest" "$reference" any
try_says "says what is wanted" "MANIFEST DOCKER-REFERENCE KEY-FINGERPRINTS SIGNATURE, got 3 arguments" err
try_status 2 "any without a file" "$RELSIG" standalone-verify "$manifest" "$reference" any "$signature"
try_says "any without a file: says so" "public-key-file" err
try_status 2 "any in a list" standalone "$manifest" "$reference" "any,$fingerprint" "$signature"
try_status 2 "a key ID" standalone "$manifest" "$reference" 199E2F91FD431D51 "$signature"
try_status 2 "no such manifest" standalone "$T/nothing" "$reference" any "$signature"
try_status 2 "no such signature" standalone "$manifest" "$reference" any "$T/nothing"
try_status 2 "a URL for a reference" standalone "$manifest" "https://$reference" any "$signature"

# ---- without a key file: from the user's own keyring, whatever its configuration
GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --no-autostart --import "$key" 2>"$T/import.log" || die "gpg --import: $(cat "$T/import.log")"
try "the user's keyring" "$RELSIG" standalone-verify "$manifest" "$reference" "$fingerprint" "$signature"
same "skopeo's line from the user's keyring"
try_status 2 "a key that the user does not have" "$RELSIG" standalone-verify "$manifest" "$reference" \
	DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF "$signature"
try_says "a key that the user does not have: says so" "has none of the keys" err
printf 'trust-model always\nweak-digest SHA512\nverbose\n' >"$GNUPGHOME/gpg.conf"
try "the user's gpg.conf does not decide" "$RELSIG" standalone-verify "$manifest" "$reference" "$fingerprint" "$signature"
same "skopeo's line with a user's gpg.conf"
rm "$GNUPGHOME/gpg.conf"
if command -v skopeo >/dev/null; then
	try "skopeo agrees" skopeo standalone-verify "$manifest" "$reference" "$fingerprint" "$signature"
	try_says "and with the digest" "digest $digest" out
	try "skopeo's manifest-digest" skopeo manifest-digest "$manifest"
	cp "$T/out" "$T/skopeo"
	try "manifest-digest" "$RELSIG" manifest-digest "$manifest"
	if cmp -s "$T/out" "$T/skopeo"; then ok "the same line"; else not_ok "the same line"; fi
else
	skip "skopeo agrees" "no skopeo"
fi
unset GNUPGHOME

# ---- manifest-digest
try "a list" "$RELSIG" manifest-digest "$data/release-multi/manifest.json"
printf '{"schemaVersion":1,"signatures":[]}' >"$T/schema1"
try_status 1 "schema 1" "$RELSIG" manifest-digest "$T/schema1"
try_says "schema 1: says so" "unsupported-manifest" err
try_status 2 "no such file" "$RELSIG" manifest-digest "$T/nothing"
try_status 2 "no argument" "$RELSIG" manifest-digest

# ---- untrusted-dump
for command in untrusted-dump untrusted-signature-dump-without-verification; do
	try "$command" "$RELSIG" $command "$signature"
	try_says "$command: the reference" "$reference" out
	if grep -qv '^UNTRUSTED ' "$T/out"; then not_ok "$command: every line says UNTRUSTED"; else ok "$command: every line says UNTRUSTED"; fi
done
try "a bad signature can be looked at" "$RELSIG" untrusted-dump "$data/adversary/flipped-signature/blob"
try_status 1 "armour cannot" "$RELSIG" untrusted-dump "$data/adversary/armored/blob"

# ---- the program itself
try "version" "$RELSIG" --version
try "help" "$RELSIG" help
try "help version" "$RELSIG" help version
try_says "help version: its option" "--json" out
try "version --json" "$RELSIG" version --json
try_says "version --json: asks relsig-fetch" '"tls": "' out
if test ! -s "$T/err"; then ok "version --json: nothing else to say"; else not_ok "version --json: nothing else to say"; fi
if command -v jq >/dev/null; then
	try "version --json: each library runs" jq -e '[.libraries[].running] | length == 9 and all(type == "string")' "$T/out"
else
	skip "version --json: each library runs" "no jq"
fi
mkdir "$T/alone" && cp "$RELSIG" "$T/alone/relsig"
try "version --json without gpg and relsig-fetch" env PATH=/nonexistent "$T/alone/relsig" version --json
try_says "it has null for gpg" '"gpg": null' out
try_says "it says why" "gpg was not found on PATH" err
try_status 2 "version of something" "$RELSIG" version 4.16.0
for topic in exit-status reasons images trust mirrors confinement; do
	try "help $topic" "$RELSIG" help $topic
	try_says "help $topic: where the rest is" "relsig(1), " out
done
try "help of a command below a command" "$RELSIG" help policy check
try_says "help policy check: usage" "usage: relsig policy check" out
try_status 2 "help with an unknown option" "$RELSIG" help --json
try_status 2 "help of an unknown command" "$RELSIG" help verfy
try_says "it names the topics" "exit-status, reasons, images, trust, mirrors, confinement" err
# what to try next
next() {
	advice=$1
	shift
	try_status 2 "relsig $*" "$RELSIG" "$@"
	try_says "relsig $*: says what to try" "$advice" err
}
next 'try "relsig help verify"' verify
next 'verify? (try "relsig help verify")' verfy
next 'try "relsig verify 4.16.0"' 4.16.0
next 'try "relsig verify quay.io/a/b:c"' quay.io/a/b:c
next 'try "relsig help"' dance
next '--store? (try "relsig help verify")' verify --sotre x 4.16.0
next '--signature or --signature-configmap' verify --sig x 4.16.0
next 'try "relsig help policy check"' policy chek
next 'try "relsig help policy check"' policy check --bogus
next 'try "relsig help policy")' policy dance
for command in verify standalone-verify manifest-digest untrusted-dump; do
	try "help $command" "$RELSIG" help $command
	try_says "help $command: usage" "usage: relsig $command" out
done
try_status 2 "an unknown command" "$RELSIG" verfy
try_status 2 "no command" "$RELSIG"

finish
