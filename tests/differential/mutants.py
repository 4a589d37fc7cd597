#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does relsig accept anything that skopeo refuses?

    mutants.py --relsig PROGRAM [--count N] [--seed S] [--only I] [--keep DIR]

From good cases (the sample release, its key, its signature) make N reproducible mutants, give
each to "skopeo standalone-verify" and "relsig standalone-verify", and compare. A mutant fails
when relsig accepts what skopeo refuses, crashes, prints what it should not, or is stricter
without a reason that stricter.txt lists for that kind of change. Never tried are fingerprints in
lower case or with spaces, comma lists, "any" and IPv6 hosts: relsig takes them on purpose, skopeo
1.9 does not.
"""
import argparse
import collections
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from mutate import TESTDATA, Sample, digest, good_cases, make_mutant  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 120
WORDS = ("no-signature not-a-signature bad-signature unknown-key untrusted-key key-expired "
         "key-revoked signature-expired weak-crypto malformed-payload signed-digest-mismatch "
         "identity-mismatch manifest-digest-mismatch unsupported-manifest unreachable too-large "
         "timed-out io-error usage").split()
OURS = {0: "relsig accepts", 1: "relsig refuses", 2: "relsig has no verdict"}
GPG_CONF = "no-autostart\ntrust-model always\nno-auto-check-trustdb\npinentry-mode cancel\nbatch\n"


Settings = collections.namedtuple("Settings", "relsig skopeo seed home allowed keep")
worker = {}


def start_worker(settings):
    worker["settings"], worker["sample"] = settings, Sample()
    worker["folder"] = tempfile.mkdtemp(prefix="worker-", dir=os.path.dirname(settings.home))
    worker["environment"] = dict(os.environ, GNUPGHOME=settings.home, LC_ALL="C")


def run(program, arguments):
    """(exit status or what went wrong, standard output, standard error)."""
    try:
        done = subprocess.run([program, "standalone-verify"] + arguments, env=worker["environment"],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return "timeout", "", ""
    return (done.returncode, done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"))


def judge(number):
    """One mutant: (number, how, outcome pair, reason of a stricter refusal, problem or None)."""
    settings, sample = worker["settings"], worker["sample"]
    good = list(good_cases(sample)) if number < 0 else None
    m = good[-1 - number] if good else make_mutant(sample, settings.seed, number)
    manifest, blob = (os.path.join(worker["folder"], name) for name in ("manifest", "signature"))
    for path, content in ((manifest, m.manifest), (blob, m.blob)):
        with open(path, "wb") as file:
            file.write(content)
    arguments = [manifest, m.reference, m.fingerprint, blob]
    theirs, _, _ = run(settings.skopeo, arguments)
    # Now and then without a key file: then the named key comes from the user's keyring.
    keys = ["--public-key-file", os.path.join(TESTDATA, "keys", "two.asc")]
    ours, out, err = run(settings.relsig, (keys if number % 8 else []) + arguments)
    pair = "skopeo accepts" if theirs == 0 else "skopeo refuses", OURS.get(ours, "relsig died")
    reason, problem = None, None
    if ours not in (0, 1, 2):
        problem = "relsig ended with %s: %s" % (ours, err)
    elif theirs == "timeout":
        problem = "skopeo did not end"
    elif ours == 0 and theirs != 0:
        problem = "relsig accepts what skopeo refuses"
    elif good and pair != ("skopeo accepts", "relsig accepts"):
        problem = "not accepted by both: " + err
    elif ours == 0:
        line = "Signature verified using fingerprint %s, digest %s\n"
        if out != line % (m.fingerprint, digest(m.manifest)):
            problem = "standard output is %r" % out
    elif out:
        problem = "a refusal with standard output %r" % out
    elif theirs == 0:
        found = [word for word in WORDS if re.search(r"(?<![\w-])%s(?![\w-])" % word, err)]
        reason = found[0] if found else "none"
        kind = m.how.split(":")[0]
        if not any(kind in settings.allowed.get(word, ()) for word in found):
            problem = "stricter for no listed reason: " + err
    if problem and settings.keep:
        folder = os.path.join(settings.keep, str(number))
        shutil.copytree(worker["folder"], folder, dirs_exist_ok=True)
    return number, m.how, pair, reason, problem


def read_stricter():
    """Reason word -> the kinds of change for which it may be stricter."""
    with open(os.path.join(HERE, "stricter.txt"), encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and line[0] != "#"]
    return {row[0]: row[1].split(",") for row in rows}


def make_home(root):
    """A keyring with the sample's two keys, and no agent."""
    home = os.path.join(root, "gnupg")
    os.mkdir(home, 0o700)
    with open(os.path.join(home, "gpg.conf"), "w", encoding="ascii") as file:
        file.write(GPG_CONF)
    subprocess.run(["gpg", "--homedir", home, "--quiet", "--import",
                    os.path.join(TESTDATA, "keys", "two.asc")], check=True,
                   stderr=subprocess.DEVNULL)
    return home


def report(results):
    """Print what came out; how many passed and failed."""
    pairs, reasons, failed = collections.Counter(), collections.Counter(), 0
    for number, how, pair, reason, problem in results:
        pairs[pair] += 1
        if reason:
            reasons[reason] += 1
        if problem:
            failed += 1
            print("FAILED %d (%s): %s" % (number, how, problem.strip()), flush=True)
    for (theirs, ours), count in sorted(pairs.items()):
        print("%6d  %s, %s" % (count, theirs, ours))
    for reason, count in reasons.most_common():
        print("%6d  stricter: %s" % (count, reason))
    return sum(pairs.values()) - failed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--relsig", required=True, help="the relsig program")
    parser.add_argument("--skopeo", default="skopeo", help="the skopeo program")
    parser.add_argument("--count", type=int, default=2000, help="how many mutants (2000)")
    parser.add_argument("--seed", default="1", help="other seed, other mutants (1)")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    parser.add_argument("--only", type=int, help="this mutant alone")
    parser.add_argument("--keep", help="directory for the inputs of failures")
    options = parser.parse_args()
    skopeo = shutil.which(options.skopeo)
    if not skopeo or not shutil.which("gpg"):
        print("skip: no skopeo or no gpg here")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory(prefix="relsig-mutants-") as root:
        settings = Settings(os.path.abspath(options.relsig), skopeo, options.seed, make_home(root),
                            read_stricter(), options.keep)
        numbers = list(range(-len(list(good_cases(Sample()))), options.count))
        if options.only is not None:
            numbers = [options.only]
        with multiprocessing.Pool(options.workers, start_worker, (settings,)) as pool:
            passed, failed = report(pool.imap_unordered(judge, numbers, chunksize=16))
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
