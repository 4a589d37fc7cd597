# SPDX-License-Identifier: GPL-3.0-or-later
"""Key files, good and hostile, each given for the sample release's own signature.

Those that unit tests read too are in keys/ (make_keys.py); the others lie in their case.
"""
import os
import struct

import pgp
from corpus import key_file as Case
from make_keys import KEY_TIME, YEAR

OK, USAGE, UNKNOWN, UNTRUSTED = "accepted", "usage", "unknown-key", "untrusted-key"
ERROR = "error"  # before there is a report
LABEL = "PUBLIC KEY BLOCK"

# Of keys/: what comes of giving this file alone.
FILES = [
    (OK, "two two-blocks prose headers crlf no-blank-line no-crc v6 v6-first v6-same-block "
         "secret-and-public duplicate"),
    (UNKNOWN, "bad-crc-and-good other uid-escapes expired revoked rsa1024 nocrosscert"),
    (USAGE, "v6-only secret bad-crc truncated garbage empty shared-subkey bom"),
]
BINARY = [(OK, "two release"), (UNTRUSTED, "truncated"), (USAGE, "garbage")]


def cases(home, keys, payload):
    yield from in_keys()
    yield from armoured(keys)
    yield from binary(home, keys, payload)
    yield from crowded(keys)
    yield from fingerprints(keys)


def in_keys():
    for rows, end in ((FILES, ".asc"), (BINARY, ".gpg")):
        for expect, names in rows:
            for name in names.split():
                yield Case(name if end == ".asc" else "binary-" + name, expect,
                           "keys/%s." % (name + end), keys=[name + end])
    yield Case("good-and-garbage", USAGE, "a good key file and one that is none.",
               keys=["release.asc", "garbage.asc"])
    yield Case("good-and-empty", USAGE, "a good key file and an empty one.",
               keys=["release.asc", "empty.asc"])
    yield Case("good-and-secret", USAGE, "a good key file and one of a secret key.",
               keys=["release.asc", "secret.asc"])
    yield Case("good-twice", OK, "the same key file twice.", keys=["release.asc", "release.asc"])
    yield Case("all-kinds", OK, "a good one among keys that are of no use.",
               keys=["expired.asc", "revoked.asc", "certonly.asc", "uid-escapes.asc", "release.asc",
                     "nocrosscert.asc"])
    yield Case("two-files-share-a-subkey", USAGE, "two files that have a subkey in common.",
               keys=["subkey.asc", "shared-subkey.asc"])
    yield Case("signature", USAGE, "a signature for a key file.",
               keys=["../../release/signature-1"])
    yield Case("manifest", USAGE, "a manifest for a key file.",
               keys=["../../release/manifest.json"])
    yield Case("directory", ERROR, "a directory for a key file.", keys=["../../keys/"])


def armoured(keys):
    good = keys.armored("release")
    lines = good.split(b"\n")
    release = keys.public["release"]
    for name, expect, note, content in (
            ("indented", USAGE, "armour with blanks before each line.",
             b"\n".join(b"    " + line for line in lines)),
            ("one-line", OK, "base64 in one line: gpg refuses that.",
             b"\n".join([lines[0], b"", b"".join(lines[2:-3])] + lines[-3:])),
            ("long-line", USAGE, "a line of 6,000 octets in the armour.",
             b"\n".join(lines[:3] + [b"A" * 6000] + lines[3:])),
            ("form-feed", USAGE, "a form feed in the armour.",
             b"\n".join(lines[:5] + [b"\f"] + lines[5:])),
            ("nul", USAGE, "a NUL in the armour.", good.replace(lines[5], lines[5] + b"\0")),
            ("as-message", USAGE, "a key with the label MESSAGE.", pgp.armor(release, "MESSAGE")),
            ("as-private", USAGE, "a key with the label PRIVATE KEY BLOCK.",
             pgp.armor(release, "PRIVATE KEY BLOCK")),
            ("secret-as-public", USAGE, "a secret key with the label PUBLIC KEY BLOCK.",
             pgp.armor(keys.secret["other"], LABEL)),
            ("header-escapes", OK, "escapes in an armour header.",
             keys.armored("release", headers=["Comment: \x1b[2J\x07\x1b]0;x\x07"])),
            ("no-end", USAGE, "armour that does not end.", b"\n".join(lines[:-2])),
            ("other-end", OK, "armour that ends as another kind: nobody minds.",
             good.replace(b"-----END PGP PUBLIC", b"-----END PGP PRIVATE")),
            ("block-in-block", USAGE, "armour that begins twice.",
             b"\n".join(lines[:8]) + b"\n" + good),
            ("html", USAGE, "an error page.", b"<!DOCTYPE html><html><body>404</body></html>\n"),
            ("escapes", USAGE, "nothing but terminal escapes.", b"\x1b[2J\x1b]0;x\x07" * 50),
            ("utf-16", USAGE, "UTF-16.", good.decode().encode("utf-16"))):
        yield Case(name, expect, note, content)


