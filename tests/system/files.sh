#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# verify-files: lists that sha256sum writes and gpg signs, in all forms; every refusal; and real lists where they lie.
# $FILES_MIB: how much the thirty files have in all.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in gpg gpgconf sha256sum truncate; do
	command -v $tool >/dev/null || { skip "verify-files" "no $tool"; finish_skipped; }
done
keys=$SRCDIR/testdata/keys
real=${RELSIG_REAL_DATA:-$SRCDIR/../shared/data}
GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all; clean_up' EXIT
for name in release other; do
	gpg --batch --quiet --import "$SRCDIR/testdata/secret/$name.gpg" 2>"$T/import.log" ||
		die "gpg --import: $(cat "$T/import.log")"
done
fingerprint=$(sed -n 's/^release.asc[[:space:];]*\([0-9A-F]*\).*/\1/p' "$SRCDIR/testdata/keys.txt")
other=$(sed -n 's/^other.asc[[:space:];]*\([0-9A-F]*\).*/\1/p' "$SRCDIR/testdata/keys.txt")

# by FINGERPRINT OUT OPTION...: gpg signs
by() {
	signer=$1 out=$2
	shift 2
	rm -f "$out"
	gpg --batch --quiet --local-user "$signer" --output "$out" "$@" 2>"$T/gpg.log" || die "gpg: $(cat "$T/gpg.log")"
}
# shellcheck disable=SC2317  # some calls are made by "try"
files() {
	"$RELSIG" verify-files --offline --key "$keys/release.asc" "$@"
}
# accepted NAME COUNT ARGUMENT...: status 0, and so many files
accepted() {
	title=$1 count=$2
	shift 2
	try "$title" files "$@"
	got=$(grep -c '^accepted: ' "$T/out")
	if test "$got" -eq "$count"; then ok "$title: $count files"; else not_ok "$title: $got files, want $count"; fi
}
# no_file STATUS WORD NAME ARGUMENT...: nothing is accepted, and some line has the word
no_file() {
	want_status=$1 word=$2 title=$3
	shift 3
	try_status "$want_status" "$title" files "$@"
	if grep -q ": $word\$" "$T/out"; then ok "$title: $word"; else not_ok "$title: no $word"; fi
	if grep -q '^accepted: ' "$T/out"; then not_ok "$title: nothing is accepted"; else ok "$title: nothing is accepted"; fi
}

# ---- thirty files, in all forms
dl=$T/dl
mkdir -p "$dl/sub"
each=$((${FILES_MIB:-60} * 1024 * 1024 / 30))
i=0
while test $i -lt 30; do
	i=$((i + 1))
	file=$dl/client-$i.tar.gz
	test $i -ne 30 || file=$dl/sub/installer.tar.gz
	echo "$i" >"$file"
	truncate -s $((each + i)) "$file"
