#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One release image in each form that it travels in: skopeo writes it as dir: and oci: and into docker-registry, whose
# storage is then read as a tree, and as a tar archive; relsig save keeps it; a tree of oc's and a tag in several
# repositories are made by hand. One verdict, one digest; and what must be refused.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry skopeo openssl python3; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "sources" "no $tool"; finish_skipped; }
done

key=$SRCDIR/testdata/keys/release.asc
store=file://$SRCDIR/testdata/store
tag=4.99.0-x86_64
digest=$(sed -n 2p "$SRCDIR/testdata/release.txt")
blob=docker/registry/v2/blobs/sha256/$(echo "$digest" | sed 's/^sha256:\(..\)/\1\/\1/')/data
upstream=quay.io/openshift-release-dev/ocp-release

# from STATUS WORD NAME ARGUMENT...: offline, with the keys and the store of the test data
from() {
	want_status=$1 word=$2 title=$3
	shift 3
	decided "$want_status" "$word" "$title" --offline --key "$key" --store "$store" "$@"
	test "$word" != accepted || try_says "$title: the digest" "$digest" out
}

make_ca
make_cert server
start_registry server
storage=$T/registry-1
push_image "$SRCDIR/testdata/release" "$REGISTRY/openshift-release-dev/ocp-release:$tag" --remove-signatures
python3 "$SRCDIR/tests/system/attach.py" "$T/ca.crt" "$REGISTRY/openshift-release-dev/ocp-release" "$digest" \
	"$SRCDIR/testdata/sigstore/signatures/p256" 2>"$T/attach.log" || die "attach.py: $(cat "$T/attach.log")"
# The image is of schema 2: without --preserve-digests skopeo writes another one for oci:.
if skopeo copy --quiet --insecure-policy --remove-signatures --preserve-digests "dir:$SRCDIR/testdata/release" \
	"oci:$T/oci:$tag" >"$T/out" 2>"$T/err"; then
	ok "oci: by skopeo"
else
	not_ok "oci: by skopeo"
fi
skopeo copy --quiet --insecure-policy "docker://$REGISTRY/openshift-release-dev/ocp-release:$tag" "dir:$T/dir" \
	--src-cert-dir "$T/certs" >"$T/push.log" 2>&1 || die "skopeo copy to dir: $(cat "$T/push.log")"
# ---- accepted, and all the same image
decided 0 accepted "the registry" --key "$key" --store "$store" --identity "$upstream:$tag" \
	"$REGISTRY/openshift-release-dev/ocp-release:$tag"
try_says "the registry: the digest" "$digest" out
try "the registry, saved" "$RELSIG" save --cert-dir "$T/certs" --key "$key" --store "$store" --mirror "quay.io=$REGISTRY" \
	--require both --sigstore-key "$SRCDIR/testdata/sigstore/keys/p256.pem" -o "$T/saved" "$tag"
stop_server "$T/pids/registry-1"
mkdir "$T/archive"
tar -cf "$T/archive/mirror_000001.tar" -C "$storage" docker || die "tar"
from 0 accepted "dir:" --identity "$upstream:$tag" "dir:$T/dir"
from 0 accepted "oci:" "oci:$T/oci:$tag"
from 0 accepted "oci:, the only image" "oci:$T/oci"
from 0 accepted "a registry's storage, by tag" --from "$storage" "$tag"
from 0 accepted "a registry's storage, by digest" --from "$storage" "$digest"
from 0 accepted "a registry's storage, by tag and digest" --from "$storage" "$upstream:$tag@$digest"
try_says "a registry's storage: what it is" "registry storage" out
try_says "a registry's storage: the file" "$storage/docker/registry/v2/blobs/sha256/" out
from 0 accepted "a registry's storage, its inner docker" --from "$storage/docker" "$tag"
from 0 accepted "a registry's storage, its innermost" --from "$storage/docker/registry/v2" "$tag"
from 0 accepted "an archive of it, by tag" --from "$T/archive/mirror_000001.tar" "$tag"
try_says "an archive: the file" "$T/archive/mirror_000001.tar: docker/registry/v2/blobs/sha256/" out
from 0 accepted "an archive of it, by digest" --from "$T/archive/mirror_000001.tar" "$digest"
from 0 accepted "the folder of archives" --from "$T/archive" "$tag"
decided 0 accepted "a saved folder, by tag" --offline --key "$key" --from "$T/saved" "$tag"
try_says "a saved folder: what it is" "relsig save folder" out
try_says "a saved folder: the digest" "$digest" out
decided 0 accepted "a saved folder, by digest" --offline --key "$key" --from "$T/saved" "$digest"
decided 0 accepted "a saved folder, both signatures" --offline --require both --key "$key" \
	--sigstore-key "$SRCDIR/testdata/sigstore/keys/p256.pem" --from "$T/saved" "$tag"
