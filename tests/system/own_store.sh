#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# README's store of one's own, from the key to policy.json: its ten commands as they are printed, but for the names of the
# two servers, which this machine does not have.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in gpg gpgconf docker-registry nginx skopeo openssl; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "README's store" "no $tool"; finish_skipped; }
done
# nginx.conf as it is printed leaves logs and the process ID where a distribution has them.
test "$(id -u)" -eq 0 || { skip "README's store" "nginx is started by root"; finish_skipped; }

# The directory is outside of $T, which nginx's workers cannot enter. Its name is none of relsig's own: to a test that runs
# beside this one, such a name in /tmp is what relsig left.
work=$(mktemp -d /tmp/rst-store.XXXXXX) || exit 1
GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all; clean_up; rm -rf "$work"' EXIT
chmod 755 "$work"
make_ca
make_cert server
start_registry server
mkdir -p "$HOME/.config/containers/certs.d/$REGISTRY"
cp "$T/ca.crt" "$HOME/.config/containers/certs.d/$REGISTRY"
make_image "$T/image"
push_image "$T/image" "$REGISTRY/tools/oc:1"
make_image "$T/another" another
push_image "$T/another" "$REGISTRY/tools/oc:2"

# The block, from its first command to the paragraph after it.
awk '/^    gpg --batch/ { inside = 1 } inside && !/^    / { exit } inside { print substr($0, 5) }' "$SRCDIR/README" >"$T/printed"
commands=$(awk '/^END$/ { here = 0; next } here { next } { n += !more; more = /\\$/; here = /<<END$/ } END { print n }' "$T/printed")
if test "$commands" -eq 10; then ok "ten commands"; else not_ok "ten commands: $commands"; fi

free_port() {
	echo $((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
}
port=$(free_port)
sed "s|registry.example.com|$REGISTRY|g; s|signatures.example.com:8080|127.0.0.1:$port|g; s|listen 8080|listen 127.0.0.1:$port|" \
	"$T/printed" >"$T/commands"
# Where it keeps its files is the distribution's affair, not the example's.
cat >"$T/nginx" <<-END
	#!/bin/sh
	exec "$(command -v nginx)" "\$@" -e "$T/nginx-error.log" -g "pid $T/nginx.pid;"
END
mkdir "$T/bin"
mv "$T/nginx" "$T/bin/nginx"
chmod 755 "$T/bin/nginx"
PATH=$T/bin:${RELSIG%/*}:$PATH
umask 022
cd "$work" || exit 1
try "they all succeed" sh -eu "$T/commands"
cp "$T/nginx.pid" "$T/pids/nginx"
try_says "relsig accepts it" "accepted: $REGISTRY/tools/oc:1" out
try_says "from nginx" "http://127.0.0.1:$port/tools/oc@sha256=" out
if cmp -s oc/manifest.json "$T/image/manifest.json"; then ok "skopeo has copied it"; else not_ok "skopeo has copied it"; fi
try_status 1 "relsig refuses what is not signed" "$RELSIG" verify --policy policy.json --registries.d registries.d \
	"$REGISTRY/tools/oc:2"
try_says "and says why" no-signature out
try_status 1 "so does skopeo" skopeo --policy policy.json --registries.d registries.d copy "docker://$REGISTRY/tools/oc:2" dir:no
if command -v podman >/dev/null; then
	# The place that it reads besides /etc, and a storage without a driver of the kernel's.
	ln -s "$work/registries.d" "$HOME/.config/containers/registries.d"
	# shellcheck disable=SC2317  # called by try
	podman_pull() { # TAG
		podman --root "$T/podman" --runroot "$T/podman-run" --storage-driver vfs pull --quiet --signature-policy policy.json \
			"docker://$REGISTRY/tools/oc:$1"
	}
	try "podman pulls it" podman_pull 1
	try_status 125 "and not what is not signed" podman_pull 2
	try_says "for that reason" "A signature was required, but no signature exists" err
else
	skip "podman" "it is not installed"
fi
try_status 1 "relsig policy check" "$RELSIG" policy check --policy policy.json --registries.d registries.d
try_says "it has nothing but plain http against the files" "errors: 0, warnings: 1," out
try_says "as README says" "over plain http anybody on the way can withhold signatures" out
cd / || exit 1

finish
