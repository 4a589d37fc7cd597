#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# relsig policy: explain, check and machine-config over the configurations that the documentation of OpenShift and OKD has
# an administrator write, whole and broken.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

# A checkout may have files that others can write, which is a finding: here nobody else can.
cp -r "$SRCDIR/testdata/policy" "$T/p" || die "copying testdata/policy"
chmod -R u=rwX,go=rX "$T/p"
cd "$T/p" || die "no $T/p"
key=/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release
fingerprint=$(sed -n 's/^release.asc[[:space:];]*\([0-9A-F]*\).*/\1/p' "$SRCDIR/testdata/keys.txt")

policy() {
	"$RELSIG" policy "$@"
}
# counts NAME ERRORS WARNINGS NOTES: what the last check summed up.
counts() {
	try_says "$1: $2 errors, $3 warnings, $4 notes" "errors: $2, warnings: $3, not judged: 0, notes: $4" out
}
# silent NAME: nothing on standard output.
silent() {
	if test -s "$T/out"; then not_ok "$1: prints nothing"; else ok "$1: prints nothing"; fi
}

# ---- explain
try "explain" policy explain --root redhat registry.redhat.io/ubi9/ubi:9.1
try_says "the policy" 'redhat/etc/containers/policy.json' out
try_says "the scope" 'decides:      transports.docker["registry.redhat.io"]' out
try_says "the key" "OpenPGP $fingerprint relsig test release <test@relsig.invalid> (redhat$key)" out
try_says "the name" "registry.redhat.io/ubi9/ubi:9.1 (matchRepoDigestOrExact)" out
try_says "the store" "signatures:   https://registry.redhat.io/containers/sigstore" out
try_says "who names the store" 'registry.redhat.io.yaml: docker["registry.redhat.io"]' out
try "explain by digest" policy explain --root redhat \
	registry.access.redhat.com/ubi8@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
try_says "any tag" "registry.access.redhat.com/ubi8 (any tag or digest)" out
try "explain a version" policy explain --root redhat 4.14.3-x86_64
try_says "the default decides" "decides:      default" out
try_says "and accepts" "anything will do, unsigned images too" out
try "explain a directory" policy explain --root redhat "dir:$SRCDIR/testdata/release"
try_says "signatures beside the manifest" "testdata/release/signature-1 and so on" out
try "explain with files" policy explain --policy own/etc/containers/policy.json --root own \
	--registries.d own-disk docker.io/library/busybox:1
try_says "a store on the disk" "file:///var/lib/containers/sigstore" out
cp -r redhat keyless && rm "keyless$key"
try_status 2 "a key that is missing" policy explain --root keyless registry.redhat.io/ubi9:1
try_says "is named" "not read:   keyless$key: No such file or directory" out
try_says "and the rest is there" "https://registry.redhat.io/containers/sigstore" out
try_status 2 "a tag and a digest" policy explain --root redhat \
	registry.redhat.io/a:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
silent "a tag and a digest"
try_status 2 "a broken policy" policy explain --policy broken/policy.json quay.io/a:1
try_status 2 "no policy" policy explain --root "$T/nothing" quay.io/a:1
try_status 2 "no image" policy explain --root redhat
try "explain --json" policy explain --json --root redhat registry.redhat.io/ubi9/ubi:9.1
try_says "the fingerprint" "\"fingerprint\": \"$fingerprint\"" out
try_status 2 "explain --json with a key that is missing" policy explain --json --root keyless registry.redhat.io/ubi9:1
try_says "is not complete" '"complete": false' out

try "explain a MachineConfig" policy explain --machine-config worker-custom-registry-trust.yaml \
	docker.io/library/busybox:1
try_says "its key" "relsig test other" out
try_says "its store" "https://store.example.com/sigstore/ (/etc/containers/registries.d/docker.io.yaml" out
for file in 51-worker-rh-registry-trust-4.11.bu 51-master-rh-registry-trust-4.8.bu 51-worker-rh-registry-trust.yaml \
	rendered-worker.yaml; do
	try_status 2 "explain $file: the key is elsewhere" policy explain --machine-config $file registry.redhat.io/ubi9:1
	try_says "explain $file: says so" "not read:   $key: not carried" out
	try_says "explain $file: the store" "https://registry.redhat.io/containers/sigstore" out
	try "explain $file: an image that the default decides" policy explain --machine-config $file quay.io/a:1
