#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# assurance.sh TARGET...
# Makes each target ($MAKE_GOAL TARGET), then shows what they counted: their lines "figure: NAME NUMBER", in a table. Each
# is made, whatever became of those before it; one that fails, or that counts nothing, fails the whole. Their output stays
# in $BUILDDIR/assurance.
set -u

logs=$BUILDDIR/assurance
rm -rf "$logs"
mkdir -p "$logs" || exit 1
failures=0
: >"$logs/table"

for target in "$@"; do
	log=$logs/$target.log
	echo "==== $target"
	# Not $MAKE: that would be $(MAKE) of the makes within, with these options twice.
	# shellcheck disable=SC2086  # a command and its options
	{ $MAKE_GOAL "$target" 2>&1 || echo "assurance: $target: FAILED"; } | tee "$log"
	# One name more than once: parts of one figure.
	sed -n 's/^figure: \([a-z0-9-]*\) \([0-9.]*\)$/\1 \2/p' "$log" | awk -v target="$target" '
		!($1 in sum) { name[++n] = $1 }
		{ sum[$1] += $2 }
		END { for (i = 1; i <= n; i++) printf "%s %.12g %s\n", name[i], sum[name[i]], target }' >"$logs/figures"
	if grep -q '^assurance: .*: FAILED$' "$log"; then
		failures=$((failures + 1))
		echo "FAILED - $target" >>"$logs/table"
	elif ! test -s "$logs/figures" || awk '$2 == 0 { zero = 1 } END { exit !zero }' "$logs/figures"; then
		failures=$((failures + 1))
		echo "counted-nothing - $target" >>"$logs/table"
	fi
	cat "$logs/figures" >>"$logs/table"
done

echo "==== figures"
awk '{ printf "%-24s %16s  make %s\n", $1, $2, $3 }' "$logs/table"
echo "assurance: $(($# - failures)) passed, $failures failed"
test "$failures" -eq 0 && test $# -gt 0
