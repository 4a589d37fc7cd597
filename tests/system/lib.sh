# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2034  # what it sets, the scripts that read it in use
#
# What the system tests share: counting, a throw-away certificate authority, and real servers on loopback.
# Read it first in a script:
#
#	. "$SRCDIR/tests/system/lib.sh"
#	make_ca; make_cert server; start_registry server; make_image "$T/image"; push_image "$T/image" "$REGISTRY/a:1"
#	try "the registry serves it" skopeo inspect ...
#	finish
#
# $SRCDIR and $BUILDDIR are absolute; all that is made lies in $T, and goes, like the servers, when the script ends.
set -u
umask 077

: "${SRCDIR:?the source tree}" "${BUILDDIR:?where relsig was built}"
RELSIG=$BUILDDIR/relsig
T=$(mktemp -d "${TMPDIR:-/tmp}/relsig-system.XXXXXX") || exit 1
HOME=$T/home
XDG_RUNTIME_DIR=$T/run
export HOME XDG_RUNTIME_DIR
unset REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_CONFIG_HOME SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy \
	HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
mkdir "$HOME" "$XDG_RUNTIME_DIR" "$T/pids"
passed=0 failed=0 skipped=0

# ---- ending

# stop_server PIDFILE: end the process, and be sure that it has ended.
stop_server() {
	pid=$(cat "$1")
	rm -f "$1"
	kill "$pid" 2>/dev/null
	tries=0
	while kill -0 "$pid" 2>/dev/null && test $tries -lt 50; do
		sleep 0.1
		tries=$((tries + 1))
	done
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}

clean_up() {
	for pidfile in "$T"/pids/*; do
		test ! -f "$pidfile" || stop_server "$pidfile"
	done
	rm -rf "$T"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# die MESSAGE: the test itself is broken, or lacks something.
die() {
	echo "not ok $*"
	echo "$passed passed, $((failed + 1)) failed, $skipped skipped"
	exit 1
}

# finish: the last line of a script.
# finish_skipped: the last line of a script that had nothing to test; the skip stays counted.
finish_skipped() {
	echo "$passed passed, $failed failed, $skipped skipped"
	exit 0
}

finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	test $failed -eq 0 && test $passed -gt 0
	exit
}

# ---- counting

ok() {
	echo "ok $1"
	passed=$((passed + 1))
}

# not_ok NAME: with what the last command printed.
not_ok() {
	echo "not ok $1"
	failed=$((failed + 1))
	for stream in out err; do
		test ! -s "$T/$stream" || sed "s/^/# $stream: /" "$T/$stream"
	done
}

skip() {
	echo "skip $1: $2"
	skipped=$((skipped + 1))
}

# run COMMAND...: its status in $status, what it printed in $T/out and $T/err.
run() {
	"$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
}

# try NAME COMMAND...: it succeeds.
try() {
	name=$1
	shift
	run "$@"
	if test "$status" -eq 0; then ok "$name"; else not_ok "$name (status $status, want 0)"; fi
}

# try_status WANT NAME COMMAND...: it ends with this status.
try_status() {
	want=$1 name=$2
	shift 2
	run "$@"
	if test "$status" -eq "$want"; then ok "$name"; else not_ok "$name (status $status, want $want)"; fi
}

# try_says NAME TEXT out|err: what the last command printed there holds the text.
try_says() {
	if grep -qF -e "$2" "$T/$3"; then ok "$1"; else not_ok "$1 (no \"$2\" in $3)"; fi
}

# ---- certificates

# make_ca: $T/ca.crt, also alone in the directory $T/certs, for --cert-dir.
make_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=relsig test CA" \
		-addext "keyUsage=critical,keyCertSign" \
		-keyout "$T/ca.key" -out "$T/ca.crt" 2>"$T/openssl.log" || die "making a CA: $(cat "$T/openssl.log")"
	mkdir -p "$T/certs"
	cp "$T/ca.crt" "$T/certs/ca.crt"
}

# make_cert NAME [ALTNAMES [DAYS]]: $T/NAME.crt and $T/NAME.key, by default for this machine's loopback names. DAYS below
# zero: expired.
make_cert() {
	printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "${2:-DNS:localhost,IP:127.0.0.1}" >"$T/$1.ext"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=relsig test server" \
		-keyout "$T/$1.key" -out "$T/$1.csr" 2>"$T/openssl.log" ||
		die "making the key $1: $(cat "$T/openssl.log")"
	openssl x509 -req -in "$T/$1.csr" -CA "$T/ca.crt" -CAkey "$T/ca.key" -set_serial "0x$(openssl rand -hex 8)" \
		-days "${3:-3650}" -extfile "$T/$1.ext" -out "$T/$1.crt" 2>"$T/openssl.log" ||
		die "making the certificate $1: $(cat "$T/openssl.log")"
}

# ---- servers

# Where they listen; with [::1] it is IPv6.
ADDRESS=127.0.0.1

# launch NAME COMMAND...: in the background, output in $T/NAME.log, its process in $T/pids/NAME.
launch() {
	name=$1
	shift
	"$@" >"$T/$name.log" 2>&1 </dev/null &
	echo $! >"$T/pids/$name"
}

# wait_until NAME COMMAND...: until the command succeeds (0), or the server NAME has ended or ten seconds passed (1).
wait_until() {
	server=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		kill -0 "$(cat "$T/pids/$server")" 2>/dev/null || return 1
		test $tries -lt 100 || return 1
		tries=$((tries + 1))
		sleep 0.1
	done
}

# start_registry CERT [open|htpasswd [STORAGE]]: docker-registry behind TLS; its HOST:PORT in $REGISTRY. CERT "": plain http.
# With htpasswd it knows the user "user", whose password is "secret". STORAGE is more of its configuration's storage. Its
# files are in $T/registry-N.
registries=0
start_registry() {
	registries=$((registries + 1))
	name=registry-$registries
	dir=$T/$name
	mkdir "$dir"
	{
		echo "version: 0.1"
		echo "log: {level: info, accesslog: {disabled: true}}"
		echo "storage: {filesystem: {rootdirectory: '$dir'}, delete: {enabled: true}${3:+, $3}}"
		echo "http:"
		echo "  addr: '$ADDRESS:0'"
		echo "  secret: worthless"
		test -z "$1" || echo "  tls: {certificate: '$T/$1.crt', key: '$T/$1.key'}"
		if test "${2:-open}" = htpasswd; then
			echo "auth: {htpasswd: {realm: relsig test, path: '$dir.htpasswd'}}"
		fi
	} >"$dir.yml"
	# bcrypt of "secret": the only form that docker-registry takes
	# shellcheck disable=SC2016
	echo 'user:$2y$05$relsigrelsigrelsigreleIbEoiwsdkMIStPSLhzKP5hZdzw4bWLq' >"$dir.htpasswd"
	launch "$name" docker-registry serve "$dir.yml"
	# Port 0 is a free one; the log tells which.
	wait_until "$name" grep -qF "listening on $ADDRESS:" "$T/$name.log" ||
		die "docker-registry did not start: $(tail -n 3 "$T/$name.log")"
	REGISTRY=$(sed -n 's/.*listening on \([][0-9.:]*:[0-9]*\).*/\1/p' "$T/$name.log" | head -n 1)
}