done
try_status 2 "explain a MachineConfig that is none" policy explain --machine-config redhat/etc/containers/policy.json \
	quay.io/a:1
try_status 2 "explain a MachineConfig and files" policy explain --machine-config rendered-worker.yaml --root redhat \
	quay.io/a:1

# ---- check: a node's files
try "the documentation's policy" policy check --root redhat
counts "the documentation's policy" 0 0 1
try_status 1 "a policy for docker.io alone" policy check --root own
counts "a policy for docker.io alone" 0 2 1
try_says "Red Hat's registries" "images of registry.redhat.io are not verified" out
try_status 1 "all at once" policy check --root weak
counts "all at once" 10 9 1
try_status 1 "a broken policy hides nothing" policy check broken/policy.json broken
counts "a broken policy hides nothing" 2 1 0
try_says "the policy" 'error: broken/policy.json: policy: not acceptable JSON' out
try_says "the other file" 'error: broken/b.yaml: docker["registry.example.com"]: not a mapping' out
try_says "and the good one" 'warning: broken/a.yaml: docker["registry.example.com"]: http://' out
try "a policy alone" policy check --root redhat redhat/etc/containers/policy.json
counts "a policy alone" 0 0 1
try "files of registries.d alone" policy check redhat/etc/containers/registries.d
counts "files of registries.d alone" 0 0 0
try_status 1 "a key that is missing" policy check --root keyless
counts "a key that is missing" 2 0 1
chmod g+w redhat/etc/containers/policy.json
try_status 1 "a policy that a group may write" policy check --root redhat
try_says "says so" "others than its owner may write it (0664)" out
chmod g-w redhat/etc/containers/policy.json
try_status 2 "no policy" policy check --root "$T/nothing"
try_says "no policy: says so" "not judged: $T/nothing/etc/containers/policy.json" out
try_status 2 "no such directory" policy check --policy redhat/etc/containers/policy.json --registries.d "$T/nothing" --root redhat
try_status 2 "two policies" policy check redhat/etc/containers/policy.json own/etc/containers/policy.json
try_status 2 "files and --policy" policy check --policy redhat/etc/containers/policy.json broken/a.yaml
try_status 1 "check --json" policy check --json --root weak
try_says "a finding" '"severity": "error"' out
mkdir -p "$HOME/.config/containers/registries.d"
cp broken/policy.json "$HOME/.config/containers"
try_status 1 "the user's own policy" policy check
try_says "the user's own policy: is read" "error: $HOME/.config/containers/policy.json" out
rm -r "$HOME/.config"

# ---- check: MachineConfigs and Butane files
for file in 51-worker-rh-registry-trust-4.11.bu 51-master-rh-registry-trust-4.8.bu 51-worker-rh-registry-trust.yaml; do
	try "$file" policy check --machine-config $file
	counts "$file" 0 0 4
	try_says "$file: the key is the node's" "$key: not carried" out
done
try "a rendered one" policy check --machine-config rendered-worker.yaml
counts "a rendered one" 0 0 2
try_status 1 "Ignition 2" policy check --machine-config worker-custom-registry-trust.yaml
counts "Ignition 2" 0 2 2
try_says "Ignition 2: says so" "Ignition 2.2.0" out
try_status 1 "a decimal mode" policy check --machine-config decimal-mode.yaml
try_says "a decimal mode: says so" "mode 644 is decimal" out
try_status 2 "workers and masters" policy check --machine-config 51-worker-rh-registry-trust-4.11.bu \
	--machine-config 51-master-rh-registry-trust-4.8.bu
try_status 2 "no MachineConfig" policy check --machine-config redhat/etc/containers/policy.json
try_status 2 "no such file" policy check --machine-config "$T/nothing"
try_status 2 "--machine-config and a file" policy check --machine-config rendered-worker.yaml broken/a.yaml

