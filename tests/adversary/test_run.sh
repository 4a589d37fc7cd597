#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Does tests/adversary/run fail when it should: no case, a case that lacks something, another answer than expected?
set -u
: "${SRCDIR:?}" "${BUILDDIR:?}"
T=$(mktemp -d "${TMPDIR:-/tmp}/run.XXXXXX") || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM HUP
passed=0 failed=0

# fresh: two cases, one refused, one accepted
fresh() {
	chmod -R u+w "$T"
	rm -rf "$T/corpus"
	mkdir "$T/corpus"
	cp -r "$SRCDIR/testdata/adversary/html" "$SRCDIR/testdata/adversary/gpg-zip" "$T/corpus"
	chmod -R u+w "$T/corpus"
}
# try WANT NAME ARGUMENT...: it ends with this status; what it prints is in $T/out
try() {
	want=$1 name=$2
	shift 2
	"$SRCDIR/tests/adversary/run" --corpus "$T/corpus" "$@" >"$T/out" 2>&1
	status=$?
	if test $status -eq "$want"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok run: $name (status $status, want $want)"
		sed 's/^/# /' "$T/out"
	fi
}
# says NAME TEXT
says() {
	if grep -qF -e "$2" "$T/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok run: $1: no \"$2\" in:"
		sed 's/^/# /' "$T/out"
	fi
}

fresh
rm -rf "$T"/corpus/*
try 1 "no case"
says "no case" "adversary: 0 cases"
fresh
try 1 "no case of this name" none-has-this-name
for file in command expect; do
	fresh
	rm "$T/corpus/html/$file"
	try 1 "a case without $file"
	says "a case without $file" "not ok html: "
	says "the others ran" "1 passed, 1 failed"
	fresh
	: >"$T/corpus/html/$file"
	try 1 "a case with an empty $file"
done
fresh
rm "$T/corpus/html/blob"
try 1 "a case without its blob"
for once in '' --once; do
	fresh
	try 0 "as they are $once" ${once:+"$once"}
	says "as they are $once" "adversary: 2 cases"
	says "as they are $once" "adversary: 2 passed, 0 failed"
done
for expect in "bad-signature 1" "not-a-signature 2" "accepted 0" "not-a-signature" "1"; do
	fresh
	echo "$expect" >"$T/corpus/html/expect"
	try 1 "a refused case that expects $expect"
	try 1 "a refused case that expects $expect, once" --once
	fresh
	echo "$expect" >"$T/corpus/gpg-zip/expect"
	test "$expect" = "accepted 0" || try 1 "an accepted case that expects $expect"
	test "$expect" = "accepted 0" || try 1 "an accepted case that expects $expect, once" --once
done
fresh
sed 's/html/x/; s/--digest-only/--digest-onyl/' "$T/corpus/html/command" >"$T/command"
mv "$T/command" "$T/corpus/html/command"
try 1 "a command with a mistake"

echo "adversary's runner: $passed passed, $failed failed, 0 skipped"
test $failed -eq 0
