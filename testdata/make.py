#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make (or, with --check, check) everything in this directory that is not a program or README.

    make.py            make it all anew, with new keys; needs gpg 2.2 or later, uses skopeo if there
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

import make_blobs    # noqa: E402
import make_keys     # noqa: E402
import make_payloads  # noqa: E402
import make_release  # noqa: E402
import make_sigstore  # noqa: E402
import pgp           # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
GENERATED = ("keys", "secret", "release", "release-multi", "store", "blobs",
             "keys.txt", "release.txt", "release-multi.txt")
SUMS = "SHA256SUMS"
REASONS = {"accepted", "not-a-signature", "bad-signature", "unknown-key", "key-expired",
           "key-revoked", "signature-expired", "weak-crypto", "malformed-payload",
           "signed-digest-mismatch", "identity-mismatch", "too-large", "untrusted-key"}
MAX_FILE, MAX_TOTAL = 64 << 10, 1 << 20


def read(path):
    with open(os.path.join(HERE, path), "rb") as file:
        return file.read()


def write(path, content):
    path = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


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
    """What SHA256SUMS lists: a file, or a folder of blobs/ -> its digest (all files, by name)."""
    found = {}
    for path in generated_files():
        if path.startswith("blobs/"):
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


def make_all():
    for name in GENERATED:
        path = os.path.join(HERE, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
    with make_keys.Home() as home:
        keys = make_keys.make(home)
        table = ["# file, primary fingerprints to be found (-: none, ?: perhaps), what it is\n"]
        for name, content, found, note in make_keys.files(keys):
            write("keys/" + name, content)
            table.append("%s %s %s\n" % (name, fpr_of(keys, found), note))
        write("keys.txt", "".join(table).encode())
        for name, content in keys.secret.items():
            write("secret/%s.gpg" % name, content)
        write("secret/README", b"These secret keys sign test data and are trusted by nobody: "
                               b"they are public, and worthless.\n")

        def sign(payload):
            return home.gpg("-u", keys.fingerprint["release"], "--digest-algo", "SHA256", "--sign",
                            stdin=payload).stdout

        for path, content in make_release.files(sign).items():
            write(path, content)
        digest = make_release.digest(read("release/manifest.json"))
        payload = make_release.payload(make_release.REFERENCE, digest)
        release = keys.rsa("release")[0]
        cases = [*make_blobs.by_gpg(home, keys, payload), *make_blobs.frames(release, payload),
                 *make_blobs.signatures(keys, payload), *make_blobs.hostile(release, payload),
                 *make_payloads.cases(release, digest)]
    with Judges() as judges:
        for case in cases:
            write_case(case, judges)
    write(SUMS, "".join("%s  %s\n" % (digest, name) for name, digest in sums().items()).encode())
    make_sigstore.make()


def write_case(case, judges):
    folder = "blobs/" + case.name
    if os.path.exists(os.path.join(HERE, folder)):
        raise RuntimeError("two cases named " + case.name)
    write(folder + "/blob", case.blob)
    write(folder + "/expect", (case.expect + "\n").encode())
    if case.keys:
        write(folder + "/keys", "".join(key + "\n" for key in case.keys).encode())
    if case.generate:
        write(folder + "/generate", (case.generate + "\n").encode())
    opinions = judges.opinions(case.name)
    note = case.note if case.note.startswith("gpg ") else case.note[0].upper() + case.note[1:]
    if opinions and case.expect != "accepted":
        note += " Accepted by %s." % " and by ".join(opinions)
    write(folder + "/note", (note + "\n").encode())


def trusted(name):
    """The key files that a case trusts."""
    path = "blobs/%s/keys" % name
    if os.path.exists(os.path.join(HERE, path)):
        return read(path).decode().split()
    return ["release.asc"]


def blob_of(name):
    """The case's blob, with what its generate file adds."""
    blob, path = read("blobs/%s/blob" % name), "blobs/%s/generate" % name
    if os.path.exists(os.path.join(HERE, path)):
        where, unit, size = read(path).decode().split()
        count, left = divmod(int(size) - len(blob), len(unit) // 2)
        assert left == 0, name
        at = len(blob) if where == "end" else int(where)
        blob = blob[:at] + bytes.fromhex(unit) * count + blob[at:]
    return blob


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
                subprocess.run(["gpg", "--homedir", path, "--quiet", "--import",
                                os.path.join(HERE, "keys", file)], check=False, capture_output=True)
            listing = subprocess.run(["gpg", "--homedir", path, "--with-colons", "--list-keys"],
                                     check=False, capture_output=True).stdout.decode("latin-1")
            prints = [line.split(":")[9] for line in listing.splitlines()
                      if line.startswith("fpr:")]
            self.homes[key_files] = path, prints
        return self.homes[key_files]

    def opinions(self, name):
        """Those who accept the case's blob, of "gpg" and "skopeo"."""
        home, fingerprints = self.home(tuple(trusted(name)))
        blob = os.path.join(self.root, "blob")
        with open(blob, "wb") as file:
            file.write(blob_of(name))
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
        for name in sorted(os.listdir(os.path.join(HERE, "blobs"))):
            check_case(problems, name, judges)
    files, octets = make_sigstore.check(problems)
    return len(here) + files, total + octets


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


def check_case(problems, name, judges):
    folder = "blobs/" + name
    missing = {"blob", "expect", "note"} - set(os.listdir(os.path.join(HERE, folder)))
    if missing:
        problems.append("%s lacks %s" % (folder, ", ".join(sorted(missing))))
        return
    word = read(folder + "/expect").decode().rstrip("\n")
    if word not in REASONS:
        problems.append("%s: no such reason: %s" % (folder, word))
    problems += ["%s: no such key file: %s" % (folder, key) for key in trusted(name)
                 if not os.path.exists(os.path.join(HERE, "keys", key))]
    if word != "accepted":
        return
    # Nothing is accepted that they refuse, but for what is written down.
    opinions = judges.opinions(name)
    if "gpg alone" not in opinions:
        problems.append(folder + ": accepted, but not by gpg")
    if (shutil.which("skopeo") and "skopeo standalone-verify" not in opinions
            and name != "payload-optional-absent"):
        problems.append(folder + ": accepted, but not by skopeo")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="check instead of making")
    if not parser.parse_args().check:
        make_all()
    problems = []
    files, total = check(problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    print("%d files, %d bytes, %d problems" % (files, total, len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
