#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# packages.sh: "make dist", "make deb" and "make rpm", each made twice, elsewhere, at another time and by another umask, are
# the same bytes. Each package is installed into a tree that has nothing else but the libraries, gpg and the sample
# release; what it installed is looked at, run there, and taken away. Wants $MAKE and a checkout with git; as root all of
# it, otherwise the packages are unpacked and nothing is run in them.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

version=$(sed -n 's/^AC_INIT(\[relsig\], \[\(.*\)\])$/\1/p' "$SRCDIR/configure.ac")
tarball=relsig-$version.tar.gz
data=$SRCDIR/testdata
real=${RELSIG_REAL_DATA:-$SRCDIR/../shared/data}
umask 022
test -d "$SRCDIR/.git" || { skip "packages" "no git checkout: there is no make dist"; finish_skipped; }

# same NAME FILE OTHER
same() {
	if cmp -s "$2" "$3"; then ok "$1"; else not_ok "$1 (they differ)"; fi
}

# ---- made twice

# A checkout of its own each time: what is not committed is in neither.
mkdir "$T/one" "$T/another place"
git clone -q "$SRCDIR" "$T/another place/checkout" 2>"$T/err" || die "git clone: $(cat "$T/err")"
(cd "$T/one" && "$SRCDIR/build-aux/dist" "$SRCDIR" "relsig-$version") >"$T/out" 2>"$T/err" ||
	die "make dist: $(cat "$T/err")"
(umask 077 && cd "$T/another place" && TZ=Asia/Tokyo HOME=/nonexistent \
	"./checkout/build-aux/dist" checkout "relsig-$version") >"$T/out" 2>"$T/err" || die "make dist: $(cat "$T/err")"
same "two tarballs are the same" "$T/one/$tarball" "$T/another place/$tarball"

# build TARGET DIRECTORY SOURCE: there, out of the release that is unpacked in SOURCE.
build() {
	(cd "$2" && "$3/configure" && "$MAKE" "$1" TARBALL="$T/one/$tarball") >"$T/out" 2>"$T/err" ||
		die "make $1: $(tail -n 20 "$T/err")"
}
if command -v dpkg-deb >/dev/null && command -v dpkg-shlibdeps >/dev/null; then
	mkdir -p "$T/deb/one" "$T/deb/another place/build"
	tar -xzf "$T/one/$tarball" -C "$T/deb/one"
	build deb "$T/deb/one/relsig-$version" .
	(
		umask 077
		tar -xzf "$T/one/$tarball" -C "$T/deb/another place"
		TZ=Asia/Tokyo build deb "$T/deb/another place/build" "../relsig-$version"
	) || exit 1
	deb=$(echo "$T/deb/one/relsig-$version/build"/relsig_*.deb)
	same "two Debian packages are the same" "$deb" "$T/deb/another place/build/build/${deb##*/}"
else
	deb=
	skip "the Debian package" "no dpkg-dev"
fi
if command -v rpmbuild >/dev/null; then
	mkdir "$T/rpm-one" "$T/rpm another"
	"$SRCDIR/build-aux/rpm" "$SRCDIR" "$T/one/$tarball" "$T/rpm-one" >"$T/out" 2>"$T/err" ||
		die "make rpm: $(tail -n 20 "$T/err")"
	(umask 077 && TZ=Asia/Tokyo "$SRCDIR/build-aux/rpm" "$SRCDIR" "$T/one/$tarball" "$T/rpm another") \
		>"$T/out" 2>"$T/err" || die "make rpm: $(tail -n 20 "$T/err")"
	rpm=$(echo "$T/rpm-one"/relsig-*.rpm)
	same "two RPM packages are the same" "$rpm" "$T/rpm another/${rpm##*/}"
else
	rpm=
	skip "the RPM package" "no rpmbuild"
fi

# ---- what they install

# list ROOT: all that is there, with its mode, but documents, which each kind has its own of, and compressed or not.
list() {
	(cd "$1" && find usr \( -path usr/share/doc -o -path usr/share/licenses \) -prune -o -path '*relsig*' \
		-printf '%m %U:%G %p\n' | sed 's/\.gz$//' | LC_ALL=C sort -k 3)
}
owner=$(id -u):$(id -g)
cat >"$T/want" <<-END
	755 $owner usr/bin/relsig
	755 $owner usr/libexec/relsig
	755 $owner usr/libexec/relsig/relsig-fetch
	644 $owner usr/share/bash-completion/completions/relsig
	644 $owner usr/share/fish/vendor_completions.d/relsig.fish
	$(for page in "$SRCDIR"/man/*.[0-9]; do
		page=${page##*/}
		echo "644 $owner usr/share/man/man${page##*.}/$page"
	done)
	755 $owner usr/share/relsig
	755 $owner usr/share/relsig/keys
	644 $owner usr/share/zsh/site-functions/_relsig