def binary(home, keys, payload):
    release, other = keys.public["release"], keys.public["other"]
    key, second = keys.rsa("release")[0], keys.rsa("other")[0]
    head, name, certified = [whole for _, _, whole in pgp.packets(release)]
    unknown, junk = pgp.packet(60, b"x" * 20), b"This is no packet.\n"
    version3 = pgp.packet(pgp.PUBLIC_KEY, b"\3" + struct.pack(">IHB", KEY_TIME, 0, 1)
                          + pgp.mpi(key.n) + pgp.mpi(3)) + name
    odd = b"\xff\xfe\x80 \x1b[31m\x00\n[GNUPG:] VALIDSIG x"
    with open(os.path.join(home.path, "pubring.kbx"), "rb") as file:
        keybox = file.read()[:4 << 10]
    stolen = pgp.packet(pgp.PUBLIC_SUBKEY, key.body) + pgp.bind(second, key, KEY_TIME, cross=False)
    for case, expect, note, content in (
            ("leading-garbage", USAGE, "text before a binary keyring.", junk + release),
            ("trailing-garbage", OK, "text after a binary keyring.", release + junk),
            ("garbage-between", OK, "text between two keys.", release + junk + other),
            ("garbage-first", UNKNOWN, "another key, text, then the right one.",
             other + junk + release),
            ("trailing-zeros", OK, "zeros after a binary keyring.", release + bytes(64)),
            ("leading-unknown", OK, "an unknown packet first.", unknown + release),
            ("unknown-inside", OK, "unknown packets within a key.",
             head + unknown + name + unknown + certified + unknown),
            ("trust-packets", OK, "trust packets, as in gpg's own rings.",
             head + pgp.packet(pgp.TRUST, b"\0\0") + name + pgp.packet(pgp.TRUST, b"\0\0\0\0gpg\0")
             + certified + pgp.packet(pgp.TRUST, b"\3\1")),
            ("markers", OK, "marker packets.", pgp.packet(pgp.MARKER, b"PGP").join(
                [b"", head, name, certified])),
            ("zip", USAGE, "a compressed key.", pgp.compressed(release)),
            ("zip-bomb", USAGE, "a compressed key of 16 MiB.",
             pgp.compressed(release + pgp.packet(60, bytes(16 << 20)))),
            ("keybox", USAGE, "gpg's own keybox.", keybox),
            ("secret-ring", USAGE, "a binary ring of a secret key.", keys.secret["other"]),
            ("secret-first", OK, "a secret key, then the public one.",
             keys.secret["other"] + release),
            ("secret-of-itself", OK, "the secret key, then its public half.",
             keys.secret["release"] + release),
            ("secret-last", OK, "a public key, then a secret one.",
             release + keys.secret["other"]),
            ("version-3-first", OK, "a version 3 key, then the right one.", version3 + release),
            ("version-3-last", OK, "a version 3 key after the right one.", release + version3),
            ("subkey-first", OK, "a subkey that belongs to nobody, then the right key.",
             pgp.packet(pgp.PUBLIC_SUBKEY, second.body) + release),
            ("user-id-only", USAGE, "a user ID without a key.", name + certified),
            ("signed-message", USAGE, "a signed message for a key file.",
             pgp.message(key, payload, KEY_TIME)),
            ("message-then-key", OK, "a signed message, then a key: no packet of it is taken.",
             pgp.message(second, payload, KEY_TIME) + release),
            ("attribute-junk", OK, "a user attribute of junk.",
             release + pgp.packet(pgp.ATTRIBUTE, bytes(range(200)))),
            ("user-id-odd", OK, "a second user ID, which is no text.",
             release + pgp.packet(pgp.USER_ID, odd) + pgp.certify(key, odd, KEY_TIME)),
            ("user-id-2048", OK, "a second user ID of 2,048 octets.",
             release + pgp.packet(pgp.USER_ID, b"\x1b" * 2048)),
            ("user-id-large", UNTRUSTED, "one of 5,000: gpg then reads no key of the ring.",
             release + pgp.packet(pgp.USER_ID, b"\x1b" * 5000)),
            ("signature-cut", UNTRUSTED, "a signature that is cut off: gpg ends with status 2.",
             release + pgp.packet(2, b"\4\x10\1\x08\xff\xff")),
            ("signature-empty", OK, "a signature packet of no octet.",
             release + pgp.packet(2, b"")),
            ("signature-v5", OK, "a version 5 signature on a key.",
             release + pgp.packet(2, b"\5" * 40)),
            ("signature-v6", OK, "a version 6 signature on a key.",
             release + pgp.packet(2, b"\6\x13" + bytes(60))),
            ("user-id-twice", OK, "the same user ID twice.", head + (name + certified) * 2),
            ("certificate-twice", OK, "a bare copy of the key first.", head + release),
            ("revoked-copy", "key-revoked", "a good copy, then a revoked one.",
             release + head + pgp.revoke(key, KEY_TIME + YEAR) + name + certified),
            ("revoked-copy-first", "key-revoked", "a revoked copy first.",
             head + pgp.revoke(key, KEY_TIME + YEAR) + name + certified + release),
            ("revoked-by-other", OK, "a revocation that another key has made.",
             head + pgp.packet(2, pgp.signature(second, 0x20, key.hashed_form, KEY_TIME + YEAR))
             + name + certified),
            ("stolen-subkey", USAGE, "another key claims the right one as its subkey.",
             release + other + stolen),
            ("stolen-subkey-first", USAGE, "the same, the claim first.", other + stolen + release),
            ("stolen-subkey-alone", "bad-signature", "the claim alone: no back signature.",
             other + stolen),
            ("truncated-second", OK, "a second key that is cut off.", release + other[:100]),
            ("length-huge", USAGE, "a packet that says to have 4 GiB.",
             b"\xc6\xff\xff\xff\xff\xff" + release[3:]),
            ("length-partial", USAGE, "a key packet in chunks.",
             pgp.packet_partial(pgp.PUBLIC_KEY, key.body, [8]) + name + certified),
            ("key-empty", USAGE, "a key packet of no octet.", pgp.packet(pgp.PUBLIC_KEY, b"")),
            ("key-no-numbers", UNKNOWN, "a key packet without its numbers.",
             pgp.packet(pgp.PUBLIC_KEY, key.body[:6]) + name + certified),
            ("key-number-over", UNKNOWN, "a key whose number is longer than the packet.",
             pgp.packet(pgp.PUBLIC_KEY, key.body[:6] + b"\xff\xff" + key.body[8:]) + name
             + certified),
            ("key-number-over-beside", UNTRUSTED, "such a key first: gpg stops there.",
             pgp.packet(pgp.PUBLIC_KEY, second.body[:6] + b"\xff\xff" + second.body[8:]) + name
             + release)):
        yield Case(case, expect, note, content)


