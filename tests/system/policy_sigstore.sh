#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sigstore signatures: beside images in docker-registry and in dir: images, under --policy, --require and
# --cluster-image-policy.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry skopeo openssl python3 jq; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "policy" "no $tool"; finish_skipped; }
done

data=$SRCDIR/testdata keys=$SRCDIR/testdata/sigstore/keys
{ read -r reference && read -r digest; } <"$data/release.txt"
make_ca
make_cert server
mkdir "$T/registries.d"
start_registry server
mirror=$REGISTRY/ocp/release
push_image "$data/release" "$mirror:4.99.0-x86_64" --remove-signatures
set -- --policy "$T/policy.json" --registries.d "$T/registries.d"

# ---- sigstore signatures beside the image
attach() {
	for blob do
		shift
		set -- "$@" "$data/sigstore/signatures/$blob"
	done
	python3 "$SRCDIR/tests/system/attach.py" "$T/ca.crt" "$mirror" "$digest" "$@" 2>"$T/attach.log" ||
		die "attach.py: $(cat "$T/attach.log")"
}
image=$mirror:4.99.0-x86_64
exact=$(identity exactReference ", \"dockerReference\": \"$reference\"")
on='  use-sigstore-attachments: true'
policy docker "$mirror" "$(sigstore p256 "$exact")"
keep_at "file://$T/nowhere" "$on"
decided 1 no-signature "no attachment" "$@" "$image"
attach p256
keep_at "file://$T/nowhere"
decided 1 no-signature "an attachment that nobody asks for" "$@" "$image"
keep_at "file://$T/nowhere" "$on"
decided 0 accepted "an attachment" "$@" "$image"
try_says "an attachment: where it is from" "https://$REGISTRY/v2/ocp/release/blobs/sha256:" out
policy docker "$mirror" "$(sigstore p256)"
decided 1 identity-mismatch "an attachment by another name" "$@" "$image"
policy docker "$mirror" "$(sigstore other "$exact")"
decided 1 bad-signature "an attachment by another key" "$@" "$image"
for kind in p384 p521 rsa2048 rsa3072 rsa4096 ed25519; do
	attach $kind
	policy docker "$mirror" "$(sigstore $kind "$exact")"
	decided 0 accepted "an attachment by $kind" "$@" "$image"
done
rekor=", \"rekorPublicKeyPath\": \"$data/sigstore/keys/log.pem\"$exact"
policy docker "$mirror" "$(sigstore p256 "$rekor")"
attach log-missing
decided 1 rejected-by-policy "not in the log" "$@" "$image"
attach log-for-other-payload log-other-key
decided 1 bad-signature "another's entry in the log" "$@" "$image"
attach log-missing other-key log-good
decided 0 accepted "in the log, the third of three" "$@" "$image"
try_says "in the log: the entry" "in Rekor:" out
mkdir -p "$T/lookaside/ocp/release@sha256=${digest#sha256:}"
cp "$data/release/signature-1" "$T/lookaside/ocp/release@sha256=${digest#sha256:}"
keep_at "file://$T/lookaside" "$on"
remap=$(identity remapIdentity ", \"prefix\": \"$mirror\", \"signedPrefix\": \"${reference%:*}\"")
policy docker "$mirror" "$(sigstore p256 "$rekor"), $(requirement "$remap")"
decided 0 accepted "sigstoreSigned and signedBy" "$@" "$image"
policy docker "$mirror" "$(sigstore p256 "$rekor"), $(key=$data/keys/ed25519.asc requirement "$remap")"
decided 1 unknown-key "sigstoreSigned and signedBy another" "$@" "$image"
ca=$data/sigstore/keys/certificate.pem
pki="{\"type\": \"sigstoreSigned\", \"pki\": {\"caRootsPath\": \"$ca\", \"subjectEmail\": \"a@b.c\"}$exact}"
policy docker "$mirror" "$pki"
decided 1 rejected-by-policy "certificates instead of keys" "$@" "$image"
try_says "certificates: what it means" "relsig cannot tell" out

# ---- every signature of testdata/sigstore, as dir: images under one policy
{
	printf '{"default": [{"type": "reject"}], "transports": {"dir": {"/nowhere": [{"type": "reject"}]'
	grep -v '^#' "$data/sigstore/signatures.txt" | while read -r name used log reason _; do
		mkdir -p "$T/dir/$name"
		cp "$data/release/manifest.json" "$data/release/version" "$T/dir/$name"
		cp "$data/sigstore/signatures/$name" "$T/dir/$name/signature-1"
		echo "dir:$T/dir/$name" >>"$T/names"
		echo "$name $reason" >>"$T/reasons"
		printf ', "%s": [{"type": "sigstoreSigned"' "$(realpath "$T/dir/$name")"
		for member in keyPaths:"$used" rekorPublicKeyPaths:"$log"; do
			test "${member#*:}" != - || continue
			list=$(echo "${member#*:}" | sed "s|[^,]*|\"$data/sigstore/keys/&.pem\"|g")
			printf ', "%s": [%s]' "${member%%:*}" "$list"
		done
		printf '%s}]' "$exact"
	done
	printf '}}}'
} >"$T/all.json"
"$RELSIG" verify --offline --allow-weak-crypto --json --policy "$T/all.json" - <"$T/names" >"$T/out" 2>"$T/err"
jq -r '.images[] | "\(.image | split("/") | last) \(.reason)"' "$T/out" >"$T/got"
if cmp -s "$T/reasons" "$T/got"; then
	ok "$(wc -l <"$T/got" | tr -d ' ') sigstore signatures, each with its reason"
