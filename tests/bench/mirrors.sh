#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What does it cost to find one release in a large mirror on disk, beside tar and find, which do no more than that?
# Environment: BUILDDIR, SRCDIR; ARCHIVE_FLAGS, what librelsig.a's part of it is compiled and linked with; RUNS (default
# 20), REPOSITORIES (10000), LINKS (190000).
set -eu
: "${BUILDDIR:?}" "${SRCDIR:?}"
runs=${RUNS:-20} repositories=${REPOSITORIES:-10000} links=${LINKS:-190000}
relsig=$BUILDDIR/relsig data=$SRCDIR/testdata
key=$data/keys/release.asc
digest=$(sed -n 2p "$data/release.txt")
by_digest=quay.io/openshift-release-dev/ocp-release@$digest
by_tag=$(sed -n 1p "$data/release.txt")
hex=${digest#sha256:}
member=docker/registry/v2/blobs/sha256/$(printf %.2s "$hex")/$hex/data
# shellcheck source=tests/bench/lib.sh
. "$SRCDIR/tests/bench/lib.sh"

# shellcheck disable=SC2086  # a list of words
${CC:-cc} -O2 -std=gnu11 -I"$SRCDIR/src" -o "$work/read_member" "$SRCDIR/tests/bench/read_member.c" \
	"$BUILDDIR/librelsig.a" ${ARCHIVE_FLAGS:--larchive -lcrypto}

make_mirror() { # KIND N FILE
	"$SRCDIR/tests/bench/make_mirror.py" "$1" "$2" "$data/release" "$work/$3"
}
from() { # PLACE IMAGE
	row "relsig verify --from $1" "$relsig" verify --offline --key "$key" --from "$work/$1" "$2"
}
beside_tar() { # ARCHIVE: the manifest alone, unverified
	row "tar -xO of the manifest" tar -xOf "$work/$1" "$member"
	tar_wall=$wall
	row "relsig's reading of the manifest" "$work/read_member" "$member" "$work/$1"
	tar_ratio=$(ratio "$wall" "$tar_wall")
}
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }

echo "One release, $runs runs each, median wall time (peak memory of the program itself):"
row "relsig verify (dir: image)" "$relsig" verify --offline --key "$key" "dir:$data/release"
dir_wall=$wall

make_mirror blobs 512 mirror_000001.tar
echo "an archive of $(($(stat -c %s "$work/mirror_000001.tar") >> 20)) MiB:"
from mirror_000001.tar "$by_digest"
archive_peak=$peak
beside_tar mirror_000001.tar
archive_ratio=$tar_ratio
rm "$work/mirror_000001.tar"

make_mirror links "$links" mirror_000002.tar
echo "an archive of $links small members:"
from mirror_000002.tar "$by_digest"
links_peak=$peak
beside_tar mirror_000002.tar
links_ratio=$tar_ratio
rm "$work/mirror_000002.tar"

make_mirror storage "$repositories" storage
echo "a registry's storage of $repositories repositories, and a tag that one of them has:"
from storage "$by_digest"
digest_wall=$wall
from storage "$by_tag"
tag_wall=$wall tag_peak=$peak
row "find of the tag" find "$work/storage/docker/registry/v2/repositories" -path "*/_manifests/tags/${by_tag##*:}"
find_wall=$wall

echo "Ratios and aims (of relsig and find: less the time of the dir: image):"
aim "a manifest of the 4 GiB archive, reading / tar -xO" "$archive_ratio" '<=' 5
# For each member libarchive makes a wide string of its name, which tar does not.
aim "one among small members, reading / tar -xO" "$links_ratio" '<=' 12
aim "$repositories repositories, by digest, relsig / find" \
	"$(ratio "$(minus "$digest_wall" "$dir_wall")" "$find_wall")" '<=' 0.5
aim "$repositories repositories, by tag, relsig / find" "$(ratio "$(minus "$tag_wall" "$dir_wall")" "$find_wall")" '<=' 2
aim "peak memory of relsig, 4 GiB archive, KiB" "$archive_peak" '<=' 32768
aim "peak memory of relsig, small members, KiB" "$links_peak" '<=' 32768
aim "peak memory of relsig, $repositories repositories, KiB" "$tag_peak" '<=' 32768

for peak in "$archive_peak" "$links_peak" "$tag_peak"; do
	test "$peak" -le 32768 || { echo "bench: relsig took $peak KiB of memory" >&2; exit 1; }
done
