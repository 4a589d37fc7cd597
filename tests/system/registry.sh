#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Real parts: an image that skopeo pushed into docker-registry behind TLS, a signature store in nginx.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "registry" "no $tool"; finish; }
done

make_ca
make_cert server
make_image "$T/image" one
digest=$DIGEST
make_image "$T/other" two
other=$DIGEST
if test "$digest" != "$other"; then ok "two images differ"; else not_ok "two images differ"; fi

# inspect REF [OPTION...]: the registry serves the first image's manifest
# shellcheck disable=SC2317  # called by try
inspect() {
	image=docker://$1
	shift
	skopeo inspect --raw --cert-dir "$T/certs" "$@" "$image" >"$T/raw" && test "sha256:$(sha256 "$T/raw")" = "$digest"
}

# ---- a registry for everyone
start_registry server
open_registry=$REGISTRY
push_image "$T/image" "$open_registry/ocp/release:1"
try "by tag" inspect "$open_registry/ocp/release:1"
try "by digest" inspect "$open_registry/ocp/release@$digest"
push_image "$T/other" "$open_registry/ocp/release:2"
try_status 1 "another tag is another image" inspect "$open_registry/ocp/release:2"

# ---- a registry with a password
start_registry server htpasswd
locked_registry=$REGISTRY
push_image "$T/image" "$locked_registry/ocp/release:1" --dest-creds user:secret
try "with the password" inspect "$locked_registry/ocp/release:1" --creds user:secret
try_status 1 "with another password" inspect "$locked_registry/ocp/release:1" --creds user:wrong
try_status 1 "without a password" inspect "$locked_registry/ocp/release:1"

# ---- a store
mkdir -p "$T/store/sha256=${digest#sha256:}"
echo "a signature" >"$T/store/sha256=${digest#sha256:}/signature-1"
start_nginx_store server "$T/store"
# s_client closes its side only when it is told to: nginx ends the connection after one answer
fetch() {
	printf 'GET %s HTTP/1.0\r\n\r\n' "$1" |
		openssl s_client -quiet -verify_return_error -CAfile "$T/ca.crt" -connect "${STORE#https://}" 2>"$T/s_client.log"
}
fetch "/sha256=${digest#sha256:}/signature-1" >"$T/answer"
if grep -q "a signature" "$T/answer"; then ok "the store has signature-1"; else not_ok "the store has signature-1"; fi
fetch "/sha256=${digest#sha256:}/signature-2" >"$T/answer"
if grep -q "^HTTP/1.1 404" "$T/answer"; then ok "and no signature-2"; else not_ok "and no signature-2"; fi

finish
