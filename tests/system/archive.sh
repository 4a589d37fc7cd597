#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Archives as tar writes them, of a registry's storage and of oc-mirror's signatures, whole and in parts; what is wrong
# with them; and the memory that relsig takes, whatever their size.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in tar gzip python3; do
	command -v $tool >/dev/null || { skip "archives" "no $tool"; finish_skipped; }
done
data=$SRCDIR/testdata
digest=$(sed -n 2p "$data/release.txt")
image=quay.io/openshift-release-dev/ocp-release@$digest
by_tag=$(sed -n 1p "$data/release.txt")
hex=${digest#sha256:}
blob=docker/registry/v2/blobs/sha256/$(printf %.2s "$hex")/$hex/data

make_mirror() { # KIND N FILE
	"$SRCDIR/tests/bench/make_mirror.py" "$1" "$2" "$data/release" "$T/$3" || die "make_mirror.py $1"
}
# from FILE [IMAGE]: verified with what is there
# shellcheck disable=SC2317  # called by try
from() {
	set -- verify --offline --key "$data/keys/release.asc" --from "$T/$1" "${2:-$image}"
	"$RELSIG" "$@"
}
archive() { # FILE ARGUMENT...: of the storage
	file=$1
	shift
	tar -C "$T/storage" -cf "$T/$file" "$@" || die "tar $*"
}

make_mirror storage 20 storage
for format in gnu ustar pax; do
	archive "$format.tar" --format="$format" .
	try "an archive that tar wrote, $format" from "$format.tar"
done
try "by its tag" from gnu.tar "$by_tag"
archive sorted.tar --sort=name docker working-dir
try "without ./ in front" from sorted.tar
cp "$T/sorted.tar" "$T/sparse.tar"
truncate -s +2048 "$T/sorted.tar"
try "with more zeros at the end" from sorted.tar

mkdir "$T/parts"
archive parts/mirror_000001.tar docker/registry/v2/blobs
archive parts/mirror_000002.tar docker/registry/v2/repositories working-dir
try "parts in a directory" from parts "$by_tag"
try_says "... are told of as what they are" "oc-mirror archive" out

# ---- What is wrong with an archive is no verdict.

gzip -k "$T/gnu.tar"
try_status 2 "a compressed one" from gnu.tar.gz
try_says "... says what unpacks it" gunzip err
cp "$T/sorted.tar" "$T/twice.tar"
tar -C "$T/storage" -rf "$T/twice.tar" "$blob"
try_status 2 "a blob that is there twice" from twice.tar
try_says "... is named" "$blob: is there twice" err
head -c -20000 "$T/gnu.tar" >"$T/cut.tar"
try_status 2 "one that was cut off" from cut.tar
archive out.tar --absolute-names --transform='s,^docker/,../docker/,' docker
try_status 2 "names that lead out of it" from out.tar
printf x | dd of="$T/sparse.tar" bs=1 seek=0 conv=notrunc 2>"$T/dd.log"
try_status 2 "a header that was changed" from sparse.tar

# ---- Memory.

if nm -D "$RELSIG" 2>/dev/null | grep -q __asan_init; then
	skip "memory" "a sanitizer takes more than relsig"
	finish
fi
${CC:-cc} -O2 -o "$T/measure" "$SRCDIR/tests/bench/measure.c" || die "measure.c"
peak() { # NAME FILE: under 32 MiB
	run "$T/measure" 1 "$RELSIG" verify --offline --key "$data/keys/release.asc" --from "$T/$2" "$image"
	kib=$(cut -d ' ' -f 3 "$T/out")
	# shellcheck disable=SC2154  # run sets it
	if test "$status" -eq 0 && test "$kib" -le 32768; then ok "$1: $kib KiB"; else not_ok "$1: ${kib:-?} KiB"; fi
}
make_mirror blobs 512 large.tar
peak "an archive of 4 GiB" large.tar
make_mirror links 190000 many.tar
peak "an archive of 190,000 members" many.tar
finish
