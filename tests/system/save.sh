#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# relsig save: what it refuses and then does not write, what it writes, who can read that, and what becomes of the
# directory when things go wrong.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

data=$SRCDIR/testdata
key=$data/keys/release.asc
fingerprint=4EDB57D1B2E4C666DD00CE03EE46194CB49E4007
{ read -r reference && read -r digest; } <"$data/release.txt"
{ read -r multi_reference && read -r multi_digest; } <"$data/release-multi.txt"
hex=${digest#sha256:} multi_hex=${multi_digest#sha256:}
store=file://$data/store

# save DIR ARGUMENT...
save() {
	to=$1
	shift
	"$RELSIG" save --offline --key "$key" -o "$to" "$@"
}
# files DIR: each file there with its checksum, but for what is written anew each time
files() {
	(cd "$1" && find . -type f ! -name SHA256SUMS ! -path './relsig-save.json' ! -path './signature-configmap.json' \
		! -path './reports/*' -exec sha256sum {} + | LC_ALL=C sort)
}
# whole NAME DIR: nothing half written, and the sums are right
whole() {
	if test -z "$(find "$2" -name '.relsig-*')"; then ok "$1: nothing temporary"; else not_ok "$1: nothing temporary"; fi
	test ! -e "$2/SHA256SUMS" || try "$1: SHA256SUMS" env --chdir="$2" sha256sum -c --quiet SHA256SUMS
}
# empty NAME DIR
empty() {
	if test -z "$(ls -A "$2" 2>/dev/null)"; then ok "$1: nothing is written"; else not_ok "$1: nothing is written"; fi
}

# ---- what is not accepted is not written
try_status 2 "without -o" "$RELSIG" save --offline --key "$key" "dir:$data/release"
try_says "without -o: says so" "want -o DIR" err
try_status 2 "-o with no name" save "" "dir:$data/release"
: >"$T/a-file"
try_status 2 "-o with a file" save "$T/a-file" "dir:$data/release"
try_status 2 "verify has no -o" "$RELSIG" verify --offline --key "$key" -o "$T/no" "dir:$data/release"
try_status 1 "another key" "$RELSIG" save --offline --key "$data/keys/ed25519.asc" -o "$T/refused" "dir:$data/release"
empty "another key" "$T/refused"
try_status 1 "another name" save "$T/refused" --identity quay.io/other/name "dir:$data/release"
empty "another name" "$T/refused"
try_status 2 "no such image" save "$T/refused" "dir:$T/nothing"
empty "no such image" "$T/refused"
printf '{"default": [{"type": "insecureAcceptAnything"}]}' >"$T/policy.json"
try_status 1 "a policy that verifies nothing" "$RELSIG" save --offline --policy "$T/policy.json" -o "$T/refused" "dir:$data/release"
empty "a policy that verifies nothing" "$T/refused"

# ---- one image
try "one image" save "$T/one" "dir:$data/release"
try_says "one image: says where" "saved: 1 image to $T/one" out
whole "one image" "$T/one"
(cd "$T/one" && find . -type f | LC_ALL=C sort) >"$T/got"
cat >"$T/want" <<-END
	./SHA256SUMS
	./images/$hex/manifest.json
	./images/$hex/signature-1
	./images/$hex/version
	./keys/$fingerprint.pgp
	./relsig-save.json
	./reports/report-0001.json
	./signature-configmap.json
	./signatures/sha256=$hex/signature-1
END
try "one image: these files" diff "$T/want" "$T/got"
try "the manifest, byte for byte" cmp "$data/release/manifest.json" "$T/one/images/$hex/manifest.json"
try "the signature, byte for byte" cmp "$data/release/signature-1" "$T/one/images/$hex/signature-1"
if find "$T/one" | sed "s|^$T/one||" | grep -q ':'; then not_ok "no colon in a name"; else ok "no colon in a name"; fi
try "the ConfigMap" python3 - "$T/one/signature-configmap.json" "$data/release/signature-1" "$hex" <<'END'
import base64, json, sys
o = json.load(open(sys.argv[1]))
assert (o["apiVersion"], o["kind"]) == ("v1", "ConfigMap")
m = o["metadata"]
assert m["namespace"] == "openshift-config-managed"
assert m["labels"] == {"release.openshift.io/verification-signatures": ""}
assert list(o["binaryData"]) == ["sha256-%s-1" % sys.argv[3]], o["binaryData"]
data = o["binaryData"]["sha256-%s-1" % sys.argv[3]]
assert base64.b64decode(data, validate=True) == open(sys.argv[2], "rb").read()
END
try "the report" python3 - "$T/one/reports/report-0001.json" "$T/one" "$digest" <<'END'
import json, sys
o = json.load(open(sys.argv[1]))
assert (o["command"], o["outcome"], o["saved_to"]) == ("save", "accepted", sys.argv[2]), o
assert [i["digest"] for i in o["images"]] == [sys.argv[3]]
END

# ---- who can read it
try "as dir:" "$RELSIG" verify --offline --key "$key" "dir:$T/one/images/$hex"
try "as a store" "$RELSIG" verify --offline --key "$key" --digest-only --store "file://$T/one/signatures" "$digest"
try "with its key" "$RELSIG" verify --offline --key "$T/one/keys/$fingerprint.pgp" --fingerprint $fingerprint \
	"dir:$T/one/images/$hex"
if command -v skopeo >/dev/null; then
	skopeo inspect --raw "dir:$T/one/images/$hex" >"$T/raw" 2>"$T/err"
	try "skopeo inspect" cmp "$T/raw" "$data/release/manifest.json"
	mkdir -m 700 "$T/gnupg"
	try "gpg takes the key" gpg --homedir "$T/gnupg" --batch --no-autostart --import "$T/one/keys/$fingerprint.pgp"
	try "skopeo standalone-verify" env GNUPGHOME="$T/gnupg" skopeo standalone-verify \
		"$T/one/images/$hex/manifest.json" "$reference" $fingerprint "$T/one/images/$hex/signature-1"
else
	skip "skopeo" "it is not there"
fi

# ---- again: it adds, and loses nothing
files "$T/one" >"$T/before"
try "again" save "$T/one" "dir:$data/release"
files "$T/one" >"$T/after"
try "again: the same files" cmp "$T/before" "$T/after"
whole "again" "$T/one"
try "again: a report of its own" test -s "$T/one/reports/report-0002.json"
try "another image, by a tag" save "$T/one" --manifest "$data/release-multi/manifest.json" --store "$store" "$multi_reference"
whole "another image" "$T/one"
files "$T/one" >"$T/after"
# shellcheck disable=SC2016 # for that shell to expand
try "another image: nothing is lost" sh -c 'test "$(LC_ALL=C comm -23 "$0" "$1" | wc -l)" -eq 0' "$T/before" "$T/after"
try "another image: it is there" "$RELSIG" verify --offline --key "$key" "dir:$T/one/images/$multi_hex"
try "the tag is noted" grep -qF "\"$multi_reference\": \"$multi_digest\"" "$T/one/relsig-save.json"
if test "$(grep -c '"sha256-[0-9a-f]*-1": ' "$T/one/signature-configmap.json")" -eq 2; then
	ok "the ConfigMap has both"
else
	not_ok "the ConfigMap has both"
fi
try_status 2 "the tag as another image" save "$T/one" --manifest "$data/release/manifest.json" --store "$store" \
	--identity "$reference" "$multi_reference"
try_says "the tag as another image: says so" "was saved as $multi_digest" err
whole "the tag as another image" "$T/one"
try_status 1 "one accepted, one refused" save "$T/mixed" --identity "$reference" \
	"dir:$data/release" "dir:$data/release-multi"
try_says "one accepted, one refused: the one is saved" "saved: 1 image" out
if test -e "$T/mixed/images/$hex/manifest.json" && test ! -e "$T/mixed/images/$multi_hex"; then
	ok "one accepted, one refused: only the one"
else
	not_ok "one accepted, one refused: only the one"
fi

# ---- by digest alone
try "--digest-only" save "$T/bare" --digest-only --store "$store" "$digest"
try_says "--digest-only: says what is missing" "of 1 only the signatures" out
if test -e "$T/bare/images/$hex/manifest.json"; then not_ok "--digest-only: no layout"; else ok "--digest-only: no layout"; fi
try "--digest-only: the manifest comes later" save "$T/bare" "dir:$data/release"
try "--digest-only: and is there" "$RELSIG" verify --offline --key "$key" "dir:$T/bare/images/$hex"

# ---- all signatures that are accepted, and no other
mkdir -p "$T/two/sha256=$hex" "$T/three/sha256=$hex"
cp "$data/release/signature-1" "$T/two/sha256=$hex/signature-1"
cp "$data/release/signature-1" "$T/three/sha256=$hex/signature-2"
cp "$data/adversary/cleartext/blob" "$T/three/sha256=$hex/signature-1"
try "two stores" save "$T/many" --digest-only --store "file://$T/three" --store "file://$T/two" "$digest"
if test -e "$T/many/images/$hex/signature-1" && test ! -e "$T/many/images/$hex/signature-2"; then
	ok "two stores: the good one, once"
else
	not_ok "two stores: the good one, once"
fi
try "two stores: the good one" cmp "$data/release/signature-1" "$T/many/images/$hex/signature-1"

# ---- what somebody planted
planted() {
	rm -rf "$T/planted" "$T/elsewhere"
	mkdir "$T/planted" "$T/elsewhere"
}
# link_refused NAME: nothing is written through it
link_refused() {
	try_status 2 "$1" save "$T/planted" "dir:$data/release"
	try_says "$1: says so" "symbolic link" err
	empty "$1" "$T/elsewhere"
	whole "$1" "$T/planted"
}
planted
ln -s "$T/elsewhere" "$T/planted/images"
link_refused "a link for images"
planted
mkdir "$T/planted/images"
ln -s "$T/elsewhere" "$T/planted/images/$hex"
link_refused "a link for the image"
planted
mkdir "$T/planted/keys"
ln -s "$T/elsewhere/key" "$T/planted/keys/$fingerprint.pgp"
link_refused "a link for the key"
planted
ln -s "$T/elsewhere/index" "$T/planted/relsig-save.json"
link_refused "a link for the index"
planted
ln -s "$T/elsewhere/sums" "$T/planted/SHA256SUMS"
try "a link for the sums is replaced" save "$T/planted" "dir:$data/release"
empty "a link for the sums" "$T/elsewhere"
whole "a link for the sums" "$T/planted"
planted
mkdir -p "$T/planted/images/$hex"
echo other >"$T/planted/images/$hex/manifest.json"
try_status 2 "another manifest" save "$T/planted" "dir:$data/release"
try_says "another manifest: says so" "another content" err
if test "$(cat "$T/planted/images/$hex/manifest.json")" = other; then ok "another manifest stays"; else not_ok "another manifest stays"; fi
planted
echo '{"relsig-save": 2, "images": {}}' >"$T/planted/relsig-save.json"
try_status 2 "an index of another kind" save "$T/planted" "dir:$data/release"

# ---- a disk that is full
if unshare -m true 2>/dev/null; then
	cat >"$T/in-full" <<'END'
#!/bin/sh
# in-full DIR SIZE RELSIG KEY IMAGE OTHER: what the second run does when the first one left little room
dir=$1 relsig=$3 key=$4
mount -t tmpfs -o "size=$2" tmpfs "$dir" || exit 99
"$relsig" save --offline -q --key "$key" -o "$dir/saved" "$5" || exit 98
(cd "$dir/saved" && find . -type f -exec sha256sum {} + | LC_ALL=C sort) >"$dir.before"
cat /dev/zero >"$dir/filler" 2>/dev/null
"$relsig" save --offline -q --key "$key" -o "$dir/saved" "$6" 2>"$dir.err"
status=$?
cat "$dir.err" >&2
rm -f "$dir/filler"
(cd "$dir/saved" && sha256sum -c --quiet SHA256SUMS) || exit 97
test -z "$(find "$dir/saved" -name '.relsig-*')" || exit 96
(cd "$dir/saved" && find . -type f -exec sha256sum {} + | LC_ALL=C sort) >"$dir.after"
test -z "$(LC_ALL=C comm -23 "$dir.before" "$dir.after")" || exit 95
exit $status
END
	chmod +x "$T/in-full"
	mkdir "$T/small"
	# From no room at all on: each time it gets a page further.
	for room in 0 1 2 3 4 5; do
		sed "s|^cat /dev/zero.*|&; truncate -s -$((room * 4096)) \"\$dir/filler\"|" "$T/in-full" >"$T/in-full-$room"
		chmod +x "$T/in-full-$room"
		run unshare -m "$T/in-full-$room" "$T/small" 256k "$RELSIG" "$key" "dir:$data/release" "dir:$data/release-multi"
		if test $status -eq 99; then
			skip "a full disk" "no tmpfs may be mounted"
		elif test $status -eq 2; then
			ok "a full disk, $room pages left"
			try_says "a full disk, $room pages left: says so" "No space left" err
		else
			not_ok "a full disk, $room pages left (status $status, want 2)"
		fi
	done
else
	skip "a full disk" "no mount namespace may be made"
fi

# ---- interrupted, wherever it is
cat >"$T/interrupt.py" <<'END'
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
p = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(float(sys.argv[1]))
p.send_signal(signal.SIGINT)
sys.exit(0 if p.wait(60) in (0, -signal.SIGINT) else 1)
END
good=yes
for i in 0 1 2 3 4 5 6 7 8 9; do
	python3 "$T/interrupt.py" "0.0$i" "$RELSIG" save --offline --key "$key" -o "$T/interrupted" \
		"dir:$data/release" "dir:$data/release-multi" || good=no
	test ! -d "$T/interrupted" || test -z "$(find "$T/interrupted" -name '.relsig-*')" || good=no
done
if test $good = yes; then ok "interrupted: nothing temporary"; else not_ok "interrupted: nothing temporary"; fi
try "interrupted: afterwards" save "$T/interrupted" "dir:$data/release" "dir:$data/release-multi"
whole "interrupted: afterwards" "$T/interrupted"

# ---- several at once
runs=''
for i in 1 2 3 4; do
	image=release
	test $((i % 2)) -eq 0 || image=release-multi
	save "$T/parallel" -q "dir:$data/$image" 2>"$T/parallel-$i" &
	runs="$runs $!"
done
good=yes
for pid in $runs; do wait "$pid" || good=no; done
if test $good = yes; then ok "four at once"; else not_ok "four at once: $(cat "$T"/parallel-?)"; fi
whole "four at once" "$T/parallel"
if test "$(ls "$T/parallel/reports")" = "$(printf 'report-000%d.json\n' 1 2 3 4)" &&
	test -e "$T/parallel/images/$hex/manifest.json" && test -e "$T/parallel/images/$multi_hex/manifest.json"; then
	ok "four at once: all is there"
else
	not_ok "four at once: all is there"
fi

# ---- verify may not write where save may
# rules COMMAND...: for how many places Landlock is told that something may be changed there
rules() {
	strace -f -e trace=landlock_add_rule -o "$T/strace" "$RELSIG" "$@" >"$T/out" 2>"$T/err"
	grep -c 'landlock_add_rule(.*) = 0' "$T/strace"
}
if command -v strace >/dev/null && strace -o "$T/strace" true 2>/dev/null &&
	"$RELSIG" verify --offline --key "$key" --json "dir:$data/release" | grep -q '"landlock-files": "in effect"'; then
	verifies=$(rules verify --offline --key "$key" "dir:$data/release")
	saves=$(rules save --offline --key "$key" -o "$T/confined" "dir:$data/release")
	if test "$saves" -eq $((verifies + 1)); then
		ok "save may write to one more place"
	else
		not_ok "save may write to one more place ($saves, verify $verifies)"
	fi
else
	skip "confinement" "no strace, or no Landlock"
fi

# ---- sigstore signatures beside the image, to another registry
there=yes
for tool in docker-registry skopeo openssl; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || there=no
done
if test $there = yes; then
	pem=$data/sigstore/keys/p256.pem
	make_ca
	make_cert server
	start_registry server
	upstream=$REGISTRY/ocp/release
	push_image "$data/release" "$upstream:4.99.0-x86_64" --remove-signatures
	# attach SIGNATURE...
	attach() {
		for blob do
			shift
			set -- "$@" "$data/sigstore/signatures/$blob"
		done
		python3 "$SRCDIR/tests/system/attach.py" "$T/ca.crt" "$upstream" "$digest" "$@" 2>"$T/attach.log" ||
			die "attach.py: $(cat "$T/attach.log")"
	}
	# save_both: with both kinds of signature
	# shellcheck disable=SC2317 # called by try
	save_both() {
		"$RELSIG" save --cert-dir "$T/certs" --retry-times 0 --key "$key" --sigstore-key "$pem" --require both \
			--store "$store" -o "$T/sigstore" "$upstream:4.99.0-x86_64"
	}
	try_status 1 "no sigstore signature" save_both
	empty "no sigstore signature" "$T/sigstore"
	attach p384
	try_status 1 "a sigstore signature by another key" save_both
	empty "a sigstore signature by another key" "$T/sigstore"
	attach p256
	try "both kinds" save_both
	whole "both kinds" "$T/sigstore"
	try "both kinds: in one layout" "$RELSIG" verify --offline --key "$key" --sigstore-key "$pem" --require both \
		"dir:$T/sigstore/images/$hex"
	spki=$(openssl pkey -pubin -in "$pem" -outform DER | openssl dgst -sha256 -r | cut -c -64)
	try "both kinds: the key" cmp "$pem" "$T/sigstore/keys/$spki.pem"
	if test -e "$T/sigstore/signatures/sha256=$hex/signature-2"; then
		not_ok "both kinds: the store has the one"
	else
		ok "both kinds: the store has the one"
	fi
	start_registry server
	mirror=$REGISTRY/mirrored/release
	push_image "$data/release" "$mirror:4.99.0-x86_64" --remove-signatures
	push_image "$T/sigstore/attachments/$hex" "$mirror:sha256-$hex.sig"
	try "the attachment, in another registry" "$RELSIG" verify --cert-dir "$T/certs" --retry-times 0 --require sigstore \
		--sigstore-key "$pem" "$mirror:4.99.0-x86_64"
	cat >"$T/idms.yaml" <<-END
		apiVersion: config.openshift.io/v1
		kind: ImageTagMirrorSet
		metadata: {name: test}
		spec:
		  imageTagMirrors:
		  - source: ${reference%:*}
		    mirrors: [$mirror]
		    mirrorSourcePolicy: NeverContactSource
	END
	try "from a mirror" "$RELSIG" save --cert-dir "$T/certs" --retry-times 0 --key "$key" --sigstore-key "$pem" \
		--require both --store "$store" --mirror-config "$T/idms.yaml" -o "$T/mirrored" "$reference"
	whole "from a mirror" "$T/mirrored"
	try "from a mirror: by the name upstream" grep -qF "\"$reference\": \"$digest\"" "$T/mirrored/relsig-save.json"
	try "from a mirror: the attachment" test -e "$T/mirrored/attachments/$hex/manifest.json"
	attach p256 p384
	try "signed again" save_both
	whole "signed again" "$T/sigstore"
	try "signed again: as it was, and as it is" test -e "$T/sigstore/attachments/$hex/manifest.json" -a \
		-e "$T/sigstore/attachments/$hex-2/manifest.json"
	if test ! -e "$T/sigstore/images/$hex/signature-3"; then
		ok "signed again: nothing that is not accepted"
	else
		not_ok "signed again: nothing that is not accepted"
	fi
else
	skip "sigstore signatures" "no docker-registry, skopeo or openssl"
fi

# ---- real signatures
real=${RELSIG_REAL_DATA:-$SRCDIR/../shared/data}
if test -d "$real/signatures"; then
	for directory in "$real"/signatures/openshift/release/*/; do
		directory=${directory%/}
		echo "sha256:${directory##*=}"
	done >"$T/digests"
	count=$(wc -l <"$T/digests" | tr -d ' ')
	release_key=$real/keys/cluster-update-keys/verifier-public-key-redhat-release.asc
	# shellcheck disable=SC2016 # for that shell to expand
	try "$count real releases" sh -c '"$@" - <"$0"' "$T/digests" "$RELSIG" save --offline --digest-only --key "$release_key" \
		--store "file://$real/signatures/openshift/release" -o "$T/real"
	try_says "$count real releases: all of them" "saved: $count images" out
	whole "$count real releases" "$T/real"
	if unshare -n true 2>/dev/null; then alone="unshare -n"; else alone=''; skip "an empty network" "none may be made"; fi
	# shellcheck disable=SC2016,SC2086 # for that shell to expand; words
	try "$count real releases, from the folder" sh -c '"$@" - <"$0"' "$T/digests" $alone "$RELSIG" verify --offline \
		--digest-only --from "$T/real"
	if test "$(grep -c '^accepted: ' "$T/out")" -eq "$count"; then ok "the same verdicts"; else not_ok "the same verdicts"; fi
	# shellcheck disable=SC2016,SC2086
	try "$count real releases, from its store" sh -c '"$@" - <"$0"' "$T/digests" $alone "$RELSIG" verify --offline \
		--digest-only --key "$T/real/keys/567E347AD0044ADE55BA8A5F199E2F91FD431D51.pgp" \
		--fingerprint 567E347AD0044ADE55BA8A5F199E2F91FD431D51 --store "file://$T/real/signatures"
	if test "$(grep -c '^accepted: ' "$T/out")" -eq "$count"; then ok "the same again"; else not_ok "the same again"; fi
	# Another key by that name is none: the fingerprint is that of the key itself.
	cp "$data/keys/release.gpg" "$T/real/keys/567E347AD0044ADE55BA8A5F199E2F91FD431D51.pgp"
	try_status 2 "$count real releases, another key in the folder" "$RELSIG" verify --offline --digest-only \
		--from "$T/real" "$(head -n 1 "$T/digests")"
	try_says "another key in the folder: says so" "Red Hat's release key is not in" out
else
	skip "real signatures" "no $real (RELSIG_REAL_DATA)"
fi
finish
