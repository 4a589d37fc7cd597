#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make (or, with --check, check) everything in sigstore/: keys, signatures and log entries.

    make_sigstore.py            make it all anew, with new keys; needs openssl 1.1.1 or later
    make_sigstore.py --check    is what is here complete, unchanged and consistent with itself?
"""
import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import make_release  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "sigstore")
SUMS = "SHA256SUMS"
MAX_TOTAL = 256 << 10

TYPE = "application/vnd.dev.cosign.simplesigning.v1+json"
SIGNATURE = "dev.cosignproject.cosign/signature"
BUNDLE = "dev.sigstore.cosign/bundle"
CERTIFICATE = "dev.sigstore.cosign/certificate"

EC, RSA = ("EC", "ec_paramgen_curve:%s"), ("RSA", "rsa_keygen_bits:%s")
# Name, algorithm and its parameter, what is read from the public half.
KEYS = (
    ("p256", EC, "P-256", "ECDSA-256"), ("p384", EC, "P-384", "ECDSA-384"),
    ("p521", EC, "P-521", "ECDSA-521"), ("other", EC, "P-256", "ECDSA-256"),
    ("log", EC, "P-256", "ECDSA-256"),
    ("rsa2048", RSA, "2048", "RSA-2048"), ("rsa3072", RSA, "3072", "RSA-3072"),
    ("rsa4096", RSA, "4096", "RSA-4096"), ("ed25519", ("ED25519", None), None, "Ed25519-256"),
    ("rsa1024", RSA, "1024", "weak"),
    ("p224", EC, "P-224", "unsupported"), ("secp256k1", EC, "secp256k1", "unsupported"),
    ("ed448", ("ED448", None), None, "unsupported"),
    ("x25519", ("X25519", None), None, "unsupported"),
    ("rsa-pss", ("RSA-PSS", "rsa_keygen_bits:%s"), "2048", "unsupported"),
)
SIGNERS = ("p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "ed25519", "rsa1024")
# Tests sign what they like with these.
KEPT = ("p256", "log")


def b64(data):
    return base64.b64encode(data).decode()


def pem(name, der, end="\n"):
    text = b64(der)
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return end.join(["-----BEGIN %s-----" % name, *lines, "-----END %s-----" % name, ""]).encode()


def der_of(public):
    return base64.b64decode(b"".join(public.split(b"\n")[1:-2]))


def tlv(tag, content):
    n = len(content)
    size = bytes([n]) if n < 128 else (
        lambda octets: bytes([0x80 | len(octets)]) + octets)(n.to_bytes((n.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + size + content


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def rsa_public(n, e):
    """A SubjectPublicKeyInfo."""
    algorithm = tlv(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    return tlv(0x30, algorithm + tlv(3, b"\0" + tlv(0x30, integer(n) + integer(e))))


class Openssl:
    """openssl in a directory of its own, with the secret keys."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="relsig-", dir="/tmp")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def __call__(self, *arguments, stdin=b""):
        return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True,
                              check=True).stdout

    def path(self, name, content=None):
        path = os.path.join(self.root, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
        return path

    def generate(self, name, algorithm, parameter):
        options = ["-pkeyopt", algorithm[1] % parameter] if algorithm[1] else []
        if algorithm[0] == "EC":
            options += ["-pkeyopt", "ec_param_enc:named_curve"]
        self("genpkey", "-algorithm", algorithm[0], *options, "-out", self.path(name))
        return self("pkey", "-in", self.path(name), "-pubout")

    def sign(self, name, data, *options, digest="sha256"):
        if name == "ed25519":
            return self("pkeyutl", "-sign", "-rawin", "-inkey", self.path(name), "-in",
                        self.path("data", data))
        return self("dgst", "-" + digest, *options, "-sign", self.path(name), stdin=data)

    def verifies(self, public, data, signature):
        key, signature = self.path("public", public), self.path("signature", signature)
        if b"ED25519" in self("pkey", "-pubin", "-in", key, "-noout", "-text"):
            command = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key, "-in",
                       self.path("data", data), "-sigfile", signature]
        else:
            command = ["dgst", "-sha256", "-verify", key, "-signature", signature]
        return subprocess.run(["openssl", *command], input=data, capture_output=True,
                              check=False).returncode == 0


# Keys

