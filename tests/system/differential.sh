#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Mutants of a good signature through skopeo and relsig: nothing that skopeo refuses is accepted here, and where relsig is
# stricter the reason is on a list (tests/differential/stricter.txt). MUTANTS: how many; SEED: which.
set -eu
: "${SRCDIR:?}" "${BUILDDIR:?}"
for tool in skopeo gpg python3; do
	command -v "$tool" >/dev/null && continue
	echo "skip differential: no $tool"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
done
exec python3 "$SRCDIR/tests/differential/mutants.py" --relsig "$BUILDDIR/relsig" --seed "${SEED:-1}" --count "${MUTANTS:-2000}"
