#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does relsig accept anything that skopeo or sqv refuses?

    mutants.py --relsig PROGRAM [--count N] [--seed S] [--only I,J...] [--keep DIR]
    mutants.py --list [--count N] [--seed S] [--only I,J...]

From good cases (the sample release, its keys, its signature) make N reproducible mutants, give
each to "skopeo standalone-verify" and "relsig standalone-verify", the bare signature over the
literal's body to sqv, and compare. A mutant fails when relsig accepts what skopeo refuses or, but
for the rows of sqv.txt, what sqv refuses; crashes; prints what it should not; or is stricter than
skopeo for no reason that stricter.txt lists for that kind of change. What gpg cannot read of a key
file may hide the rest from skopeo: then it is asked with the keys one by one (lenient.txt). Never tried are fingerprints
in lower case or with spaces, comma lists, "any", IPv6 hosts and signatures by subkeys: relsig takes
them on purpose, skopeo 1.9 does not. --list prints a line for each mutant and runs nothing: the
same for the same seed, everywhere.
"""
import argparse
import collections
import multiprocessing
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

from judges import Settings, judge, make_keys, read_list, start_worker  # noqa: E402
from mutate import NAMES, good_cases, make_mutant, summary  # noqa: E402
from sample import Sample  # noqa: E402

LISTS = ("stricter.txt", "lenient.txt", "sqv.txt")
# With as many, a row of the lists that is not needed is a mistake.
ALL = 20000


def print_pairs(pairs, who):
    print("%s and relsig:" % who)
    for (theirs, ours), count in sorted(pairs.items()):
        print("%7d  %s %s, relsig %s" % (count, who, theirs, ours))


def print_kinds(kinds):
    """How many of each kind, and what became of them."""
    print("   count    both  stricter  sqv asked  kind")
    for name in NAMES:
        count = kinds[name]
        print("%8d%8d%10d%11d  %s" % (count["all"], count["both"], count["stricter"],
                                      count["sqv"], name))


def print_rows(rows, allowed, complete):
    """How often each row was needed; how many were not, when that counts."""
    unused = 0
    for name in LISTS:
        for i, row in enumerate(allowed[name]):
            count = rows[name, i]
            unused += not count
            print("%7d  %s: %s: %s" % (count, name, row.reason, row.message))
            if not count and complete:
                print("FAILED: this row of %s is not needed" % name)
    return unused if complete else 0


def report(results, allowed, complete):
    """Print what came out; how many passed and failed."""
    skopeo, sqv, rows = collections.Counter(), collections.Counter(), collections.Counter()
    kinds, failed = collections.defaultdict(collections.Counter), 0
    for result in results:
        kind = kinds[result.how.split(":")[0]]
        kind["all"] += 1
        skopeo[result.theirs, result.ours] += 1
        kind["both"] += result.theirs == result.ours == "accepts"
        kind["stricter"] += result.theirs == "accepts" != result.ours
        if result.sqv:
            sqv[result.sqv, result.ours] += 1
            kind["sqv"] += 1
        rows.update(result.rows)
        if result.number % 1000 == 999:
            print("%d mutants judged" % (result.number + 1), flush=True)
        if result.problem:
            failed += 1
            print("FAILED %d (%s): %s" % (result.number, result.how, result.problem.strip()),
                  flush=True)
    print_kinds(kinds)
    print_pairs(skopeo, "skopeo")
    print_pairs(sqv, "sqv")
    passed = sum(skopeo.values()) - failed
    return passed, failed + print_rows(rows, allowed, complete)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--relsig", help="the relsig program")
    parser.add_argument("--skopeo", default="skopeo", help="the skopeo program")
    parser.add_argument("--sqv", default="sqv", help="the sqv program")
    parser.add_argument("--count", type=int, default=2000, help="how many mutants (2000)")
    parser.add_argument("--seed", default="1", help="other seed, other mutants (1)")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    parser.add_argument("--only", type=lambda text: [int(word) for word in text.split(",")],
                        help="these mutants alone: numbers with commas between")
    parser.add_argument("--keep", help="directory for the inputs of failures")
    parser.add_argument("--list", action="store_true", help="print the mutants, run nothing")
    return parser.parse_args()


def main():
    options = parse_options()
    numbers = range(-len(list(good_cases(Sample()))), options.count)
    if options.only is not None:
        numbers = options.only
    if options.list:
        sample = Sample()
        for number in options.only or range(options.count):
            print(number, summary(make_mutant(sample, options.seed, number)))
        return 0
    skopeo, sqv = shutil.which(options.skopeo), shutil.which(options.sqv)
    if not skopeo or not shutil.which("gpg"):
        print("skip: no skopeo or no gpg here")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    allowed = {name: read_list(name) for name in LISTS}
    complete = options.count >= ALL and options.only is None and sqv is not None
    with tempfile.TemporaryDirectory(prefix="relsig-mutants-") as root:
        make_keys(root)
        settings = Settings(os.path.abspath(options.relsig), skopeo, sqv, options.seed, root,
                            allowed, options.keep)
        with multiprocessing.Pool(options.workers, start_worker, (settings,)) as pool:
            passed, failed = report(pool.imap(judge, numbers, chunksize=16), allowed, complete)
    if not sqv:
        print("skip differential: no sqv: the signatures alone were compared with nobody")
    print("figure: differential-runs %d" % (passed + failed))
    print("%d passed, %d failed, %d skipped" % (passed, failed, not sqv))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
