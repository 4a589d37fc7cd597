#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What does it cost to verify a signed list and the files in it, beside gpg and sha256sum -c, and beside openssl that
# hashes the same files on all cores? Environment: BUILDDIR, SRCDIR; RUNS (default 5), FILES (16) of FILE_BYTES
# (256 MiB) each.
set -eu
: "${BUILDDIR:?}" "${SRCDIR:?}"
runs=${RUNS:-5} files=${FILES:-16} file_bytes=${FILE_BYTES:-268435456}
for tool in gpg gpgconf sha256sum openssl; do
	command -v $tool >/dev/null || { echo "bench: verify-files is not measured: no $tool"; exit 0; }
done

# shellcheck source=tests/bench/lib.sh
. "$SRCDIR/tests/bench/lib.sh"
relsig=$BUILDDIR/relsig key=$SRCDIR/testdata/keys/release.asc dl=$work/dl
GNUPGHOME=$work/gnupg
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$work"' EXIT
mkdir -m 700 "$GNUPGHOME"
mkdir "$dl"
gpg --batch --quiet --import "$SRCDIR/testdata/secret/release.gpg"

# Not sparse, and read before anything is measured: what is measured is hashing.
i=0
while test $i -lt "$files"; do
	i=$((i + 1))
	head -c "$file_bytes" /dev/zero >"$dl/client-$i.tar.gz"
	echo $i >>"$dl/client-$i.tar.gz"
done
(cd "$dl" && sha256sum client-* >sha256sum.txt && gpg --batch --quiet --detach-sign sha256sum.txt)
mv "$dl/sha256sum.txt.sig" "$dl/sha256sum.txt.gpg"
cat >"$work/by-hand" <<'EOF'
#!/bin/sh
cd "$1" && gpg --batch --quiet --verify sha256sum.txt.gpg sha256sum.txt 2>/dev/null &&
	sha256sum --quiet -c sha256sum.txt
EOF
cat >"$work/openssl" <<'EOF'
#!/bin/sh
ls -1 "$1"/client-* | xargs -P "$2" -n 1 openssl dgst -sha256
EOF
chmod +x "$work/by-hand" "$work/openssl"

echo "$files files of $((file_bytes >> 20)) MiB, $runs runs each, median wall time:"
row "gpg --verify and sha256sum -c" "$work/by-hand" "$dl"
by_hand_wall=$wall
row "openssl dgst -sha256, one process" "$work/openssl" "$dl" 1
row "openssl dgst -sha256, $(nproc) processes" "$work/openssl" "$dl" "$(nproc)"
openssl_wall=$wall
row "relsig verify-files --all" "$relsig" verify-files --offline --quiet --key "$key" --all "$dl/sha256sum.txt.gpg"
files_wall=$wall files_peak=$peak
row "relsig verify-files --all --jobs 1" "$relsig" verify-files --offline --quiet --key "$key" --jobs 1 --all \
	"$dl/sha256sum.txt.gpg"

echo "Ratios and aims:"
aim "gpg and sha256sum / relsig" "$(ratio "$by_hand_wall" "$files_wall")" '>=' 1
aim "openssl on all cores / relsig" "$(ratio "$openssl_wall" "$files_wall")" '>=' 0.9
aim "peak memory of relsig, KiB" "$files_peak" '<=' 32768
