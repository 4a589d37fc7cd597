#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# "skopeo copy --policy" and "relsig verify --policy" meet the same registry, the same stores and the same generated
# policies, and decide alike (tests/differential/policies.py). POLICIES: how many; SEED: which.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl python3; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "policies" "no $tool"; finish_skipped; }
done

make_ca
make_cert server
mkdir "$T/store"
start_nginx_store server "$T/store"
start_registry server
make_image "$T/app" app
cp -r "$SRCDIR/testdata/release" "$SRCDIR/testdata/release-multi" "$T"
push_image "$T/app" "$REGISTRY/team/app:1"
push_image "$T/release" "$REGISTRY/ocp/release:4.99.0-x86_64" --remove-signatures
push_image "$T/release-multi" "$REGISTRY/ocp/release:4.99.0-multi" --all --remove-signatures
mkdir -m 700 "$T/gnupg"
GNUPGHOME=$T/gnupg
export GNUPGHOME
try "policies: decided alike" python3 "$SRCDIR/tests/differential/policies.py" --relsig "$RELSIG" \
	--count "${POLICIES:-200}" --seed "${SEED:-1}" --certs "$T/certs" --store-folder "$T/store" --store-url "$STORE" \
	"$T/app=$REGISTRY/team/app:1" "$T/release=$REGISTRY/ocp/release:4.99.0-x86_64" \
	"$T/release-multi=$REGISTRY/ocp/release:4.99.0-multi"
cat "$T/out"
compared=$(sed -n 's/^policies: \([0-9]*\) passed.*/\1/p' "$T/out")
passed=$((passed + ${compared:-0}))
finish
