# SPDX-License-Identifier: GPL-3.0-or-later
"""The good case that mutants are made from: the sample release, and keys to sign others with."""
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTDATA = os.path.join(HERE, "..", "..", "testdata")
sys.path.insert(0, TESTDATA)

import pgp  # noqa: E402

SIGNED_AT = 1590969600  # when the sample release was signed
KEY_FILES = ("two.asc", "ed25519.asc")
# RFC 8410 section 7: PKCS #8 of an Ed25519 seed, without the seed.
ED25519_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


def read(*path):
    with open(os.path.join(TESTDATA, *path), "rb") as file:
        return file.read()


def digest(manifest):
    return "sha256:" + hashlib.sha256(manifest).hexdigest()


def read_mpi(data, at):
    size = (struct.unpack_from(">H", data, at)[0] + 7) // 8
    return data[at + 2:at + 2 + size], at + 2 + size


class Ed25519Key:
    """A version 4 EdDSA key from an unprotected secret key packet; openssl signs."""

    algorithm = 22

    def __init__(self, body):
        _, at = read_mpi(body, 7 + body[6])
        public = body[:at]
        self.seed = read_mpi(body, at + 1)[0].rjust(32, b"\0")
        hashed = b"\x99" + struct.pack(">H", len(public)) + public
        self.raw_fingerprint = hashlib.sha1(hashed).digest()
        self.fingerprint = self.raw_fingerprint.hex().upper()
        self.key_id = self.raw_fingerprint[-8:]

    def sign_digest(self, value):
        """The two numbers of a signature, as MPIs."""
        with tempfile.TemporaryDirectory(prefix="relsig-ed25519-") as folder:
            names = [os.path.join(folder, name) for name in ("key", "digest")]
            for name, content in zip(names, (ED25519_PKCS8 + self.seed, value)):
                with open(name, "wb") as file:
                    file.write(content)
            done = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER",
                                   "-inkey", names[0], "-in", names[1]], check=True,
                                  capture_output=True)
        return b"".join(pgp.mpi(int.from_bytes(half, "big"))
                        for half in (done.stdout[:32], done.stdout[32:]))

    def parts(self, data, created=SIGNED_AT):
        """The three packets of a signed message as (tag, body), as pgp.parts has them for RSA."""
        area = (pgp.subpacket(pgp.SUB_ISSUER_FINGERPRINT, b"\4" + self.raw_fingerprint)
                + pgp.subpacket(pgp.SUB_CREATED, struct.pack(">I", created)))
        head = b"\4\0\x16\x08" + struct.pack(">H", len(area)) + area
        value = hashlib.sha256(data + head + b"\4\xff" + struct.pack(">I", len(head))).digest()
        unhashed = pgp.subpacket(pgp.SUB_ISSUER, self.key_id)
        signature = (head + struct.pack(">H", len(unhashed)) + unhashed + value[:2]
                     + self.sign_digest(value))
        return [(pgp.ONE_PASS, pgp.one_pass(self, algorithm=self.algorithm)),
                (pgp.LITERAL, pgp.literal(data, date=created)), (pgp.SIGNATURE, signature)]


class Sample:
    """The good case, and the keys to sign others with."""

    def __init__(self):
        self.reference = read("release.txt").decode().split()[0]
        self.manifest = read("release", "manifest.json")
        self.blob = read("release", "signature-1")
        self.key = pgp.load_secret(read("secret", "release.gpg"))[0]
        self.other = pgp.load_secret(read("secret", "other.gpg"))[0]
        self.small = Ed25519Key(pgp.packets(read("secret", "ed25519.gpg"))[0][1])
        self.small_parts = self.small.parts(json.dumps(self.payload()).encode())

    def payload(self, manifest=None, reference=None):
        if manifest is None:
            manifest = self.manifest
        return {"critical": {"image": {"docker-manifest-digest": digest(manifest)},
                             "type": "atomic container signature",
                             "identity": {"docker-reference": reference or self.reference}},
                "optional": {"creator": "relsig test 1"}}

    def parts(self, payload=None, **options):
        """One-pass, literal and signature packet as (tag, body)."""
        if payload is None:
            payload = self.payload()
        if not isinstance(payload, bytes):
            payload = json.dumps(payload).encode()
        return pgp.parts(options.pop("by", self.key), payload, options.pop("created", SIGNED_AT),
                         **options)

    def sign(self, payload=None, **options):
        return pgp.join(self.parts(payload, **options))


class Mutant:
    """What standalone-verify gets, and how it came to be."""

    def __init__(self, sample):
        self.manifest, self.reference = sample.manifest, sample.reference
        self.fingerprint, self.blob, self.how = sample.key.fingerprint, sample.blob, "unchanged"
        self.key_file = None  # bytes instead of the sample's key file
        self.key_blocks = []  # the keys in it, each by itself

    def inputs(self):
        """The files' names and contents."""
        files = {"manifest": self.manifest, "signature": self.blob}
        if self.key_file is not None:
            files["key"] = self.key_file
        return files


def base_parts(rng, sample, m):
    """The packets of a good message by one of the keys; m expects that key."""
    if rng.random() < .2:
        m.fingerprint = sample.small.fingerprint
        return list(sample.small_parts)
    return sample.parts(version=rng.choice([3, 4, 4]))


def base_blob(rng, sample, m):
    """One of the forms that a good signature has."""
    if rng.random() < .2:
        return sample.blob
    plain = pgp.join(base_parts(rng, sample, m))
    return rng.choice([plain, plain, pgp.compressed(plain), pgp.compressed(plain, 2)])


def flipped(rng, data):
    """One bit of data changed, and which."""
    if not data:
        return data, "nothing to flip"
    out, at, bit = bytearray(data), rng.randrange(len(data)), rng.randrange(8)
    out[at] ^= 1 << bit
    return bytes(out), "bit %d of octet %d" % (bit, at)