END
LC_ALL=C sort -k 3 -o "$T/want" "$T/want"

# hardened FILE: what configure's flags are for is in the program.
hardened() {
	readelf -W -h -l -d --dyn-syms "$1" >"$T/out" 2>"$T/err"
	for part in "Position-Independent Executable" GNU_RELRO BIND_NOW __stack_chk_fail '__[a-z]*_chk'; do
		if grep -qE "$part" "$T/out"; then ok "$kind: ${1##*/}: $part"; else not_ok "$kind: ${1##*/}: $part"; fi
	done
	if grep -E 'GNU_STACK.* RW ' "$T/out" >"$T/stack"; then ok "$kind: ${1##*/}: no stack of code"; else not_ok "$kind: ${1##*/}: no stack of code"; fi
	if grep -qE '(RPATH|RUNPATH)' "$T/out"; then not_ok "$kind: ${1##*/}: no RPATH"; else ok "$kind: ${1##*/}: no RPATH"; fi
}
# plain ROOT FILE: an installed page or script, unpacked.
plain() {
	if test -e "$1/$2.gz"; then gzip -dc "$1/$2.gz"; else cat "$1/$2"; fi
}
look_at() {
	root=$1
	list "$root" >"$T/out"
	if cmp -s "$T/out" "$T/want"; then ok "$kind: its files"; else diff "$T/want" "$T/out" >"$T/err"; not_ok "$kind: its files"; fi
	hardened "$root/usr/bin/relsig"
	hardened "$root/usr/libexec/relsig/relsig-fetch"
	if grep -rlaF -e "$T" -e "$SRCDIR" -e "$BUILDDIR" -e /tmp/rpm. "$root/usr" >"$T/out" 2>"$T/err"; then
		not_ok "$kind: no directory of the build is in it"
	else
		ok "$kind: no directory of the build is in it"
	fi
	for page in "$SRCDIR"/man/*.[0-9]; do
		page=${page##*/}
		plain "$root" "usr/share/man/man${page##*.}/$page" >"$T/page"
		same "$kind: $page" "$T/page" "$SRCDIR/man/$page"
	done
	for shell in bash:bash-completion/completions/relsig zsh:zsh/site-functions/_relsig fish:fish/vendor_completions.d/relsig.fish; do
		if command -v "${shell%%:*}" >/dev/null; then
			try "$kind: completion for ${shell%%:*}" "${shell%%:*}" -n "$root/usr/share/${shell#*:}"
		else
			skip "$kind: completion for ${shell%%:*}" "no such shell"
		fi
	done
}

# ---- run where there is nothing else