# ---- check: a node beside them
try "the node has it" policy check --machine-config rendered-worker.yaml --root redhat
echo >>redhat/etc/containers/registries.d/registry.redhat.io.yaml
try_status 1 "the node has something else" policy check --machine-config rendered-worker.yaml --root redhat
try_says "the file" "error: /etc/containers/registries.d/registry.redhat.io.yaml: what is in redhat differs" out
rm redhat/etc/containers/registries.d/registry.redhat.io.yaml
try_status 1 "the node does not have it" policy check --machine-config rendered-worker.yaml --root redhat
try_says "the file" "registry.redhat.io.yaml: not in redhat, and the MachineConfig puts it there" out
cp "$SRCDIR/testdata/policy/redhat/etc/containers/registries.d/registry.redhat.io.yaml" redhat/etc/containers/registries.d
chmod 600 redhat/etc/containers/registries.d/registry.redhat.io.yaml
try_status 1 "the node has another mode" policy check --machine-config rendered-worker.yaml --root redhat
try_says "the mode" "mode 0600 in redhat, want 0644" out
chmod 644 redhat/etc/containers/registries.d/registry.redhat.io.yaml

# ---- machine-config
for form in '' '--encoding url' '--encoding base64' --butane '--role master --name 52-mine' '--ignition-version 3.4.0'; do
	# shellcheck disable=SC2086  # words
	try "machine-config $form" policy machine-config --root redhat $form
	cp "$T/out" "$T/made.yaml"
	try "machine-config $form: checks clean" policy check --machine-config "$T/made.yaml"
	counts "machine-config $form" 0 0 2
	try "machine-config $form: the same files" policy check --machine-config "$T/made.yaml" --root redhat
done
policy machine-config --root redhat >"$T/made.yaml"
for form in '--encoding url' --butane '--role master'; do
	# shellcheck disable=SC2086  # words
	policy machine-config --root redhat $form >"$T/other.yaml"
	if cmp -s "$T/made.yaml" "$T/other.yaml"; then not_ok "$form: another text"; else ok "$form: another text"; fi
done
try "machine-config of a policy alone" policy machine-config --policy redhat/etc/containers/policy.json
try_says "the name" 'name: "51-worker-rh-registry-trust"' out
try_status 1 "machine-config with warnings" policy machine-config --root own
silent "machine-config with warnings"
try_says "machine-config with warnings: says which" "images of registry.redhat.io are not verified" err
try "machine-config --allow-warnings" policy machine-config --root own --allow-warnings
try_says "machine-config --allow-warnings: the key" "path: /etc/pki/developers/signer-key.pub" out
cp "$T/out" "$T/made.yaml"
try_status 1 "the same files as the documentation's" policy check --machine-config "$T/made.yaml" --root own
if grep -q '^error: ' "$T/out"; then not_ok "no error"; else ok "no error"; fi
try_status 2 "machine-config with a key that is missing" policy machine-config --root weak --allow-warnings
silent "machine-config with a key that is missing"
mkdir -p broken/etc/containers && cp broken/policy.json broken/etc/containers
try_status 1 "machine-config of a broken policy" policy machine-config --root broken --allow-warnings
silent "machine-config of a broken policy"
try_status 2 "another Ignition" policy machine-config --root redhat --ignition-version 4.0.0
silent "another Ignition"
try_status 2 "another encoding" policy machine-config --root redhat --encoding rot13
try_status 2 "Butane has no Ignition version" policy machine-config --root redhat --butane --ignition-version 3.2.0
try_status 2 "no policy" policy machine-config --root "$T/nothing"
try_status 2 "an argument" policy machine-config --root redhat x

# ---- the command itself
try "help" "$RELSIG" help policy
for command in explain check machine-config; do
	try_says "help: $command" "  $command " out
done
for command in explain check machine-config; do
	try "$command --help" policy $command --help
	try_says "$command --help: usage" "usage: relsig policy $command" out
done
mkfifo "$T/fifo"
try_status 2 "a file that nobody writes" policy check --timeout 1s "$T/fifo"
try_status 2 "no command" policy
try_status 2 "an unknown command" policy expalin
# shellcheck disable=SC2317  # called by "try_status"
to_full_disk() {
	policy machine-config --root redhat >/dev/full
}
try_status 2 "a full disk" to_full_disk

finish
