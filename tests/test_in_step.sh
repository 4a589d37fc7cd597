#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is written down twice says the same twice: the Makefile's lists (given in the environment) and the files;
# the suites; the options in --help and in the manual; the reason words in the program and in the manual.
set -u
cd "${SRCDIR:-.}" || exit 1

passed=0 failed=0 skipped=0
words() {
	tr -s '[:space:]' '\n' | sed '/^$/d' | LC_ALL=C sort
}
# same NAME ONE OTHER: two lists of words in any order; each difference is shown with the side that has it.
same() {
	dir=$(mktemp -d) || exit 1
	printf '%s\n' "$2" | words >"$dir/1"
	printf '%s\n' "$3" | words >"$dir/2"
	if cmp -s "$dir/1" "$dir/2"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "in-step: $1:"
		diff "$dir/1" "$dir/2" | sed -n 's/^< /  only the first has: /p; s/^> /  only the second has: /p'
	fi
	rm -rf "$dir"
}
skip() {
	skipped=$((skipped + 1))
	echo "in-step: skipped: $1"
}
# names FOLDER SUFFIX: the files there, without the suffix.
names() {
	find "$1" -maxdepth 1 -type f -name "*$2" 2>/dev/null | sed "s|^$1/||; s|$2\$||"
}

same 'the objects of the Makefile, the sources' "$OBJECTS $MAINS" "$(cd src && names . .c && for folder in */; do
	names "${folder%/}" .c | sed "s|^|$folder|"
done)"
same 'SUITES of the Makefile, tests/test_*.c' "$SUITES" "$(names tests .c | sed -n 's/^test_//p')"
same 'SUITES of the Makefile, tests/suites.h' "$SUITES" \
	"$(sed -n '/^#define SUITES(/,/^$/s/.*[ \t]X(\([a-z0-9_]*\)).*/\1/p' tests/suites.h)"
same 'TEST_HELPERS of the Makefile, the other files' "$TEST_HELPERS" \
	"$(names tests .c | grep -vE '^((test|fuzz)_.*|main|sanitizer)$')"
same 'FUZZ of the Makefile, tests/fuzz_*.c' "$FUZZ" "$(names tests .c | sed -n '/^fuzz_replay$/d; s/^fuzz_//p')"
same 'FUZZ of the Makefile, the seeds' "$FUZZ" "$(cd tests/fuzz 2>/dev/null && find . -mindepth 2 -type f |
	sed 's|^\./\([^/]*\)/.*|\1|' | sort -u)"
same 'SYSTEM of the Makefile, tests/system' "$(printf '%s\n' "$SYSTEM" | words | sed 's/:.*//')" \
	"$(names tests/system .sh | grep -v '^lib$')"
if test -e man/relsig.1; then
	same 'MAN1 and MAN5 of the Makefile, man/' "$MAN" "$(ls man)"
else
	skip 'no man/relsig.1: MAN1 and MAN5'
fi

