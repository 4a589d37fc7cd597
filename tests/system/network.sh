#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# How servers are reached: through proxies, with authorities and a client's certificate of one's own, with passwords
# that credential helpers have, over IPv6. With real servers, each of which wants what it is there to want.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl python3; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "network" "no $tool"; finish_skipped; }
done

data=$SRCDIR/testdata
tag=4.99.0-x86_64
make_ca
make_cert server DNS:localhost,DNS:registry.invalid,DNS:store.invalid,IP:127.0.0.1,IP:::1
# A client that the CA of the servers knows.
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=relsig test client" \
	-keyout "$T/client.key" -out "$T/client.csr" 2>"$T/openssl.log" || die "making a client: $(cat "$T/openssl.log")"
openssl x509 -req -in "$T/client.csr" -CA "$T/ca.crt" -CAkey "$T/ca.key" -set_serial 77 -days 3650 \
	-out "$T/client.crt" 2>"$T/openssl.log" || die "making a client: $(cat "$T/openssl.log")"

start_nginx_store server "$data/store"
open_store=$STORE store_port=${STORE##*:}
start_registry server
open_registry=$REGISTRY registry_port=${REGISTRY##*:}
push_image "$data/release" "$REGISTRY/ocp/release:$tag" --remove-signatures

# ask ARGUMENT...: relsig verify with the test's key; verify of lib.sh adds the authority
# shellcheck disable=SC2317  # called by "try"
ask() {
	"$RELSIG" verify --key "$data/keys/release.asc" --retry-times 0 "$@"
}
# accepted NAME COMMAND...; undecided NAME TEXT COMMAND...: no verdict, and the report says why
accepted() {
	title=$1
	shift
	try "$title" "$@"
	if grep -q '^accepted: ' "$T/out"; then ok "$title: accepted"; else not_ok "$title: accepted"; fi
}
undecided() {
	title=$1 text=$2
	shift 2
	try_status 2 "$title" "$@"
	try_says "$title: says why" "$text" out
}
# untold NAME SECRET: the last command did not print it
untold() {
	if grep -qF -e "$2" "$T/out" "$T/err"; then not_ok "$1: tells a secret"; else ok "$1: tells no secret"; fi
}

# ---- authorities

image=$open_registry/ocp/release:$tag
undecided "an authority that nobody knows" "TLS: " ask --store "$open_store" "$image"
accepted "--cert-dir" ask --cert-dir "$T/certs" --store "$open_store" "$image"
accepted "SSL_CERT_FILE" env SSL_CERT_FILE="$T/ca.crt" "$RELSIG" verify --key "$data/keys/release.asc" \
	--store "$open_store" "$image"
undecided "SSL_CERT_FILE that is missing" "$T/missing.pem" env SSL_CERT_FILE="$T/missing.pem" "$RELSIG" verify \
	--key "$data/keys/release.asc" --store "$open_store" "$image"
accepted "it is not wanted where --cert-dir vouches" env SSL_CERT_FILE="$T/missing.pem" "$RELSIG" verify \
	--cert-dir "$T/certs" --key "$data/keys/release.asc" --store "$open_store" "$image"
mkdir "$T/authorities"
cp "$T/ca.crt" "$T/authorities/any-name.pem"
cp "$T/server.key" "$T/authorities/no-certificate"
accepted "SSL_CERT_DIR" env SSL_CERT_DIR="$T/nowhere:$T/authorities" "$RELSIG" verify \
	--key "$data/keys/release.asc" --store "$open_store" "$image"
certs=$HOME/.config/containers/certs.d
mkdir -p "$certs/$open_registry" "$certs/127.0.0.1:$store_port"
cp "$T/ca.crt" "$certs/$open_registry/"
undecided "certs.d of one server is not for another" "TLS: " ask --store "$open_store" "$image"
cp "$T/ca.crt" "$certs/127.0.0.1:$store_port/"
accepted "certs.d, a directory for each server" ask --store "$open_store" "$image"
rm -rf "$certs"

# ---- a client's certificate

start_nginx server "root '$data/store'; ssl_client_certificate $T/ca.crt; ssl_verify_client on;"
# shellcheck disable=SC2154  # start_nginx sets it
closed_store=https://127.0.0.1:$port
undecided "a store that wants a certificate, and gets none" "status 400" \
	ask --cert-dir "$T/certs" --store "$closed_store" "$image"
cp -r "$T/certs" "$T/ours"
cp "$T/client.crt" "$T/ours/me.cert"
undecided "a certificate without its key" "me.key" ask --cert-dir "$T/ours" --store "$closed_store" "$image"
cp "$T/server.key" "$T/ours/me.key"
undecided "a certificate with another's key" "key" ask --cert-dir "$T/ours" --store "$closed_store" "$image"
cp "$T/client.key" "$T/ours/me.key"
accepted "a certificate that the store knows" ask --cert-dir "$T/ours" --store "$closed_store" "$image"
mkdir -p "$certs/${closed_store#https://}" "$certs/$open_registry"
cp "$T/ours"/* "$certs/${closed_store#https://}/"
cp "$T/ca.crt" "$certs/$open_registry/"
accepted "a certificate in certs.d" ask --store "$closed_store" "$image"
rm -rf "$certs"

# ---- proxies; nobody but they can look these names up

hidden=registry.invalid:$registry_port/ocp/release:$tag
hidden_store=https://store.invalid:$store_port
# start_proxy OPTION...: 127.0.0.1:PORT in $PROXY; what it was asked for in $proxy_log
proxies=0
start_proxy() {
	proxies=$((proxies + 1))
	name=proxy-$proxies
	proxy_log=$T/$name.asked
	launch "$name" python3 "$SRCDIR/tests/system/proxy.py" "$proxy_log" "$@"
	wait_until "$name" grep -q '^port ' "$proxy_log" || die "the proxy did not start: $(cat "$T/$name.log")"
	PROXY=127.0.0.1:$(sed -n 's/^port //p' "$proxy_log")
}
start_proxy
plain=$PROXY
undecided "without the proxy" "registry.invalid" verify --key "$data/keys/release.asc" --retry-times 0 \
	--store "$hidden_store" "$hidden"
accepted "--proxy" ask --cert-dir "$T/certs" --proxy "http://$plain" --store "$hidden_store" "$hidden"
if grep -q "^CONNECT registry.invalid:$registry_port" "$proxy_log" &&
	grep -q "^CONNECT store.invalid:$store_port" "$proxy_log"; then
	ok "registry and store are asked through the proxy"
else
	not_ok "registry and store are asked through the proxy"
fi
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
if command -v strace >/dev/null && strace -qq -o "$T/trace" true 2>/dev/null; then
	accepted "--proxy, traced" strace -f -qq -e trace=connect,sendto,sendmmsg,openat -o "$T/trace" "$RELSIG" verify \
		--key "$data/keys/release.asc" --cert-dir "$T/certs" --proxy "$plain" --store "$hidden_store" "$hidden"
	# O_PATH is how the confinement names what may be read, and reads nothing.
	if grep -E '"/etc/(resolv.conf|hosts)"|htons\(53\)' "$T/trace" | grep -v O_PATH >"$T/err"; then
		not_ok "--proxy: no name is looked up here"
	else
		ok "--proxy: no name is looked up here"
	fi
else
	skip "--proxy: no name is looked up here" "strace is not there, or may not trace"
fi
for variable in https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
	accepted "$variable" env $variable="http://$plain" "$RELSIG" verify --key "$data/keys/release.asc" \
		--cert-dir "$T/certs" --store "$hidden_store" "$hidden"
done
undecided "what the proxy refuses" "the proxy http://$plain answers with status 403" ask --cert-dir "$T/certs" \
	--proxy "http://$plain" --store "$open_store" "$image"
accepted "NO_PROXY" env NO_PROXY="example.com,127.0.0.0/8" "$RELSIG" verify --key "$data/keys/release.asc" \
	--cert-dir "$T/certs" --proxy "http://$plain" --store "$open_store" "$image"
accepted "NO_PROXY with a port" env NO_PROXY="$open_registry" "$RELSIG" verify --key "$data/keys/release.asc" \
	--cert-dir "$T/certs" --proxy "http://$plain" --store "$hidden_store" "$image"
try_status 2 "a proxy's URL that is none" ask --proxy "ftp://user:hush@x" "$image"
try_says "a proxy's URL that is none: says so" "--proxy: the proxy's URL" err
untold "a proxy's URL that is none" hush

start_proxy --user "user:hush"
undecided "a proxy that wants a password" "status 407: it wants a user name" ask --cert-dir "$T/certs" \
	--proxy "http://$PROXY" --store "$hidden_store" "$hidden"
undecided "another password than the proxy's" "proxy http://$PROXY answers with status 407" ask \
	--cert-dir "$T/certs" --proxy "http://user:hushed@$PROXY" --store "$hidden_store" "$hidden"
untold "another password than the proxy's" hushed
accepted "the proxy's password" ask --verbose --cert-dir "$T/certs" --proxy "http://user:hush@$PROXY" \
	--store "$hidden_store" "$hidden"
untold "the proxy's password" hush

if curl --version 2>/dev/null | grep -q HTTPS-proxy; then
	start_proxy --tls "$T/server.crt" "$T/server.key" "$T/ca.crt"
	undecided "a proxy whose authority nobody knows" "(tried through proxy https://$PROXY)" ask \
		--proxy "https://$PROXY" --store "$hidden_store" "$hidden"
	undecided "the same with --tls-verify=false" "(tried through proxy https://$PROXY)" ask --tls-verify=false \
		--proxy "https://$PROXY" --store "$hidden_store" "$hidden"
	accepted "a proxy with TLS" ask --cert-dir "$T/ours" --proxy "https://$PROXY" \
		--store "https://store.invalid:${closed_store##*:}" "$hidden"
	if grep -q '^CONNECT store.invalid.* -$' "$proxy_log" && ! grep -q 'test client' "$proxy_log"; then
		ok "a proxy with TLS does not see the client's certificate, the store does"
	else
		not_ok "a proxy with TLS does not see the client's certificate, the store does"
	fi
else
	skip "a proxy with TLS" "this libcurl has none"
fi

# ---- credential helpers

start_registry server htpasswd
guarded=$REGISTRY/ocp/release:$tag
push_image "$data/release" "$guarded" --remove-signatures --dest-creds user:secret
mkdir "$T/bin"
PATH=$T/bin:$PATH
# helper NAME: what follows on standard input becomes docker-credential-NAME
helper() {
	cat >"$T/bin/docker-credential-$1"
	chmod +x "$T/bin/docker-credential-$1"
}
helper good <<END
#!/bin/sh
printf '%s %s\n' "\$1" "\$(cat)" >>"$T/helped"
echo '{"ServerURL": "$REGISTRY", "Username": "user", "Secret": "secret"}'
END
helper none <<'END'
#!/bin/sh
echo 'credentials not found in native keychain'
exit 1
END
helper loud <<'END'
#!/bin/sh
printf 'no \033[31mkeyring\n' >&2
echo '{"Username": "user", "Secret": "hush"}'
exit 1
END
helper hangs <<END
#!/bin/sh
sleep 600 &
echo \$! >"$T/asleep"
wait
END
# own HELPER: auth.json has it for this registry
own() { printf '{"credHelpers": {"%s": "%s"}}' "$REGISTRY" "$1" >"$T/auth.json"; }
# shellcheck disable=SC2317  # called by "try"
ask_guarded() {
	ask --cert-dir "$T/certs" --authfile "$T/auth.json" --store "$open_store" "$@" "$guarded"
}
own good
accepted "credHelpers" ask_guarded --verbose
untold "credHelpers" '"secret"'
if test "$(cat "$T/helped")" = "get $REGISTRY"; then ok "the helper is asked once"; else not_ok "the helper is asked once"; fi
echo '{"credsStore": "good", "auths": {}}' >"$T/auth.json"
accepted "credsStore" ask_guarded
own good
accepted "the helper of a mirror" ask --cert-dir "$T/certs" --authfile "$T/auth.json" --store "$open_store" \
	--mirror "upstream.invalid=$REGISTRY" "upstream.invalid/ocp/release:$tag"
own none
undecided "a helper that has nothing" "wants credentials" ask_guarded
own missing
undecided "a helper that is not there" "docker-credential-missing, asked for $REGISTRY" ask_guarded
own loud
undecided "a helper that fails" 'no \x1b[31mkeyring' ask_guarded
untold "a helper that fails" hush
own hangs
undecided "a helper that hangs" "timed-out" ask_guarded --timeout 2
if kill -0 "$(cat "$T/asleep")" 2>/dev/null; then
	not_ok "a helper that hangs: what it started is ended"
else
	ok "a helper that hangs: what it started is ended"
fi
rm -f "$T/helped"
own good
accepted "a helper is not run for what is here" ask --authfile "$T/auth.json" --offline --store "file://$data/store" \
	--manifest "$data/release/manifest.json" "$guarded"
if test -e "$T/helped"; then not_ok "a helper is not run for what is here: not run"; else ok "a helper is not run for what is here: not run"; fi

# ---- IPv6

if python3 -c 'import socket; socket.create_server(("::1", 0), family=socket.AF_INET6)' 2>/dev/null; then
	ADDRESS='[::1]'
	start_nginx_store server "$data/store"
	start_registry server
	image=$REGISTRY/ocp/release:$tag
	# skopeo does not take such a name: what it pushed to the first registry.
	# shellcheck disable=SC2154  # start_registry counts them
	cp -r "$T/registry-1/docker" "$T/registry-$registries/"
	accepted "IPv6" ask --cert-dir "$T/certs" --store "$STORE" "$image"
	mkdir -p "$certs/$REGISTRY" "$certs/${STORE#https://}"
	undecided "IPv6: an authority that nobody knows" "TLS: " ask --store "$STORE" "$image"
	cp "$T/ca.crt" "$certs/$REGISTRY/"
	cp "$T/ca.crt" "$certs/${STORE#https://}/"
	accepted "IPv6: certs.d" ask --store "$STORE" "docker://$image"
	rm -rf "$certs"
	accepted "IPv6: NO_PROXY" env NO_PROXY="::1" "$RELSIG" verify --key "$data/keys/release.asc" \
		--cert-dir "$T/certs" --proxy http://127.0.0.1:9 --store "$STORE" "$image"
	# shellcheck disable=SC2034  # for lib.sh
	ADDRESS=127.0.0.1
	start_proxy --address ::1
	accepted "IPv6: a proxy" ask --cert-dir "$T/certs" --proxy "http://[::1]:${PROXY##*:}" --store "$hidden_store" \
		"$hidden"
else
	skip "IPv6" "this machine has no ::1"
fi

finish
