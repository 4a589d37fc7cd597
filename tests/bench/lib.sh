# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154  # what it sets, the scripts that read it in use; and set $runs
#
# What the benchmarks share: $work, a directory that goes when the script ends; measuring; ratios.
work=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
${CC:-cc} -O2 -o "$work/measure" "$SRCDIR/tests/bench/measure.c"

processes() { # how many programs a command starts besides itself
	command -v strace >/dev/null || { echo '?'; return; }
	strace -f -qq -e trace=execve -o "$work/trace" "$@" >/dev/null 2>&1 || true
	echo $(($(grep -c 'execve(.* = 0$' "$work/trace") - 1))
}

row() { # NAME COMMAND...: sets wall, prints a line
	name=$1
	shift
	result=$("$work/measure" "$runs" "$@") || { echo "bench: $name failed" >&2; exit 1; }
	# shellcheck disable=SC2086
	set -- "$(processes "$@")" $result
	printf '%-44s %8s ms %8s ms CPU %7s KiB %4s processes\n' "$name" "$2" "$3" "$4" "$1"
	wall=$2 peak=$4 started=$1
}

aim() { # TEXT VALUE RELATION LIMIT
	awk -v t="$1" -v v="$2" -v r="$3" -v l="$4" 'BEGIN {
		met = r == "<=" ? v + 0 <= l + 0 : r == ">=" ? v + 0 >= l + 0 : v == l
		printf "  %-56s %8s  (aim %s %s: %s)\n", t, v, r, l, met ? "met" : "MISSED" }'
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