else
	not_ok "sigstore signatures: $(diff "$T/reasons" "$T/got" | grep -c '^>') with another reason"
	diff "$T/reasons" "$T/got"
fi

# ---- --require
attach p256
store=$data/store key=$data/keys/release.asc
require() {
	want=$1 word=$2 title=$3 kind=$4
	shift 4
	decided "$want" "$word" "--require $kind: $title" --require "$kind" --store "file://$store" --key "$key" "$@" \
		"$image"
}
require 0 accepted "by the key" sigstore --sigstore-key "$keys/p256.pem"
require 1 bad-signature "by another key" sigstore --sigstore-key "$keys/other.pem"
require 0 accepted "one of two keys" sigstore --sigstore-key "$keys/other.pem" --sigstore-key "$keys/p256.pem"
require 0 accepted "both are there" both --sigstore-key "$keys/p256.pem"
require 1 bad-signature "sigstore's is by another" both --sigstore-key "$keys/other.pem"
key=$data/keys/other.asc
require 1 unknown-key "OpenPGP's is by another" both --sigstore-key "$keys/p256.pem"
mkdir "$T/empty"
store=$T/empty key=$data/keys/release.asc
require 1 no-signature "there is none of OpenPGP" both --sigstore-key "$keys/p256.pem"
store=$data/store
attach
require 1 no-signature "there is none of sigstore" both --sigstore-key "$keys/p256.pem"
require 0 accepted "sigstore's is not asked for" openpgp
unusable "--require sigstore without a key" "--sigstore-key" --require sigstore "$image"
unusable "--sigstore-key without --require" "--require" --sigstore-key "$keys/p256.pem" "$image"
unusable "--require neither" "want openpgp, sigstore or both" --require neither "$image"
unusable "a key of 1024 bits" "1024" --require sigstore --sigstore-key "$keys/rsa1024.pem" "$image"
unusable "a private key" "private.pem" --require sigstore --sigstore-key "$keys/private.pem" "$image"

# ---- ClusterImagePolicy
attach p256
# object NAME SCOPE ROOT [IDENTITY]
object() {
	printf 'apiVersion: config.openshift.io/v1\nkind: ClusterImagePolicy\nmetadata: {name: %s}\nspec:\n' "$1"
	printf '  scopes: ["%s"]\n  policy:\n    rootOfTrust: %s\n' "$2" "$3"
	test -z "${4:-}" || printf '    signedIdentity: %s\n' "$4"
	echo ---
}
public_key() {
	echo "{policyType: PublicKey, publicKey: {keyData: $(openssl base64 -A -in "$keys/$1.pem")}}"
}
upstream=${reference%:*}
# cluster STATUS WORD TITLE [ARGUMENT...]: with the objects in $T/cip.yaml
cluster() {
	want=$1 word=$2 title=$3
	shift 3
	decided "$want" "$word" "ClusterImagePolicy: $title" --require sigstore --cluster-image-policy "$T/cip.yaml" "$@" "$image"
}
object ours "$upstream" "$(public_key p256)" >"$T/cip.yaml"
cluster 0 accepted "the key"
cluster 2 usage "another scope" --identity quay.io/a/b
object ours "$upstream" "$(public_key other)" >"$T/cip.yaml"
cluster 1 bad-signature "another key"
{
	object host quay.io "$(public_key other)"
	object ours "$upstream" "$(public_key p256)"
} >"$T/cip.yaml"
cluster 0 accepted "the nearest scope decides"
{
	object one "$upstream" "$(public_key p256)"
	object two "$upstream" "$(public_key other)"
} >"$T/cip.yaml"
cluster 1 bad-signature "two of one scope, one is met"
object ours "$upstream" "$(public_key p256)" '{matchPolicy: MatchRepository}' >"$T/cip.yaml"
cluster 0 accepted "MatchRepository"
exact_repository() {
	echo "{matchPolicy: ExactRepository, exactRepository: {repository: $1}}"
}
object ours "$upstream" "$(public_key p256)" "$(exact_repository quay.io/a/b)" >"$T/cip.yaml"
cluster 1 identity-mismatch "ExactRepository, another"
object ours "$upstream" "$(public_key p256)" "$(exact_repository "$upstream")" >"$T/cip.yaml"
cluster 0 accepted "ExactRepository"
object ours quay.io/a "$(public_key p256)" \
	"{matchPolicy: RemapIdentity, remapIdentity: {prefix: quay.io/a/b, signedPrefix: $upstream}}" >"$T/cip.yaml"
cluster 0 accepted "RemapIdentity" --identity quay.io/a/b
object ours "$upstream" "{policyType: PKI, pki: {caRootsData: $(openssl base64 -A -in "$ca"), pkiCertificateSubject: {email: a@b.c}}}" >"$T/cip.yaml"
cluster 1 rejected-by-policy "certificates"
echo 'kind: ConfigMap' >"$T/cip.yaml"
unusable "no ClusterImagePolicy" "not a ClusterImagePolicy" --require sigstore --cluster-image-policy "$T/cip.yaml" "$image"

finish
