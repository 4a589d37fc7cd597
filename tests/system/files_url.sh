#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# verify-files --url: lists and files of a real web server with TLS; what broke off is gone on with, and nothing is
# there that is not whole and right. $FILES_MIB: how much the thirty files have in all.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in gpg gpgconf sha256sum truncate nginx openssl python3; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "verify-files --url" "no $tool"; finish_skipped; }
done
keys=$SRCDIR/testdata/keys
GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
trap 'gpgconf --kill all; clean_up' EXIT
gpg --batch --quiet --import "$SRCDIR/testdata/secret/release.gpg" 2>"$T/import.log" ||
	die "gpg --import: $(cat "$T/import.log")"

# ---- a server
www=$T/www/4.99.0
mkdir -p "$www/sub"
each=$((${FILES_MIB:-60} * 1024 * 1024 / 30))
i=0
while test $i -lt 30; do
	i=$((i + 1))
	file=$www/client-$i.tar.gz
	test $i -ne 29 || file="$www/with blanks + $(printf 'caf\303\251')%41"
	test $i -ne 30 || file=$www/sub/installer.tar.gz
	echo "$i" >"$file"
	truncate -s $((each + i)) "$file"
done
# list DIRECTORY: in all forms
list() {
	(
		cd "$1" && rm -f sha256sum.txt* opaque.sig clear.sig elsewhere && find . -type f -printf '%P\n' | LC_ALL=C sort |
			tr '\n' '\0' | xargs -0 sha256sum -- >../list && mv ../list sha256sum.txt &&
			gpg --batch --quiet --output sha256sum.txt.gpg --detach-sign sha256sum.txt &&
			cp sha256sum.txt.gpg elsewhere &&
			gpg --batch --quiet --output opaque.sig --sign sha256sum.txt &&
			gpg --batch --quiet --output clear.sig --clearsign sha256sum.txt
	) 2>"$T/gpg.log" || die "signing: $(cat "$T/gpg.log")"
}
list "$www"
make_ca
make_cert server DNS:localhost,DNS:store.invalid,IP:127.0.0.1
start_nginx server "root '$T/www';"
# shellcheck disable=SC2154  # start_nginx sets both
log=$T/$name/access.log url=https://127.0.0.1:$port/4.99.0
start_nginx server "root '$T/www'; limit_rate_after 200k; limit_rate 100k;"
slow=https://127.0.0.1:$port/4.99.0
start_nginx server "location /plain/ { return 302 http://127.0.0.1:$port\$request_uri; }
	location /moved/ { rewrite ^/moved/(.*) $url/\$1 redirect; }"
moving=https://127.0.0.1:$port

# shellcheck disable=SC2317  # some calls are made by "try"
fetch() {
	"$RELSIG" verify-files --key "$keys/release.asc" --cert-dir "$T/certs" --retry-times 0 "$@"
}
# asked COUNT NAME WHAT: so many lines of the log have it, of those since the last time
asked() {
	got=$(grep -cF -e "$3" "$log")
	if test "$got" -eq "$1"; then ok "$2"; else not_ok "$2: $got times"; fi
	: >"$log"
}
# whole NAME DIRECTORY: all files are there, and nothing hidden
whole() {
	run sums_match "$2"
	if test "$status" -eq 0; then ok "$1: whole"; else not_ok "$1: whole"; fi
	empty "$1: nothing is left" "$(find "$2" -name '.*relsig*')"
}
# shellcheck disable=SC2317  # called by "run"
sums_match() {
	(cd "$1" && sha256sum --quiet -c "$www/sha256sum.txt")
}
# empty NAME TEXT; present NAME FILE: it has something in it
empty() {
	if test -z "$2"; then ok "$1"; else not_ok "$1"; fi
}
present() {
	if test -s "$2"; then ok "$1"; else not_ok "$1"; fi
}
# absent NAME FILE
absent() {
	if test -e "$2" || test -h "$2"; then not_ok "$1"; else ok "$1"; fi
}

# ---- thirty files, in all forms
for form in opaque.sig clear.sig sha256sum.txt.gpg; do
	try "$form" fetch --url "$url" --output-dir "$T/$form" --all "$form"
	got=$(grep -c '^accepted: .* bytes, fetched)$' "$T/out")
	if test "$got" -eq 30; then ok "$form: 30 files"; else not_ok "$form: $got files"; fi
	whole "$form" "$T/$form"
	empty "$form: the list is there" "$(cmp "$www/$form" "$T/$form/$form" 2>&1)"
	asked 0 "$form: all at once" '" 206 '
	try "$form: without the network" "$RELSIG" verify-files --offline --key "$keys/release.asc" --all "$T/$form/$form"
	# The files were the same, and so were their places.
	test "$form" = opaque.sig || rm -rf "${T:?}/$form"
