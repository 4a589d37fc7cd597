#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Mutants of good signatures through skopeo, sqv and relsig: nothing that the others refuse is accepted here, and where
# relsig is stricter the reason is on a list (tests/differential/stricter.txt). MUTANTS: how many; SEED: which.
set -eu
: "${SRCDIR:?}" "${BUILDDIR:?}"
for tool in skopeo gpg python3; do
	command -v "$tool" >/dev/null && continue
	echo "skip differential: no $tool"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
done
mutants=$SRCDIR/tests/differential/mutants.py

# A mutant is the same in every run, whatever was made before it.
listed=$(PYTHONHASHSEED=1 python3 "$mutants" --list --count 60)
again=$(PYTHONHASHSEED=2 python3 "$mutants" --list --only "$(seq -s, 59 -1 0)" | sort -n)
test "$listed" = "$again" || {
	echo "FAILED: other mutants for the same seed"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}
exec python3 "$mutants" --relsig "$BUILDDIR/relsig" --seed "${SEED:-1}" --count "${MUTANTS:-2000}"
