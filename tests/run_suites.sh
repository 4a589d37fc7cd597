#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run_suites.sh SECONDS COMMAND [ARG...]
# Runs each of $SUITES with COMMAND, the unit tests' program or what runs it, in a process of its own that has so many
# seconds. Most wait most of the time, for gpg or for a deadline: there are $SUITE_JOBS at once (default: two for each
# processor). What one prints comes in one piece when it has ended. The Makefile gives $SRCDIR,
# $BUILDDIR and $SUITES, and in $FIGURE the name under which the checks are counted (assurance.sh).
set -u

logs=$(mktemp -d "${TMPDIR:-/tmp}/suites.XXXXXX") || exit 1
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM HUP
export logs SRCDIR

# A program of the build may be another suite's: to leftovers.sh, which knows a process of its test by the environment,
# it is not a sign.
# shellcheck disable=SC2016  # for the shell that is started
one='suite=$1
	shift
	CK_RUN_SUITE=$suite BUILDDIR=/nonexistent "$SRCDIR/tests/leftovers.sh" "$@" >"$logs/$suite" 2>&1 ||
		echo "unit: FAILED: $suite" >>"$logs/$suite"
	flock "$logs" cat "$logs/$suite"'
# Those that take longest come first.
ordered='audit sigstore registry_blob timeout certificate http_tls registry gpg hostile'
first=
for suite in $ordered; do
	case " ${CK_RUN_SUITE:-$SUITES} " in
	*" $suite "*) first="$first $suite" ;;
	esac
done
for suite in ${CK_RUN_SUITE:-$SUITES}; do
	case " $first " in
	*" $suite "*) ;;
	*) first="$first $suite" ;;
	esac
done
# shellcheck disable=SC2086  # a list of words
printf '%s\n' $first | xargs -P "${SUITE_JOBS:-$(($(nproc) * 2))}" -I '{}' sh -c "$one" sh '{}' "$@" || exit 1

# Now that all have ended, a program of the build is a sign again.
"$SRCDIR/tests/leftovers.sh" 10 true >"$logs/build" 2>&1 || {
	cat "$logs/build"
	exit 1
}

# Of Check's own summaries; a suite without one has not ended.
cat "$logs"/* | awk -F '[ ,]+' -v want="$(echo "$first" | wc -w)" -v figure="${FIGURE:-}" '
	/^[0-9]+%: Checks: / { suites++; checks += $3; bad += $5 + $7 }
	/^unit: FAILED: / { failed = failed " " $3 }
	END {
		printf "unit: %d passed, %d failed, in %d suites of %d\n", checks - bad, bad, suites, want
		if (failed != "")
			print "unit: FAILED:" failed
		if (figure != "")
			printf "figure: %s %d\n", figure, checks
		exit bad > 0 || failed != "" || suites != want || checks == 0
	}'