# Options: each command's help has a line for each, the manual an item for each.
relsig=${BUILDDIR:-build}/relsig
helps() {
	"$relsig" --help
	# "save" and "audit" have the options of "verify", and pages of their own for what they have besides; those who sign
	# have theirs.
	for command in $("$relsig" --help | sed -n '/^  save /d; /^  audit /d; /sign /d; s/^  \([a-z][a-z-]*\) .*/\1/p'); do
		"$relsig" help "$command"
	done
}
policy_helps() {
	for command in $("$relsig" policy --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
		"$relsig" policy "$command" --help
	done
}
# in_help: the options in what --help prints; in_page PAGE: those with an item of their own.
in_help() {
	sed -nE 's/^  (-[a-z], )?(--[a-z][a-z0-9.-]*).*/\2/p' | sort -u
}
in_page() {
	sed -nE '/^\.It /{s/Fl Fl /Fl -/g; p;}' "$1" | grep -oE 'Fl -[a-z][a-z0-9.-]*' | sed 's/^Fl -/--/' | sort -u
}
if test -x "$relsig" && test -e man/relsig.1; then
	same 'the options in relsig help, in man/relsig.1' "$(helps 2>/dev/null | in_help)" "$(in_page man/relsig.1)"
	same 'the options in relsig policy ... --help, in man/relsig-policy.1' "$(policy_helps 2>/dev/null | in_help)" \
		"$(in_page man/relsig-policy.1)"
	same 'the options in relsig save --help, of relsig verify and in man/relsig-save.1' \
		"$("$relsig" help save 2>/dev/null | in_help)" \
		"$("$relsig" help verify 2>/dev/null | in_help; in_page man/relsig-save.1)"
	# What is said of an audit: all options of verify but those between "options of" and "Besides", and its own.
	not_of_audit=$(sed -n '/^\.Sh OPTIONS/,/^Besides/{s/Fl Fl /Fl -/g; p;}' man/relsig-audit.1 |
		grep -oE 'Fl -[a-z][a-z0-9.-]*' | sed 's/^Fl -/--/')
	same 'the options in relsig audit --help, of relsig verify and in man/relsig-audit.1' \
		"$("$relsig" help audit 2>/dev/null | in_help)" \
		"$({ "$relsig" help verify 2>/dev/null | in_help | grep -vxFe "$not_of_audit"; in_page man/relsig-audit.1; } | sort -u)"
	same 'the options in relsig help sign and standalone-sign, in man/relsig-sign.1' \
		"$({ "$relsig" help sign; "$relsig" help standalone-sign; } 2>/dev/null | in_help)" \
		"$(in_page man/relsig-sign.1)"
else
	skip 'no program or no manual: options'
fi

# Reasons: scripts match these words, so the list stands here too and only grows.
reasons='accepted no-signature not-a-signature bad-signature unknown-key untrusted-key key-expired key-revoked
	signature-expired weak-crypto malformed-payload signed-digest-mismatch identity-mismatch
	manifest-digest-mismatch unsupported-manifest rejected-by-policy unreachable too-large timed-out io-error usage
	content-missing content-mismatch'
if test -e src/trust/reason.c; then
	same 'the reason words, src/trust/reason.c' "$reasons" \
		"$(sed -nE 's/^\t\treturn "([a-z-]+)";$/\1/p' src/trust/reason.c)"
else
	skip 'no src/trust/reason.c'
fi
if test -e man/relsig.1; then
	same 'the reason words, man/relsig.1' "$reasons" \
		"$(sed -n '/^\.Sh REASONS/,/^\.Sh [^R]/s/^\.It [A-Z][a-z] \([a-z-]*\).*/\1/p' man/relsig.1)"
else
	skip 'no man/relsig.1'
fi

# What the differential test takes for stricter on purpose, the manual explains.
if test -e man/relsig.1; then
	same 'the items of tests/differential/stricter.txt, COMPARED WITH SKOPEO' \
		"$(awk -F ' [|] ' '/^[^#]/ { print $1 == "untried" ? $2 : $3 }' tests/differential/stricter.txt |
			sort -u | tr ' ' '_')" \
		"$(sed -n '/^\.Sh COMPARED WITH SKOPEO/,/^\.Sh SEE ALSO/{
			/^\.Ss Under a policy/,/^\.Ss Without a policy/d; s/Fl Fl /--/; s/^\.It //p; }' man/relsig.1 |
			sort -u | tr ' ' '_')"
	same 'the items of tests/differential/policy_differences.txt, Under a policy' \
		"$(awk -F ' [|] ' '/^[^#]/ { print $1 == "untried" ? $2 : $4 }' tests/differential/policy_differences.txt |
			sort -u | tr ' ' '_')" \
		"$(sed -n '/^\.Ss Under a policy/,/^\.Ss Without a policy/s/^\.It //p' man/relsig.1 | sort -u | tr ' ' '_')"
else
	skip 'no man/relsig.1: stricter.txt'
fi

echo "in-step: $passed passed, $failed failed, $skipped skipped"
test "$failed" -eq 0