done
dl=$T/opaque.sig
try "again" fetch --url "$url/" --output-dir "$dl/" --all opaque.sig
try_says "again: nothing is fetched" "bytes, 0 of them fetched)" out
asked 1 "again: the list alone is asked for" "GET "
# shellcheck disable=SC2317  # called by "try"
here() {
	(mkdir -p "$T/here" && cd "$T/here" && fetch "$@")
}
try "into the current directory" here --url "$url" sha256sum.txt.gpg client-1.tar.gz sub/installer.tar.gz
try_says "into the current directory: the path" "accepted: sub/installer.tar.gz (" out
try_says "into the current directory: the form" "a detached signature, of sha256sum.txt" out
present "the text of a detached signature" "$T/here/sha256sum.txt"
try "a text with another name" fetch --url "$url" --output-dir "$T/text" --sums-file sha256sum.txt \
	elsewhere client-1.tar.gz
present "a text with another name: it is there" "$T/text/sha256sum.txt"
rm -r "$T/text"
absent "what is not wanted is not fetched" "$T/here/client-2.tar.gz"
if command -v jq >/dev/null; then
	try "JSON" fetch --json --url "$url" --output-dir "$dl" opaque.sig client-7.tar.gz
	# shellcheck disable=SC2016  # jq's own variable
	try "JSON: the members" jq -e --arg url "$url" '.sums.url == $url and .sums.files[0].fetched == 0 and
		.sums.files[0].outcome == "accepted" and (.sums.file | endswith("/opaque.sig"))' "$T/out"
else
	skip "JSON" "no jq"
fi
: >"$log"

# ---- what is there
one=$dl/client-1.tar.gz hidden=$dl/.client-1.tar.gz.relsig-partial
head -c 500000 "$one" >"$hidden"
rm "$one"
try "a part is there" fetch --url "$url" --output-dir "$dl" --all opaque.sig
try_says "a part is there: the rest is fetched" "$one ($((each + 1)) bytes, $((each + 1 - 500000)) of them fetched)" out
asked 1 "a part is there: the server goes on" '" 206 '
whole "a part is there" "$dl"
head -c 500000 /dev/urandom >"$hidden"
rm "$one"
try "another's part is there" fetch --url "$url" --output-dir "$dl" opaque.sig client-1.tar.gz
try_says "another's part is there: all is fetched" "bytes, fetched)" out
asked 1 "another's part is there: the server went on" '" 206 '
whole "another's part is there" "$dl"
mv "$one" "$hidden"
try "all is there, but for the name" fetch --url "$url" --output-dir "$dl" opaque.sig client-1.tar.gz
asked 1 "all is there, but for the name: the server has no more" '" 416 '
whole "all is there, but for the name" "$dl"
echo other >"$one"
try_status 1 "another file is there" fetch --url "$url" --output-dir "$dl" --all opaque.sig
try_says "another file is there: it is named" "refused: $one: content-mismatch" out
try_says "another file is there: says what to do" "--overwrite" out
empty "another file is there: it stays" "$(echo other | cmp - "$one" 2>&1)"
try "--overwrite" fetch --url "$url" --output-dir "$dl" --overwrite --all opaque.sig
whole "--overwrite" "$dl"
rm "$one"
ln -s /etc/passwd "$one"
try_status 1 "a link is there" fetch --url "$url" --output-dir "$dl" --overwrite opaque.sig client-1.tar.gz
try_says "a link is there: content-mismatch" ": content-mismatch" out
rm "$one"
mkdir "$T/outside"
mv "$dl/sub" "$T/sub"
ln -s "$T/outside" "$dl/sub"
run fetch --url "$url" --output-dir "$dl" opaque.sig sub/installer.tar.gz
if test "$status" -ne 0; then ok "a link on the way (status $status)"; else not_ok "a link on the way"; fi
empty "a link on the way: nothing outside" "$(ls -A "$T/outside")"
rm "$dl/sub"
mv "$T/sub" "$dl/sub"
cp "$www/client-1.tar.gz" "$one"

