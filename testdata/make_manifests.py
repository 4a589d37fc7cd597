# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests, each with a good signature over its digest: what is wrong is the manifest alone."""
import json

import corpus
import pgp
from make_keys import SIGN_TIME
from make_release import (CONFIG_TYPE, DOCKER, LAYER_TYPE, LIST_TYPE, MANIFEST_TYPE, REFERENCE,
                          digest, payload)

OK, NO = "accepted", "unsupported-manifest"
OCI = "application/vnd.oci.image."
MAX_BYTES = 4 << 20  # base/limits.h


def image(**changes):
    top = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE,
           "config": {"mediaType": CONFIG_TYPE, "size": 7, "digest": digest(b"config")},
           "layers": [{"mediaType": LAYER_TYPE, "size": 5, "digest": digest(b"layer")}]}
    return edited(top, changes)


def images(**changes):
    top = {"schemaVersion": 2, "mediaType": LIST_TYPE,
           "manifests": [{"mediaType": MANIFEST_TYPE, "size": 5, "digest": digest(b"child"),
                          "platform": {"architecture": "amd64", "os": "linux"}}]}
    return edited(top, changes)


def edited(top, changes):
    """With these members; None takes one away."""
    top.update(changes)
    return json.dumps({key: value for key, value in top.items() if value is not None}).encode()


