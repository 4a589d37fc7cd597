#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two registries, upstream and a mirror that wants a password, each behind nginx with an authority of its own; relsig
# knows of them by mirror sets, auth.json and certs.d alone.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl python3 jq; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "mirrors" "no $tool"; finish_skipped; }
done

data=$SRCDIR/testdata
{ read -r reference && read -r digest; } <"$data/release.txt"
{ read -r _ && read -r multi; } <"$data/release-multi.txt"

# authority NAME: a CA, and a certificate NAME by it
authority() {
	make_ca
	make_cert "$1"
	mv "$T/ca.crt" "$T/ca-$1.crt"
}
# known HOST:PORT NAME: certs.d has NAME's authority for this server
known() {
	mkdir -p "$HOME/.config/containers/certs.d/$1"
	cp "$T/ca-$2.crt" "$HOME/.config/containers/certs.d/$1/ca.crt"
}

# ---- upstream; a mirror with the same, for those with a password; one that lacks everything; one that lies; one down
authority upstream
authority mirror
start_registry ""
upstream_registry=$REGISTRY
start_nginx_proxy upstream "$upstream_registry"
upstream=$PROXY/openshift/ocp-release upstream_server=$name
known "$PROXY" upstream
start_registry "" htpasswd
mirror_registry=$REGISTRY
start_nginx_proxy mirror "$mirror_registry"
mirror=$PROXY/disconnected/images mirror_host=$PROXY
known "$PROXY" mirror
start_registry ""
start_nginx_proxy mirror "$REGISTRY"
empty=$PROXY/nothing
known "$PROXY" mirror
mkdir -p "$T/lies/v2/lies/manifests"
: >"$T/lies/v2/index.html"
cp "$data/release/manifest.json" "$T/lies/v2/lies/manifests/$multi"
cp "$data/release-multi/manifest.json" "$T/lies/v2/lies/manifests/$digest"
cp "$data/release-multi/manifest.json" "$T/lies/v2/lies/manifests/${reference##*:}"
start_nginx_store mirror "$T/lies"
liar=${STORE#https://}/lies
known "${STORE#https://}" mirror
start_nginx_store mirror "$T/lies"
down=${STORE#https://}/images
known "${STORE#https://}" mirror
stop_server "$T/pids/$name"

push_image "$data/release" "$upstream_registry/openshift/ocp-release:4.99.0-x86_64" --dest-tls-verify=false \
	--remove-signatures
push_image "$data/release-multi" "$upstream_registry/openshift/ocp-release:4.99.0-multi" --dest-tls-verify=false \
	--remove-signatures --all
push_image "$data/release" "$mirror_registry/disconnected/images:4.99.0-x86_64" --dest-tls-verify=false \
	--remove-signatures --dest-creds user:secret
push_image "$data/release-multi" "$mirror_registry/disconnected/images:4.99.0-multi" --dest-tls-verify=false \
	--remove-signatures --dest-creds user:secret --all
python3 "$SRCDIR/tests/system/attach.py" "$T/ca-upstream.crt" "$upstream" "$digest" "$data/sigstore/signatures/p256" \
	2>"$T/attach.log" || die "attach.py: $(cat "$T/attach.log")"
skopeo copy --quiet --insecure-policy --preserve-digests --src-tls-verify=false --dest-tls-verify=false \
	--dest-creds user:secret "docker://$upstream_registry/openshift/ocp-release:sha256-${digest#sha256:}.sig" \
	"docker://$mirror_registry/disconnected/images:sha256-${digest#sha256:}.sig" >"$T/push.log" 2>&1 ||
	die "copying the attachment: $(cat "$T/push.log")"
printf '{"auths": {"%s": {"auth": "%s"}}}' "$mirror_host" "$(printf user:secret | openssl base64 -A)" >"$T/auth.json"

# mirror_set KIND LIST SOURCE POLICY MIRROR...: $T/sets.yaml gets another object
mirror_set() {
	printf -- '---\napiVersion: config.openshift.io/v1\nkind: %s\nmetadata: {name: m}\nspec:\n  %s:\n' "$1" "$2"
	printf '  - source: %s\n    mirrorSourcePolicy: %s\n    mirrors:\n' "$3" "$4"
	shift 4
	printf '    - %s\n' "$@"
}
idms() {
	mirror_set ImageDigestMirrorSet imageDigestMirrors "$@" >>"$T/sets.yaml"
}
itms() {
	mirror_set ImageTagMirrorSet imageTagMirrors "$@" >>"$T/sets.yaml"
}
anew() {
	rm -f "$T/sets.yaml"
}
# verify ARGUMENT...: of decided and unusable
# shellcheck disable=SC2317  # called by try
verify() {
	"$RELSIG" verify --retry-times 0 --store "file://$data/store" --key "$data/keys/release.asc" \
		--authfile "$T/auth.json" "$@"
}
# requests SERVER: so many have come to this nginx
requests() {
	wc -l <"$T/$1/access.log" | tr -d ' '
}
# asked TITLE WORDS: who was asked by the last run with --json, and what came of it
asked() {
	jq -r '[.images[0].asked[] | (if .mirror then "mirror" else "source" end) + " " + .outcome] | join(", ")' "$T/out" >"$T/got"
	if test "$(cat "$T/got")" = "$2"; then ok "$1: $2"; else not_ok "$1: \"$(cat "$T/got")\", want \"$2\""; fi
}
# with TITLE WORDS STATUS ARGUMENT...: by the mirror sets
with() {
	title=$1 words=$2 want_status=$3
	shift 3
	try_status "$want_status" "$title" verify --json --mirror-config "$T/sets.yaml" "$@"
	asked "$title" "$words"
}

# ---- both are up
anew
idms "$upstream" AllowContactingSource "$mirror"
before=$(requests "$upstream_server")
with "by digest" "mirror used" 0 "$upstream@$digest"
try_says "by digest: where the bytes are from" "\"https://$mirror_host/v2/disconnected/images/manifests/$digest\"" out
with "a list" "mirror used" 0 "$upstream@$multi"
if test "$(requests "$upstream_server")" = "$before"; then ok "upstream is not asked"; else not_ok "upstream is asked"; fi
with "by tag, mirrors are for digests" "source used" 0 "$upstream:4.99.0-x86_64"
with "a tag and a digest" "mirror used" 0 "$upstream:4.99.0-x86_64@$digest"
itms "$upstream" AllowContactingSource "$mirror"
with "by tag, mirrors for tags" "mirror used" 0 "$upstream:4.99.0-x86_64"
decided 0 accepted "--mirror" --mirror "$upstream=$mirror" "$upstream:4.99.0-x86_64"
try_says "--mirror: where the bytes are from" "manifest:   https://$mirror_host/v2/disconnected/images/manifests/" out
echo '{}' >"$T/nobody.json"
with "the mirror without a password" "mirror failed, source used" 0 --authfile "$T/nobody.json" "$upstream@$digest"

# ---- mirrors that do not do
anew
idms "$upstream" AllowContactingSource "$down" "$empty" "$liar" "$mirror"
with "down, empty, a liar, and a good one" "mirror failed, mirror absent, mirror other-digest, mirror used" 0 \
	"$upstream@$digest"
try_status 0 "the same for a person" verify --mirror-config "$T/sets.yaml" "$upstream@$digest"
try_says "who was down" "asked:      $down@$digest: failed: " out
try_says "who lied" "asked:      $liar@$digest: other-digest: another manifest, with the digest $multi" out
with "of a list" "mirror failed, mirror absent, mirror other-digest, mirror used" 0 "$upstream@$multi"
decided 1 identity-mismatch "by tag, another release than was named" --mirror "$upstream=$liar" \
	"$upstream:${reference##*:}"
anew
idms "$upstream" AllowContactingSource "$liar" "$empty"
with "a liar and an empty one, then upstream" "mirror other-digest, mirror absent, source used" 0 "$upstream@$digest"
anew
idms "$upstream" NeverContactSource "$liar" "$empty"
before=$(requests "$upstream_server")
decided 1 manifest-digest-mismatch "all that may be asked have answered, one with another image" \
	--mirror-config "$T/sets.yaml" "$upstream@$digest"
with "who" "mirror other-digest, mirror absent, source forbidden" 1 "$upstream@$digest"
anew
idms "$upstream" NeverContactSource "$liar" "$down"
decided 2 unreachable "a liar, and one that is down" --mirror-config "$T/sets.yaml" "$upstream@$digest"
try_says "the error names who lied" "$liar@$digest: another manifest, with the digest $multi" out
try_says "the error names who was down" "; $down@$digest: " out
anew
idms "$upstream" NeverContactSource "$empty"
with "the mirror lacks it, and nobody else may be asked" "mirror absent, source forbidden" 2 "$upstream@$digest"
with "nor by tag" "source forbidden" 2 "$upstream:4.99.0-x86_64"
if test "$(requests "$upstream_server")" = "$before"; then
	ok "NeverContactSource: upstream is not asked"
else
	not_ok "NeverContactSource: upstream is asked"
fi
anew
idms "$upstream" AllowContactingSource "$empty"
with "the mirror lacks it" "mirror absent, source used" 0 "$upstream@$digest"

# ---- upstream is gone
stop_server "$T/pids/$upstream_server"
with "the mirror lacks it, and upstream is gone" "mirror absent, source failed" 2 "$upstream@$digest"
anew
idms "$upstream" AllowContactingSource "$mirror"
itms "$upstream" AllowContactingSource "$mirror"
with "by digest, without upstream" "mirror used" 0 "$upstream@$digest"
with "by tag, without upstream" "mirror used" 0 "$upstream:4.99.0-x86_64"
with "a list, without upstream" "mirror used" 0 "$upstream@$multi"
cp "$data/sigstore/keys/p256.pem" "$T/p256.pem"
both="--require both --sigstore-key $T/p256.pem"
# shellcheck disable=SC2086  # words
{
	with "both signatures, without upstream" "mirror used" 0 $both "$upstream@$digest"
	decided 2 unreachable "no attachment at the mirror, and upstream is gone" $both --mirror-config "$T/sets.yaml" \
		"$upstream@$multi"
	anew
	idms "$upstream" NeverContactSource "$down" "$mirror"
	with "an attachment beside a mirror that is down" "mirror failed, mirror used" 0 $both "$upstream@$digest"
	anew
	idms "$upstream" NeverContactSource "$mirror"
	decided 1 no-signature "no attachment at the mirror" $both --mirror-config "$T/sets.yaml" "$upstream@$multi"
}
anew
idms quay.io/openshift-release-dev/ocp-release NeverContactSource "$mirror"
with "a release by its own name" "mirror used" 0 "$digest"
try_says "it is signed by that name" "\"signed_reference\": \"$reference\"" out
decided 2 usage "and by its version, which the mirror is not for" --mirror-config "$T/sets.yaml" "${reference##*:}"
with "with a tag and a digest" "mirror used" 0 "$reference@$digest"
decided 1 identity-mismatch "with another tag" --mirror-config "$T/sets.yaml" "${reference%:*}:4.98.0-x86_64@$digest"
rm "$HOME/.config/containers/certs.d/$mirror_host/ca.crt"
decided 2 unreachable "the mirror's authority is not known" --mirror-config "$T/sets.yaml" "$digest"
known "$mirror_host" mirror

# ---- a node's policy: the scope is upstream's, signatures are looked for by the mirror's name
mkdir -p "$T/registries.d" "$T/lookaside"
repository=${reference%:*}
policy docker "$repository" "$(requirement "")"
printf 'docker:\n  %s:\n    lookaside: file://%s/lookaside\n' "$mirror_host" "$T" >"$T/registries.d/mirror.yaml"
# shellcheck disable=SC2317  # called by try
node() {
	"$RELSIG" verify --retry-times 0 --authfile "$T/auth.json" --policy "$T/policy.json" --registries.d "$T/registries.d" \
		--mirror-config "$T/sets.yaml" "$@"
}
try_status 1 "a policy: no signature for the mirror's name" node "$digest"
try_says "a policy: where it was looked for" "signatures: file://$T/lookaside" out
mkdir -p "$T/lookaside/disconnected/images@sha256=${digest#sha256:}"
cp "$data/release/signature-1" "$T/lookaside/disconnected/images@sha256=${digest#sha256:}"
try_status 0 "a policy: a signature for the mirror's name" node "$digest"
try_says "a policy: the scope is upstream's" "policy.json: transports.docker[\"$repository\"]" out
for signature in "$data"/release-multi/*.signature-1; do
	child=${signature##*/}
	mkdir -p "$T/lookaside/disconnected/images@sha256=${child%.signature-1}"
	cp "$signature" "$T/lookaside/disconnected/images@sha256=${child%.signature-1}/signature-1"
done
try_status 0 "a policy: one image of a list" node --json "$multi"
asked "a policy: one image of a list" "mirror used, mirror used"

# ---- what cannot be used
unusable "another kind of object" "not an ImageDigestMirrorSet" --mirror-config "$T/policy.json" "$digest"
unusable "no such file" "--mirror-config" --mirror-config "$T/nowhere" "$digest"
unusable "--mirror without a mirror" "--mirror: \"quay.io\": want SOURCE=MIRROR" --mirror quay.io "$digest"
anew
idms "$upstream" NeverContactSource "$mirror"
itms "$upstream" AllowContactingSource "$mirror"
unusable "two that disagree" "disagree about mirrorSourcePolicy" --mirror-config "$T/sets.yaml" "$digest"
decided 2 usage "a mirror without a path" --mirror "$repository=$mirror_host" "$digest"

finish
