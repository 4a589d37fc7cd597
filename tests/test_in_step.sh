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
# commands [COMMAND]: those below it, that "relsig help COMMAND" lists.
commands() {
	"$relsig" "$@" --help | sed -n '/^Commands:$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}
helps() {
	"$relsig" --help
	# "save" and "audit" have the options of "verify", and pages of their own for what they have besides; those who sign,
	# and "verify-files", have theirs.
	for command in $(commands); do
		case $command in
		save | audit | verify-files | *sign) ;;
		*) "$relsig" help "$command" ;;
		esac
	done
}
policy_helps() {
	for command in $(commands policy); do
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
	same 'the options in relsig help verify-files, in man/relsig-verify-files.1' \
		"$("$relsig" help verify-files 2>/dev/null | in_help)" "$(in_page man/relsig-verify-files.1)"
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

# Topics: in the manual's list, with the manual's words.
# manual: as text, on one line, without the marks of its language. lacks TOPIC: the topic's options, addresses and paths
# that relsig(1) does not have; what follows the directory of installation is there as it is by default.
manual() {
	sed -E 's/Fl Fl /--/g; s/ Ns / /g' man/relsig.1 | tr '\n' ' '
}
lacks() {
	"$relsig" help "$1" | grep -oE -- '--[a-z][a-z-]*|https?://[^ ,]*|/etc/[^ ,]*' | sort -u | while read -r word; do
		manual | grep -qF -e "$word" || echo "$word"
	done
}
topics() {
	"$relsig" --help | sed -n '/^Topics of /,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}
# with_statuses: lines "WORD 1 2" to words "WORD:12".
with_statuses() {
	sed -E 's/ +([012])( ([012]))?$/:\1\3/'
}
if test -x "$relsig" && test -e man/relsig.1; then
	same 'the topics of relsig help, of man/relsig.1' "$(topics)" \
		"$(sed -n '/^\.It Nm Cm help/,/^\.It Nm Cm version/s/^\.It Cm \([a-z-]*\)$/\1/p' man/relsig.1)"
	same 'what topics name, and man/relsig.1 does not' "$(topics | while read -r topic; do lacks "$topic"; done)" ''
	same 'the sections that topics point to, of man/relsig.1' "$(topics | while read -r topic; do
		"$relsig" help "$topic" | sed -n '$s/.*relsig(1), \(.*\)\.$/\1/p'
	done | tr ' ' '_')" "$(topics | while read -r topic; do
		section=$("$relsig" help "$topic" | sed -n '$s/.*relsig(1), \(.*\)\.$/\1/p')
		grep -oxF ".Sh $section" man/relsig.1 | sed 's/^\.Sh //'
	done | tr ' ' '_')"
	same 'reasons and exit statuses in relsig help reasons, in man/relsig.1' \
		"$("$relsig" help reasons | sed -nE 's/^  ([a-z-]+) +([012]( [012])?) .*/\1 \2/p' | with_statuses)" \
		"$(awk '/^\.Sh REASONS/ { inside = 1 } /^\.Sh [^R]/ { if (inside) exit }
			inside && /^\.It Cm / { if (word) print word, all; word = $3; all = "" }
			inside && /^[012][.:]/ { n = substr($0, 1, 1); all = all == "" ? n : n < all ? n " " all : all " " n }
			END { print word, all }' man/relsig.1 | with_statuses)"
else
	skip 'no program or no manual: topics'
fi

# Completion: each shell, asked, offers all commands and options that there are.
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
trap 'exit 1' INT TERM HUP
completions=${BUILDDIR:-build}/completions
# offered SHELL WORD LINE: what comes after LINE when WORD was begun ("" or "--").
# shellcheck disable=SC2016,SC2086  # the shells' own; LINE is words
offered() {
	case $1 in
	bash) bash --norc -c 'file=$1 word=$2; shift 2; source "$file"; COMP_WORDS=("$@" "$word") COMP_CWORD=$#; _relsig
		printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/relsig.bash" "$2" $3 ;;
	fish) HOME=$home fish --no-config -c 'source $argv[1]; complete -C"$argv[3] $argv[2]"' \
		"$completions/relsig.fish" "$2" "$3" | sed 's/\t.*//' ;;
	# Its own helpers are asked what they are given: they work at a prompt only.
	zsh) zsh -f -c 'file=$1 word=$2; shift 2; words=("$@" "$word") CURRENT=$(($# + 1))
		_arguments() { print -rl -- "$@" | sed -E "s/^(\*|\([^)]*\))?(--[a-z0-9.-]+).*/\2/" }
		_describe() { print -rl -- ${commands%%:*} }
		source "$file"' zsh "$completions/_relsig" "$2" $3 ;;
	esac 2>/dev/null
}
check_completion() {
	same "$1: the commands" "$(offered "$1" '' relsig | grep -v '^-')" "$(commands)"
	same "$1: help" "$(offered "$1" '' 'relsig help')" "$(commands; topics)"
	for command in $(commands); do
		below=$(commands "$command")
		test -z "$below" || same "$1: the commands of $command" \
			"$(offered "$1" '' "relsig $command" | grep -v '^-')" "$below"
		test "$command" != help || continue
		for name in ${below:-none}; do
			line="relsig $command${below:+ $name}"
			# shellcheck disable=SC2086
			same "$1: the options of $line" "$(offered "$1" -- "$line" | grep '^--')" \
				"$("$relsig" ${line#relsig } --help | in_help)"
		done
	done
}
for shell in bash fish zsh; do
	if test -x "$relsig" && test -d "$completions" && command -v $shell >/dev/null; then
		check_completion $shell
	else
		skip "no program, no completions or no $shell: completion"
	fi
done

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
