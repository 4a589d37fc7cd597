#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A whole release of $COMPONENTS components (default 190) for four architectures, in docker-registry, and everything
# that can be wrong with it, one at a time: each is named, the rest is still looked at.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry skopeo openssl gpg python3 jq; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "audit" "no $tool"; finish_skipped; }
done

components=${COMPONENTS:-190}
data=$SRCDIR/testdata
system=$SRCDIR/tests/system
real=${RELSIG_REAL_DATA:-$SRCDIR/../shared/data}
upstream=quay.io/openshift-release-dev
GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --import "$data/secret/release.gpg" 2>"$T/import.log" || die "gpg: $(cat "$T/import.log")"

# ---- the release

set --
for version in 4.12.0 4.11.0; do
	file=$real/image-references/ocp-$version.json
	if test -f "$file"; then
		set -- "$@" --references "$file"
	else
		skip "the names of $version's components" "no $file"
	fi
done
synthetic() { # OUT OPTION...
	python3 "$system/synthetic.py" "$@" --components "$components" --policy-key "$data/sigstore/keys/p256.pem" \
		2>"$T/synthetic.log" || die "synthetic.py: $(cat "$T/synthetic.log")"
}
synthetic "$T/good" "$@"
names_options=$*
fact() { # FILTER
	jq -r "$1" "$T/good/facts.json"
}
multi=$(fact .multi)
single=$(fact .single)

make_ca
make_cert server
start_registry server
storage=$T/registry-1/docker/registry/v2
releases=$REGISTRY/openshift-release-dev/ocp-release
repository=$REGISTRY/openshift-release-dev/ocp-v4.0-art-dev
push_image "$T/good/components" "$repository:all" --all
push_image "$T/good/release-multi" "$releases:4.99.0-multi" --all
push_image "$T/good/release" "$releases:4.99.0-x86_64"
publish_lists() { # DIR
	find "$1/lists" -type f -exec python3 "$system/publish.py" "$T/ca.crt" "$repository" {} + 2>"$T/publish.log" ||
		die "publish.py: $(cat "$T/publish.log")"
}
publish_lists "$T/good"

mkdir "$T/store"
sign() { # REFERENCE DIGEST
	mkdir -p "$T/store/sha256=${2#sha256:}"
	printf '{"critical": {"image": {"docker-manifest-digest": "%s"}, "type": "atomic container signature", %s}, %s}' \
		"$2" "\"identity\": {\"docker-reference\": \"$1\"}" '"optional": {"creator": "relsig test"}' |
		gpg --batch --quiet --yes --no-armor --output "$T/store/sha256=${2#sha256:}/signature-1" --sign - ||
		die "gpg --sign"
}
attach() { # DIGEST REFERENCE [KEY [REPOSITORY]]
	python3 "$system/cosign.py" "${3:-$data/sigstore/secret/p256.pem}" "$2" "$1" "$T/cosign" 2>"$T/attach.log" ||
		die "cosign.py: $(cat "$T/attach.log")"
	python3 "$system/attach.py" "$T/ca.crt" "${4:-$releases}" "$1" "$T/cosign" 2>"$T/attach.log" ||
		die "attach.py: $(cat "$T/attach.log")"
}
sign "$upstream/ocp-release:4.99.0-multi" "$multi"
sign "$upstream/ocp-release:4.99.0-x86_64" "$single"
# One image of the list has a signature of its own, the others are in a list that has one.
sign "$upstream/ocp-release:4.99.0-multi" "$(fact .releases.x86_64.manifest)"
attach "$multi" "$upstream/ocp-release:4.99.0-multi"
for word in x86_64 aarch64 ppc64le s390x; do
	attach "$(fact ".releases.$word.manifest")" "$upstream/ocp-release:4.99.0-multi"
done
attach "$single" "$upstream/ocp-release:4.99.0-x86_64"

# ---- auditing

# Nothing but the mirror is asked.
cat >"$T/idms.yaml" <<-END
	apiVersion: config.openshift.io/v1
	kind: ImageDigestMirrorSet
	metadata: {name: audit}
	spec:
	  imageDigestMirrors:
	  - {source: quay.io/openshift-release-dev, mirrors: ["$REGISTRY/openshift-release-dev"], mirrorSourcePolicy: NeverContactSource}
	---
	apiVersion: config.openshift.io/v1
	kind: ImageTagMirrorSet
	metadata: {name: audit}
	spec:
	  imageTagMirrors:
	  - {source: quay.io/openshift-release-dev, mirrors: ["$REGISTRY/openshift-release-dev"], mirrorSourcePolicy: NeverContactSource}
