# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures there are to try: for each class of calls its errors, and failures that come from outside."""
import collections
import errno
import re
import resource
import struct

# One failure. program, class, n, error, mode as inject.h has them; or program "outside": kind and value in class and n.
Plan = collections.namedtuple("Plan", "program class_ n error mode")

PROGRAMS = ("relsig", "relsig-fetch", "gpg")

ERRORS = {
    "memory": [("ENOMEM", "once"), ("ENOMEM", "on")],
    "open": [("EMFILE", "once"), ("EMFILE", "on"), ("ENOENT", "once"), ("EIO", "once")],
    "read": [("EIO", "once"), ("EIO", "on"), ("EINTR", "once"), ("EIO", "short"), ("EIO", "shorts")],
    "write": [("ENOSPC", "once"), ("ENOSPC", "on"), ("EINTR", "once"), ("EIO", "short"), ("EIO", "shorts")],
    "receive": [("ECONNRESET", "once"), ("ECONNRESET", "on"), ("EAGAIN", "once"), ("EINTR", "once"),
                ("EIO", "short"), ("EIO", "shorts")],
    "send": [("EPIPE", "once"), ("EPIPE", "on"), ("EAGAIN", "once"), ("EINTR", "once"), ("EIO", "short"),
             ("EIO", "shorts")],
    "close": [("EIO", "once"), ("EINTR", "once"), ("EIO", "on")],
    "sync": [("EIO", "once")],
    "rename": [("EIO", "once")],
    "make": [("ENOSPC", "once"), ("EACCES", "once")],
    "remove": [("EIO", "once")],
    "fork": [("EAGAIN", "once"), ("ENOMEM", "once"), ("EAGAIN", "on")],
    "execute": [("ENOENT", "once"), ("EACCES", "once"), ("ENOMEM", "on")],
    "pipe": [("EMFILE", "once"), ("EMFILE", "on")],
    "thread": [("EAGAIN", "once"), ("EAGAIN", "on")],
    "limit": [("EPERM", "once"), ("EPERM", "on")],
    "duplicate": [("EMFILE", "once"), ("EBUSY", "once")],
    "poll": [("EINTR", "once"), ("ENOMEM", "once")],
    "wait": [("EINTR", "once"), ("ECHILD", "once")],
    "status": [("EACCES", "once"), ("ENOENT", "once"), ("EIO", "on")],
    "fcntl": [("EINVAL", "once"), ("EMFILE", "on")],
    "lock": [("ENOLCK", "once"), ("EINTR", "once")],
    "mode": [("EPERM", "once")],
    "list": [("EIO", "once"), ("EIO", "on")],
    "signal": [("EINVAL", "once"), ("EINVAL", "on")],
    "kill": [("ESRCH", "once")],
    "seek": [("ESPIPE", "once")],
    "environment": [("ENOMEM", "once")],
    "syscall": [("ENOSYS", "once"), ("ENOSYS", "on"), ("EMFILE", "once")],
    "socket": [("ENOMEM", "once"), ("ECONNREFUSED", "once"), ("EMFILE", "on")],
    "resolve": [("ENOMEM", "once")],
    "gpgme": [("ENOMEM", "once"), ("ENOMEM", "on")],
    "digest": [("EINVAL", "once"), ("EINVAL", "on")],
    "inflate": [("ENOMEM", "once")],
    "curl": [("ENOMEM", "once"), ("ENOMEM", "on")],
}

# What the C library does within itself, the shim does not see.
OUTSIDE = {
    "stdout": ("full", "broken pipe", "closed"),
    "stderr": ("full", "broken pipe", "closed"),
    "files": tuple(range(3, 32)),
    "memory": tuple(range(8, 128, 2)),
    "size": (0, 1, 100, 1000),
}
LIMITS = {"files": (resource.RLIMIT_NOFILE, 1), "memory": (resource.RLIMIT_AS, 1 << 20),
          "size": (resource.RLIMIT_FSIZE, 1)}

Page = collections.namedtuple("Page", "hits function caller last calls")
NAMES = 8            # where the page's texts begin, and its counters
COUNTERS = NAMES + 32 + 96 + 96


def read_classes(header):
    """The names of inject.h, in order."""
    with open(header, encoding="ascii") as f:
        block = f.read().split("FAULT_CLASSES(X)")[1].split("#define")[0]
    names = re.findall(r"X\((\w+)\)", block)
    if set(names) != set(ERRORS):
        raise SystemExit(f"fault: inject.h and plans.py differ in {set(names) ^ set(ERRORS)}")
    return names


def read_page(raw, classes):
    hits, n = struct.unpack_from("=II", raw)
    numbers = struct.unpack_from(f"={len(PROGRAMS) * len(classes)}I", raw, COUNTERS)
    if n not in (0, len(classes)):
        raise SystemExit("fault: inject.so is not of this inject.h")
    calls = {(program, name): numbers[p * len(classes) + c]
             for p, program in enumerate(PROGRAMS) for c, name in enumerate(classes)}
    texts = (raw[a:b].split(b"\0")[0].decode() for a, b in ((NAMES, NAMES + 32), (NAMES + 32, NAMES + 128),
                                                            (NAMES + 128, COUNTERS)))
    return Page(hits, *texts, calls)


def sample(total, most, start):
    """At most that many of 1..total, evenly; start moves them, so that cases differ."""
    if total <= most:
        return range(1, total + 1)
    return sorted({1 + (i * total // most + start * 7) % total for i in range(most)})


def all_series(calls, programs, only):
    """What can fail in one case: a series for each class and error, and one for each kind of failure from outside."""
    for (program, class_), total in calls.items():
        if program in programs and only in ("", class_):
            for error, mode in ERRORS[class_]:
                yield total, [Plan(program, class_, 0, getattr(errno, error), mode)]
    for kind, values in OUTSIDE.items() if only in ("", "outside") else ():
        yield len(values), [Plan("outside", kind, value, 0, "") for value in values]


def pick(series, most, start):
    """At most that many of one series; of those that fail from one call on, few say as much as many."""
    total, plans = series
    if plans[0].mode not in ("once", ""):
        most = (most + 3) // 4
    # gpg reads again and again what fails, until its time is up: one says it all.
    if plans[0].program == "gpg" and plans[0].class_ == "read" and plans[0].mode in ("once", "on"):
        most = 1
    chosen = sample(total, most, start)
    return [plans[n - 1] for n in chosen] if plans[0].program == "outside" else [plans[0]._replace(n=n) for n in chosen]


def make_plans(cases_calls, runs, only):
    """For each case its failures, evenly drawn, in all about that many (0: all); and how many there are."""
    every = [list(all_series(calls, programs, only)) for calls, programs in cases_calls]
    points = sum(total for series in every for total, _ in series)
    most = points if runs == 0 else 1
    while runs and sum(len(pick(one, most + 1, 0)) for series in every for one in series) <= min(runs, points - 1):
        most += 1
    return [[plan for i, one in enumerate(series) for plan in pick(one, most, k + i)]
            for k, series in enumerate(every)], points