def crowded(keys):
    """Files that are large once generated: the caps of limits.h, at and above."""
    release = keys.public["release"]

    def many(count, start, unit, end=b""):
        """start, then count times unit, in which NNNN counts."""
        size = len(start) + count * (len(unit) // 2) + len(end)
        return start + end, "%d %s %d" % (len(start), unit, size)

    def signature(version):
        """By a key that is not here, over nothing, each made in another second."""
        if version == 3:
            return (b"\3\5\x10NNNN" + b"\x11" * 8 + b"\1\x08\0\0" + pgp.mpi(5))
        area = pgp.subpacket(pgp.SUB_CREATED, b"NNNN")
        return (b"\4\x10\1\x08" + struct.pack(">H", len(area)) + area + b"\0\x0a"
                + pgp.subpacket(pgp.SUB_ISSUER, b"\x11" * 8) + b"\0\0" + pgp.mpi(5))

    def unit(packet):
        """In hex; the four octets NNNN become a count in the last two of four."""
        return packet.hex().replace(b"NNNN".hex(), "5e0bNNNN")

    for version in (3, 4):
        packet = unit(pgp.packet(pgp.SIGNATURE, signature(version)))
        for case, count, expect in (("5000", 5000, OK), ("cap", 9999, OK), ("over", 10001, USAGE)):
            content, rule = many(count, release, packet)
            yield Case("signatures-v%d-%s" % (version, case), expect,
                       "%d signatures by unknown keys on the user ID." % (count + 1), content,
                       generate=rule)
    same = pgp.packet(pgp.SIGNATURE, signature(4)).hex()
    content, rule = many(12000, release, same)
    yield Case("signatures-same", OK, "12,000 copies of one signature.", content, generate=rule)

    for case, count, expect in (("cap", 998, OK), ("over", 1000, USAGE)):
        content, rule = many(count, release, unit(pgp.packet(pgp.USER_ID, b"NNNN\x1b[31m")))
        yield Case("user-ids-" + case, expect, "%d user IDs more." % count, content, generate=rule)
    subkey = unit(pgp.packet(pgp.PUBLIC_SUBKEY, b"\4NNNN\1" + pgp.mpi(5) + pgp.mpi(3)))
    for case, count, expect in (("cap", 63, OK), ("over", 64, USAGE)):
        content, rule = many(count, release, subkey)
        yield Case("subkeys-" + case, expect, "%d subkeys." % count, content, generate=rule)
    primary = unit(pgp.packet(pgp.PUBLIC_KEY, b"\4NNNN\1" + pgp.mpi(5) + pgp.mpi(3)))
    for case, count, expect in (("cap", 255, OK), ("over", 256, USAGE)):
        content, rule = many(count, b"", primary, release)
        yield Case("certificates-" + case, expect, "%d keys before the right one." % count, content,
                   generate=rule)
    attribute = bytes([0xC0 | pgp.ATTRIBUTE, 0xFF]) + struct.pack(">I", 200 << 10)
    yield Case("attribute-large", OK, "a user attribute of 200 KiB.", release + attribute,
               generate="end 00 %d" % (len(release + attribute) + (200 << 10)))
    for case, size, expect in (("cap", 1 << 20, OK), ("cap-plus-one", (1 << 20) + 1, ERROR)):
        yield Case("size-" + case, expect, "%d octets, newlines after the armour." % size,
                   keys.armored("release"), generate="end 0a %d" % size)


def fingerprints(keys):
    """--fingerprint beside --key."""
    release, other = keys.fingerprint["release"], keys.fingerprint["other"]
    sub = keys.rsa("subkey")[1].fingerprint
    for name, expect, note, files, value in (
            ("right", OK, "the right fingerprint.", ["two.asc"], release),
            ("lower-case", OK, "the right fingerprint in lower case.", ["two.asc"],
             release.lower()),
            ("list", OK, "a list of both.", ["two.asc"], other + "," + release),
            ("other", "untrusted-key", "the other key of the file.", ["two.asc"], other),
            ("absent", USAGE, "of a key that is in no file.", ["other.asc"], release),
            ("of-subkey", USAGE, "of a subkey: only primary keys are trusted.", ["subkey.asc"],
             sub),
            ("key-id", USAGE, "a long key ID.", ["two.asc"], release[-16:]),
            ("short-key-id", USAGE, "a short key ID.", ["two.asc"], release[-8:]),
            ("empty", USAGE, "nothing.", ["two.asc"], ""),
            ("empty-item", USAGE, "a list with an empty item.", ["two.asc"], release + ","),
            ("39", USAGE, "a digit short.", ["two.asc"], release[:-1]),
            ("41", USAGE, "a digit long.", ["two.asc"], release + "0"),
            ("escapes", USAGE, "terminal escapes.", ["two.asc"], "\\x1b[2J")):
        yield Case("fingerprint-" + name, expect, "--fingerprint: " + note, keys=files,
                   options=["--fingerprint", value])