END
# shellcheck disable=SC2317  # called by try
audit() {
	"$RELSIG" audit --cert-dir "$T/certs" --retry-times 0 --key "$data/keys/release.asc" --store "file://$T/store" \
		--mirror-config "$T/idms.yaml" "$@"
}
# audited STATUS TITLE ARGUMENT...: with --json, and what it says
audited() {
	want_status=$1 title=$2
	shift 2
	try_status "$want_status" "$title" audit --json "$@"
}
# says TITLE WANT FILTER: of the last run's document
says() {
	got=$(jq -r "$3" "$T/out" 2>&1)
	if test "$got" = "$2"; then ok "$1: $2"; else not_ok "$1: \"$got\", want \"$2\""; fi
}
# problems TITLE WANT: each problem's kind and component, once
problems() {
	says "$1" "$2" '[.audit.problems[] | .kind + (if .component then " " + .component else "" end)] | unique | join(", ")'
}
# the_rest TITLE [MANIFESTS]: everything else was looked at
the_rest() {
	says "$1: the rest" true ".audit.counts.manifests >= ${2:-$all_manifests}"
}

audited 0 "the whole release" 4.99.0-multi
problems "the whole release" ""
says "the whole release: outcome" accepted .outcome
says "the whole release: components" "$components" '[.audit.releases[0].components[]] | length'
says "the whole release: architectures" "aarch64 ppc64le s390x x86_64" '[.audit.releases[].architecture] | sort | join(" ")'
says "the whole release: how each is tied to it" "membership membership membership signature" \
	'[.audit.releases[].tie] | sort | join(" ")'
# The list and its images; and of each component likewise.
all_manifests=$((5 + components * 5))
says "the whole release: manifests" $all_manifests .audit.counts.manifests
# A node asks for the signature of its own image, not of the list.
says "the whole release: sigstore signatures" 4 .audit.counts.sigstore
try "the whole release, every blob" audit --blobs=verify 4.99.0-multi
try_says "the whole release, every blob: accepted" "accepted: " out
audited 0 "every blob, as JSON" --blobs=verify 4.99.0-multi
says "every blob is hashed" true '.audit.counts.blobs == .audit.counts.blobs_hashed'
audited 0 "one architecture of it" --arch aarch64 4.99.0-multi
says "one architecture: which" aarch64 '[.audit.releases[].architecture] | join(" ")'
says "one architecture: manifests" $((2 + components * 2)) .audit.counts.manifests
audited 0 "a release for one architecture" 4.99.0-x86_64
says "one architecture: manifests" $((1 + components)) .audit.counts.manifests
names=$(fact '.components | keys | .[0:2] | join(",")')
audited 0 "two components" --components "$names" 4.99.0-x86_64
says "two components: manifests" 3 .audit.counts.manifests
try_status 2 "a component that there is not" audit --components no-such 4.99.0-x86_64
try_says "a component that there is not: said" "no-such" err

# The mirror by its own name: components are looked for beside it.
try_status 1 "a mirror that has no components beside" "$RELSIG" audit --cert-dir "$T/certs" --retry-times 0 --json \
	--key "$data/keys/release.asc" --store "file://$T/store" "$releases:4.99.0-x86_64"
says "a mirror that has no components beside: all are missing" "$components" \
	'[.audit.problems[] | select(.kind == "missing-manifest")] | length'

# ---- what is in the reports
try "the text" audit 4.99.0-x86_64
try_says "the text: the number of components" "$components components" out
try "the pull specs" audit --pullspecs 4.99.0-x86_64
component=$(fact '.components | keys | .[7]')
image=$(fact ".components[\"$component\"].images.x86_64.manifest")
if grep -qE "^ *$component +$upstream/ocp-v4.0-art-dev@$image\$" "$T/out"; then
	ok "the pull specs: $component"
else
	not_ok "the pull specs: $component"
fi
try "the page" audit --report "$T/report.html" 4.99.0-multi
for text in "$multi" "$component" "$image" 567E347AD0044ADE55BA8A5F199E2F91FD431D51; do
	test "$text" = 567E347AD0044ADE55BA8A5F199E2F91FD431D51 && text=$(gpg --with-colons -k | awk -F: '$1 == "fpr" { print $10; exit }')
	if grep -qF "$text" "$T/report.html"; then ok "the page has $text"; else not_ok "the page has $text"; fi
done
if grep -qiE '<script|src=|href="?http' "$T/report.html"; then not_ok "the page needs nothing else"; else ok "the page needs nothing else"; fi

