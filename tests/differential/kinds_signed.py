# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of change to what is signed, and to what it is compared with: payload, manifest, name,
signature subpackets, signer. Each alters m and returns words for how."""
import json
import struct

from sample import SIGNED_AT, pgp


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
        m.manifest = rng.choice([sample.manifest + b" " * (4 << 20), sample.manifest + b"\n", sample.manifest + b"x", b"", b"[]",
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
              (b'{"creator"', b'{"x": ' + b"[" * 70 + b"]" * 70 + b', "creator"'),
              (b'{"creator"', b'{"x": "' + b"x" * 66000 + b'", "creator"'),
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
        how.append("%s to %s" % (old, new[:40]))
    if rng.random() < .15:
        text = rng.choice([text + b"\n", text + b"\0", text + b"{}", b" " + text, text[:-1], b"",
                           b"\xef\xbb\xbf" + text, b"null", b"[]", text.replace(b"", b"\0")])
        how.append("whole")
    m.blob = sample.sign(text)
    if len(text) > 60000 and rng.random() < .5:
        m.blob = pgp.compressed(m.blob)
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


def random_reference(rng):
    """Put together from parts that are good, odd or bad."""
    host = rng.choice(["", "", "quay.io/", "localhost/", "a/", "A.b/", "1.2.3.4:5000/", "a-b.c/",
                       "docker.io/", "x.y:/", "x.y:0/", "x.y:99999/", "-a.b/", "a..b/", "a.b-/"])
    path = "/".join(rng.choice(["a", "b-c", "d__e", "f.g", "library", "h_i", "1", "j---k", "l.",
                                "_m", "n..o", "P", ""]) for _ in range(rng.randrange(1, 4)))
    tag = rng.choice(["", ":1", ":latest", ":v1.2_x-y", ":A", ":_", ":.x", ":-x", ":a b", ":1:2"])
    return host + path + tag + rng.choice(["", "", "", "@sha256:" + "a" * 64, "@sha256:" + "A" * 64,
                                           "@sha512:" + "b" * 128, "@sha256:" + "c" * 63])


def change_reference(rng, sample, m):
    """Wrong or differently written references; matching pairs too."""
    signed = sample.reference
    if rng.random() < .8:
        signed = rng.choice(REFERENCES) if rng.random() < .5 else random_reference(rng)
        m.blob = sample.sign(sample.payload(reference=signed) if signed else b"{}")
    family = [r for r in REFERENCES if "busybox" in r] if "busybox" in signed else REFERENCES
    m.reference = rng.choice([signed, signed, signed, rng.choice(family), signed + ":latest",
                              "docker.io/library/" + signed, signed.replace("x86_64", "multi"),
                              signed.upper(), signed[:-1]])
    return "signed as %r, asked for %r" % (signed, m.reference)


def change_fingerprint(rng, sample, m):
    """Another key's, a key ID, too short or long a fingerprint; other signers of the message."""
    m.blob = sample.sign(by=rng.choice([sample.key, sample.key, sample.other]))
    which = rng.choice([sample.key, sample.key, sample.other, sample.small]).fingerprint
    at, hexadecimal = rng.randrange(40), "0123456789ABCDEF"
    m.fingerprint = rng.choice([
        which, which, which[-16:], which[-8:], which[:-1], which + "0", which + which, which[1:],
        "0" * 40, "x" * 40, "F" * 64, which[::-1], which[:at] + rng.choice(hexadecimal)
        + which[at + 1:], which[:at] + which[at + 1:]])
    return "fingerprint " + m.fingerprint


def random_subpacket(rng, sample):
    """Of any type; those that mean something more often, with contents that fit or do not."""
    when = struct.pack(">I", rng.choice([0, 1, SIGNED_AT - 1, SIGNED_AT, SIGNED_AT + 1, 1 << 31]))
    meaning = [(2, when), (3, when), (3, struct.pack(">I", 60)), (9, when), (16, sample.key.key_id),
               (16, sample.other.key_id), (16, bytes(8)), (16, b""), (27, b"\1"), (27, b"\0"),
               (33, b"\4" + sample.key.raw_fingerprint), (33, b"\4" + sample.other.raw_fingerprint),
               (33, b"\5" + bytes(32)), (33, b"\4"), (4, b"\0"), (5, b"\1x"), (7, b"\0"),
               (12, b"\x80\1" + bytes(20)), (26, b"http://x.invalid/"), (28, b"x@y.invalid"),
               (29, b"\2"), (30, b"\1"), (31, b"\1\x08" + bytes(32)), (32, b"\4\0\1\x08"), (25, b"\1"),
               (35, b"\4" + sample.key.raw_fingerprint), (11, b"\x09"), (21, b"\x08"), (24, b"x:")]
    kind, body = rng.choice(meaning)
    if rng.random() < .2:
        kind, body = rng.randrange(128), rng.randbytes(rng.choice([0, 1, 4, 8, 20, 200]))
    if rng.random() < .15:
        return pgp.notation(b"a@b.c", rng.randbytes(3), rng.random() < .5)
    out = pgp.subpacket(kind, body, rng.random() < .15)
    if rng.random() < .1:
        return b"\xff" + struct.pack(">I", len(body) + 1) + bytes([kind]) + body
    if rng.random() < .06:
        return rng.choice([out[:-1], bytes([out[0] + 1]) + out[1:], b"\0" + out, b"\xff\xff", b"\0"])
    return out


def edit_subpackets(rng, sample, m):
    """Other subpackets: in the hashed area with a signature that covers them, and in the other."""
    options, how = {}, []
    hashed = [random_subpacket(rng, sample) for _ in range(rng.choice([0, 1, 1, 2, 3]))]
    options["hashed"] = b"".join(hashed)
    if rng.random() < .25:
        options["issuer_fingerprint"] = rng.choice([b"", b"", sample.other.raw_fingerprint])
        how.append("issuer fingerprint")
    unhashed = [random_subpacket(rng, sample) for _ in range(rng.choice([0, 0, 1, 2]))]
    if rng.random() < .8:
        unhashed.insert(rng.randrange(len(unhashed) + 1),
                        pgp.subpacket(pgp.SUB_ISSUER, sample.key.key_id))
    options["unhashed"] = b"".join(unhashed)
    m.blob = sample.sign(**options)
    return " ".join(how + ["hashed", options["hashed"].hex(), "unhashed",
                           options["unhashed"].hex()])


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
    m.blob = sample.sign(**options)
    return how