def rows():
    """(name, expected reason, note, manifest)."""
    good = image()

    def replace(old, new):
        assert good.count(old) >= 1, old
        return good.replace(old, new, 1)

    oci = {"mediaType": OCI + "config.v1+json", "size": 7, "digest": digest(b"config")}
    yield "docker-image", OK, "a Docker image.", good
    yield "docker-list", OK, "a Docker list.", images()
    yield "oci-image", OK, "an OCI image.", image(mediaType=OCI + "manifest.v1+json", config=oci)
    yield "oci-index", OK, "an OCI index.", images(mediaType=OCI + "index.v1+json")
    yield ("oci-image-untyped", OK, "an OCI image without mediaType.",
           image(mediaType=None, config=oci))
    yield "oci-index-untyped", OK, "an OCI index without mediaType.", images(mediaType=None)
    yield ("unknown-members", OK, "members that nobody gives a meaning.",
           image(annotations={"a": "b"}))
    yield "whitespace", OK, "white space around: it is part of the digest.", b"\n\n" + good + b" \n"

    for name in ("config", "layers", "fsLayers", "history"):
        yield ("ambiguous-list-" + name.lower(), NO, "a list with %s (CVE-2021-41190)." % name,
               images(**{name: []}))
        yield ("ambiguous-index-" + name.lower(), NO, "an index with %s." % name,
               images(mediaType=OCI + "index.v1+json", **{name: []}))
    for name in ("manifests", "fsLayers", "history"):
        yield ("ambiguous-image-" + name.lower(), NO, "an image with %s (CVE-2021-41190)." % name,
               image(**{name: []}))
    yield ("ambiguous-untyped", NO, "config and manifests, no mediaType.",
           image(mediaType=None, manifests=[{}]))
    yield ("ambiguous-case", NO, "Manifests in an image: some readers ignore case.",
           image(Manifests=[{}]))
    yield "ambiguous-case-type", NO, "MediaType too.", image(MediaType=LIST_TYPE)
    yield ("ambiguous-long-s", NO, "layer\u017f: a long s is an s to Go.",
           replace(b'"layers"', '"layer\u017f": [], "layers"'.encode()))

    one = {"schemaVersion": 1, "name": "a", "tag": "b", "architecture": "amd64",
           "fsLayers": [{"blobSum": digest(b"layer")}], "history": [{"v1Compatibility": "{}"}]}
    signed = dict(one, signatures=[{"header": {"alg": "ES256"}, "signature": "x", "protected":
                                    "eyJmb3JtYXRMZW5ndGgiOjEsImZvcm1hdFRhaWwiOiJDbjAifQ"}])
    yield "schema-1", NO, "schema 1.", json.dumps(one).encode()
    yield "schema-1-signed", NO, "schema 1 with signatures.", json.dumps(signed).encode()
    yield ("schema-1-typed", NO, "schema 1 with its media type.",
           json.dumps(dict(one, mediaType=DOCKER + "distribution.manifest.v1+json")).encode())
    yield ("schema-1-pretty", NO, "schema 1, signed, with its media type.", json.dumps(
        dict(signed, mediaType=DOCKER + "distribution.manifest.v1+prettyjws")).encode())
    yield "schema-1-as-2", NO, "schema 1 that says it is a Docker image.", image(schemaVersion=1)
    for name, value in (("0", 0), ("3", 3), ("string", "2"), ("real", 2.0), ("true", True),
                        ("missing", None), ("array", [2])):
        yield ("schema-version-" + name, NO, "schemaVersion: %s." % name,
               image(schemaVersion=value))

    for name, value in (("empty", []), ("number", 1), ("object", {}), ("string", "")):
        yield ("signatures-" + name, NO, "a member signatures (CVE-2014-8179).",
               image(signatures=value))
    yield "signatures-null", NO, "signatures: null.", replace(b"{", b'{"signatures": null, ')
    yield "signatures-case", NO, "Signatures.", image(Signatures=[])
    yield ("signatures-escaped", NO, "signatures, written with \\u.",
           replace(b"{", b'{"\\u0073ignatures": [], '))
    yield "signatures-list", NO, "signatures in a list.", images(signatures=[])
    yield ("signatures-deep", OK, "signatures in an annotation: nobody strips that.",
           image(annotations={"signatures": "[]"}))

    for name, old, new in (
            ("config", b'"config"', b'"config": {}, "config"'),
            ("layers", b'"layers"', b'"layers": [], "layers"'),
            ("media-type", b'"mediaType"', b'"mediaType": "x", "mediaType"'),
            ("schema-version", b'"schemaVersion"', b'"schemaVersion": 1, "schemaVersion"'),
            ("escaped", b'"mediaType"', b'"medi\\u0061Type": "x", "mediaType"'),
            ("size", b'"size"', b'"size": 1, "size"'),
            ("digest", b'"digest"', b'"digest": "x", "digest"')):
        yield "duplicate-" + name, NO, "a key twice.", replace(old, new)

    for name, value in (("number", 1), ("empty", ""), ("config", CONFIG_TYPE),
                        ("upper", MANIFEST_TYPE.upper()),
                        ("charset", MANIFEST_TYPE + "; charset=x"),
                        ("escapes", "\x1b[2J\x1b]0;x\x07\n"), ("newline", MANIFEST_TYPE + "\n")):
        yield "media-type-" + name, NO, "a mediaType that is none.", image(mediaType=value)
    yield "media-type-null", NO, "mediaType: null.", replace(
        b'"%s"' % MANIFEST_TYPE.encode(), b"null")

    yield "empty", NO, "nothing.", b""
    yield "html", NO, "an error page.", b"<!DOCTYPE html><html><body>404</body></html>\n"
    yield "array", NO, "an array.", b"[" + good + b"]"
    yield "null", NO, "null.", b"null"
    yield "object-empty", NO, "an object without a member.", b"{}"
    yield "trailing", NO, "an octet after the object.", good + b"x"
    yield "trailing-nul", NO, "NUL after the object.", good + b"\0"
    yield "trailing-object", NO, "a second manifest.", good + good
    yield "cut", NO, "the last brace is missing.", good[:-1]
    yield "bom", NO, "a byte order mark.", b"\xef\xbb\xbf" + good
    yield "utf-16", NO, "UTF-16.", good.decode().encode("utf-16")
    yield "invalid-utf-8", NO, "octets that are no UTF-8.", replace(b'"size"', b'"\xff": 1, "size"')
    yield "surrogate", NO, "half a surrogate pair.", replace(b'"size"', b'"x": "\\ud800", "size"')
    yield "nul", NO, "a NUL in a string.", replace(b'"size"', b'"x": "a\\u0000b", "size"')
    yield "nul-key", NO, "a NUL in a key.", replace(b'"size"', b'"config\\u0000": 1, "size"')
    yield "deep", NO, "3,000 arrays deep.", replace(
        b'"size"', b'"x": %s, "size"' % (b"[" * 3000 + b"]" * 3000))
    yield "binary", NO, "a picture.", b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def cases(key):
    def signed(content):
        return pgp.message(key, payload(REFERENCE, digest(content)), SIGN_TIME)

    for name, expect, note, content in rows():
        yield corpus.manifest(name, expect, note, content, signed(content))
    for name, size, word, status in (("cap", MAX_BYTES, OK, 0),
                                     ("cap-plus-one", MAX_BYTES + 1, "too-large", 2)):
        rule, start = "end 20 %d" % size, image()
        yield corpus.manifest(name, word, "%d octets, spaces after the object." % size, start,
                            signed(corpus.generated(start, rule)), rule, status)
    yield corpus.manifest("many-values", NO, "more than 100,000 values.", b"[0]",
                        signed(corpus.generated(b"[0]", "2 2c30 %d" % (3 + 2 * 200000))),
                        "2 2c30 %d" % (3 + 2 * 200000))
    yield from digests(signed)


def digests(signed):
    """The same refusals by manifest-digest, and a digest asked for that the manifest has not."""
    good, bad = image(), image(signatures=[])
    compute = ["manifest-digest", "manifest.json"]
    for name, word, content in (("docker", OK, good), ("signatures", NO, bad),
                                ("schema-1", NO, b'{"schemaVersion": 1}'), ("empty", NO, b"")):
        made = corpus.manifest("digest-" + name, word, "what manifest-digest says.", content, b"",
                             arguments=compute)
        made.files.pop("signature-1")
        yield made
    ask = corpus.OFFLINE + ["--identity", REFERENCE] + corpus.trusting(["release.asc"]) + [
        "--manifest", "manifest.json", "--signature", "signature-1", "@"]
    yield corpus.manifest("not-the-digest", "manifest-digest-mismatch",
                        "a good manifest, well signed, of another digest than was asked for.", good,
                        signed(good), arguments=ask)
