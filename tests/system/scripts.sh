#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts and manifests that README shows under "In scripts", run as they are printed, with real registries and a
# real store; "oc" alone is played, and notes how it was called. Those of relsig(1) are the same.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

for tool in docker-registry nginx skopeo openssl jq python3; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin:/sbin
	command -v $tool >/dev/null || { skip "scripts" "no $tool"; finish_skipped; }
done
python3 -c 'import yaml' 2>/dev/null || { skip "scripts" "python3 reads no YAML"; finish_skipped; }
export PYTHONDONTWRITEBYTECODE=1

data=$SRCDIR/testdata
digest=sha256:$(sha256 "$data/release/manifest.json")
GNUPGHOME=$T/gnupg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
fingerprint=$(gpg --batch --quiet --with-colons --show-keys "$data/keys/release.asc" 2>"$T/gpg.log" |
	sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)
upstream=quay.io/openshift-release-dev/ocp-release

# ---- two mirrors with the release, one of them wants a password; the store with its signature

make_ca
make_cert server
mkdir -p "$T/store/sha256=${digest#sha256:}" "$T/bin" "$T/work" "$T/cluster/empty"
cp "$data/release/signature-1" "$T/store/sha256=${digest#sha256:}/"
start_nginx_store server "$T/store"
start_registry server
open_registry=$REGISTRY
start_registry server htpasswd
locked_registry=$REGISTRY
first=$open_registry/ocp/release-images:4.99.0-x86_64
second=$locked_registry/ocp/release-images:4.99.0-x86_64
unsigned=$open_registry/ocp/release-images:4.98.0-x86_64
push_image "$data/release" "$first"
push_image "$data/release" "$second" --dest-creds user:secret
make_image "$T/unsigned" unsigned
push_image "$T/unsigned" "$unsigned"

# ---- what is beside a script

cd "$T/work" || die "no directory"
cp "$data/keys/release.asc" release.asc
cp "$data/keys/release.asc" fd431d51.txt
cp "$T/ca.crt" ca.crt
printf '{"auths": {"%s": {"auth": "%s"}}}' "$locked_registry" "$(printf user:secret | openssl base64)" >pull-secret.json
cp pull-secret.json config.json

# The key, the store and the certificate that a user would not name, for they are Red Hat's.
cat >"$T/bin/relsig" <<-END
	#!/bin/sh
	command=\$1
	shift
	case " \$* " in
	*" --offline "*) exec "$RELSIG" "\$command" "\$@" ;;
	esac
	exec "$RELSIG" "\$command" --key "$data/keys/release.asc" --store "$STORE" --cert-dir "$T/certs" --retry-times 0 "\$@"
