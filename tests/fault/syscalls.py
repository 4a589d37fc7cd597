# SPDX-License-Identifier: GPL-3.0-or-later
"""Is every system call of a good run among those that are made to fail? strace tells which there are."""
import os
import re
import subprocess

import cases

# A class of inject.h; a kind of plans.OUTSIDE, for what the C library does within itself; or, after "-", why it is not
# made to fail.
COVERED = {
    "accept4": "socket", "access": "status", "brk": "memory", "capget": "syscall",
    "capset": "syscall", "chdir": "- gpg's own", "clone": "fork",
    "clone3": "thread", "close": "close", "close_range": "syscall", "connect": "socket", "dup": "duplicate",
    "dup2": "duplicate", "dup3": "duplicate", "execve": "execute", "faccessat2": "status", "fchmod": "mode",
    "fcntl": "fcntl", "flock": "lock", "fdatasync": "sync", "fork": "fork", "fstat": "status", "fsync": "sync",
    "ftruncate": "write",
    "getdents64": "list", "getpeername": "socket", "getsockname": "socket", "getsockopt": "socket",
    "ioctl": "- asks for a terminal", "kill": "kill", "link": "- gpg's own, for its locks",
    "landlock_add_rule": "syscall", "landlock_create_ruleset": "syscall", "landlock_restrict_self": "syscall",
    "lseek": "seek", "lstat": "status",
    "madvise": "- a hint", "mkdir": "make", "mkdirat": "make", "mlock": "- gpg's own, for secrets", "mmap": "memory",
    "mprotect": "outside memory", "mremap": "memory", "newfstatat": "status", "open": "open", "openat": "open",
    "pidfd_open": "syscall", "pipe": "pipe", "pipe2": "pipe", "poll": "poll", "ppoll": "poll", "prctl": "limit",
    "pread64": "read", "prlimit64": "limit", "read": "read", "readlink": "status", "readlinkat": "status",
    "recvfrom": "receive", "recvmsg": "receive", "rename": "rename", "renameat": "rename", "renameat2": "rename",
    "rmdir": "remove", "rt_sigaction": "signal", "rt_sigprocmask": "signal", "seccomp": "syscall",
    "select": "poll",
    "sendmmsg": "send", "sendmsg": "send", "sendto": "send", "setpgid": "fork", "setrlimit": "limit",
    "setsockopt": "socket",
    "shutdown": "socket", "socket": "socket", "socketpair": "pipe", "stat": "status", "statx": "status",
    "uname": "status", "unlink": "remove", "unlinkat": "remove", "vfork": "fork", "wait4": "wait", "write": "write",
    # Of the loader and the C library, before main and between threads.
    "arch_prctl": "- the loader's", "getrandom": "- the C library's, for the heap's layout",
    "munmap": "- of memory that is ours",
    "rseq": "- the loader's", "set_robust_list": "- the loader's", "set_tid_address": "- the loader's",
    "futex": "- locks", "sched_yield": "- always succeeds", "sysinfo": "- the C library's, for a sort",
    # They only tell, wait or end.
    "clock_gettime": "- tells", "clock_nanosleep": "- waits", "exit": "- ends", "exit_group": "- ends",
    "getegid": "- tells", "geteuid": "- tells", "getgid": "- tells", "getpid": "- tells", "getppid": "- tells",
    "getrusage": "- tells", "gettid": "- tells", "getuid": "- tells", "nanosleep": "- waits",
    "restart_syscall": "- waits", "rt_sigreturn": "- returns", "rt_sigtimedwait": "- waits for a signal",
    "sched_getaffinity": "- tells", "umask": "- always succeeds",
}
# The loader's before main, in programs that do not make such a call later.
WITHIN = {("relsig-fetch", "execve"), ("relsig-fetch", "pread64"), ("relsig-fetch", "prlimit64"),
          ("relsig-fetch", "read")}
# Not gpg: confined by relsig, it cannot open the page on which calls are counted.
PROGRAMS = ("relsig", "relsig-fetch")
CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(?:\(| resumed)")
EXECUTED = re.compile(r'^(\d+) +execve\("([^"]*)"')
STARTED = re.compile(r"^(\d+) +(?:<\.\.\. )?(?:clone3?|v?fork)\b.* = (\d+)$")


def programs_and_calls(lines):
    """Pairs of a program and a system call. A process is the program of its parent until it executes one."""
    first, parent, executed = {}, {}, {}
    for i, line in enumerate(lines):
        pid = line.split(" ", 1)[0]
        first.setdefault(pid, i)
        match = STARTED.match(line)
        if match:
            parent[match.group(2)] = pid
        match = EXECUTED.match(line)
        if match:
            executed.setdefault(pid, []).append((i, os.path.basename(match.group(2))))

    def program(pid, i):
        names = [name for at, name in executed.get(pid, []) if at < i]
        if names:
            return names[-1]
        return program(parent[pid], first[pid]) if pid in parent else "?"

    for i, line in enumerate(lines):
        match = CALL.match(line)
        if match:
            yield program(match.group(1), i), match.group(2)


def trace(relsig, case, work):
    """The lines of strace, or None where it may not run."""
    out = os.path.join(work, "strace")
    directory = os.path.join(work, "traced")
    made_in = os.path.join(work, "traced-out")
    for path in (directory, made_in):
        os.makedirs(path, exist_ok=True)
    env = {"PATH": os.environ["PATH"], "TMPDIR": directory, "HOME": directory, "LC_ALL": "C"}
    try:
        done = subprocess.run(["strace", "-f", "-qq", "-e", "signal=none", "-o", out, relsig] +
                              cases.arguments_of(case, made_in), env=env, capture_output=True, check=False, timeout=120)
    except FileNotFoundError:
        return None
    if done.returncode != 0:
        return None
    with open(out, encoding="utf-8", errors="replace") as f:
        return f.read().splitlines()


def check(relsig, traced, work, calls):
    """(passed, failed, skipped): one for each system call of each program."""
    seen = {}
    for case in traced:
        lines = trace(relsig, case, work)
        if lines is None:
            print("skip system calls: strace is not there, or may not trace here")
            return 0, 0, 1
        for program, name in programs_and_calls(lines):
            seen.setdefault(name, set()).add(program)
    counted = {key for one in calls for key, n in one.items() if n > 0}
    failed = 0
    for name, programs in sorted(seen.items()):
        by = COVERED.get(name, "")
        missed = [p for p in sorted(programs & set(PROGRAMS)) if not by.startswith(("-", "outside"))
                  and (p, by) not in counted and (p, name) not in WITHIN]
        failed += not by or bool(missed)
        print(f"{'not ok ' if missed or not by else ''}{name} ({', '.join(sorted(programs))}): "
              f"{by or 'covered by nothing'}"
              f"{', but never in ' + ', '.join(missed) if by and missed else ''}")
    passed = len(seen) - failed
    print(f"fault: {len(seen)} system calls in good runs of {len(traced)} commands")
    return passed, failed, 0
