#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The examples of the manual and of README print what they show. In man/, a display after the line  .\" test  is run, or
# after  .\" test PROGRAM  where that is installed; in README, each indented paragraph that names testdata/. A line that
# begins with "$ " is a command (as long as its lines end in \ or |, the next one belongs to it), the lines after it are
# what it prints, on either output. It ends with status 0, unless "$ echo $?" is next and says otherwise. The commands
# of one example share a shell, which starts in the source tree.
set -u
SRCDIR=$(cd "${SRCDIR:-.}" && pwd -P) || exit 1
BUILDDIR=$(cd "${BUILDDIR:-build}" && pwd -P) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# An example's own world: no settings, cache or keyring of the user.
mkdir "$work/home" "$work/tmp" || exit 1
export HOME="$work/home" TMPDIR="$work/tmp" PATH="$BUILDDIR:$PATH"
unset GNUPGHOME REGISTRY_AUTH_FILE XDG_CACHE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR DOCKER_CONFIG

# from_man PAGE: each example of it to a file PAGE.LINE, its first line the programs that it needs.
from_man() {
	awk -v out="$work/${1##*/}" '
		/^\.\\" test( |$)/ { needs = substr($0, 9); marked = 1; next }
		/^\.Bd / && marked { file = out "." NR; print needs >file; marked = 0; inside = 1; next }
		/^\.Ed/ && inside { inside = 0; close(file); next }
		marked { print FILENAME ":" NR ": no .Bd after a test" >"/dev/stderr"; exit 1 }
		inside {
			gsub(/\\\(aq/, "\047"); gsub(/\\-/, "-"); sub(/^\\&/, ""); gsub(/\\e/, "\\")
			print >file
		}' "$1"
}
# from_readme: the same of its indented paragraphs.
from_readme() {
	awk -v out="$work/README" '
		function flush() { if (text ~ /testdata\//) print "\n" text >(out "." start); text = "" }
		/^    / { if (text == "") start = NR; text = text (text == "" ? "" : "\n") substr($0, 5); next }
		{ flush() }
		END { flush() }' "$SRCDIR/README"
}

# Of the report, what is different on each machine and each day.
mask() {
	sed -E 's/^( *"(relsig|gpg|verified_at|landlock-files|landlock-tcp|seccomp)": )("[^"]*"|null)/\1.../'
}

# run_command STATUS COMMAND: leaves what it prints in $work/got and its status in $status. $? is STATUS at its start.
run_command() {
	(exit "$1")
	eval "$2" >"$work/got" 2>&1 </dev/null
	status=$?
}

# check NAME COMMAND STATUS ASKED: a line of the result. ASKED: the next command is "echo $?".
check() {
	if ! mask <"$work/got" | cmp -s - "$work/want"; then
		echo "FAIL $1: $2"
		mask <"$work/got" | diff "$work/want" - | sed 's/^</  shown:  /; s/^>/  printed:/'
	elif test "$3" -ne 0 && test -z "$4"; then
		echo "FAIL $1: $2: exit status $3"
	else
		echo PASS
	fi
}

# run_example FILE
run_example() {
	name=${1##*/} status=0 command='' line='' next=''
	cd "$SRCDIR" || return
	exec 3<"$1"
	IFS= read -r needs <&3
	for program in $needs; do
		command -v "$program" >/dev/null || {
			echo "SKIP $name: no $program"
			return
		}
	done
	IFS= read -r next <&3
	while test -n "$next"; do
		command=${next#??}
		case $next in
		'$ '*) ;;
		*) echo "FAIL $name: it begins with what is no command: $next"; return ;;
		esac
		next=''
		while case $command in *[\\\|]) ;; *) false ;; esac && IFS= read -r line <&3; do
			command="$command
$line"
		done
		: >"$work/shown"
		while IFS= read -r line <&3; do
			case $line in
			'$ '*) next=$line; break ;;
			*) printf '%s\n' "$line" >>"$work/shown" ;;
			esac
		done
		mask <"$work/shown" >"$work/want"
		run_command "$status" "$command"
		asked=
		test "$next" != '$ echo $?' || asked=yes
		check "$name" "$command" "$status" "$asked"
	done
}

for page in "$SRCDIR"/man/*.[0-9]; do
	from_man "$page" || exit 1
done
from_readme
for example in "$work"/*.*; do
	(run_example "$example") || echo "FAIL ${example##*/}: it ended early"
done >"$work/result"
grep -v '^PASS' "$work/result"
passed=$(grep -c '^PASS' "$work/result") failed=$(grep -c '^FAIL' "$work/result")
echo "manual: $passed passed, $failed failed, $(grep -c '^SKIP' "$work/result") skipped"
test "$failed" -eq 0 && test "$passed" -gt 0