def key_files(openssl, public):
    """Name, content, what is read from it, what it is."""
    for name, _, _, found in KEYS:
        yield name, public[name], found, "as openssl writes it"
    p256, rsa = public["p256"], public["rsa2048"]
    der, rsa_der = der_of(p256), der_of(rsa)
    pkcs1 = openssl("rsa", "-pubin", "-in", openssl.path("k", rsa), "-RSAPublicKey_out")
    yield "rsa-pkcs1", pkcs1, "RSA-2048", 'a PEM block "RSA PUBLIC KEY"'
    yield "crlf", p256.replace(b"\n", b"\r\n"), "ECDSA-256", "lines end in CR LF"
    yield "text-around", b"Our key:\n" + p256 + b"and that was it\n", "ECDSA-256", "text around it"
    yield "two", p256 + public["other"], "ECDSA-256", "two keys: the first is it"
    yield "no-last-newline", p256[:-1], "ECDSA-256", "the last line does not end"
    yield "private", open(openssl.path("p256"), "rb").read(), "unsupported", "a private key"
    yield "certificate", openssl(
        "req", "-x509", "-new", "-key", openssl.path("p256"), "-subj", "/CN=test", "-days", "36500",
        "-set_serial", "1"), "unsupported", "a certificate"
    yield "certificate-first", pem("CERTIFICATE", b"\x30\x00") + p256, "unsupported", \
        "another block before the key: only the first counts"
    yield "empty", b"", "invalid", "nothing"
    yield "text", b"no key here\n", "invalid", "no PEM block"
    yield "cut", p256[:-30], "invalid", "the block does not end"
    yield "headers", p256.replace(b"KEY-----\n", b"KEY-----\nA: b\n\n", 1), "invalid", \
        "a block with headers"
    yield "not-base64", p256.replace(b"MFkw", b"MF!w"), "invalid", "no base64"
    yield "no-der", pem("PUBLIC KEY", b""), "invalid", "a block without content"
    yield "trailing", pem("PUBLIC KEY", der + b"\0"), "invalid", "an octet after the key"
    yield "trailing-pkcs1", pem("RSA PUBLIC KEY", der_of(pkcs1) + b"\0"), "invalid", "likewise"
    yield "pkcs1-mislabelled", pem("PUBLIC KEY", der_of(pkcs1)), "invalid", "PKCS #1 in a PKIX block"
    yield "pkix-mislabelled", pem("RSA PUBLIC KEY", rsa_der), "invalid", "PKIX in a PKCS #1 block"
    yield "ber", pem("PUBLIC KEY", b"\x30\x81" + der[1:]), "invalid", "a length in too long a form"
    yield "off-curve", pem("PUBLIC KEY", der[:-1] + bytes([der[-1] ^ 1])), "invalid", \
        "the point is not on the curve"
    yield "infinity", pem("PUBLIC KEY", bytes.fromhex(
        "3019301306072a8648ce3d020106082a8648ce3d03010703020000")), "invalid", "the point at infinity"
    key = openssl.path("k", p256)
    yield "compressed", openssl("ec", "-pubin", "-in", key, "-pubout", "-conv_form", "compressed"), \
        "unsupported", "a compressed point"
    yield "explicit", openssl("ec", "-pubin", "-in", key, "-pubout", "-param_enc", "explicit"), \
        "unsupported", "a curve in explicit parameters"
    modulus = int(openssl("rsa", "-pubin", "-in", openssl.path("k", rsa), "-noout", "-modulus")
                  .split(b"=")[1], 16)
    yield "rsa-exponent-1", pem("PUBLIC KEY", rsa_public(modulus, 1)), "invalid", "anybody could sign"
    yield "rsa-exponent-huge", pem("PUBLIC KEY", rsa_public(modulus, (1 << 31) + 1)), "invalid", \
        "an exponent over 2^31"
    yield "rsa-exponent-wide", pem("PUBLIC KEY", rsa_public(modulus, (1 << 64) + 1)), "invalid", \
        "an exponent over 2^64"
    yield "rsa-even-modulus", pem("PUBLIC KEY", rsa_public(modulus + 1, 65537)), "invalid", \
        "no RSA key"
    yield "rsa-even-exponent", pem("PUBLIC KEY", rsa_public(modulus, 65536)), "invalid", "no RSA key"


