#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# leftovers.sh SECONDS COMMAND [ARG...]
# Runs a test with a temporary directory, a home and a deadline of its own, without what the user's environment says
# of proxies, keys and registries. Fails when the test fails or leaves something behind: a process that it
# started, anything in $TMPDIR; with $RELSIG_ALONE, when nothing but such tests runs relsig on the machine, also a relsig-*
# directory in /tmp.
set -u

seconds=$1
shift
dir=$(mktemp -d "${TMPDIR:-/tmp}/rst.XXXXXX") || exit 1
mark=RELSIG_TEST_RUN=$dir
mkdir "$dir/home"
before=$(ls -d /tmp/relsig-* 2>/dev/null)

# What the test started carries the mark in its environment, or the directory's name in its arguments, or is
# a program of this build, whatever its environment.
processes() {
	{
		grep -lzxF -e "$mark" /proc/[0-9]*/environ
		# shellcheck disable=SC2062  # the pattern comes on standard input, so that grep does not find itself
		printf '%s\n' "$dir" | grep -lF --file=- /proc/[0-9]*/cmdline
		find /proc/[0-9]*/exe -maxdepth 0 -lname "${BUILDDIR:-build}/relsig*"
	} 2>/dev/null | sed 's|/proc/\([0-9]*\)/.*|\1|' | sort -u
}
files() {
	find "$dir" -mindepth 1 -maxdepth 1 ! -name home
	test -z "${RELSIG_ALONE:-}" || for new in /tmp/relsig-*; do
		test ! -e "$new" || printf '%s\n' "$before" | grep -qxF -e "$new" || echo "$new"
	done
}
clean() {
	for pid in $(processes); do
		kill -9 "$pid" 2>/dev/null
	done
	chmod -R u+rwx "$dir" 2>/dev/null
	rm -rf "$dir"
}
trap 'kill "$test" 2>/dev/null; clean; exit 130' INT TERM HUP

unset GNUPGHOME REGISTRY_AUTH_FILE DOCKER_CONFIG SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE \
	XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR \
	http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
env "$mark" TMPDIR="$dir" HOME="$dir/home" timeout -k 10 "$seconds" "$@" &
test=$!
wait $test
status=$?
test $status -ne 124 || echo "leftovers: $1 was stopped after $seconds seconds" >&2

# A server that was told to end may take a moment.
tries=0
while test -n "$(processes)$(files)" && test $tries -lt 50; do
	sleep 0.1
	tries=$((tries + 1))
done
for pid in $(processes); do
	echo "leftovers: $* left process $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)" >&2
	status=1
done
files | {
	found=0
	while read -r name; do
		echo "leftovers: $* left $name" >&2
		found=1
	done
	exit $found
} || status=1
clean
exit $status
