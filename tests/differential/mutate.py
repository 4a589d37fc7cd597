# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproducible mutants of a good case: what mutants.py gives to both programs."""
import hashlib
import json
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTDATA = os.path.join(HERE, "..", "..", "testdata")
sys.path.insert(0, TESTDATA)

import pgp  # noqa: E402

SIGNED_AT = 1590969600  # when the sample release was signed


def read(*path):
    with open(os.path.join(TESTDATA, *path), "rb") as file:
        return file.read()


def digest(manifest):
    return "sha256:" + hashlib.sha256(manifest).hexdigest()


class Sample:
    """The good case, and the keys to sign others with."""

    def __init__(self):
        self.reference = read("release.txt").decode().split()[0]
        self.manifest = read("release", "manifest.json")
        self.blob = read("release", "signature-1")
        self.key = pgp.load_secret(read("secret", "release.gpg"))[0]
        self.other = pgp.load_secret(read("secret", "other.gpg"))[0]

    def payload(self, manifest=None, reference=None):
        if manifest is None:
            manifest = self.manifest
        return {"critical": {"image": {"docker-manifest-digest": digest(manifest)},
                             "type": "atomic container signature",
                             "identity": {"docker-reference": reference or self.reference}},
                "optional": {"creator": "relsig test 1"}}

    def sign(self, payload, **options):
        if not isinstance(payload, bytes):
            payload = json.dumps(payload).encode()
        return pgp.message(options.pop("by", self.key), payload,
                           options.pop("created", SIGNED_AT), **options)


class Mutant:
    """What standalone-verify gets, and how it came to be."""

    def __init__(self, sample):
        self.manifest, self.reference = sample.manifest, sample.reference
        self.fingerprint, self.blob, self.how = sample.key.fingerprint, sample.blob, "unchanged"


def base_blob(rng, sample):
    """One of the forms that a good signature has."""
    plain = sample.sign(sample.payload(), version=rng.choice([3, 4]))
    return rng.choice([plain, pgp.compressed(plain), pgp.compressed(plain, 2), sample.blob])


# One function per kind of change: it alters m and returns words for how.

def flip_bit(rng, sample, m):
    blob = bytearray(base_blob(rng, sample))
    at, bit = rng.randrange(len(blob)), rng.randrange(8)
    blob[at] ^= 1 << bit
    m.blob = bytes(blob)
    return "bit %d of octet %d" % (bit, at)


def truncate(rng, sample, m):
    blob = base_blob(rng, sample)
    at, until = sorted(rng.randrange(len(blob) + 1) for _ in range(2))
    junk = rng.choice([b"", b"\0", b"\n", b"\xff" * 9, rng.randbytes(rng.randrange(1, 40))])
    how = rng.randrange(4)
    if how == 0:
        m.blob = blob[:at]
    elif how == 1:
        m.blob = blob[:at] + blob[until:]
    elif how == 2:
        m.blob = blob[:at] + junk + blob[at:]
    else:
        m.blob = blob + junk
    return "cut %d at %d until %d" % (how, at, until)


def rearrange(rng, sample, m):
    """Swap, repeat, drop and insert packets."""
    payload = json.dumps(sample.payload()).encode()
    pairs = pgp.parts(sample.key, payload, SIGNED_AT)
    foreign = pgp.parts(rng.choice([sample.key, sample.other]), payload.replace(b"4.99", b"4.98"),
                        SIGNED_AT) + pgp.parts(sample.other, payload, SIGNED_AT)
    foreign += [(pgp.MARKER, b"PGP"), (pgp.TRUST, b"\0\0"), (pgp.USER_ID, b"x"), (60, b"x"),
                (63, b""), (pgp.PUBLIC_KEY, sample.key.body),
                (pgp.PUBLIC_SUBKEY, sample.other.body),
                (pgp.COMPRESSED, pgp.compressed_body(pgp.join(pairs))),
                (pgp.LITERAL, b"b\0\0\0\0\0"), (pgp.SKESK, b"\4\7\0\2"),
                (pgp.SEIPD, b"\1" + bytes(30))]
    how = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        kind = rng.choice(["swap", "repeat", "drop", "insert"])
        at = rng.randrange(len(pairs) or 1)
        if kind == "insert" or not pairs:
            pairs.insert(rng.randrange(len(pairs) + 1), rng.choice(foreign))
        elif kind == "swap":
            to = rng.randrange(len(pairs))
            pairs[at], pairs[to] = pairs[to], pairs[at]
        elif kind == "repeat":
            pairs.insert(at, pairs[at])
        else:
            del pairs[at]
        how.append(kind)
    m.blob = b"".join((pgp.packet_old if tag < 16 and rng.random() < .3 else pgp.packet)(tag, body)
                      for tag, body in pairs)
    if rng.random() < .4:
        m.blob = pgp.compressed(m.blob, rng.choice([1, 2]))
        how.append("compressed")
    return " ".join(how) + ": " + " ".join(str(tag) for tag, _ in pairs)