done
(cd "$dl" && sha256sum client-* sub/*) >"$dl/sha256sum.txt"
list=$dl/sha256sum.txt
by "$fingerprint" "$dl/opaque.sig" --sign "$list"
by "$fingerprint" "$dl/stored.sig" --compress-level 0 --sign "$list"
by "$fingerprint" "$dl/clear.sig" --clearsign "$list"
by "$fingerprint" "$list.gpg" --detach-sign "$list"
by "$fingerprint" "$list.asc" --armor --detach-sign "$list"
by "$fingerprint" "$dl/elsewhere" --detach-sign "$list"
for form in opaque.sig:opaque stored.sig:opaque clear.sig:cleartext sha256sum.txt.gpg:detached sha256sum.txt.asc:detached; do
	accepted "$form" 30 --all "$dl/${form%:*}"
	try "$form, as JSON" files --json --all "$dl/${form%:*}"
	try_says "$form: says so" "\"form\": \"${form#*:}\"" out
done
accepted "a text elsewhere" 30 --all --sums-file "$list" "$dl/elsewhere"
no_file 2 usage "a text that is not known" --all "$dl/elsewhere"
accepted "one at a time" 30 --jobs 1 --all "$dl/opaque.sig"
accepted "by name" 2 "$dl/opaque.sig" "$dl/client-7.tar.gz" "$dl/sub/installer.tar.gz"
accepted "by fingerprint" 1 --fingerprint "$fingerprint" "$dl/opaque.sig" "$dl/client-7.tar.gz"
try_says "the report says who signed" "signed by:  $fingerprint" out
# shellcheck disable=SC2317  # called by "try"
here() {
	(cd "$dl" && files "$@")
}
try "in the current directory" here clear.sig client-1.tar.gz ./sub/installer.tar.gz
try_says "in the current directory: the path" "accepted: sub/installer.tar.gz (" out
try "quiet" files --quiet --all "$dl/opaque.sig"
if test -s "$T/out" || test -s "$T/err"; then not_ok "quiet: nothing is said"; else ok "quiet: nothing is said"; fi
if command -v jq >/dev/null; then
	try "JSON" files --json "$dl/opaque.sig" "$dl/client-7.tar.gz"
	try "JSON: the members" jq -e '.exit_status == 0 and .accepted == 1 and .images == [] and .sums.signed and
		.sums.listed == 30 and .sums.files[0].name == "client-7.tar.gz" and .sums.files[0].outcome == "accepted" and
		.sums.files[0].reason == "accepted" and (.sums.files[0].digest | startswith("sha256:"))' "$T/out"
else
	skip "JSON: the members" "no jq"
fi

# ---- the files
echo x >>"$dl/client-3.tar.gz"
try_status 1 "a changed file" files --all "$dl/opaque.sig"
try_says "a changed file: it is named" "refused: $dl/client-3.tar.gz: content-mismatch" out
try_says "a changed file: its digest" "the file has the digest sha256:$(sha256 "$dl/client-3.tar.gz"), want sha256:" out
accepted "a changed file that is not asked for" 1 "$dl/opaque.sig" "$dl/client-4.tar.gz"
rm "$dl/client-3.tar.gz"
try_status 1 "a missing file" files --all "$dl/opaque.sig"
try_says "a missing file: it is named" "refused: $dl/client-3.tar.gz: content-missing" out
no_file 1 content-missing "a missing file by name" "$dl/opaque.sig" "$dl/client-3.tar.gz"
accepted "a missing file, ignored" 29 --all --ignore-missing "$dl/opaque.sig"
try_says "a missing file, ignored: says so" "30 in the list, 1 of them not there and left out" out
ln -s client-4.tar.gz "$dl/client-3.tar.gz"
try_status 1 "a symbolic link" files --all --ignore-missing "$dl/opaque.sig"
try_says "a symbolic link: it is named" "refused: $dl/client-3.tar.gz: content-mismatch" out
echo extra >"$dl/extra"
no_file 1 no-signature "a file that is not listed" "$dl/opaque.sig" "$dl/extra"
mkdir "$T/empty"
cp "$dl/opaque.sig" "$T/empty"
no_file 1 content-missing "no file is there" --all --ignore-missing "$T/empty/opaque.sig"

# ---- the time
if truncate -s 1T "$T/endless" 2>/dev/null; then
	printf '%s  endless\n' "$(sha256 "$dl/client-4.tar.gz")" >"$T/text"
	by "$fingerprint" "$T/endless.sig" --sign "$T/text"
	no_file 2 timed-out "a file that takes too long" --timeout 2 "$T/endless.sig" "$T/endless"
	rm "$T/endless"
else
	skip "a file that takes too long" "no sparse file of 1 TiB"
fi

# ---- the list and the keys
no_file 2 io-error "no such list" --all "$T/nothing"
for sums in opaque.sig clear.sig sha256sum.txt.gpg; do
	try_status 1 "$sums: another key" "$RELSIG" verify-files --offline --key "$keys/other.asc" --all "$dl/$sums"
	try_says "$sums: another key: unknown-key" ": unknown-key" out
	try_status 1 "$sums: another fingerprint" "$RELSIG" verify-files --offline --key "$keys/two.asc" \
		--fingerprint "$other" --all "$dl/$sums"
done
try_status 2 "no release key without a network" "$RELSIG" verify-files --offline --all "$dl/opaque.sig"

# ---- lists
bad=$T/bad
mkdir -p "$bad/sub"
echo a >"$bad/a"
echo outside >"$T/outside"
(cd "$bad" && sha256sum a) >"$bad/list"
sum=$(sha256 "$bad/a")
# listed NAME TEXT: an opaque list of that text is no list
listed() {
	printf '%b' "$2" >"$T/text"
	by "$fingerprint" "$bad/listed.sig" --sign "$T/text"
	no_file 1 malformed-payload "$1" "$bad/listed.sig" "$bad/a"
}
listed "a path out of the directory" "$sum  a\n$(sha256 "$T/outside")  ../outside\n"
listed "... by way of a subdirectory" "$sum  a\n$(sha256 "$T/outside")  sub/../../outside\n"
listed "an absolute path" "$sum  a\n$(sha256 "$T/outside")  $T/outside\n"
listed "an escaped path out" "$sum  a\n\\\\$(sha256 "$T/outside")  ..\\\\n/../outside\n"
listed "an extra line of prose" "$sum  a\nall is well\n"
listed "an extra empty line" "$sum  a\n\n"
listed "CR LF" "$sum  a\r\n"
listed "one name twice" "$sum  a\n$sum  a\n"
listed "no line at all" ""
listed "a sum of another algorithm" "SHA512 (a) = $(sha512sum "$bad/a" | cut -c -128)\n"
printf '%s' "$sum  a" >"$T/text"
by "$fingerprint" "$bad/no-lf.sig" --sign "$T/text"
accepted "no line end at the end" 1 "$bad/no-lf.sig" "$bad/a"

# ---- the forms of lines that there are
forms=$T/forms
mkdir -p "$forms"
newline=$(printf 'new\nline')
backslash='back\slash'
for name in a "$newline" "$backslash" 'with  blanks (and) = more' "$(printf 'caf\303\251')"; do
	echo "$name" >"$forms/$name"
done
cd "$forms" || exit 1
sha256sum -- * >"$T/gnu"
sha256sum --binary -- * >"$T/binary"
sha256sum --tag -- * >"$T/bsd"
cd "$T" || exit 1
for kind in gnu binary bsd; do
	by "$fingerprint" "$forms/$kind.sig" --sign "$T/$kind"
	accepted "lines: $kind" 5 --all "$forms/$kind.sig"
done
try_says "a line break in a name is escaped" 'new\x0aline' out

# ---- what is around the signature
# around NAME FILE: no file is accepted
around() {
	no_file 1 not-a-signature "$1" "$2" "$bad/a"
}
by "$fingerprint" "$bad/clear" --clearsign "$bad/list"
by "$fingerprint" "$bad/opaque" --sign "$bad/list"
by "$fingerprint" "$bad/list.gpg" --detach-sign "$bad/list"
by "$fingerprint" "$bad/list.asc" --armor --detach-sign "$bad/list"
accepted "cleartext" 1 "$bad/clear" "$bad/a"
{ echo "$sum  a"; cat "$bad/clear"; } >"$bad/before"
around "cleartext: text before" "$bad/before"
{ echo; cat "$bad/clear"; } >"$bad/before"
around "cleartext: an empty line before" "$bad/before"
{ cat "$bad/clear"; echo "$sum  a"; } >"$bad/after"
around "cleartext: text after" "$bad/after"
cat "$bad/clear" "$bad/clear" >"$bad/two"
around "cleartext: two of them" "$bad/two"
sed 's/$/\r/' "$bad/clear" >"$bad/crlf"
around "cleartext: CR LF" "$bad/crlf"
sed '/^Hash:/a NotDashEscaped: You need GnuPG to verify this message' "$bad/clear" >"$bad/dash"
around "cleartext: NotDashEscaped" "$bad/dash"
by "$fingerprint" "$bad/dash" --not-dash-escaped --clearsign "$bad/list"
around "cleartext: NotDashEscaped by gpg" "$bad/dash"
sed '/^Hash:/a Comment: x' "$bad/clear" >"$bad/header"
around "cleartext: another header" "$bad/header"
sed "s/^$sum.*/&\n$sum  b/" "$bad/clear" >"$bad/line"
no_file 1 bad-signature "cleartext: an extra line" "$bad/line" "$bad/a"
sed 's/  a$/  b/' "$bad/clear" >"$bad/line"
no_file 1 bad-signature "cleartext: a changed line" "$bad/line" "$bad/a"
gpg --batch --quiet -u "$fingerprint" -u "$other" --output "$bad/both" --clearsign "$bad/list" 2>"$T/gpg.log" ||
	die "gpg: $(cat "$T/gpg.log")"
around "cleartext: two signatures" "$bad/both"
rm "$bad/both"
gpg --batch --quiet -u "$fingerprint" -u "$other" --output "$bad/both" --sign "$bad/list" 2>"$T/gpg.log" ||
	die "gpg: $(cat "$T/gpg.log")"
around "opaque: two signatures" "$bad/both"
cat "$bad/opaque" "$bad/opaque" >"$bad/two"
around "opaque: two of them" "$bad/two"
{ cat "$bad/opaque"; echo "$sum  a"; } >"$bad/after"
around "opaque: text after" "$bad/after"
by "$fingerprint" "$bad/armour" --armor --sign "$bad/list"
around "opaque: armoured" "$bad/armour"
around "the list itself, unsigned" "$bad/list"
accepted "detached" 1 "$bad/list.gpg" "$bad/a"
cat "$bad/list.gpg" "$bad/list.gpg" >"$bad/two.gpg"
no_file 1 not-a-signature "detached: two signatures" --sums-file "$bad/list" "$bad/two.gpg" "$bad/a"
{ cat "$bad/list.asc"; echo x; } >"$bad/after.asc"
no_file 1 not-a-signature "detached: text after" --sums-file "$bad/list" "$bad/after.asc" "$bad/a"
{ echo x; cat "$bad/list.asc"; } >"$bad/before.asc"
no_file 1 not-a-signature "detached: text before" --sums-file "$bad/list" "$bad/before.asc" "$bad/a"
sed 's/$/\r/' "$bad/list" >"$bad/crlf"
no_file 1 bad-signature "detached: CR LF in the text" --sums-file "$bad/crlf" "$bad/list.gpg" "$bad/a"
{ cat "$bad/list"; echo "$sum  b"; } >"$bad/more"
no_file 1 bad-signature "detached: an extra line" --sums-file "$bad/more" "$bad/list.gpg" "$bad/a"
no_file 2 io-error "detached: no text" --sums-file "$T/nothing" "$bad/list.gpg" "$bad/a"
by "$fingerprint" "$bad/weak" --digest-algo SHA1 --sign "$bad/list"
no_file 1 weak-crypto "SHA-1" "$bad/weak" "$bad/a"
accepted "SHA-1, allowed" 1 --allow-weak-crypto "$bad/weak" "$bad/a"
head -c 2000000 /dev/zero | tr '\0' 'x' >"$bad/large"
no_file 2 too-large "a list over its limit" "$bad/large" "$bad/a"

# ---- the command line
for line in "" "$dl/opaque.sig" "--all" "--all $dl/opaque.sig $dl/client-4.tar.gz" \
	"--ignore-missing $dl/opaque.sig $dl/client-4.tar.gz" "$dl/opaque.sig $bad/a" \
	"--json --quiet --all $dl/opaque.sig" "--jobs 0 --all $dl/opaque.sig"; do
	# shellcheck disable=SC2086  # words
	try_status 2 "usage: ${line:-nothing}" files $line
	if test -s "$T/out"; then not_ok "usage: ${line:-nothing}: no report"; else ok "usage: ${line:-nothing}: no report"; fi
done
try_status 2 "usage: a fingerprint without keys" "$RELSIG" verify-files --offline --fingerprint "$fingerprint" --all "$dl/opaque.sig"

# ---- real lists
if test -d "$real/clearsigned"; then
	release=$real/keys/cluster-update-keys/verifier-public-key-redhat-release.asc
	for name in crc-4.12.9-sha256sum crc-4.13.0-sha256sum_correct; do
		try_status 1 "$name" "$RELSIG" verify-files --offline --key "$release" --all "$real/clearsigned/$name.txt.sig"
		try_says "$name: signed" "signed: $real/clearsigned/$name.txt.sig" out
		try_says "$name: by Red Hat" "signed by:  567E347AD0044ADE55BA8A5F199E2F91FD431D51" out
		got=$(grep -c '^refused: .*: content-missing$' "$T/out")
		if test "$got" -eq 4; then ok "$name: its files are missing"; else not_ok "$name: $got missing"; fi
	done
	name=crc-4.13.0-sha256sum_incorrect
	try_status 1 "$name" "$RELSIG" verify-files --offline --key "$release" --all "$real/clearsigned/$name.txt.sig"
	try_says "$name: unknown-key" "refused: $real/clearsigned/$name.txt.sig: unknown-key" out
else
	skip "real lists" "no $real/clearsigned (RELSIG_REAL_DATA)"
fi
finish
