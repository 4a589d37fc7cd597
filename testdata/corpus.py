# SPDX-License-Identifier: GPL-3.0-or-later
"""A case of the adversarial corpus: as it is made, and as it is read from its directory.

README has the form. make.py writes cases; it and tests/adversary/run read them.
"""
import os
import re
import shlex

from make_release import REFERENCE

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "adversary")

# Exit status of each reason; a case that ends otherwise says so.
REFUSED = ("not-a-signature bad-signature unknown-key untrusted-key key-expired key-revoked "
           "signature-expired weak-crypto malformed-payload signed-digest-mismatch "
           "identity-mismatch manifest-digest-mismatch unsupported-manifest no-signature "
           "too-large").split()
STATUS = {"accepted": 0, **{word: 1 for word in REFUSED}, "io-error": 2, "usage": 2,
          "error": 2}

# What a directory may hold beside the files that its command names.
ABOUT = {"command", "expect", "note", "generate"}


class Case:
    """One to be written. files: name -> content; arguments: the command, "@" is the digest."""

    def __init__(self, name, expect, note, files, arguments, status=None, generate=None):
        self.name, self.expect, self.note, self.files = name, expect, note, files
        self.arguments, self.generate = arguments, generate
        self.status = STATUS[expect] if status is None else status

    def command(self, digest):
        words = [digest if word == "@" else word for word in self.arguments]
        return " ".join(shlex.quote(word) for word in words) + "\n"


def trusting(keys):
    """Options that trust key files: names in keys/, or, with a slash, paths."""
    return [word for key in keys for word in ("--key", key if "/" in key else "../../keys/" + key)]


OFFLINE = ["verify", "--offline"]
OWN_KEYS = "./keyfile"  # the case's own, in trusting()


def signature(name, expect, note, blob, keys=None, generate=None, keyfile=None, options=()):
    """A blob that claims to be a signature of the sample release. keyfile: its own key file."""
    files = {"blob": blob}
    if keyfile is not None:
        files["keyfile"], keys = keyfile, keys or [OWN_KEYS]
    arguments = OFFLINE + ["--digest-only", "--identity", REFERENCE]
    arguments += trusting(keys or ["release.asc"]) + [*options, "--signature", "blob", "@"]
    # A file above the cap is not looked at: there is no verdict.
    status = 2 if generate and expect == "too-large" else None
    return Case(name, expect, note, files, arguments, status,
                "blob " + generate if generate else None)


def key_file(name, expect, note, content=None, keys=None, generate=None, options=()):
    """A key file, given for the sample release's own signature."""
    arguments = OFFLINE + ["--digest-only", "--identity", REFERENCE]
    arguments += trusting(keys or [OWN_KEYS])
    arguments += [*options, "--signature", "../../release/signature-1", "@"]
    return Case("keyfile-" + name, expect, note, {} if content is None else {"keyfile": content},
                arguments, generate="keyfile " + generate if generate else None)


def manifest(name, expect, note, content, blob, generate=None, status=None, arguments=None):
    """A manifest, with a good signature over its digest, so that nothing else is wrong."""
    files = {"manifest.json": content, "signature-1": blob}
    arguments = arguments or OFFLINE + ["--identity", REFERENCE] + trusting(["release.asc"]) + [
        "dir:."]
    return Case("manifest-" + name, expect, note, files, arguments, status,
                "manifest.json " + generate if generate else None)


# Reading

def generated(content, rule):
    """content with what a rule, "WHERE HEX SIZE", adds: see README."""
    where, unit, size = rule.split()
    count, left = divmod(int(size) - len(content), len(unit) // 2)
    if left != 0 or count < 0:
        raise ValueError("not a whole number of times: " + rule)
    at = len(content) if where == "end" else int(where)
    if "NNNN" in unit:
        middle = b"".join(bytes.fromhex(unit.replace("NNNN", "%04x" % i)) for i in range(count))
    else:
        middle = bytes.fromhex(unit) * count
    return content[:at] + middle + content[at:]


class Read:
    """One as it lies in its directory. Failing to read it is an error."""

    def __init__(self, name, folder=FOLDER):
        self.name, self.folder = name, os.path.join(folder, name)
        self.command = self.line("command")
        self.words = shlex.split(self.command)
        match = re.fullmatch(r"([a-z-]+) ([012])", self.line("expect"))
        if not match:
            raise ValueError("%s: expect is not WORD STATUS" % name)
        self.expect, self.status = match[1], int(match[2])
        if "generate" in os.listdir(self.folder):
            self.generated, self.rule = self.line("generate").split(" ", 1)
        else:
            self.generated, self.rule = None, None
        self.files = [file for file in sorted(os.listdir(self.folder)) if file not in ABOUT]

    def line(self, file):
        with open(os.path.join(self.folder, file), encoding="ascii") as stream:
            text = stream.read()
        if not text.endswith("\n") or text.count("\n") != 1 or len(text) < 2:
            raise ValueError("%s: %s is not one line" % (self.name, file))
        return text[:-1]

    def content(self, file):
        """A file of the case, whole."""
        with open(os.path.join(self.folder, file), "rb") as stream:
            content = stream.read()
        return generated(content, self.rule) if file == self.generated else content

    def values(self, option):
        return [self.words[i + 1] for i, word in enumerate(self.words[:-1]) if word == option]

    def key_files(self):
        """Paths of the files that are trusted."""
        return [os.path.join(self.folder, path) for path in self.values("--key")]

    def paths(self):
        """Every path that the command names."""
        found = [path for option in ("--key", "--signature", "--manifest", "--public-key-file")
                 for path in self.values(option)]
        found += [word[4:] for word in self.words if word.startswith("dir:")]
        if self.words[0] == "manifest-digest":
            found.append(self.words[-1])
        return found


def names(folder=FOLDER):
    return sorted(name for name in os.listdir(folder) if name[0] != ".")