decided 2 io-error "a saved folder, another tag" --offline --key "$key" --from "$T/saved" 4.99.1-x86_64
tar -cf "$T/saved.tar" -C "$T/saved" . || die "tar"
decided 0 accepted "a saved folder in an archive" --offline --key "$key" --from "$T/saved.tar" "$tag"
try_status 2 "a saved folder, its key not trusted by itself" verify --offline --from "$T/saved" "$tag"
from 0 accepted "an OCI layout" --from "$T/oci" "$tag"
from 0 accepted "an OCI layout, by digest" --from "$T/oci" "$digest"

# The sigstore signatures that are attached to it there.
sigstore_keys=$SRCDIR/testdata/sigstore/keys
decided 0 accepted "an attachment" --offline --require sigstore --sigstore-key "$sigstore_keys/p256.pem" --from "$storage" "$tag"
try_says "an attachment: where it is from" "$storage/docker/registry/v2/blobs/sha256/" out
decided 0 accepted "both signatures" --offline --require both --sigstore-key "$sigstore_keys/p256.pem" --key "$key" \
	--store "$store" --from "$storage" "$digest"
decided 1 bad-signature "an attachment by another key" --offline --require sigstore --sigstore-key "$sigstore_keys/other.pem" \
	--from "$storage" "$tag"
decided 1 no-signature "a place without attachments" --offline --require sigstore --sigstore-key "$sigstore_keys/p256.pem" \
	--from "$T/oci" "$tag"

# A tree as oc writes it: the manifest is a hard link to its blob, a tag is a symbolic link.
oc=$T/oc
mkdir -p "$oc/v2/openshift/release/manifests" "$oc/v2/openshift/release/blobs"
cp "$T/dir/manifest.json" "$oc/v2/openshift/release/blobs/$digest"
ln "$oc/v2/openshift/release/blobs/$digest" "$oc/v2/openshift/release/manifests/$digest"
ln -s "$digest" "$oc/v2/openshift/release/manifests/$tag"
from 0 accepted "an oc tree, by oc's name" --dir "$oc" "file://openshift/release:$tag"
from 0 accepted "an oc tree, by oc's name and digest" --dir "$oc" "file://openshift/release@$digest"
from 0 accepted "an oc tree" --from "$oc" "$tag"
from 0 accepted "an oc tree, by digest" --from "$oc" "$digest"
try_says "an oc tree: what it is" "oc tree" out
cp -rL "$oc" "$T/copied"
from 0 accepted "an oc tree, copied without links" --from "$T/copied" "$tag"
(cd "$oc" && from 0 accepted "an oc tree, here" "file://openshift/release:$tag" && test "$failed" -eq 0) >"$T/here" ||
	failed=$((failed + 1))
from 0 accepted "the second of two places" --from "$T/copied" --from "$storage" "$tag"
mkdir -p "$T/empty/v2"
from 0 accepted "not in the first of two places" --from "$T/empty" --from "$storage" "$tag"
try "JSON" "$RELSIG" verify --offline --json --key "$key" --store "$store" --from "$storage" "$tag"
try_says "JSON: the place" '"kind": "registry storage"' out

# ---- refused
from 2 io-error "in no place" --from "$T/empty" --from "$T/copied" "$upstream:4.99.1-x86_64"
try_says "in no place: each that was asked" "$T/empty: no repository has the tag" out
try_says "in no place: each that was asked, the other" "$T/copied: no repository has the tag" out
from 2 io-error "a repository that oc does not have" --dir "$oc" "file://openshift/other:$tag"
from 2 io-error "a REF that the layout does not have" "oci:$T/oci:4.99.1-x86_64"
decided 1 no-signature "a store without its signature" --offline --key "$key" --store "file://$T/empty" --from "$oc" "$tag"
decided 2 usage "no store" --offline --key "$key" --from "$oc" "$tag"

