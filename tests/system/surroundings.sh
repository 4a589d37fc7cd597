#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A machine that is not as it should be, and a user who interrupts: the named answer, and nothing left behind.
# shellcheck source=tests/system/lib.sh
. "$SRCDIR/tests/system/lib.sh"

data=$SRCDIR/testdata
key=$data/keys/release.asc
image=dir:$data/release
TMPDIR=$T/tmp
export TMPDIR
mkdir "$TMPDIR"

# shellcheck disable=SC2317  # called by "try"
verify() {
	"$RELSIG" verify --offline --key "$key" "$image"
}
nothing_left() {
	if test -z "$(ls -A "$TMPDIR")"; then ok "$1: nothing is left"; else not_ok "$1: left $(ls -A "$TMPDIR")"; fi
}

try "as it should be" verify
nothing_left "as it should be"

# ---- gpg
mkdir "$T/empty"
try_status 2 "no gpg on PATH" env PATH="$T/empty" "$RELSIG" verify --offline --key "$key" "$image"
try_says "no gpg: says what to install" "install GnuPG" out
nothing_left "no gpg"
# fake NAME: what follows on standard input becomes gpg, first on PATH
fake() {
	mkdir -p "$T/$1"
	cat >"$T/$1/gpg"
	chmod +x "$T/$1/gpg"
}
fake old <<'END'
#!/bin/sh
echo "gpg (GnuPG) 2.0.22"
END
try_status 2 "gpg 2.0" env PATH="$T/old:$PATH" "$RELSIG" verify --offline --key "$key" "$image"
try_says "gpg 2.0: says what is wanted" "2.2.20" out
fake silent <<'END'
#!/bin/sh
case "$*" in *--version*) echo "gpg (GnuPG) 2.2.40" ;; esac
END
try_status 2 "a gpg that says nothing" env PATH="$T/silent:$PATH" "$RELSIG" verify --offline --key "$key" "$image"
nothing_left "a gpg that says nothing"

fake asleep <<'END'
#!/bin/sh
exec sleep 600
END
try_status 2 "a gpg that never tells its version" env PATH="$T/asleep:$PATH" "$RELSIG" verify --offline --key "$key" "$image"
try_says "a gpg that never tells its version: says so" "timed-out" out
nothing_left "a gpg that never tells its version"

# ---- places
try "no HOME" env -u HOME "$RELSIG" verify --offline --key "$key" "$image"
try "an empty environment" env -i PATH="$PATH" TMPDIR="$TMPDIR" "$RELSIG" verify --offline --key "$key" "$image"
try "a GNUPGHOME that is not there" env GNUPGHOME="$T/nothing" "$RELSIG" verify --offline --key "$key" "$image"
try_status 2 "no TMPDIR" env TMPDIR="$T/nothing" "$RELSIG" verify --offline --key "$key" "$image"
try_says "no TMPDIR: says what to set" "TMPDIR" err
mkdir "$T/home-conf"
mkdir -m 700 "$T/hostile-gnupg"
printf 'no-such-option\nkeyring /dev/null\n' >"$T/hostile-gnupg/gpg.conf"
try "a user's broken gpg.conf" env GNUPGHOME="$T/hostile-gnupg" "$RELSIG" verify --offline --key "$key" "$image"
long=$T/$(printf %0100d 0)/$(printf %0100d 1)
mkdir -p "$long"
try "a long TMPDIR" env TMPDIR="$long" "$RELSIG" verify --offline --key "$key" "$image"
if test -z "$(ls -A "$long")"; then ok "a long TMPDIR: nothing is left"; else not_ok "a long TMPDIR: nothing is left"; fi
"$RELSIG" verify --offline --key "$key" "$image" <&- >&- 2>&-
status=$?
if test $status -ne 0; then ok "standard streams closed: no answer, no success"; else not_ok "standard streams closed ($status)"; fi
"$RELSIG" verify --offline --quiet --key "$key" "$image" <&- >&- 2>&-
status=$?
if test $status -eq 0; then ok "standard streams closed, --quiet"; else not_ok "standard streams closed, --quiet ($status)"; fi
# shellcheck disable=SC2016  # for that shell to expand
try "standard input and error closed" sh -c '"$0" "$@" <&- 2>&-' "$RELSIG" verify --offline --key "$key" "$image"
nothing_left "closed streams"

if unshare -m true 2>/dev/null; then
	# in_tmpfs OPTIONS COMMAND: $T/small is a tmpfs
	mkdir "$T/small"
	cat >"$T/in-tmpfs" <<'END'
#!/bin/sh
# in-tmpfs full|read-only DIR COMMAND...
how=$1 dir=$2
shift 2
mount -t tmpfs -o size=64k tmpfs "$dir" || exit 99
case $how in
full) cat /dev/zero >"$dir/filler" 2>/dev/null ;;
read-only) mount -o remount,ro "$dir" || exit 99 ;;
esac
TMPDIR=$dir
export TMPDIR
"$@"
END
	chmod +x "$T/in-tmpfs"
	for how in full read-only; do
		run unshare -m "$T/in-tmpfs" $how "$T/small" "$RELSIG" verify --offline --key "$key" "$image"
		if test $status -eq 99; then
			skip "a $how TMPDIR" "no tmpfs may be mounted"
		elif test $status -eq 2; then
			ok "a $how TMPDIR"
		else
			not_ok "a $how TMPDIR (status $status, want 2)"
		fi
	done
else
	skip "a full and a read-only TMPDIR" "no mount namespace may be made"
fi

# ---- signals, while gpg hangs
fake hanging <<'END'
#!/bin/sh
case "$*" in
*--version*) echo "gpg (GnuPG) 2.2.40" ;;
*)
	trap '' INT TERM HUP
	# gpg may start no process, so it cannot sleep: nobody will ever write to this.
	read -r nothing <"${0%/*}/never"
	;;
esac
END
mkfifo "$T/hanging/never"
HANGING_PID=$T/hanging.pid
export HANGING_PID
for signal in INT TERM HUP; do
	rm -f "$HANGING_PID"
	# A shell gives what it runs in the background an ignored SIGINT; python3 does not.
	PATH="$T/hanging:$PATH" python3 -c '
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
p = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
# The hanging gpg cannot tell by a file: relsig lets it write nowhere but in its own directory.
def hanging(pid):
    try: arguments = open("/proc/%d/cmdline" % pid, "rb").read().split(b"\0")
    except OSError: return False
    return sys.argv[2].encode() in arguments and b"--version" not in arguments
for i in range(600):
    pids = [int(d) for d in os.listdir("/proc") if d.isdigit() and hanging(int(d))]
    pids = [pid for pid in pids if pid != os.getpid()]
    if pids: break
    time.sleep(0.1)
open(os.environ["HANGING_PID"], "w").write("%d\n" % min(pids))
p.send_signal(getattr(signal, "SIG" + sys.argv[1]))
sys.exit(0 if p.wait(60) == -getattr(signal, "SIG" + sys.argv[1]) else 1)
' $signal "$T/hanging/gpg" "$RELSIG" verify --offline --key "$key" "$image"
	status=$?
	if test $status -eq 0; then ok "SIG$signal ends it"; else not_ok "SIG$signal ends it"; fi
	nothing_left "SIG$signal"
	if kill -0 "$(cat "$HANGING_PID")" 2>/dev/null; then not_ok "SIG$signal: gpg is gone"; else ok "SIG$signal: gpg is gone"; fi
done

finish
