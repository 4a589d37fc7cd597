#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The defaults as they are: in a network of its own, this machine plays mirror.openshift.com, storage.googleapis.com and
# access.redhat.com (nginx, real TLS) with the real key and real signatures, and relsig is given nothing but a digest.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

real=${RELSIG_REAL_DATA:-$SRCDIR/../shared/data}
PATH=$PATH:/usr/sbin:/sbin
for tool in nginx openssl unshare ip; do
	command -v $tool >/dev/null || { skip "defaults" "no $tool"; finish_skipped; }
done
test -d "$real/signatures" || { skip "defaults" "no $real (RELSIG_REAL_DATA)"; finish_skipped; }
if test -z "${INSIDE:-}"; then
	unshare -nm true 2>/dev/null || { skip "defaults" "no network namespace may be made"; finish_skipped; }
	clean_up
	INSIDE=1 exec unshare -nm "$0"
fi

ip link set lo up || die "ip link set lo up"
{
	echo "127.0.0.1 localhost mirror.openshift.com access.redhat.com quay.io"
	echo "127.0.0.1 storage.googleapis.com"
} >"$T/hosts"
mount --bind "$T/hosts" /etc/hosts || { skip "defaults" "no bind mount may be made"; finish_skipped; }
# The system's key file, if this machine has one, is not what is tested here.
test ! -e /etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release || { mkdir "$T/pki" && mount --bind "$T/pki" /etc/pki; }
make_ca
make_cert server DNS:mirror.openshift.com,DNS:access.redhat.com,DNS:storage.googleapis.com,DNS:quay.io
mkdir -p "$T/www/pub/openshift-v4" "$T/www/security/data"
ln -s "$(cd "$real/signatures" && pwd -P)" "$T/www/pub/openshift-v4/signatures"
real_key=$real/keys/cluster-update-keys/verifier-public-key-redhat-release.asc
cp "$real_key" "$T/www/security/data/fd431d51.txt"
chmod -R a+rX "$T" # nginx may drop to another user
mkdir "$T/nginx-1"
write_nginx_conf "$T/nginx-1" 443 server "root '$T/www';"
launch nginx-1 nginx -p "$T/nginx-1/" -c "$T/nginx-1/nginx.conf" -e "$T/nginx-1/error.log"
wait_until nginx-1 test -s "$T/nginx-1/nginx.pid" || die "nginx: $(cat "$T/nginx-1/error.log")"
SSL_CERT_FILE=$T/ca.crt
export SSL_CERT_FILE
digest=sha256:0da6316466d60a3a4535d5fed3589feb0391989982fba59d47d4c729912d6363
fingerprint=567E347AD0044ADE55BA8A5F199E2F91FD431D51
cache=$HOME/.cache/relsig/$fingerprint.asc

try "a digest and nothing else" "$RELSIG" verify --digest-only $digest
try_says "as the release that it is" "quay.io/openshift-release-dev/ocp-release:4.15.0-x86_64" out
try_says "by the release key" $fingerprint out
if test -s "$cache"; then ok "the key is kept"; else not_ok "the key is kept"; fi
rm "$T/www/security/data/fd431d51.txt"
try "the key from the cache" "$RELSIG" verify --digest-only $digest
try "--json names the key's origin" "$RELSIG" verify --json --digest-only $digest
try_says "the cache" "$cache" out
try "the cache offline" "$RELSIG" verify --offline --digest-only --store "file://$real/signatures/openshift/release" $digest
rm -r "$HOME/.cache"
try_status 2 "no key anywhere" "$RELSIG" verify --digest-only $digest
try_status 2 "no key, offline" "$RELSIG" verify --offline --digest-only --store "file://$real/signatures/openshift/release" $digest
try_says "no key, offline: says what to fetch" "https://access.redhat.com/security/data/fd431d51.txt" out
cp "$real/keys/cluster-update-keys/verifier-public-key-redhat-beta-2.asc" "$T/www/security/data/fd431d51.txt"
try_status 2 "another key in its place" "$RELSIG" verify --digest-only $digest
if test -e "$cache"; then not_ok "another key is not kept"; else ok "another key is not kept"; fi
cat "$SRCDIR/testdata/keys/release.asc" "$real_key" >"$T/www/security/data/fd431d51.txt"
{ read -r _ && read -r ours; } <"$SRCDIR/testdata/release.txt"
mkdir -p "$HOME/.config"
try "the release key among others" "$RELSIG" verify --digest-only $digest
try_status 1 "of which no other is trusted" "$RELSIG" verify --digest-only --signature "$SRCDIR/testdata/release/signature-1" "$ours"
try_says "unknown-key" ": unknown-key" out
try_status 1 "a digest without a signature" "$RELSIG" verify --digest-only "sha256:$(printf %064d 7)"
if test "$(grep -c 'tried: .*no-signature' "$T/out")" -eq 3; then ok "all three stores were asked"; else not_ok "all three stores were asked"; fi
try_status 2 "a version, and no registry behind quay.io" "$RELSIG" verify --retry-times 0 4.15.0-x86_64

finish