# Signatures

def payload(reference, digest, **changes):
    critical = {"identity": {"docker-reference": reference},
                "image": {"docker-manifest-digest": digest},
                "type": "cosign container image signature"}
    critical.update(changes.pop("critical", {}))
    document = {"critical": critical, "optional": None}
    document.update(changes)
    return json.dumps({k: v for k, v in document.items() if v != "absent"},
                      separators=(",", ":")).encode()


def blob(text, signature, mime=TYPE, **annotations):
    """A stored sigstore signature; an annotation with value None is left out."""
    noted = {SIGNATURE: b64(signature)} if isinstance(signature, bytes) else {SIGNATURE: signature}
    noted.update(annotations)
    noted = {key: value for key, value in noted.items() if value is not None}
    return b"\0sigstore-json\n" + json.dumps(
        {"mimeType": mime, "payload": b64(text), "annotations": noted},
        separators=(",", ":")).encode()


class Cases:
    """Lines of signatures.txt: name, keys, log keys or "-", reason, note."""

    def __init__(self, openssl, public):
        self.openssl, self.public, self.found = openssl, public, []
        self.reference, self.digest = open(os.path.join(HERE, "release.txt"),
                                           encoding="ascii").read().split()
        self.text = payload(self.reference, self.digest)
        self.signature = openssl.sign("p256", self.text)

    def add(self, name, reason, note, content, keys="p256", log="-"):
        self.found.append((name, keys, log, reason, note, content))

    def all(self):
        self.good()
        self.keys()
        self.annotations()
        self.payloads()
        self.ecdsa()
        self.log()
        return self.found

    def good(self):
        for name in SIGNERS:
            self.add(name, "accepted", "by a key of this kind",
                     blob(self.text, self.openssl.sign(name, self.text)), name)
        self.add("any-key", "accepted", "one of several keys made it",
                 blob(self.text, self.signature), "rsa2048,other,p256,ed25519")
        lines = "\n".join(b64(self.signature)[i:i + 20] for i in range(0, 120, 20)) + "\r\n"
        self.add("line-breaks", "accepted", "line breaks in the base64", blob(self.text, lines))
        self.add("more-annotations", "accepted", "annotations that mean nothing here",
                 blob(self.text, self.signature, **{"a/b": "c", CERTIFICATE: "-----BEGIN"}))

    def keys(self):
        for name, keys in (("other-key", "other"), ("other-kind", "rsa2048"),
                           ("no-key-of-many", "other,p384,rsa2048,ed25519")):
            self.add(name, "bad-signature", "not by a trusted key",
                     blob(self.text, self.signature), keys)
        sign = self.openssl.sign
        self.add("rsa-pss", "bad-signature", "RSA by PSS, not PKCS #1 v1.5",
                 blob(self.text, sign("rsa2048", self.text, "-sigopt", "rsa_padding_mode:pss")),
                 "rsa2048")
        for name in ("p256", "p384", "rsa2048"):
            self.add("sha512-" + name, "bad-signature", "over another hash than SHA-256",
                     blob(self.text, sign(name, self.text, digest="sha512")), name)
        hashed = hashlib.sha256(self.text).digest()
        self.add("ed25519-prehashed", "bad-signature", "Ed25519 over the payload's SHA-256",
                 blob(self.text, sign("ed25519", hashed)), "ed25519")
        for name in ("rsa2048", "ed25519"):
            made = sign(name, self.text)
            self.add("longer-" + name, "bad-signature", "an octet after the signature",
                     blob(self.text, made + b"\0"), name)
            self.add("shorter-" + name, "bad-signature", "an octet is missing",
                     blob(self.text, made[:-1]), name)
            self.add("zero-" + name, "bad-signature", "zeros for a signature",
                     blob(self.text, bytes(len(made))), name)

    def annotations(self):
        text, signature = self.text, self.signature
        for name, note, value in (
                ("no-signature", "no signature annotation", None),
                ("empty-signature", "an empty one", ""),
                ("only-line-breaks", "nothing but line breaks", "\r\n\n"),
                ("not-base64", "no base64", "!" + b64(signature)[1:]),
                ("space-in-base64", "a space", b64(signature)[:8] + " " + b64(signature)[8:]),
                ("no-padding", "no padding", "AAA"),
                ("stray-bits", "bits that mean nothing, set", "AB=="),
                ("url-base64", "the URL alphabet", "__-_")):
            self.add(name, "not-a-signature", note, blob(text, value))
        self.add("other-media-type", "not-a-signature", "something else, attached",
                 blob(text, signature, mime="application/vnd.in-toto+json"))
        self.add("empty-media-type", "not-a-signature", "no media type", blob(text, signature, ""))
        self.add("changed-payload", "bad-signature", "a letter of the payload is another",
                 blob(text.replace(b"4.99", b"4.98"), signature))
        self.add("spaced-payload", "bad-signature", "white space after the payload",
                 blob(text + b"\n", signature))
        self.add("empty-payload", "bad-signature", "no payload", blob(b"", signature))

    def payloads(self):
        reference, digest = self.reference, self.digest
        other = digest[:-1] + ("0" if digest[-1] != "0" else "1")
        for name, reason, note, text in (
                ("optional-object", "accepted", '"optional" is an object',
                 payload(reference, digest, optional={"creator": "a", "x": [1]})),
                ("optional-absent", "malformed-payload", 'no "optional"',
                 payload(reference, digest, optional="absent")),
                ("atomic-type", "malformed-payload", "the type that OpenPGP signs",
                 payload(reference, digest, critical={"type": "atomic container signature"})),
                ("extra-key", "malformed-payload", "a key too many",
                 payload(reference, digest, extra=1)),
                ("extra-critical", "malformed-payload", "a critical key too many",
                 payload(reference, digest, critical={"extra": 1})),
                ("signed-nothing", "malformed-payload", "nothing, signed", b""),
                ("signed-trailing", "malformed-payload", "text after the payload, signed",
                 self.text + b"x"),
                ("other-digest", "signed-digest-mismatch", "another image", payload(reference, other)),
                ("other-tag", "identity-mismatch", "another version",
                 payload(reference.replace("4.99", "4.98"), digest)),
                ("repository-only", "identity-mismatch", "as cosign signs when not told a name",
                 payload(reference.split(":")[0], digest))):
            self.add("payload-" + name, reason, note, blob(text, self.openssl.sign("p256", text)))

    def ecdsa(self):
        """The signature in forms that are not DER."""
        r_n = self.signature[3]
        r = int.from_bytes(self.signature[4:4 + r_n], "big")
        s = int.from_bytes(self.signature[6 + r_n:], "big")
        order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
        numbers = integer(r) + integer(s)
        padded = tlv(2, b"\0" + r.to_bytes(33, "big"))
        forms = (
            ("raw", "r and s without DER", r.to_bytes(32, "big") + s.to_bytes(32, "big")),
            ("trailing", "an octet after it", self.signature + b"\0"),
            ("trailing-inside", "a number after s", tlv(0x30, numbers + integer(1))),
            ("long-length", "a length in too long a form",
             b"\x30\x81" + bytes([len(numbers)]) + numbers),
            ("indefinite", "an indefinite length", b"\x30\x80" + numbers + b"\0\0"),
            ("padded", "r with zeros before it", tlv(0x30, padded + integer(s))),
            ("set", "a set, not a sequence", tlv(0x31, numbers)),
            ("zeros", "r and s are 0", tlv(0x30, integer(0) + integer(0))),
            ("r-zero", "r is 0", tlv(0x30, integer(0) + integer(s))),
            ("s-over", "s is s plus the order", tlv(0x30, integer(r) + integer(s + order))),
            ("r-over", "r is r plus the order", tlv(0x30, integer(r + order) + integer(s))),
            ("swapped", "s and r", tlv(0x30, integer(s) + integer(r))),
            ("negative", "r is negative", tlv(0x30, tlv(2, b"\xff" + r.to_bytes(32, "big")) + integer(s))),
        )
        for name, note, signature in forms:
            self.add("ecdsa-" + name, "bad-signature", note, blob(self.text, signature))
        # Not a flaw: whoever sees a signature can make this one, and it says the same.
        self.add("ecdsa-other-s", "accepted", "s is the order minus s",
                 blob(self.text, tlv(0x30, integer(r) + integer(order - s))))

    def bundle(self, key="p256", signer="log", promised=None, entry=None, **changes):
        text = changes.get("text", self.text)
        spec = {"data": {"hash": {"algorithm": "sha256",
                                  "value": changes.get("hash", hashlib.sha256(text).hexdigest())}},
                "signature": {"content": b64(changes.get("signature", self.signature)),
                              "publicKey": {"content": b64(changes.get("pem", self.public[key]))}}}
        body = {"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": spec}
        (entry or (lambda _: None))(body)
        body = changes.get("body", json.dumps(body, separators=(",", ":")).encode())
        log_id = hashlib.sha256(der_of(self.public["log"])).hexdigest()
        payload_ = {"body": b64(body), "integratedTime": 1590969600, "logID": log_id, "logIndex": 7}
        payload_.update(changes.get("payload", {}))
        # With these keys and values this is RFC 8785's form.
        form = json.dumps(payload_, separators=(",", ":"), sort_keys=True).encode()
        promise = self.openssl.sign(signer, form)
        payload_.update(promised or {})
        # In another order and with white space: the promise is over the canonical form.
        return json.dumps({"SignedEntryTimestamp": b64(promise),
                           "Payload": dict(reversed(list(payload_.items())))}, indent=1)

    def log(self):
        def add(name, reason, note, bundle, log="log"):
            self.add("log-" + name, reason, note,
                     blob(self.text, self.signature, **{BUNDLE: bundle}), log=log)

        good = self.bundle()
        add("good", "accepted", "in the log", good)
        add("good-of-two", "accepted", "in the log, by one of two keys", good, "other,log")
        signature = self.openssl.sign("rsa4096", self.text)
        self.add("log-rsa4096", "accepted", "an RSA key's signature in the log",
                 blob(self.text, signature,
                      **{BUNDLE: self.bundle("rsa4096", signature=signature)}), "rsa4096", "log")
        self.add("log-not-asked", "accepted", "no log is asked for, whatever the bundle is",
                 blob(self.text, self.signature, **{BUNDLE: "x"}))
        self.add("log-bad-signature", "bad-signature", "in the log, but not by a trusted key",
                 blob(self.text, self.signature, **{BUNDLE: good}), "other", "log")
        self.add("log-missing", "rejected-by-policy", "not in the log",
                 blob(self.text, self.signature), log="log")
        add("rsa-key", "rejected-by-policy", "a log with an RSA key", good, "rsa2048")

        add("not-json", "not-a-signature", "no JSON", "x")
        add("empty", "not-a-signature", "an empty bundle", "")
        document = json.loads(good)
        for name, changes in (("no-promise", {"SignedEntryTimestamp": None}), ("extra", {"x": 1}),
                              ("promise-not-base64", {"SignedEntryTimestamp": "A"}),
                              ("promise-empty", {"SignedEntryTimestamp": ""}),
                              ("no-payload", {"Payload": None})):
            add(name, "not-a-signature", "another form of bundle", json.dumps({**document, **changes}))
        for name, changes in (
                ("time-real", {"integratedTime": 1590969600.5}), ("time-text", {"integratedTime": "1"}),
                ("index-negative", {"logIndex": -1}), ("index-huge", {"logIndex": 1 << 53}),
                ("id-short", {"logID": "00"}), ("id-upper", {"logID": "A" * 64}),
                ("body-not-base64", {"body": "A"}), ("body-object", {"body": {}}),
                ("payload-extra", {"x": 1})):
            add(name, "not-a-signature", "another form of payload", self.bundle(payload=changes))

        add("other-key", "bad-signature", "promised by another log", self.bundle(signer="other"))
        for name, changes in (
                ("time-changed", {"integratedTime": 1590969601}), ("index-changed", {"logIndex": 8}),
                ("id-changed", {"logID": "0" * 64}), ("body-changed", {"body": b64(b"{}")})):
            add(name, "bad-signature", "changed after the promise", self.bundle(promised=changes))

        add("for-other-key", "bad-signature", "the entry is for another key", self.bundle("other"))
        add("for-other-signature", "bad-signature", "the entry is for another signature",
            self.bundle(signature=self.openssl.sign("p256", self.text)))
        add("for-other-payload", "bad-signature", "the entry is for another payload",
            self.bundle(text=self.text + b" "))
        add("for-certificate", "bad-signature", "the entry is for a certificate",
            self.bundle(pem=pem("CERTIFICATE", b"\x30\x00")))
        add("for-no-key", "bad-signature", "the entry has no key", self.bundle(pem=b"x"))
        add("body-not-json", "bad-signature", "the entry is no JSON", self.bundle(body=b"x"))
        for name, entry in (
                ("kind", lambda body: body.update(kind="rekord")),
                ("version", lambda body: body.update(apiVersion="0.0.2")),
                ("entry-extra", lambda body: body.update(x=1)),
                ("algorithm", lambda body: body["spec"]["data"]["hash"].update(algorithm="sha512")),
                ("no-hash", lambda body: body["spec"]["data"].pop("hash")),
                ("no-data", lambda body: body["spec"].pop("data")),
                ("no-content", lambda body: body["spec"]["signature"].pop("content")),
                ("no-public-key", lambda body: body["spec"]["signature"].pop("publicKey")),
                ("hash-upper", lambda body: body["spec"]["data"]["hash"].update(value="A" * 64)),
                ("no-spec", lambda body: body.pop("spec"))):
            add(name, "bad-signature", "another form of entry", self.bundle(entry=entry))