END
# "oc create" makes what a cluster mounts, links and all; "oc mirror" the archive of what the first registry has.
cat >"$T/bin/oc" <<-END
	#!/bin/sh
	printf '%s\n' "\$*" >>"$T/oc.calls"
	if test "\$1" = mirror; then
		tar -cf "\${5#file://}/mirror_000001.tar" -C "$T/registry-1" docker -C "$T/mirrored" working-dir
		exit
	fi
	test "\$1" = create || exit 0
	shift
	kind=\$1
	shift
	test "\$kind" != secret || shift # "generic"
	to=$T/cluster/\$kind/\$1
	shift
	mkdir -p "\$to/..1"
	ln -s ..1 "\$to/..data"
	for option; do
		file=\${option#--from-file=}
		cp "\${file#*=}" "\$to/..1/\${file%%=*}" || exit
		ln -s "..data/\${file%%=*}" "\$to/\${file%%=*}"
	done
END
chmod +x "$T/bin/relsig" "$T/bin/oc"
PATH=$T/bin:$PATH

# example WORDS: the one of README that has a line with these words, as $T/work/example
example() {
	awk -v words="$1" '
		function flush() { if (index(text, words)) { printf "%s", text; found++ } text = "" }
		/^    / { text = text substr($0, 5) "\n"; next }
		{ flush() }
		END { flush(); exit found != 1 }' "$SRCDIR/README" >example || die "README has not one example with: $1"
	sed -i "s/567E347AD0044ADE55BA8A5F199E2F91FD431D51/$fingerprint/" example
}

# calls NAME TEXT: oc was called so, and not otherwise
calls() {
	echo "$2" >"$T/want"
	if cmp -s "$T/oc.calls" "$T/want"; then ok "$1"; else not_ok "$1 (oc: $(cat "$T/oc.calls" 2>&1))"; fi
	rm -f "$T/oc.calls"
}
no_calls() {
	if test ! -e "$T/oc.calls"; then ok "$1"; else not_ok "$1 (oc: $(cat "$T/oc.calls"))"; fi
	rm -f "$T/oc.calls"
}

# ---- the manual: a display after  .\" script  is one of README, too

awk '
	/^\.\\" script$/ { marked = 1; next }
	/^\.Bd / && marked { marked = 0; inside = 1; n++; next }
	/^\.Ed/ { inside = 0; next }
	inside { gsub(/\\\(aq/, "\047"); sub(/^\\&/, ""); gsub(/\\e/, "\\"); print "    " $0 >("manual." n) }
' "$SRCDIR/man/relsig.1"
for script in manual.*; do
	# A line that says what it is comes second, after "#!".
	title=$(sed -n '2s/^ *# //p' "$script")
	if python3 -c 'import sys; sys.exit(open(sys.argv[1]).read() not in open(sys.argv[2]).read())' \
		"$script" "$SRCDIR/README"; then ok "manual: $title"; else not_ok "manual: $title is not README's"; fi
done

# ---- the gate

example '# upgrade RELEASE'
try "gate: a release" sh example "$first"
calls "gate: the upgrade is to its digest" "adm upgrade --allow-explicit-upgrade --to-image $upstream@$digest"
try_status 1 "gate: not signed" sh example "$unsigned"
no_calls "gate: not signed: no upgrade"
try_status 2 "gate: not there" sh example "$open_registry/ocp/release-images:4.97.0-x86_64"
no_calls "gate: not there: no upgrade"

# ---- the loop

example '# check-releases FILE'
echo "$first" >releases
try "loop: one release" sh example releases
echo "$unsigned" >>releases
echo "$first" >>releases
try_status 1 "loop: one of three is not signed" sh example releases
echo "not verified: $unsigned" >"$T/want"
if cmp -s "$T/err" "$T/want"; then ok "loop: names it alone"; else not_ok "loop: names it alone"; fi
try_status 1 "loop: the same in one run" sh -c 'relsig verify - <releases'
try_says "loop: and why" "refused: $unsigned: no-signature" out

# ---- after oc mirror; what it wrote is then damaged

mkdir -p "$T/transfer" "$T/mirrored/working-dir/signatures"
cp "$data/release/signature-1" "$T/mirrored/working-dir/signatures/4.99.0-x86_64-sha256-${digest#sha256:}"
example '# mirror-release RELEASE'
sed -i "s|/mnt/transfer|$T/transfer|" example
try "oc mirror: a release" sh example 4.99.0-x86_64
try_says "oc mirror: from the archive" "$T/transfer/mirror_000001.tar: working-dir/signatures/" out
calls "oc mirror: its call" "mirror --v2 --config imageset-4.99.0-x86_64.yaml file://$T/transfer"
try_status 1 "oc mirror: without its signature" sh example 4.98.0-x86_64
echo "other bytes" >"$T/mirrored/working-dir/signatures/4.99.0-x86_64-sha256-${digest#sha256:}"
try_status 1 "oc mirror: another signature" sh example 4.99.0-x86_64
rm -f "$T/oc.calls"

# ---- the fleet

example 'kind: CronJob'
cp example cronjob.yaml
example 'oc create configmap'
cp example create.sh
printf '%s\n' "$first" "$second" >images
try "fleet: what it mounts is made" sh create.sh
rm -f "$T/oc.calls"
python3 "$SRCDIR/tests/system/manifests.py" cronjob cronjob.yaml "$T/cluster" >job.sh || die "the CronJob"
try "fleet: both mirrors have the release" sh job.sh
if test "$(grep -c '^accepted: ' "$T/out")" -eq 2; then ok "fleet: two are accepted"; else not_ok "fleet: two are accepted"; fi
echo "$unsigned" >>"$T/cluster/configmap/relsig/images"
try_status 1 "fleet: one has another image" sh job.sh
try_says "fleet: and which" "refused: $unsigned" out

# ---- the step of a pipeline

example 'kind: Task'
cp example task.yaml
# step RELEASE: as Tekton runs it
step() {
	python3 "$SRCDIR/tests/system/manifests.py" task task.yaml "params.release=$1" "workspaces.relsig.path=$T/work" \
		"results.digest.path=$T/work/digest" >step.sh || die "the Task"
	rm -f digest
}
step "$second"
try "step: a release" sh step.sh
if test "$(cat digest)" = "$digest"; then ok "step: its result is the digest"; else not_ok "step: its result"; fi
step "$unsigned"
try_status 1 "step: not signed" sh step.sh
if test ! -s digest; then ok "step: not signed: no result"; else not_ok "step: not signed: no result"; fi

finish
