# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the program in a case's directory, and what it may leave behind: nothing."""
import ctypes
import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
import unicodedata

DEADLINE = 300  # seconds, of which gpg has 20; nothing is measured here
PATIENCE = 5    # seconds in which a process that was told to end has ended
# What valgrind says of system calls that it does not know (the program then goes without them).
ABOUT_CALLS = ("unhandled amd64-linux syscall", "You may be able to write your own handler",
               "README_MISSING_SYSCALL_OR_IOCTL", "Nevertheless we consider this a bug",
               "it at http://valgrind.org/support/bug_reports.html")


def become_worker():
    """What a run leaves behind comes to the worker, which runs one thing at a time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pr_set_child_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(pr_set_child_subreaper, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def living_children():
    """Reap what has ended; the processes that have not."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            return []
    with open("/proc/self/task/%d/children" % os.getpid(), encoding="ascii") as file:
        return file.read().split()


def end_children():
    """The names of what is left, after some patience; it is killed."""
    until = time.monotonic() + PATIENCE
    while living_children() and time.monotonic() < until:
        time.sleep(0.005)
    left = []
    for pid in living_children():
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                left.append(file.read().replace(b"\0", b" ").decode(errors="replace").strip())
            os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass
    return left


def hostile_characters(text):
    """What must not reach a terminal: controls, formats such as a change of direction, bad UTF-8."""
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        return ["no UTF-8"]
    return sorted({"U+%04X" % ord(c) for c in decoded
                   if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")})


class Ran:
    def __init__(self, status, out, err, left):
        self.status, self.out, self.err, self.left = status, out, err, left

    def problems(self):
        """What is wrong with any run, whatever it was to say."""
        found = ["left behind: " + name for name in self.left]
        for stream, text in (("output", self.out), ("standard error", self.err)):
            found += ["in %s: %s" % (stream, what) for what in hostile_characters(text)]
        if self.status not in (0, 1, 2):
            found.append("ended with %s: %s" % (self.status, self.err.decode(errors="replace")[-2000:]))
        return found


class Place:
    """Where a case is run. root: of temporary files."""

    def __init__(self, root, directory, valgrind=False):
        self.root, self.directory, self.runs = root, directory, 0
        self.program = shlex.quote(os.path.join(os.path.abspath(os.environ.get("BUILDDIR", "build")), "relsig"))
        self.valgrind = valgrind

    def environment(self, scratch):
        env = {key: value for key, value in os.environ.items()
               if key in ("PATH", "LD_LIBRARY_PATH", "RELSIG_TEST_RUN") or key.endswith("SAN_OPTIONS")}
        env["LC_ALL"] = "C"
        for name in ("TMPDIR", "HOME"):
            env[name] = os.path.join(scratch, name)
            os.mkdir(env[name], 0o700)
        return env

    def run(self, command):
        """With the shell's word splitting, in the case's directory."""
        with tempfile.TemporaryDirectory(dir=self.root) as scratch:
            env, log = self.environment(scratch), os.path.join(scratch, "valgrind")
            wrapper = ""
            if self.valgrind:
                wrapper = ("valgrind --quiet --vgdb=no --error-exitcode=99 --leak-check=no "
                           "--trace-children=no --log-file=%s.%%p " % log)
            self.runs += 1
            try:
                done = subprocess.run(["sh", "-c", "exec %s%s %s" % (wrapper, self.program, command)], env=env,
                                      cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True,
                                      check=False, timeout=DEADLINE)
                status, out, err = done.returncode, done.stdout, done.stderr
            except subprocess.TimeoutExpired as error:
                status, out, err = "a timeout", error.stdout or b"", error.stderr or b""
            left = ["process " + name for name in end_children()]
            left += ["file %s" % name for name in os.listdir(env["TMPDIR"]) + os.listdir(env["HOME"])]
            left += ["valgrind: " + line for line in complaints(scratch)]
        return Ran(status, out, err, left)

    def report(self, words, status):
        """(the JSON report of a run, or None, and what is wrong)."""
        ran = self.run(shlex.join(words))
        problems = ran.problems()
        if ran.status != status:
            problems.append("%s ended with %s, want %d" % (shlex.join(words), ran.status, status))
        if not ran.out.isascii():
            problems.append("JSON that is not ASCII")
        try:
            report = json.loads(ran.out)
        except ValueError:
            return None, problems + ["no JSON: %s" % ran.err.decode(errors="replace")]
        if report["exit_status"] != ran.status:
            problems.append("the report says %d, the exit status is %s" % (report["exit_status"], ran.status))
        return report, problems


def complaints(directory):
    """What valgrind has said, but for system calls that it does not know."""
    lines = []
    for name in os.listdir(directory):
        if name.startswith("valgrind"):
            with open(os.path.join(directory, name), encoding="utf-8", errors="replace") as file:
                lines += [line.rstrip("\n") for line in file if not any(text in line for text in ABOUT_CALLS)]
    return lines
