#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What does it cost to audit a whole release, beside a shell loop that fetches and hashes the same manifests, and beside
# openssl that hashes the same blobs? Environment: BUILDDIR, SRCDIR; RUNS (default 5), COMPONENTS (190), MANY (2000),
# BLOBS (16) of BLOB_BYTES (512 MiB) each.
set -eu
: "${BUILDDIR:?}" "${SRCDIR:?}"
runs=${RUNS:-5} components=${COMPONENTS:-190} many=${MANY:-2000} blobs=${BLOBS:-16} blob_bytes=${BLOB_BYTES:-536870912}
for tool in docker-registry skopeo jq; do
	command -v $tool >/dev/null || { echo "bench: the audit is not measured: no $tool"; exit 0; }
done

# shellcheck source=tests/bench/lib.sh
. "$SRCDIR/tests/bench/lib.sh"
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"
trap 'clean_up; rm -rf "$work"' EXIT
relsig=$RELSIG key=$SRCDIR/testdata/keys/release.asc
GNUPGHOME=$work/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --import "$SRCDIR/testdata/secret/release.gpg"

make_release() { # NAME OPTION...: and its signature in the store
	out=$work/$1
	shift
	python3 "$SRCDIR/tests/system/synthetic.py" "$out" "$@"
	sign "$(jq -r .single "$out/facts.json")" 4.99.0-x86_64
	sign "$(jq -r .multi "$out/facts.json")" 4.99.0-multi
}
sign() { # DIGEST TAG
	mkdir -p "$work/store/sha256=${1#sha256:}"
	printf '{"critical": {"image": {"docker-manifest-digest": "%s"}, "type": "atomic container signature", %s}, %s}' "$1" \
		"\"identity\": {\"docker-reference\": \"quay.io/openshift-release-dev/ocp-release:$2\"}" '"optional": {}' |
		gpg --batch --quiet --yes --no-armor --output "$work/store/sha256=${1#sha256:}/signature-1" --sign -
}
push_release() { # NAME TAG
	push_image "$work/$1/components" "$REGISTRY/$1/release:all" --all
	find "$work/$1/lists" -type f -exec python3 "$SRCDIR/tests/system/publish.py" "$T/ca.crt" "$REGISTRY/$1/release" {} +
	push_image "$work/$1/release${2#4.99.0}" "$REGISTRY/$1/release:$2" --all
}
registry_ms() { # the processor time that the registry has used
	awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) * 1000 / hz }' "/proc/$(cat "$T/pids/registry-1")/stat"
}
# served LABEL COMMAND...: as row, and what of it is the registry's part, which no client can make less
served() {
	before=$(registry_ms)
	row "$@"
	# row runs it once more, to count processes.
	awk -v a="$before" -v b="$(registry_ms)" -v n="$((runs + 1))" 'BEGIN {
		printf "  %-42s %8s    %8.2f ms CPU\n", "of the registry, for each run", "", (b - a) / n }'
}
audit() { # NAME:TAG LABEL OPTION...
	image=$REGISTRY/${1%:*}/release:${1#*:} label=$2
	shift 2
	served "$label" "$relsig" audit --cert-dir "$T/certs" --key "$key" --store "file://$work/store" "$@" "$image"
}
cat >"$work/loop" <<'EOF'
#!/bin/sh
while read -r digest; do
	got=$(skopeo inspect --raw --cert-dir "$3" "docker://$1@$digest" | sha256sum)
	test "sha256:${got%% *}" = "$digest" || exit 1
done <"$2"
EOF
chmod +x "$work/loop"

make_release few --components "$components"
make_release many --components "$many" --architectures x86_64
for name in few many; do
	mv "$work/$name/release" "$work/$name/release-x86_64"
done
make_ca
make_cert server
# As the registry's own example of a configuration has it.
start_registry server open "cache: {blobdescriptor: inmemory}"
push_release few 4.99.0-multi
push_release few 4.99.0-x86_64
push_release many 4.99.0-x86_64
jq -r '.components[] | .list, .images[].manifest' "$work/few/facts.json" >"$work/digests"

echo "A release of $components components for four architectures ($(wc -l <"$work/digests") manifests), and one of $many for one,"
echo "in docker-registry, $runs runs each, median wall time:"
audit few:4.99.0-multi "relsig audit"
audit_wall=$wall audit_peak=$peak
audit few:4.99.0-multi "relsig audit --blobs=none (manifests alone)" --blobs=none
manifests_wall=$wall
audit few:4.99.0-x86_64 "relsig audit, $components components, one architecture"
one_wall=$wall
audit many:4.99.0-x86_64 "relsig audit, $many components"
many_wall=$wall many_peak=$peak
runs=1
served "a loop of skopeo inspect --raw and sha256sum" "$work/loop" "$REGISTRY/few/release" "$work/digests" "$T/certs"
loop_wall=$wall
stop_server "$T/pids/registry-1" || true
rm -rf "$T/registry-1" "$work/many"

make_release large --architectures x86_64 --components "$blobs" --layer-bytes "$blob_bytes" --tree
echo "$blobs blobs of $((blob_bytes >> 20)) MiB in a tree of files:"
# All in the page cache, as far as there is memory: what is measured is hashing.
cat "$work"/large/v2/openshift/release/blobs/* >/dev/null
cat >"$work/openssl" <<'EOF'
#!/bin/sh
ls -1 "$1"/* | xargs -P "$2" -n 1 openssl dgst -sha256
EOF
chmod +x "$work/openssl"
row "openssl dgst -sha256, one process" "$work/openssl" "$work/large/v2/openshift/release/blobs" 1
row "openssl dgst -sha256, $(nproc) processes" "$work/openssl" "$work/large/v2/openshift/release/blobs" "$(nproc)"
openssl_wall=$wall
row "relsig audit --blobs=verify" "$relsig" audit --offline --key "$key" --store "file://$work/store" --blobs=verify \
	--from "$work/large" 4.99.0-x86_64
verify_wall=$wall verify_peak=$peak

echo "Ratios and aims:"
aim "the audit, a loop of skopeo / relsig" "$(ratio "$loop_wall" "$audit_wall")" '>=' 20
aim "manifests alone, a loop of skopeo / relsig" "$(ratio "$loop_wall" "$manifests_wall")" '>=' 20
aim "$many components / $components, one architecture, time for each" \
	"$(awk -v a="$many_wall" -v b="$one_wall" -v n="$many" -v m="$components" 'BEGIN { printf "%.2f", a / n / (b / m) }')" '<=' 1.2
aim "every blob hashed, openssl on all cores / relsig" "$(ratio "$openssl_wall" "$verify_wall")" '>=' 0.9
aim "peak memory of relsig, $components components, KiB" "$audit_peak" '<=' 49152
aim "peak memory of relsig, $many components, KiB" "$many_peak" '<=' 49152
aim "peak memory of relsig, every blob hashed, KiB" "$verify_peak" '<=' 49152
