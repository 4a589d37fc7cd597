#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make (or, with --check, check) everything in this directory that is not a program or README.

    make.py            make what is missing; needs gpg 2.2 or later, uses skopeo if it is there
    make.py --anew     make it all anew, with new keys
    make.py --check    is what is here complete, unchanged and consistent with itself?
"""
import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import corpus  # noqa: E402
import make_blobs    # noqa: E402
import make_certificates  # noqa: E402
import make_keyfiles  # noqa: E402
import make_keys     # noqa: E402
import make_manifests  # noqa: E402
import make_messages  # noqa: E402
import make_payloads  # noqa: E402
import make_release  # noqa: E402
import make_sigstore  # noqa: E402
import pgp           # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
GENERATED = ("keys", "secret", "release", "release-multi", "store", "adversary",
             "keys.txt", "release.txt", "release-multi.txt")
SUMS = "SHA256SUMS"
MAX_FILE, MAX_TOTAL, MIN_CASES = 64 << 10, 3 << 19, 800
# A file above its cap, and one that cannot be read, leave no verdict.
ODD = {("too-large", 2)}
NOT_BY_SKOPEO = {"payload-optional-absent"}


def read(path):
    with open(os.path.join(HERE, path), "rb") as file:
        return file.read()


def write(path, content):
    path = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def keep(path, content):
    """Write what is not there."""
    if not os.path.exists(os.path.join(HERE, path)):
        write(path, content)


def generated_files():
    found = []
    for name in GENERATED:
        path = os.path.join(HERE, name)
        if os.path.isfile(path):
            found.append(name)
        for folder, _, names in os.walk(path):
            found += [os.path.relpath(os.path.join(folder, file), HERE) for file in names]
    return sorted(found)


def sums():
    """What SHA256SUMS lists: a file, or a folder of adversary/ -> digest (all files, by name)."""
    found = {}
    for path in generated_files():
        if path.startswith("adversary/"):
            folder = os.path.dirname(path)
            digest = found.setdefault(folder + "/", hashlib.sha256())
            content = read(path)
            digest.update(b"%s %d\n%s" % (os.path.basename(path).encode(), len(content), content))
        else:
            found[path] = hashlib.sha256(read(path))
    return {name: digest.hexdigest() for name, digest in found.items()}


# Making

def fpr_of(keys, names):
    """The last column of keys.txt."""
    return ",".join(("?" if name[0] == "?" else "") + keys.fingerprint[name.lstrip("?")]
                    for name in names) or "-"


def make_keys_of(home):
    """keys/, keys.txt and secret/."""
    keys = make_keys.make(home, HERE)
    table = ["# file, primary fingerprints to be found (-: none, ?: perhaps), what it is\n"]
    for name, content, found, note in make_keys.files(keys):
        keep("keys/" + name, content)
        table.append("%s %s %s\n" % (name, fpr_of(keys, found), note))
    write("keys.txt", "".join(table).encode())
    for name, content in keys.secret.items():
        keep("secret/%s.gpg" % name, content)
    keep("secret/README", b"These secret keys sign test data and are trusted by nobody: "
                          b"they are public, and worthless.\n")
    return keys


def cases_of(home, keys, digest):
    payload = make_release.payload(make_release.REFERENCE, digest)
    release = keys.rsa("release")[0]
    yield from make_blobs.by_gpg(home, keys, payload)
    yield from make_blobs.frames(release, payload)
    yield from make_blobs.signatures(keys, payload)
    yield from make_blobs.hostile(release, payload)
    yield from make_messages.cases(home, keys, payload)
    yield from make_certificates.cases(keys, payload)
    yield from make_payloads.cases(release, digest)
    yield from make_keyfiles.cases(home, keys, payload)
    yield from make_manifests.cases(release)


def make_all(problems, anew):
    """Append to problems what is there and not made any more."""
    for name in GENERATED if anew else ():
        path = os.path.join(HERE, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
    with make_keys.Home() as home:
        keys = make_keys_of(home)

        def sign(payload):
            return home.gpg("-u", keys.fingerprint["release"], "--digest-algo", "SHA256", "--sign",
                            stdin=payload).stdout

        for path, content in make_release.files(sign).items():
            keep(path, content)
        digest = make_release.digest(read("release/manifest.json"))
        made = list(cases_of(home, keys, digest))
    names = [case.name for case in made]
    problems += ["two cases named " + name for name in sorted(set(names)) if names.count(name) > 1]
    with Judges() as judges:
        for case in made:
            write_case(case, digest, judges)
    problems += ["nothing makes it any more: adversary/" + name
                 for name in sorted(set(corpus.names()) - set(names))]
    write(SUMS, "".join("%s  %s\n" % (digest, name) for name, digest in sums().items()).encode())
    if anew or not os.path.isdir(os.path.join(HERE, "sigstore")):
        make_sigstore.make()


def write_case(case, digest, judges):
    """Its command and what is expected, always; its files and its note when they are missing."""
    folder = "adversary/" + case.name
    write(folder + "/command", case.command(digest).encode())
    write(folder + "/expect", ("%s %d\n" % (case.expect, case.status)).encode())
    for name, content in case.files.items():
        keep("%s/%s" % (folder, name), content)
    if case.generate:
        write(folder + "/generate", (case.generate + "\n").encode())
    if os.path.exists(os.path.join(HERE, folder, "note")):
        return
    opinions = judges.opinions(corpus.Read(case.name))
    note = case.note if case.note.startswith("gpg ") else case.note[0].upper() + case.note[1:]
    if opinions and case.expect != "accepted":
        note += " Accepted by %s." % " and by ".join(opinions)
    write(folder + "/note", (note + "\n").encode())


class Judges:
    """What gpg alone and skopeo say of a case: a home for every set of trusted keys."""

    def __init__(self):
        self.root, self.homes = tempfile.mkdtemp(prefix="relsig-", dir="/tmp"), {}
        self.reference, self.digest = read("release.txt").decode().split()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def home(self, key_files):
        if key_files not in self.homes:
            path = os.path.join(self.root, str(len(self.homes)))
            os.mkdir(path, 0o700)
            with open(os.path.join(path, "gpg.conf"), "w", encoding="ascii") as conf:
                conf.write("no-autostart\ntrust-model always\nno-auto-check-trustdb\n"
                           "pinentry-mode cancel\nbatch\n")
            for file in key_files:
                subprocess.run(["gpg", "--homedir", path, "--quiet", "--import", file], check=False,
                               capture_output=True)
            listing = subprocess.run(["gpg", "--homedir", path, "--with-colons", "--list-keys"],
                                     check=False, capture_output=True).stdout.decode("latin-1")
            prints = [line.split(":")[9] for line in listing.splitlines()
                      if line.startswith("fpr:")]
            self.homes[key_files] = path, prints
        return self.homes[key_files]

    def opinions(self, case):
        """Those who accept the case's blob, of "gpg" and "skopeo"; of other cases none does."""
        if "blob" not in case.files:
            return []
        home, fingerprints = self.home(tuple(case.key_files()))
        blob = os.path.join(self.root, "blob")
        with open(blob, "wb") as file:
            file.write(case.content("blob"))
        # Not the whole of a bomb's output: the verdict is in the status lines.
        done = subprocess.run(["gpg", "--homedir", home, "--no-tty", "--status-fd", "2", "--output",
                               "/dev/null", "--yes", "--", blob], check=False, capture_output=True)
        status = done.stderr.decode("utf-8", "replace")
        accepted = []
        if done.returncode == 0 and "[GNUPG:] GOODSIG " in status:
            accepted.append("gpg alone")
        if shutil.which("skopeo"):
            environment = dict(os.environ, GNUPGHOME=home)
            manifest = os.path.join(HERE, "release", "manifest.json")
            if any(subprocess.run(["skopeo", "standalone-verify", manifest, self.reference,
                                   fingerprint, blob], env=environment, check=False,
                                  capture_output=True).returncode == 0
                   for fingerprint in fingerprints):
                accepted.append("skopeo standalone-verify")
        return accepted


