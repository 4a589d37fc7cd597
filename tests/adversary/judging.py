# SPDX-License-Identifier: GPL-3.0-or-later
"""Does what a run printed say the expected reason, and nothing else?"""
import hashlib
import json
import os
import re

FIRST_LINE = re.compile(r"(accepted|refused|no verdict): .*", re.S)
SUCCESS = re.compile(r'^accepted: |^Signature verified|"(outcome|reason)": "accepted"', re.M)
ERROR = re.compile(r"relsig: (?:refused: |no verdict: )?([a-z-]+): ")
OUTCOMES = {"accepted": 0, "refused": 1, "no verdict": 2}


def same(what, got, want):
    return [] if got == want else ["%s: %s, want %s" % (what, got, want)]


def plain(place, case, command, expect=None, status=None):
    """Run the command; what is wrong."""
    expect, status = expect or case.expect, case.status if status is None else status
    ran = place.run(command)
    out, err = ran.out.decode(errors="replace"), ran.err.decode(errors="replace")
    problems = ran.problems() + same("exit status of %s" % command, ran.status, status)
    if status != 0 and SUCCESS.search(out + err):
        problems.append("refused, and the output speaks of acceptance")
    if case.words[0] == "manifest-digest" and status == 0:
        with open(os.path.join(place.directory, case.words[-1]), "rb") as file:
            return problems + same("output", out, "sha256:%s\n" % hashlib.sha256(file.read()).hexdigest())
    if out.startswith("{"):
        return problems + of_json(out, expect, status)
    return problems + of_text(out, err, expect, status)


def of_json(out, expect, status):
    report = json.loads(out)
    if not out.isascii():
        return ["JSON that is not ASCII"]
    problems = same("exit_status", report["exit_status"], status)
    problems += same("reasons", [image["reason"] for image in report["images"]], [expect])
    proven = [report["images"][0][member] is not None for member in ("fingerprint", "signed_reference")]
    return problems + same("proof", proven, [status == 0] * 2)


def of_text(out, err, expect, status):
    """A report for people, or an error before there was anything to report."""
    first = out.split("\n", 1)[0]
    if not out:
        if expect == "error" and err.startswith("relsig: verify: "):
            return []
        match = ERROR.match(err)
        return same("reason", match[1] if match else err, expect)
    match = FIRST_LINE.fullmatch(first)
    if not match:
        return ["its first line is %r" % first]
    problems = same("outcome", OUTCOMES[match[1]], status)
    if match[1] == "accepted":
        return problems + same("reason", "accepted", expect)
    return problems + same("reason", first.rsplit(": ", 1)[1], expect)
