#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do "skopeo copy --policy" and "relsig verify --policy" decide alike?

    policies.py --relsig PROGRAM --certs DIR --store-folder DIR --store-url URL
                [--count N] [--seed S] [--only I] FOLDER=REPOSITORY:TAG...

Make N reproducible nodes (policy_cases.py) that ask for the images, which lie in a registry and,
as dir:, in their folders. What is accepted is compared. A difference fails, unless
policy_differences.txt has it.
"""
import argparse
import collections
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from policy_cases import Case, World  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 120
OURS = {0: "relsig accepts", 1: "relsig refuses", 2: "relsig has no verdict"}

Settings = collections.namedtuple("Settings", "relsig certs seed root allowed")
worker = {}


def start_worker(settings, images, store_folder, store_url):
    worker["settings"] = settings
    worker["world"] = World(images, store_folder, store_url)


def run(*arguments):
    """(exit status, standard output, standard error)."""
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=TIMEOUT)
    return (done.returncode, done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"))


def ask_skopeo(case, settings):
    """0: accepted."""
    target = os.path.join(case.folder, "copy")
    status, _, err = run("skopeo", "--policy", case.policy_file, "--registries.d",
                         os.path.join(case.folder, "registries.d"), "copy", "--quiet",
                         "--remove-signatures", "--src-cert-dir", settings.certs, case.argument,
                         "dir:" + target)
    shutil.rmtree(target, ignore_errors=True)
    return status, err


def ask_relsig(case, settings):
    return run(settings.relsig, "verify", "--json", "--policy", case.policy_file,
               "--registries.d", os.path.join(case.folder, "registries.d"), "--cert-dir",
               settings.certs, "--retry-times", "0", case.argument)


def contradiction(status, out):
    """What the report says against the exit status or itself; None: nothing."""
    if not out:
        return None if status == 2 else "no report with status %d" % status
    image = json.loads(out)["images"][0]
    met = [r for r in image["requirements"] if r["outcome"] == "accepted"]
    waived = [r for r in met if r["type"] == "insecureAcceptAnything" and not r["verified"]]
    verified = [r for r in met if r["verified"] and r["attempt"] is not None]
    if (status == 0) != (image["outcome"] == "accepted"):
        return "the report says %s" % image["outcome"]
    if len(met) != len(waived) + len(verified):
        return "a requirement is met by nothing"
    if status == 0 and (not met or len(met) != len(image["requirements"])):
        return "accepted with a requirement that is open"
    if image["verified"] != (status == 0 and len(verified) > 0):
        return '"verified" is wrong'
    return None


def reasons(out):
    if not out:
        return {"usage"}
    image = json.loads(out)["images"][0]
    return {image["reason"]} | {attempt["reason"] for attempt in image["attempts"]}


def judge(number):
    """(number, how, what both say, difference on the list, problem)."""
    settings = worker["settings"]
    case = Case(worker["world"], settings.seed, number, os.path.join(settings.root, str(number)))
    theirs, said = ask_skopeo(case, settings)
    ours, out, err = ask_relsig(case, settings)
    pair = "skopeo refuses" if theirs else "skopeo accepts", OURS.get(ours, "relsig died")
    listed, problem = None, None
    if ours not in OURS:
        problem = "relsig ended with %s: %s" % (ours, err)
    elif contradiction(ours, out):
        problem = contradiction(ours, out)
    elif (theirs == 0) != (ours == 0):
        side = "lenient" if ours == 0 else "stricter"
        rows = [(side, feature, reason) for feature in sorted(case.features)
                for reason in sorted(reasons(out))]
        listed = next((row for row in rows if row in settings.allowed), None)
        if listed is None:
            problem = "%s: %s%s%s" % (side, said, out, err)
    shutil.rmtree(case.folder)
    return number, "\n  ".join(case.how), pair, listed, problem


def read_differences():
    with open(os.path.join(HERE, "policy_differences.txt"), encoding="ascii") as file:
        rows = [line.rstrip("\n").split(" | ") for line in file if line.strip() and line[0] != "#"]
    return {tuple(row[:3]) for row in rows if row[0] != "untried"}


def report(results):
    """Print what came out; how many passed and failed."""
    pairs, differences, failed = collections.Counter(), collections.Counter(), 0
    for number, how, pair, listed, problem in results:
        pairs[pair] += 1
        if listed:
            differences[listed] += 1
        if problem:
            failed += 1
            print("FAILED %d: %s\n  %s" % (number, problem.strip(), how), flush=True)
    for (theirs, ours), count in sorted(pairs.items()):
        print("%6d  %s, %s" % (count, theirs, ours))
    for (side, feature, reason), count in differences.most_common():
        print("%6d  %s: %s, %s" % (count, side, feature, reason))
    return sum(pairs.values()) - failed, failed


def read_image(text):
    folder, _, name = text.partition("=")
    repository, _, tag = name.rpartition(":")
    return folder, repository, tag


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--relsig", required=True, help="the relsig program")
    parser.add_argument("--certs", required=True, help="the registry's authority is in it")
    parser.add_argument("--store-folder", required=True, help="signatures are written here ...")
    parser.add_argument("--store-url", required=True, help="... and served there")
    parser.add_argument("--count", type=int, default=200, help="how many nodes (200)")
    parser.add_argument("--seed", default="1", help="other seed, other nodes (1)")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    parser.add_argument("--only", type=int, help="this node alone")
    parser.add_argument("images", nargs="+", metavar="FOLDER=REPOSITORY:TAG")
    options = parser.parse_args()
    numbers = range(options.count) if options.only is None else [options.only]
    with tempfile.TemporaryDirectory(prefix="relsig-policies-") as root:
        settings = Settings(options.relsig, options.certs, options.seed, os.path.realpath(root),
                            read_differences())
        world = ([read_image(image) for image in options.images], options.store_folder,
                 options.store_url)
        with multiprocessing.Pool(options.workers, start_worker, (settings,) + world) as pool:
            passed, failed = report(pool.imap_unordered(judge, numbers))
    print("policies: %d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