# Checking

def check(problems):
    """Append to problems what is wrong."""
    wanted = dict(reversed(line.split("  ", 1)) for line in read(SUMS).decode().splitlines())
    found, here = sums(), generated_files()
    problems += ["missing: " + name for name in sorted(set(wanted) - set(found))]
    problems += ["not listed in %s: %s" % (SUMS, name) for name in sorted(set(found) - set(wanted))]
    problems += ["changed: " + name for name in sorted(set(found) & set(wanted))
                 if found[name] != wanted[name]]
    total = 0
    for path in here:
        content = read(path)
        total += len(content)
        if len(content) > MAX_FILE:
            problems.append("too large: " + path)
    if total > MAX_TOTAL:
        problems.append("too large in all: %d bytes" % total)
    check_keys(problems)
    check_release(problems, "release")
    check_release(problems, "release-multi")
    with Judges() as judges:
        cases = corpus.names()
        for name in cases:
            try:
                check_case(problems, corpus.Read(name), judges)
            except (OSError, ValueError) as error:
                problems.append("adversary/%s: %s" % (name, error))
    if len(cases) < MIN_CASES:
        problems.append("only %d cases" % len(cases))
    files, octets = make_sigstore.check(problems)
    return len(here) + files, total + octets, len(cases)


def check_keys(problems):
    rows = [line.split(None, 2) for line in read("keys.txt").decode().splitlines()[1:]]
    listed, here = {row[0] for row in rows}, set(os.listdir(os.path.join(HERE, "keys")))
    problems += ["keys.txt and keys/ differ: " + name for name in sorted(listed ^ here)]
    prints = {row[0]: row[1] for row in rows}
    for name in sorted(os.listdir(os.path.join(HERE, "secret"))):
        if name == "README":
            continue
        tag, body, _ = pgp.packets(read("secret/" + name))[0]
        if tag != pgp.SECRET_KEY:
            problems.append("no secret key first: secret/" + name)
        elif body[5] == pgp.RSA:
            key = pgp.load_secret(read("secret/" + name))[0]
            if prints.get(name[:-4] + ".asc") != key.fingerprint:
                problems.append("not the key of keys/%s.asc: secret/%s" % (name[:-4], name))