# start_nginx_store CERT DIR: nginx serves DIR over TLS; its URL in $STORE.
start_nginx_store() {
	start_nginx "$1" "root '$2';"
	STORE=https://$ADDRESS:$port
}

# start_nginx_proxy CERT HOST:PORT: nginx hands everything on to the registry there, which has no TLS; its own
# HOST:PORT in $PROXY.
start_nginx_proxy() {
	start_nginx "$1" "client_max_body_size 0; location / {
		proxy_pass http://$2; proxy_set_header Host \$http_host; proxy_set_header X-Forwarded-Proto https; }"
	PROXY=127.0.0.1:$port
}

# start_nginx CERT DIRECTIVES: nginx over TLS, on $port. Its process is in $T/pids/$name, the access log in
# $T/$name/access.log.
nginxes=0
start_nginx() {
	nginxes=$((nginxes + 1))
	name=nginx-$nginxes
	dir=$T/$name
	mkdir "$dir"
	attempt=0
	while :; do
		# nginx cannot say which port it was given: guess, and guess again when it was taken.
		port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
		write_nginx_conf "$dir" "$port" "$1" "$2"
		launch "$name" nginx -p "$dir/" -c "$dir/nginx.conf" -e "$dir/error.log"
		wait_until "$name" test -s "$dir/nginx.pid" && break
		if test $attempt -eq 10 || ! grep -q 'Address already in use' "$dir/error.log"; then
			die "nginx did not start: $(cat "$dir/error.log")"
		fi
		stop_server "$T/pids/$name"
		rm -f "$dir/error.log"
		attempt=$((attempt + 1))
	done
}