def edit_manifest(rng, sample, m):
    """Other bytes under the same signature."""
    text = bytearray(sample.manifest)
    at, kind = rng.randrange(len(text)), rng.randrange(4)
    if kind == 0:
        text[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del text[at:at + rng.randrange(1, 20)]
    elif kind == 2:
        text[at:at] = rng.choice([b" ", b"\n", b"\0", b'"signatures": [],'])
    else:
        text = rng.choice([b"", text + b"\n", text + b"\0", b"\xef\xbb\xbf" + text, b"{}"])
    m.manifest = bytes(text)
    return "manifest edit %d at %d" % (kind, at)


def sign_manifest(rng, sample, m):
    """Another manifest, signed well."""
    top = json.loads(sample.manifest)
    edits = ({"signatures": []}, {"signatures": None}, {"Signatures": [1]}, {"manifests": []},
             {"manifests": [{}]}, {"fsLayers": []}, {"history": []}, {"schemaVersion": 1},
             {"schemaVersion": 2.0}, {"schemaVersion": "2"}, {"mediaType": "text/plain"}, {"x": 1},
             {"mediaType": "application/vnd.oci.image.manifest.v1+json"}, {"layers": []},
             {"mediaType": "application/vnd.docker.distribution.manifest.list.v2+json"},
             {"mediaType": None}, {"mediaType": 5}, {"config": {}}, {"x": "é"})
    edit = rng.choice(edits)
    top.update(edit)
    if rng.random() < .2:
        del top[rng.choice(sorted(top))]
    m.manifest = json.dumps(top, indent=rng.choice([None, 3])).encode()
    if rng.random() < .2:
        m.manifest = rng.choice([sample.manifest + b"\n", sample.manifest + b"x", b"", b"[]",
                                 sample.manifest[:-1] + b', "schemaVersion": 1}', b"\x1f\x8b"])
        edit = "whole"
    m.blob = sample.sign(sample.payload(m.manifest))
    return "manifest %s signed" % (edit,)


VALUES = (None, True, 0, 1, -1, 1.5, 1e300, 10 ** 18, 10 ** 25, "", "x", "é", "a\0b", "\ud800",
          [], [1], {}, {"a": 1}, "atomic container signature", "sha256:" + "0" * 64,
          "sha512:" + "0" * 128)
TEXT_EDITS = ((b'"critical"', b'"Critical"'), (b'"type"', b'"\\u0074ype"'), (b"{", b"{ "),
              (b"}", b",}"), (b":", b" :\t"), (b'"', b"'"), (b"sha256:", b"SHA256:"),
              (b"quay.io", b"quay\\u002eio"),
              (b"/", b"\\/"), (b"relsig test 1", b"\xff"), (b"relsig test 1", b"\\ud83d\\ude00"),
              (b"relsig test 1", b"a\tb"), (b'{"creator"', b'{"creator": "a", "creator"'),
              (b'{"creator"', b'{"timestamp": 1e3, "creator"'), (b'"relsig test 1"', b"01"),
              (b'{"creator"', b'{"x": {"a": 1, "a": 2}, "creator"'), (b'"relsig test 1"', b"NaN"),
              (b'{"creator"', b'{"timestamp": 12345678901234567890, "creator"'),
              (b'{"creator"', b'{"x": 1e999, "creator"'), (b'{"creator"', b'{"x": -0, "creator"'),
              (b'"optional"', b'"critical"'), (b"x86_64", b"x86_64\\n"))


def edit_payload(rng, sample, m):
    """Edits of the signed text, signed again."""
    top = sample.payload()
    places = [top, top["critical"], top["critical"]["image"], top["critical"]["identity"],
              top["optional"]]
    how = []
    for _ in range(rng.choice([0, 1, 1, 2])):
        place = rng.choice(places)
        kind = rng.choice(["set", "set", "add", "remove", "rename"])
        key = rng.choice(sorted(place) or ["x"])
        if kind == "set" and place is not top:
            place[key] = rng.choice(VALUES)
        elif kind == "add":
            new = rng.choice(["timestamp", "x", "Type", "creator", "optional", ""])
            place[new] = rng.choice(VALUES)
        elif key in place:
            value = place.pop(key)
            if kind == "rename":
                place[key.swapcase()] = value
        how.append("%s %s" % (kind, key))
    text = json.dumps(top, indent=rng.choice([None, None, 1])).encode()
    for _ in range(rng.choice([0, 0, 1, 2]) if how else 1):
        old, new = rng.choice(TEXT_EDITS)
        text = text.replace(old, new, rng.choice([1, 1, -1]))
        how.append("%s to %s" % (old, new))
    if rng.random() < .15:
        text = rng.choice([text + b"\n", text + b"\0", text + b"{}", b" " + text, text[:-1], b"",
                           b"\xef\xbb\xbf" + text, b"null", b"[]", text.replace(b"", b"\0")])
        how.append("whole")
    m.blob = sample.sign(text)
    return "payload " + ", ".join(how)


REFERENCES = (
    "quay.io/openshift-release-dev/ocp-release", "busybox", "busybox:1", "library/busybox:1",
    "docker.io/library/busybox:1", "index.docker.io/library/busybox:1", "docker.io/busybox:1",
    "localhost/a:1", "localhost:5000/a:1", "a.b:5000/c/d__e:_x", "a/b/c:1", "A/b:1", "a//b:1",
    "quay.io/a:1@sha256:" + "0" * 64, "quay.io/a@sha256:" + "0" * 64, "quay.io/a@sha256:00",
    "quay.io/a@md5:" + "0" * 32, "docker://quay.io/a:1", "https://quay.io/a:1", "/etc/passwd",
    "quay.io/a:", "quay.io/a:" + "x" * 128, "quay.io/a:" + "x" * 129, "quay.io/a:.x", "", " ",
    "0" * 64, "quay.io/a..b:1", "quay.io/a-:1", "quay.io/a---b:1", "quay.io/",
    "QUAY.io/a:1", "quay.io/a:1 ", "quay.io/a:1\n", "quay.io/" + "a" * 260 + ":1", "a_b.c/d:1")


def other_arguments(rng, sample, m):
    """Wrong or differently written reference and fingerprint; matching pairs of references too."""
    fingerprint = sample.key.fingerprint
    if rng.random() < .3:
        m.fingerprint = rng.choice([sample.other.fingerprint, fingerprint[-16:], fingerprint[-8:],
                                    fingerprint[:-1], fingerprint + "0", "0" * 40, "x" * 40,
                                    fingerprint[:7] + ("0" if fingerprint[7] != "0" else "1")
                                    + fingerprint[8:]])
        return "fingerprint " + m.fingerprint
    signed = sample.reference
    if rng.random() < .7:
        signed = rng.choice(REFERENCES)
        m.blob = sample.sign(sample.payload(reference=signed) if signed else b"{}")
    family = [r for r in REFERENCES if "busybox" in r] if "busybox" in signed else REFERENCES
    m.reference = rng.choice([signed, signed, rng.choice(family),
                              signed.replace("x86_64", "multi")])
    return "signed as %r, asked for %r" % (signed, m.reference)


def repack(rng, sample, m):
    """The same packets, framed, compressed and armoured otherwise."""
    pairs = pgp.parts(sample.key, json.dumps(sample.payload()).encode(), SIGNED_AT)
    frames = (pgp.packet, pgp.packet_old, lambda tag, body: pgp.packet_partial(
        tag, body, [rng.randrange(10) for _ in range(rng.randrange(1, 4))]))
    picked = [rng.randrange(3) if tag == pgp.LITERAL or rng.random() < .1 else rng.randrange(2)
              for tag, _ in pairs]
    m.blob = b"".join(frames[i](tag, body) for i, (tag, body) in zip(picked, pairs))
    how = ["frames %s" % picked]
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        algorithm, level = rng.choice([0, 1, 1, 2, 2, 3]), rng.randrange(10)
        m.blob = pgp.compressed(m.blob, algorithm, level,
                                rng.choice(frames + (pgp.packet_indeterminate,) * 2))
        how.append("algorithm %d level %d" % (algorithm, level))
    if rng.random() < .2:
        m.blob = pgp.armor(m.blob, rng.choice(["MESSAGE", "SIGNATURE"]), rng.random() < .8)
        how.append("armour")
    return ", ".join(how)


def sign_otherwise(rng, sample, m):
    """Other keys, hashes, classes, times, modes, names and subpackets."""
    options = {}
    choices = {
        "by": [sample.other],
        "hash_id": list(pgp.HASHES),
        "sigclass": [1, 2, 0x10, 0x40],
        "version": [3],
        "created": [0, 1, 1577836799, 1577836800, 1577836801, SIGNED_AT + 1, 4102444800,
                    0xFFFFFFFF],
        "mode": [b"t", b"u", b"l", b"m", b"1", b"x", b"\0"],
        "name": [b"x" * 255, b"_CONSOLE", b"\n[GNUPG:] GOODSIG x", b"\x1b[2J", b"\0"],
        "hashed": [pgp.notation(b"a@b.c", b"d", rng.random() < .5), pgp.subpacket(100, b"", True),
                   pgp.subpacket(101, b"x"), pgp.subpacket(26, b"http://x.invalid/"),
                   pgp.subpacket(pgp.SUB_EXPIRES, struct.pack(">I", 60)),
                   pgp.subpacket(pgp.SUB_EXPIRES, bytes(4)),
                   pgp.subpacket(pgp.SUB_CREATED, bytes(4)),
                   pgp.subpacket(pgp.SUB_ISSUER, bytes(8))],
        "issuer_fingerprint": [b"", sample.other.raw_fingerprint, bytes(20)],
        "unhashed": [b"", pgp.subpacket(pgp.SUB_ISSUER, sample.other.key_id),
                     pgp.subpacket(pgp.SUB_ISSUER, sample.key.key_id) + pgp.subpacket(1, b"x"),
                     pgp.subpacket(100, b"x")],
    }
    for what in rng.sample(sorted(choices), rng.choice([1, 1, 2, 3])):
        options[what] = rng.choice(choices[what])
    how = ", ".join("%s %s" % (what, "other" if what == "by" else value)
                    for what, value in options.items())
    m.blob = sample.sign(sample.payload(), **options)
    return how


KINDS = ((flip_bit, 35), (truncate, 10), (rearrange, 13), (edit_manifest, 7), (sign_manifest, 5),
         (edit_payload, 12), (other_arguments, 7), (repack, 6), (sign_otherwise, 5))


def make_mutant(sample, seed, number):
    rng = random.Random("%s/%d" % (seed, number))
    mutant = Mutant(sample)
    kind = rng.choices([k for k, _ in KINDS], [weight for _, weight in KINDS])[0]
    mutant.how = "%s: %s" % (kind.__name__, kind(rng, sample, mutant))
    return mutant


def good_cases(sample):
    """What both must accept, or nothing that follows means anything."""
    plain = sample.sign(sample.payload())
    for how, blob in (("gpg's", sample.blob), ("by hand", plain), ("ZIP", pgp.compressed(plain)),
                      ("ZLIB", pgp.compressed(plain, 2)),
                      ("version 3", sample.sign(sample.payload(), version=3))):
        mutant = Mutant(sample)
        mutant.blob, mutant.how = blob, "good case: " + how
        yield mutant