# Writing and checking

def read(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


def write(path, content):
    path = os.path.join(ROOT, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def files():
    return sorted(os.path.relpath(os.path.join(folder, name), ROOT)
                  for folder, _, names in os.walk(ROOT) for name in names if name != SUMS)


def make():
    shutil.rmtree(ROOT, ignore_errors=True)
    with Openssl() as openssl:
        public = {name: openssl.generate(name, algorithm, parameter)
                  for name, algorithm, parameter, _ in KEYS}
        table = ["# file, what is read from it (or why nothing is), what it is\n"]
        for name, content, found, note in key_files(openssl, public):
            write("keys/%s.pem" % name, content)
            table.append("%s.pem %s %s\n" % (name, found, note))
        write("keys.txt", "".join(table).encode())
        for name in KEPT:
            write("secret/%s.pem" % name, open(openssl.path(name), "rb").read())
        table = ["# file, keys, the log's keys or -, reason, what it is\n"]
        for name, keys, log, reason, note, content in Cases(openssl, public).all():
            write("signatures/" + name, content)
            table.append("%s %s %s %s %s\n" % (name, keys, log, reason, note))
        write("signatures.txt", "".join(table).encode())
    write(SUMS, "".join("%s  %s\n" % (make_release.sha256(read(path)), path)
                        for path in files()).encode())


def rows(path, columns):
    return [line.split(None, columns - 1) for line in read(path).decode().splitlines()[1:]]


def check(problems):
    """Append to problems what is wrong."""
    wanted = dict(reversed(line.split("  ", 1)) for line in read(SUMS).decode().splitlines())
    found = {path: make_release.sha256(read(path)) for path in files()}
    problems += ["sigstore: missing, changed or not listed: " + path
                 for path in sorted(set(wanted) | set(found)) if wanted.get(path) != found.get(path)]
    total = sum(len(read(path)) for path in found)
    if total > MAX_TOTAL:
        problems.append("sigstore: too large in all: %d bytes" % total)
    for folder, listed in (
            ("keys", [row[0] for row in rows("keys.txt", 3)]),
            ("signatures", [row[0] for row in rows("signatures.txt", 5)])):
        here = os.listdir(os.path.join(ROOT, folder))
        problems += ["sigstore/%s: not listed, missing or twice: %s" % (folder, name)
                     for name in sorted(set(here) | set(listed))
                     if name not in here or listed.count(name) != 1]
    with Openssl() as openssl:
        for name, keys, _, reason, _ in rows("signatures.txt", 5):
            document = json.loads(read("signatures/" + name)[len(b"\0sigstore-json\n"):])
            if reason != "accepted":
                continue
            text = base64.b64decode(document["payload"])
            signature = base64.b64decode(document["annotations"][SIGNATURE])
            if not any(openssl.verifies(read("keys/%s.pem" % key), text, signature)
                       for key in keys.split(",")):
                problems.append("sigstore/%s: accepted, but not by openssl" % name)
    return len(found), total


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="check instead of making")
    if not parser.parse_args().check:
        make()
    problems = []
    count, total = check(problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    print("%d files, %d bytes, %d problems" % (count, total, len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
