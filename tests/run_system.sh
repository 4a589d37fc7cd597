#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run_system.sh NAME:SECONDS...
# Runs tests/system/NAME.sh, one after the other, with $SRCDIR and $BUILDDIR. Each ends with a line
# "N passed, N failed, N skipped". A script without that line, one that ran nothing, and an empty list fail.
# $RELSIG_NO_SKIP: a skipped test fails too.
set -u

logs=$BUILDDIR/system
mkdir -p "$logs" || exit 1
export SRCDIR BUILDDIR
failures=0 all_passed=0 all_skipped=0

for entry in "$@"; do
	name=${entry%:*}
	log=$logs/$name.log
	began=$(date +%s)
	"$SRCDIR/tests/leftovers.sh" "${entry##*:}" "$SRCDIR/tests/system/$name.sh" >"$log" 2>&1
	status=$?
	line=$(grep -oE '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped' "$log" | tail -n 1)
	# shellcheck disable=SC2086  # "3 passed, 0 failed, 1 skipped": the numbers are words 1, 3 and 5
	set -- ${line:-0 passed, 0 failed, 0 skipped}
	passed=$1 failed=$3 skipped=$5
	why=
	test "$status" -eq 0 || why="exit status $status"
	test "$failed" -eq 0 || why="$failed failed"
	test $((passed + failed + skipped)) -gt 0 || why="${why:+$why, }it ran no test"
	test -z "${RELSIG_NO_SKIP:-}" || test "$skipped" -eq 0 || why="$skipped skipped"
	if test -n "$why"; then
		grep -v '^ok ' "$log"
		echo "system/$name: FAILED: $why ($log)"
		failures=$((failures + 1))
	else
		sed -n '/^skip/Ip' "$log"
		echo "system/$name: $passed passed, $failed failed, $skipped skipped ($(($(date +%s) - began)) s)"
	fi
	all_passed=$((all_passed + passed))
	all_skipped=$((all_skipped + skipped))
done
echo "system: $all_passed passed, $failures scripts failed, $all_skipped skipped"
test "$failures" -eq 0 && test "$all_passed" -gt 0