# ---- all of it in one repository, as oc adm release mirror puts it
synthetic "$T/large" --version 4.99.3 --architectures x86_64 --layer-bytes 20000
digest=$(jq -r .single "$T/large/facts.json")
push_image "$T/large/components" "$REGISTRY/large/release:all" --all
push_image "$T/large/release" "$REGISTRY/large/release:4.99.3-x86_64"
sign "$upstream/ocp-release:4.99.3-x86_64" "$digest"
attach "$digest" "$upstream/ocp-release:4.99.3-x86_64" "$data/sigstore/secret/p256.pem" "$REGISTRY/large/release"
set -- "$RELSIG" audit --cert-dir "$T/certs" --retry-times 0 --key "$data/keys/release.asc" --store "file://$T/store"
try "a mirror with all of it in one repository" "$@" "$REGISTRY/large/release:4.99.3-x86_64"
try_says "a mirror with all of it in one repository: the number of components" "$components components" out

# ---- ended before its end
# Two seconds for each layer.
blobs=$T/blobs.log
start_nginx server "proxy_ssl_verify off; proxy_set_header Host \$http_host; location / { proxy_pass https://$REGISTRY; }
	location ~ /blobs/ { access_log $blobs; limit_rate 10k; proxy_pass https://$REGISTRY; }"
# shellcheck disable=SC2154  # start_nginx sets it
slow=127.0.0.1:$port/large/release:4.99.3-x86_64
set -- "$@" --blobs=verify --json --report "$T/cut.html"
for signal in SIGINT SIGTERM; do
	: >"$blobs"
	run python3 "$system/end_by.py" $signal "$blobs" "$@" "$slow"
	try_says "$signal: status 2" "status 2" err
	says "$signal: no verdict" no-verdict .outcome
	says "$signal: it says so" true .audit.interrupted
	try "$signal: the page says so" grep 'interrupted by a signal' "$T/cut.html"
	rm -f "$T/cut.html"
done
try_status 2 "--timeout" "$@" --timeout 4 "$slow"
says "--timeout: no verdict" no-verdict .outcome
says "--timeout: why" unreachable '[.audit.problems[].kind] | unique | join(" ")'
try "--timeout: the page says so" grep -e '--timeout of 4 s is over' "$T/cut.html"

# ---- one thing wrong at a time

file_of() { # DIGEST: in the registry's storage
	echo "$storage/blobs/sha256/$(echo "${1#sha256:}" | cut -c 1-2)/${1#sha256:}/data"
}
aside() { # FILE: kept for back
	aside=$1
	cp -p "$1" "$T/aside"
}
back() {
	cp -p "$T/aside" "$aside"
}
component=$(fact '.components | keys | .[20]')
list=$(fact ".components[\"$component\"].list")
image=$(fact ".components[\"$component\"].images.x86_64.manifest")
config=$(fact ".components[\"$component\"].images.x86_64.config")
layer=$(fact ".components[\"$component\"].images.x86_64.layers[2]")

link=$storage/repositories/openshift-release-dev/ocp-v4.0-art-dev/_manifests/revisions/sha256/${list#sha256:}/link
aside "$link"
rm "$link"
audited 1 "a component is missing" 4.99.0-multi
problems "a component is missing" "missing-manifest $component"
says "a component is missing: which digest" "$list" '[.audit.problems[].digest] | unique | join(" ")'
the_rest "a component is missing" $((all_manifests - 5))
try_status 1 "a component is missing, in words" audit 4.99.0-multi
try_says "a component is missing, in words: which" "missing-manifest: $component" out
back

aside "$(file_of "$image")"
printf ' ' >>"$aside"
audited 1 "a manifest is corrupted" 4.99.0-x86_64
problems "a manifest is corrupted" "corrupt-manifest $component"
the_rest "a manifest is corrupted" "$components"
back

aside "$(file_of "$layer")"
head -c 100 "$T/aside" >"$aside"
audited 1 "a blob is truncated" 4.99.0-x86_64
problems "a blob is truncated" "blob-size $component"
says "a blob is truncated: which" "$layer" '.audit.problems[0].digest'
back

aside "$(file_of "$layer")"
size=$(wc -c <"$T/aside")
head -c "$size" /dev/zero >"$aside"
audited 0 "a blob has other bytes, and nobody reads it" 4.99.0-x86_64
audited 1 "a blob has other bytes" --blobs=verify 4.99.0-x86_64
problems "a blob has other bytes" "corrupt-blob $component"
says "a blob has other bytes: which" "$layer" '.audit.problems[0].digest'
back

aside "$storage/repositories/openshift-release-dev/ocp-v4.0-art-dev/_layers/sha256/${config#sha256:}/link"
rm "$aside"
audited 1 "a config is missing" 4.99.0-x86_64
problems "a config is missing" "missing-blob $component"
back

# A payload that is wrong is signed all the same.
for fault in tag twice version config-version; do
	# shellcheck disable=SC2086  # a list of words
	synthetic "$T/$fault" $names_options --fault $fault --release-only "$T/good/facts.json"
	digest=$(jq -r .single "$T/$fault/facts.json")
	push_image "$T/$fault/release" "$releases:4.99.0-x86_64"
	sign "$upstream/ocp-release:4.99.0-x86_64" "$digest"
	attach "$digest" "$upstream/ocp-release:4.99.0-x86_64"
	audited 1 "wrong in the payload: $fault" 4.99.0-x86_64
	case $fault in
	tag) problems "$fault" "bad-component $(fact '.components | keys | .[3]')" ;;
	twice) says "$fault" "bad-component" '[.audit.problems[].kind] | unique | join(" ")' ;;
	*version) problems "$fault" "version-mismatch" ;;
	esac
	the_rest "$fault" $((components - 1))