def check_release(problems, name):
    reference, digest = read(name + ".txt").decode().split()
    manifest, blob = read(name + "/manifest.json"), read(name + "/signature-1")
    if make_release.digest(manifest) != digest:
        problems.append("%s.txt does not have its manifest's digest" % name)
    if read("store/sha256=%s/signature-1" % digest[7:]) != blob:
        problems.append("the store's signature of %s differs" % name)
    for file in os.listdir(os.path.join(HERE, name)):
        content = read(os.path.join(name, file))
        if len(file) == 64 and make_release.sha256(content) != file:
            problems.append("%s/%s has another digest" % (name, file))
    with make_keys.Home() as home:
        home.gpg("--import", os.path.join(HERE, "keys", "release.asc"))
        done = home.gpg("--status-fd", "2", "--decrypt", stdin=blob, check=False)
    if b"[GNUPG:] VALIDSIG " not in done.stderr:
        problems.append("gpg does not verify the signature of " + name)
    if done.stdout != make_release.payload(reference, digest):
        problems.append("the payload of %s is not what it should be" % name)


def check_case(problems, case, judges):
    here = os.path.join("adversary", case.name)
    if not read(here + "/note").strip():
        problems.append(here + ": an empty note")
    if corpus.STATUS.get(case.expect) != case.status and (case.expect, case.status) not in ODD:
        problems.append("%s: %s does not end with %d" % (here, case.expect, case.status))
    problems += ["%s: its command names no such file: %s" % (here, path) for path in case.paths()
                 if not os.path.exists(os.path.join(case.folder, path))]
    problems += ["%s: no part of it: %s" % (here, file) for file in case.files
                 if "dir:." not in case.words and not any(
                     os.path.normpath(path) == file for path in case.paths())]
    for file in case.files:
        case.content(file)
    if case.expect != "accepted" or "blob" not in case.files:
        return
    # Nothing is accepted that they refuse, but for what is written down.
    opinions = judges.opinions(case)
    if "gpg alone" not in opinions:
        problems.append(here + ": accepted, but not by gpg")
    if (shutil.which("skopeo") and "skopeo standalone-verify" not in opinions
            and case.name not in NOT_BY_SKOPEO):
        problems.append(here + ": accepted, but not by skopeo")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="check instead of making")
    parser.add_argument("--anew", action="store_true", help="with new keys")
    arguments, problems = parser.parse_args(), []
    if not arguments.check:
        make_all(problems, arguments.anew)
    files, total, cases = check(problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    print("%d cases, %d files, %d bytes, %d problems" % (cases, files, total, len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