# One process, in the foreground, with all its files in its own directory.
write_nginx_conf() {
	cat >"$1/nginx.conf" <<-END
	daemon off;
	master_process off;
	pid $1/nginx.pid;
	error_log $1/error.log;
	events { worker_connections 64; }
	http {
		access_log $1/access.log;
		default_type application/octet-stream;
		client_body_temp_path $1/body;
		proxy_temp_path $1/proxy;
		fastcgi_temp_path $1/fastcgi;
		uwsgi_temp_path $1/uwsgi;
		scgi_temp_path $1/scgi;
		server {
			listen $ADDRESS:$2 ssl;
			ssl_certificate $T/$3.crt;
			ssl_certificate_key $T/$3.key;
			$4
		}
	}
	END
}

# ---- images

sha256() {
	openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
}

# add_blob DIR FILE: move FILE to its digest's name; the hex in $hex, the length in $size.
add_blob() {
	hex=$(sha256 "$2")
	size=$(wc -c <"$2" | tr -d ' ')
	mv "$2" "$1/$hex"
}

# make_image DIR [WORD]: an image of one empty layer in the "dir:" layout; WORD makes it another one. The digest of its
# manifest in $DIGEST.
make_image() {
	mkdir -p "$1"
	echo "Directory Transport Version: 1.1" >"$1/version"
	head -c 1024 /dev/zero >"$T/layer.tar"
	diff_id=$(sha256 "$T/layer.tar")
	gzip -n "$T/layer.tar"
	add_blob "$1" "$T/layer.tar.gz"
	layer='{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip"'
	layer="$layer,\"size\":$size,\"digest\":\"sha256:$hex\"}"
	printf '{"architecture":"amd64","os":"linux","config":{"Labels":{"word":"%s"}},%s}' "${2:-}" \
		"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:$diff_id\"]}" >"$T/config.json"
	add_blob "$1" "$T/config.json"
	config='{"mediaType":"application/vnd.docker.container.image.v1+json"'
	config="$config,\"size\":$size,\"digest\":\"sha256:$hex\"}"
	printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' \
		application/vnd.docker.distribution.manifest.v2+json "$config" "$layer" >"$1/manifest.json"
	DIGEST=sha256:$(sha256 "$1/manifest.json")
}

# push_image DIR HOST:PORT/PATH:TAG [OPTION...]: with skopeo, byte for byte.
push_image() {
	from=dir:$1 to=docker://$2
	shift 2
	skopeo copy --quiet --insecure-policy --preserve-digests --dest-cert-dir "$T/certs" "$@" "$from" "$to" \
		>"$T/push.log" 2>&1 || die "skopeo copy to $to: $(cat "$T/push.log")"
}

# ---- a node's policy, and what relsig verify says

# verify ARGUMENT...: relsig verify, for servers of this CA
verify() {
	"$RELSIG" verify --cert-dir "$T/certs" --retry-times 0 "$@"
}
# decided STATUS WORD NAME ARGUMENT...: the first line has the word
decided() {
	want_status=$1 word=$2 title=$3
	shift 3
	try_status "$want_status" "$title" verify "$@"
	case $(sed -n 1p "$T/out") in
	*": NOTHING WAS VERIFIED") got=unverified ;;
	accepted:*) got=accepted ;;
	*) got=$(sed -n '1s/.*: //p' "$T/out") ;;
	esac
	if test "$got" = "$word"; then ok "$title: $word"; else not_ok "$title: \"$got\", want \"$word\""; fi
}
# unusable NAME TEXT ARGUMENT...: no report, status 2, and why
unusable() {
	title=$1 text=$2
	shift 2
	try_status 2 "$title" verify "$@"
	try_says "$title: says why" "$text" err
	if test -s "$T/out"; then not_ok "$title: no report"; else ok "$title: no report"; fi
}
# requirement MORE: signedBy with $key or the test's; sigstore KEY MORE: sigstoreSigned
requirement() {
	printf '{"type": "signedBy", "keyType": "GPGKeys", "keyPath": "%s"%s}' "${key:-$SRCDIR/testdata/keys/release.asc}" "${1:-}"
}
sigstore() {
	printf '{"type": "sigstoreSigned", "keyPath": "%s"%s}' "$SRCDIR/testdata/sigstore/keys/$1.pem" "${2:-}"
}
identity() {
	printf ', "signedIdentity": {"type": "%s"%s}' "$1" "${2:-}"
}
# policy TRANSPORT SCOPE REQUIREMENTS: $T/policy.json, which rejects all else
policy() {
	printf '{"default": [{"type": "reject"}], "transports": {"%s": {"%s": [%s]}}}' "$1" "$2" "$3" >"$T/policy.json"
}
# keep_at URL [MORE]: what registries.d says of every registry
keep_at() {
	printf 'default-docker:\n  lookaside: %s\n%s' "$1" "${2:-}" >"$T/registries.d/test.yaml"
}