# furnish ROOT: gpg, the libraries of all three programs, and the sample release.
furnish() {
	mkdir -p "$1/dev" "$1/proc" "$1/tmp" "$1/root" "$1/usr/bin"
	cp "$(command -v gpg)" "$1/usr/bin/gpg"
	: >"$1/dev/null"
	cp -R "$data" "$1/testdata"
	for program in usr/bin/relsig usr/libexec/relsig/relsig-fetch usr/bin/gpg; do
		ldd "$1/$program" | grep -oE '/[^ ]+'
	done | sort -u | while read -r file; do
		mkdir -p "$1/$(dirname "$file")"
		test -e "$1/$file" || cp -L "$file" "$1/$file"
	done
}
# inside COMMAND...: with $root as its whole world.
inside() {
	# shellcheck disable=SC2016,SC2317  # the inner shell's; called through try
	env -i PATH=/usr/bin HOME=/root unshare -mn /bin/sh -c '
		mount --bind /proc "$0/proc" && mount --bind /dev/null "$0/dev/null" && exec /usr/sbin/chroot "$0" "$@"' \
		"$root" "$@"
}
# real_release: verified by nothing but the release key in the directory for keys.
real_release() {
	hex=0da6316466d60a3a4535d5fed3589feb0391989982fba59d47d4c729912d6363
	signature=$real/signatures/openshift/release/sha256=$hex/signature-1
	test -e "$signature" || { skip "$kind: a real release" "no $real (RELSIG_REAL_DATA)"; return; }
	cp "$real/keys/cluster-update-keys/verifier-public-key-redhat-release.asc" "$root/usr/share/relsig/keys/red-hat.asc"
	cp "$signature" "$root/tmp/signature-1"
	try "$kind: a real release, by the key in the directory for keys" inside /usr/bin/relsig verify --offline --digest-only \
		--signature /tmp/signature-1 sha256:$hex
	rm "$root/usr/share/relsig/keys/red-hat.asc"
}
run_in() {
	root=$1
	furnish "$root"
	identity=$(head -n 1 "$data/release.txt")
	try "$kind: version" inside /usr/bin/relsig version
	try_says "$kind: it is this one" "relsig $version" out
	try "$kind: version --json" inside /usr/bin/relsig version --json
	for part in '"tls": "' '"gpg": "' '-D_FORTIFY_SOURCE=' '-Wl,-z,now'; do
		try_says "$kind: version --json: $part" "$part" out
	done
	if test -s "$T/err"; then not_ok "$kind: version --json: finds all of itself"; else ok "$kind: version --json: finds all of itself"; fi
	try "$kind: the sample release" inside /usr/bin/relsig verify --offline --key /testdata/keys/release.asc \
		--identity "$identity" dir:/testdata/release
	try_status 1 "$kind: by another key" inside /usr/bin/relsig verify --offline --key /testdata/keys/other.asc \
		--identity "$identity" dir:/testdata/release
	try_status 2 "$kind: no key" inside /usr/bin/relsig verify --offline dir:/testdata/release
	try_says "$kind: where it was looked for" "/usr/share/relsig/keys" out
	cp "$data/keys/other.asc" "$root/usr/share/relsig/keys/"
	try_status 2 "$kind: another key in the directory for keys" inside /usr/bin/relsig verify --offline dir:/testdata/release
	real_release
	try_status 2 "$kind: the network, which is not there" inside /usr/bin/relsig verify --retry-times 0 \
		--key /testdata/keys/release.asc --store https://192.0.2.1/ --manifest /testdata/release/manifest.json "$identity"
	try_says "$kind: was asked for by relsig-fetch" ": unreachable" out
}
# gone ROOT: the package is, and the administrator's key is not.
gone() {
	(cd "$1" && find usr -path '*relsig*' ! -type d) >"$T/out"
	echo usr/share/relsig/keys/other.asc >"$T/expected"
	if cmp -s "$T/out" "$T/expected"; then ok "$kind: taken away"; else not_ok "$kind: taken away"; fi
}

can_run=
test "$(id -u)" -ne 0 || ! unshare -mn true 2>/dev/null || can_run=yes
test -n "$can_run" || skip "installing and running" "not root, or no namespaces"
if test -n "$deb"; then
	kind=deb
	mkdir -p "$T/deb-root/var/lib/dpkg/updates" "$T/deb-root/var/lib/dpkg/info"
	: >"$T/deb-root/var/lib/dpkg/status"
	if test -n "$can_run"; then
		try "deb: installs" dpkg --root="$T/deb-root" --force-depends -i "$deb"
	else
		try "deb: unpacks" dpkg -x "$deb" "$T/deb-root"
	fi
	look_at "$T/deb-root"
	if test -n "$can_run"; then
		run_in "$T/deb-root"
		try "deb: uninstalls" dpkg --root="$T/deb-root" --purge relsig
		gone "$T/deb-root"
	fi
fi
if test -n "$rpm"; then
	kind=rpm
	mkdir "$T/rpm-root"
	set -- --root "$T/rpm-root"
	test -e /etc/redhat-release || set -- "$@" --force-debian
	if test -n "$can_run"; then
		try "rpm: installs" rpm "$@" --nodeps -i "$rpm"
	else
		rpm2archive - <"$rpm" 2>"$T/err" | tar -xz -C "$T/rpm-root" 2>>"$T/err"
	fi
	look_at "$T/rpm-root"
	if test -n "$can_run"; then
		run_in "$T/rpm-root"
		try "rpm: uninstalls" rpm "$@" --nodeps -e relsig
		gone "$T/rpm-root"
	fi
fi
finish