# ---- oc-mirror's working directory brings the signatures
mkdir -p "$T/mirror/working-dir/signatures" "$T/mirror/working-dir/release-images"
cp -r "$storage/docker" "$T/mirror/docker"
cp "$SRCDIR/testdata/release/signature-1" "$T/mirror/working-dir/signatures/$tag-sha256-${digest#sha256:}"
decided 0 accepted "an oc-mirror working directory" --offline --key "$key" --from "$T/mirror" "$tag"
try_says "an oc-mirror working directory: what it is" "oc-mirror working directory" out
try_says "an oc-mirror working directory: the signature" "$T/mirror/working-dir/signatures/$tag-sha256-" out
decided 0 accepted "its signatures beside another place" --offline --key "$key" --from "$T/mirror/working-dir" --from "$oc" "$tag"
mv "$T/mirror/working-dir/signatures/$tag-sha256-${digest#sha256:}" "$T/mirror/working-dir/signatures/$tag-sha256-$(printf %064d 7)"
decided 1 no-signature "a signature of another digest" --offline --key "$key" --from "$T/mirror" "$tag"
mv "$T/mirror/working-dir/signatures/$tag-sha256-$(printf %064d 7)" "$T/mirror/working-dir/signatures/$tag-sha256-${digest#sha256:}"
cp "$SRCDIR/testdata/release-multi/signature-1" "$T/mirror/working-dir/signatures/$tag-sha256-${digest#sha256:}"
decided 1 signed-digest-mismatch "a signature that signs another digest than its name says" --offline --key "$key" \
	--from "$T/mirror" "$tag"
from 1 identity-mismatch "a tag that nobody signed" --from "$oc" --identity "$upstream:4.99.9-x86_64" "$tag"
unusable "a place that is none" "neither a registry's storage" --from "$T/home" "$tag"
unusable "a place that is not there" "$T/nowhere" --from "$T/nowhere" "$tag"
ln -s "$digest" "$oc/v2/openshift/release/manifests/4.99.1-x86_64"
from 1 identity-mismatch "another release's tag for this image" --from "$oc" 4.99.1-x86_64

# A tag that is two images: an error, unless the repository is named.
make_image "$T/other" another
mkdir -p "$oc/v2/site/mirror/manifests"
cp "$T/other/manifest.json" "$oc/v2/site/mirror/manifests/$DIGEST"
ln -s "$DIGEST" "$oc/v2/site/mirror/manifests/$tag"
from 2 io-error "a tag of two images" --from "$oc" "$tag"
try_says "a tag of two images: which" "site/mirror ($DIGEST)" out
from 0 accepted "a tag of two images, one named" --from "$oc" "registry.example.com/openshift/release:$tag"
from 1 no-signature "a tag of two images, the other named" --from "$oc" "registry.example.com/site/mirror:$tag"

# Bytes that are not what their name says, and ways out of the tree.
sed 's/ *"size"/ "size"/' "$T/dir/manifest.json" >"$T/copied/v2/openshift/release/manifests/$digest"
from 1 manifest-digest-mismatch "another manifest under the digest" --from "$T/copied" "$digest"
rm "$oc/v2/openshift/release/manifests/$tag"
ln -s "../../../../../dir/manifest.json" "$oc/v2/openshift/release/manifests/$tag"
from 2 io-error "a tag that leads out of the tree" --dir "$oc" "file://openshift/release:$tag"
link=$storage/docker/registry/v2/repositories/openshift-release-dev/ocp-release/_manifests/tags/$tag/current/link
printf 'sha256:../../../../etc/passwd' >"$link"
from 2 io-error "a link file that holds a path" --from "$storage" "$tag"
rm "$link"
mkfifo "$link"
from 2 io-error "a FIFO for a link file" --from "$storage" "$tag"
ln -sf /etc/passwd "$storage/$blob"
from 2 io-error "a blob that leads out of the tree" --from "$storage" "$digest"
printf '{"schemaVersion":2,"manifests":[{"digest":"%s"},{"digest":"%s"}]}' "$digest" "$DIGEST" >"$T/oci/index.json"
from 2 io-error "oci: several images, none named" "oci:$T/oci"
printf '{"imageLayoutVersion":"2.0.0"}' >"$T/oci/oci-layout"
from 2 io-error "oci: another version" "oci:$T/oci:$tag"

finish