# ---- what the server has
cp -r "$www" "$T/www/changed"
echo x >>"$T/www/changed/client-2.tar.gz"
rm "$T/www/changed/client-3.tar.gz"
changed=${url%/*}/changed
try_status 1 "a changed file and a missing one" fetch --url "$changed" --output-dir "$T/changed" --all opaque.sig
try_says "a changed file" "refused: $T/changed/client-2.tar.gz: content-mismatch" out
try_says "a missing file" "refused: $T/changed/client-3.tar.gz: content-missing" out
absent "a changed file is not there" "$T/changed/client-2.tar.gz"
absent "a changed file leaves nothing" "$T/changed/.client-2.tar.gz.relsig-partial"
try "one beside them" fetch --url "$changed" --output-dir "$T/changed" opaque.sig client-4.tar.gz
cp "$www/client-2.tar.gz" "$T/www/changed/client-2.tar.gz"
try "a missing file, ignored" fetch --url "$changed" --output-dir "$T/changed" --all --ignore-missing opaque.sig
try_says "a missing file, ignored: says so" "1 of them not there and left out" out
echo x >>"$T/www/changed/sha256sum.txt"
try_status 1 "a changed text" fetch --url "$changed" --output-dir "$T/text" --all sha256sum.txt.gpg
try_says "a changed text: bad-signature" ": bad-signature" out
empty "a changed text: nothing is written" "$(ls -A "$T/text")"
rm "$T/www/changed/sha256sum.txt"
try_status 2 "no text" fetch --url "$changed" --output-dir "$T/text" --all sha256sum.txt.gpg
try_status 2 "no list" fetch --url "$changed" --output-dir "$T/text" --all nothing.sig
try_says "no list: says so" "status 404" out
try_status 1 "another key" "$RELSIG" verify-files --key "$keys/other.asc" --cert-dir "$T/certs" --url "$url" \
	--output-dir "$T/text" --all opaque.sig
empty "another key: nothing is written" "$(ls -A "$T/text")"
list "$T/www/changed"
try_status 1 "another list" fetch --url "$changed" --output-dir "$T/changed" --all opaque.sig
try_says "another list: it is named" "refused: $T/changed/opaque.sig: content-mismatch" out
try_says "another list: says what to do" "--overwrite" out
try "another list, --overwrite" fetch --url "$changed" --output-dir "$T/changed" --overwrite --all opaque.sig
try_status 2 "too large" fetch --url "$url" --output-dir "$T/small" --max-size 1 opaque.sig client-1.tar.gz
try_says "too large: says what to do" "--max-size" out
absent "too large: nothing is there" "$T/small/client-1.tar.gz"

# ---- how it is reached
try_status 2 "an authority that nobody knows" "$RELSIG" verify-files --key "$keys/release.asc" --url "$url" \
	--output-dir "$T/tls" --all opaque.sig
try_says "an authority that nobody knows: says so" "TLS: " out
try "--tls-verify=false" "$RELSIG" verify-files --key "$keys/release.asc" --url "$url" --tls-verify=false \
	--output-dir "$T/tls" opaque.sig client-1.tar.gz
try "a redirect" fetch --url "$moving/moved" --output-dir "$T/moved" opaque.sig client-1.tar.gz
try_status 2 "a redirect to http://" fetch --url "$moving/plain" --output-dir "$T/plain" --all opaque.sig
try_says "a redirect to http://: unreachable" ": unreachable" out
launch proxy python3 "$SRCDIR/tests/system/proxy.py" "$T/proxy.asked"
wait_until proxy grep -q '^port ' "$T/proxy.asked" || die "the proxy did not start: $(cat "$T/proxy.log")"
# Nobody but the proxy can look this name up.
try "--proxy" fetch --proxy "http://127.0.0.1:$(sed -n 's/^port //p' "$T/proxy.asked")" \
	--url "https://store.invalid:${url#https://*:}" --output-dir "$T/proxied" opaque.sig client-1.tar.gz
if grep -q '^CONNECT ' "$T/proxy.asked"; then ok "--proxy: it was asked"; else not_ok "--proxy: it was asked"; fi

# ---- ended before its end
for signal in SIGINT SIGTERM SIGKILL; do
	end=$T/$signal
	# Its private directory is left by the last one.
	run env TMPDIR="$T" python3 "$SRCDIR/tests/system/end_by.py" $signal "$end/.client-1.tar.gz.relsig-partial" \
		"$RELSIG" verify-files --key "$keys/release.asc" --cert-dir "$T/certs" --url "$slow" --output-dir "$end" \
		opaque.sig client-1.tar.gz client-2.tar.gz
	want="status 2"
	test $signal != SIGKILL || want="status -9"
	try_says "$signal: $want" "$want" err
	test $signal = SIGKILL || try_says "$signal: the report is printed" "no verdict: $end/client-1.tar.gz: io-error" out
	absent "$signal: the file is not there" "$end/client-1.tar.gz"
	present "$signal: what came stays" "$end/.client-1.tar.gz.relsig-partial"
	: >"$log"
	try "$signal: once more" fetch --url "$url" --output-dir "$end" opaque.sig client-1.tar.gz client-2.tar.gz
	try "$signal: it goes on" grep '/client-1.tar.gz HTTP/[0-9.]*" 206 ' "$log"
done
try_status 2 "--timeout" fetch --timeout 3 --url "$slow" --output-dir "$T/timeout" opaque.sig client-1.tar.gz
try_says "--timeout: timed-out" ": timed-out" out
present "--timeout: what came stays" "$T/timeout/.client-1.tar.gz.relsig-partial"

# ---- a full disk
cat >"$T/in-tmpfs" <<'END'
#!/bin/sh
# in-tmpfs DIRECTORY COMMAND...: with a file system of 1 MiB there; 98 when what is left is not as it should be
dir=$1
shift
mount -t tmpfs -o size=1m tmpfs "$dir" || exit 99
"$@"
status=$?
test -s "$dir/.client-1.tar.gz.relsig-partial" && test ! -e "$dir/client-1.tar.gz" || exit 98
exit $status
END
chmod +x "$T/in-tmpfs"
mkdir "$T/full"
if unshare -m true 2>/dev/null; then
	run unshare -m "$T/in-tmpfs" "$T/full" "$RELSIG" verify-files --key "$keys/release.asc" --cert-dir "$T/certs" \
		--url "$url" --output-dir "$T/full" opaque.sig client-1.tar.gz
	if test "$status" -eq 99; then
		skip "a full disk" "no tmpfs may be mounted"
	else
		if test "$status" -eq 2; then ok "a full disk"; else not_ok "a full disk (status $status, want 2)"; fi
		try_says "a full disk: says so" "No space left on device" out
	fi
else
	skip "a full disk" "no mount namespace may be made"
fi

# ---- what is written, and where
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export ASAN_OPTIONS
if command -v strace >/dev/null && strace -qq -o "$T/trace" true 2>/dev/null; then
	try "traced" strace -f -qq -e trace=open,openat,creat -o "$T/trace" "$RELSIG" verify-files \
		--key "$keys/release.asc" --cert-dir "$T/certs" --url "$url" --output-dir "$T/traced" opaque.sig client-1.tar.gz
	# The private directory is /tmp/relsig-XXXXXX; names without a slash are in that of the option.
	grep -E 'O_(WRONLY|RDWR|CREAT)' "$T/trace" |
		grep -vE '/relsig-[A-Za-z0-9]{6}[/"]|"/dev/(null|tty)"|"(\.client-1|\.relsig-)|= -1 ' >"$T/out"
	empty "nothing else is written" "$(cat "$T/out")"
else
	skip "what is written" "no strace"
fi

# ---- the command line
for line in "--url $url" "--url $url opaque.sig" "--url $url --all sub/opaque.sig" "--url $url --all ../opaque.sig" \
	"--url ftp://127.0.0.1/ --all opaque.sig" "--url $url?a --all opaque.sig" "--url $url --offline --all opaque.sig" \
	"--url https://user:secret@127.0.0.1/ --all opaque.sig" "--output-dir $T/usage --all $dl/opaque.sig" \
	"--overwrite --all $dl/opaque.sig" "--max-size 5 --all $dl/opaque.sig" "--url $url --max-size 0 --all opaque.sig" \
	"--url $url --output-dir= --all opaque.sig"; do
	# shellcheck disable=SC2086  # words
	try_status 2 "usage: $line" fetch $line
	if test -s "$T/out"; then not_ok "usage: $line: no report"; else ok "usage: $line: no report"; fi
done
absent "usage: no directory is made" "$T/usage"
try_status 2 "a directory that cannot be made" fetch --url "$url" --output-dir "$dl/opaque.sig" --all opaque.sig
finish