done
push_image "$T/good/release" "$releases:4.99.0-x86_64"
audited 0 "as it was" 4.99.0-x86_64
# A tag that is another release's.
push_image "$T/good/release" "$releases:4.99.1-x86_64"
audited 1 "another release's tag" 4.99.1-x86_64
says "another release's tag" identity-mismatch '.images[0].reason'

# ---- the signatures that nodes will demand
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$T/other.pem" 2>/dev/null
attach "$single" "$upstream/ocp-release:4.99.0-x86_64" "$T/other.pem"
audited 1 "a sigstore signature by another key" 4.99.0-x86_64
problems "a sigstore signature by another key" "bad-sigstore-signature"
the_rest "a sigstore signature by another key" $((components + 1))
rm "$storage/repositories/openshift-release-dev/ocp-release/_manifests/tags/sha256-${single#sha256:}.sig/current/link"
audited 1 "no sigstore signature" 4.99.0-x86_64
problems "no sigstore signature" "no-sigstore-signature"
try_status 1 "no sigstore signature, in words" audit 4.99.0-x86_64
try_says "no sigstore signature: what to copy" "sha256-${single#sha256:}.sig" out
attach "$single" "$upstream/ocp-release:4.99.0-x86_64"

# ---- one image of the list is another one
child=$(fact .releases.s390x.manifest)
aside "$(file_of "$child")"
cp "$(file_of "$(fact .releases.ppc64le.manifest)")" "$aside"
audited 1 "an image of the list was replaced" 4.99.0-multi
problems "an image of the list was replaced" "corrupt-manifest"
says "an image of the list was replaced: which" "$child" '.audit.problems[0].digest'
the_rest "an image of the list was replaced" $((all_manifests - 1))
back
aside "$(file_of "$multi")"
printf ' ' >>"$aside"
audited 1 "the release itself was changed" "$upstream/ocp-release@$multi"
says "the release itself was changed" manifest-digest-mismatch '.images[0].reason'
says "the release itself was changed: nothing in it is believed" 0 '.audit.releases | length'
back

# ---- two releases
synthetic "$T/next" --version 4.99.2 --architectures x86_64
push_image "$T/next/components" "$repository:next" --all
push_image "$T/next/release" "$releases:4.99.2-x86_64"
digest=$(jq -r .single "$T/next/facts.json")
sign "$upstream/ocp-release:4.99.2-x86_64" "$digest"
attach "$digest" "$upstream/ocp-release:4.99.2-x86_64"
try "the difference of two releases" audit --diff 4.99.0-x86_64 4.99.2-x86_64
try "no difference" audit --diff --json 4.99.0-x86_64 4.99.0-x86_64

# ---- from other places
stop_server "$T/pids/registry-1"
# shellcheck disable=SC2317  # called by try
offline() {
	"$RELSIG" audit --offline --key "$data/keys/release.asc" --store "file://$T/store" "$@"
}
try "the registry's storage" offline --from "$T/registry-1" 4.99.0-multi
try "the registry's storage, every blob" offline --blobs=verify --from "$T/registry-1" 4.99.0-multi
mkdir "$T/archive"
tar -cf "$T/archive/mirror_000001.tar" -C "$T/registry-1" docker || die tar
try "an archive of it, every blob" offline --blobs=verify --from "$T/archive" 4.99.0-multi
aside "$(file_of "$layer")"
head -c "$size" /dev/zero >"$aside"
try_status 1 "the storage, a blob with other bytes" offline --blobs=verify --from "$T/registry-1" 4.99.0-multi
try_says "the storage, a blob with other bytes: where" "$aside" out
back

finish
