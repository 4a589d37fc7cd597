#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --offline: everything that is here is enough where there is no network at all, and no process makes a socket that
# could reach one; what is not here is refused before anything is tried.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

data=$SRCDIR/testdata
key=$data/keys/release.asc
{ read -r reference && read -r digest; } <"$data/release.txt"
store=file://$data/store
signature=$data/release/signature-1
manifest=$data/release/manifest.json
# What offers a way out, and must not be taken: the first would be asked by a run that is not offline.
https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 all_proxy=socks5h://127.0.0.1:9
export https_proxy http_proxy all_proxy
# A credential helper for the image's registry, which would note that it was run.
mkdir -p "$T/bin" "$HOME/.docker"
cat >"$T/bin/docker-credential-noting" <<END
#!/bin/sh
echo run >>"$T/helper-ran"
END
chmod +x "$T/bin/docker-credential-noting"
echo '{"credsStore": "noting"}' >"$HOME/.docker/config.json"
PATH=$T/bin:$PATH

# ---- in an empty network namespace

if unshare -n true 2>/dev/null; then
	alone() { unshare -n "$@"; }
elif unshare -rn true 2>/dev/null; then
	alone() { unshare -rn "$@"; }
else
	alone() { return 99; }
fi
# shellcheck disable=SC2317  # called by "try"
verify_alone() {
	alone "$RELSIG" verify --offline --key "$key" "$@"
}
if alone true; then
	# Not even the loopback device is up there.
	try_status 2 "with the network that it has not: no verdict" alone "$RELSIG" verify --key "$key" --retry-times 0 \
		--store http://127.0.0.1:9/ --digest-only "$digest"
	try_says "with the network that it has not: unreachable" ": unreachable" out
	try "alone: a directory" verify_alone "dir:$data/release"
	try_says "alone: a directory: accepted" "accepted: dir:" out
	try "alone: key, manifest and signature" verify_alone --manifest "$manifest" --signature "$signature" "$reference"
	try "alone: a digest and a store" verify_alone --digest-only --store "$store" "$digest"
	try "alone: the report" verify_alone --json --digest-only --store "$store" "$digest"
	try_says "alone: the report: accepted" '"accepted"' out
	try_status 1 "alone: another key refuses" alone "$RELSIG" verify --offline --key "$data/keys/other.asc" \
		"dir:$data/release"
else
	skip "an empty network namespace" "unshare may make none"
fi

# ---- what the kernel is asked for

# A sanitizer cannot look for leaks while somebody traces.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
# shellcheck disable=SC2317  # called by "traced"
trace() {
	strace -f -qq -e trace=socket,socketpair,connect,execve -o "$T/trace" "$@"
}
# traced STATUS NAME TEXT ARGUMENT...: relsig verify ends so, says TEXT, and leads to no network.
traced() {
	want=$1 name=$2 text=$3
	shift 3
	try_status "$want" "$name" trace "$RELSIG" verify --key "$key" "$@"
	cat "$T/out" "$T/err" >"$T/both"
	try_says "$name: says so" "$text" both
	if grep -E 'AF_INET|AF_NETLINK|AF_PACKET|connect\(' "$T/trace" >"$T/err"; then not_ok "$name: no socket"; else ok "$name: no socket"; fi
	if grep 'execve(.*relsig-fetch' "$T/trace" >"$T/err"; then not_ok "$name: no fetcher"; else ok "$name: no fetcher"; fi
}
if trace true >/dev/null 2>&1; then
	run trace "$RELSIG" verify --key "$key" --retry-times 0 --store http://127.0.0.1:9/ --digest-only "$digest"
	if grep -q AF_INET "$T/trace" && grep -q 'execve(.*relsig-fetch' "$T/trace"; then
		ok "a run that is not offline is seen to make sockets"
	else
		not_ok "a run that is not offline is seen to make sockets"
	fi
	traced 0 "a directory" "accepted: dir:" --offline "dir:$data/release"
	traced 0 "key, manifest and signature" "accepted:" --offline --manifest "$manifest" --signature "$signature" \
		"$reference"
	traced 0 "a digest and a store" "accepted:" --offline --digest-only --store "$store" "$digest"
	traced 2 "a manifest that is in a registry" "not asked, because --offline" --offline --signature "$signature" \
		"$reference"
	traced 2 "a sigstore signature that is in a registry" "not asked, because --offline" --offline --require both \
		--sigstore-key "$data/sigstore/keys/p256.pem" --digest-only --store "$store" "$digest"
	traced 2 "a store on the network" "needs the network, --offline forbids it" --offline \
		--store https://127.0.0.1:9/ --digest-only "$digest"
	traced 2 "no store" "nowhere to look for a signature: offline" --offline --digest-only "$digest"
	traced 2 "a proxy does not help" "not asked, because --offline" --offline --proxy http://127.0.0.1:9 \
		--signature "$signature" "$reference"
else
	skip "the calls of a run" "strace is not there, or may not trace"
fi
if test -e "$T/helper-ran"; then not_ok "no credential helper is run"; else ok "no credential helper is run"; fi
finish
