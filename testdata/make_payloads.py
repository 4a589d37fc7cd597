# SPDX-License-Identifier: GPL-3.0-or-later
"""Payload variants, each signed well: what the signed text may claim and how it may say it."""
import json

import pgp
from make_blobs import Case
from make_keys import SIGN_TIME
from make_release import REFERENCE, REPOSITORY, payload_object

OK, MALFORMED, DIGEST, IDENTITY = ("accepted", "malformed-payload", "signed-digest-mismatch",
                                   "identity-mismatch")


def edited(manifest_digest, path, value):
    """The payload with the member at path (a list of keys) set, or removed when value is None."""
    top = payload_object(REFERENCE, manifest_digest)
    at = top
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return json.dumps(top).encode()


def rows(digest):
    """(name, expected reason, note, payload)."""
    good = json.dumps(payload_object(REFERENCE, digest)).encode()
    reference = ["critical", "identity", "docker-reference"]
    image = ["critical", "image", "docker-manifest-digest"]

    def with_optional(text):
        return good.replace(b'{"creator": "relsig test 1"}', text)

    # Text edits: replace(old, new) must hit.
    def replace(old, new):
        assert good.count(old) == 1, old
        return good.replace(old, new)

    yield "duplicate-top", MALFORMED, "critical twice.", good[:-1] + b', "critical": {}}'
    wrong = b'"docker-manifest-digest": "sha256:' + b"0" * 64 + b'", '
    yield ("duplicate-digest", MALFORMED, "two digests, the second right.",
           replace(b'"docker-manifest-digest":', wrong + b'"docker-manifest-digest":'))
    yield ("duplicate-escaped", MALFORMED, "a key twice, once written with \\u.",
           replace(b'"type":', b'"\\u0074ype": "atomic container signature", "type":'))
    yield ("duplicate-optional", MALFORMED, "creator twice.",
           with_optional(b'{"creator": "a", "creator": "b"}'))
    for name, path in (("critical", ["critical"]), ("type", ["critical", "type"]),
                       ("image", ["critical", "image"]), ("digest", image),
                       ("identity", ["critical", "identity"]), ("reference", reference)):
        yield "missing-" + name, MALFORMED, name + " is missing.", edited(digest, path, None)
    for name, path in (("top", ["x"]), ("critical", ["critical", "x"]),
                       ("image", ["critical", "image", "x"]),
                       ("identity", ["critical", "identity", "x"])):
        yield "extra-" + name, MALFORMED, "unknown key in " + name + ".", edited(digest, path, 1)
    yield ("case-of-key", MALFORMED, "Critical for critical: Go's own decoder would take it.",
           replace(b'"critical"', b'"Critical"'))
    for name, value in (("sigstore", "cosign container image signature"), ("empty", ""),
                        ("case", "Atomic container signature"), ("number", 1),
                        ("nul", "atomic container signature\0")):
        yield "type-" + name, MALFORMED, "wrong type.", edited(digest, ["critical", "type"], value)

    yield ("optional-absent", OK, "no optional member: accepted by verify, as Red Hat's 4.4.6 "
           "signature needs it; refused as malformed-payload by standalone-verify.",
           edited(digest, ["optional"], None))
    yield "optional-null", MALFORMED, "optional is null.", with_optional(b"null")
    yield "optional-array", MALFORMED, "optional is an array.", with_optional(b"[]")
    yield "optional-empty", OK, "optional is an empty object.", with_optional(b"{}")
    yield ("optional-nulls", OK, "creator and timestamp are null.",
           with_optional(b'{"creator": null, "timestamp": null}'))
    yield ("optional-extra", OK, "unknown members of optional are nobody's business.",
           with_optional(b'{"x": {"y": [1, 2, null]}, "Creator": 3}'))
    yield ("skopeo-form", OK, "as skopeo standalone-sign writes it.",
           json.dumps({"critical": {"identity": {"docker-reference": REFERENCE},
                                    "image": {"docker-manifest-digest": digest},
                                    "type": "atomic container signature"},
                       "optional": {"creator": "atomic 5.23.1", "timestamp": 1590969600}},
                      separators=(",", ":")).encode())
    yield "creator-number", MALFORMED, "creator is a number.", with_optional(b'{"creator": 1}')
    for name, text, expect in (
            ("integer", "1590969600", OK), ("exponent", "1e3", OK), ("point-0", "1.0", OK),
            ("negative", "-1", OK), ("fraction", "0.5", MALFORMED), ("string", '"1"', MALFORMED),
            ("infinite", "1e400", MALFORMED), ("too-large", "9223372036854775807", MALFORMED)):
        yield ("timestamp-" + name, expect, "timestamp %s." % text,
               with_optional(b'{"timestamp": %s}' % text.encode()))

    yield "whitespace", OK, "white space around and within.", (
        b" \r\n\t" + json.dumps(json.loads(good), indent=4).encode() + b"\n\n")
    yield "escaped", OK, "the key critical and slashes written with \\u.", replace(
        b'"critical"', b'"\\u0063ritical"').replace(b"/", b"\\u002f")
    yield "trailing", MALFORMED, "a byte after the object.", good + b"x"
    yield "trailing-object", MALFORMED, "a second object.", good + b"\n{}"
    yield "trailing-nul", MALFORMED, "NUL after the object.", good + b"\0"
    yield "bom", MALFORMED, "UTF-8 byte order mark.", b"\xef\xbb\xbf" + good
    yield "utf-16", MALFORMED, "UTF-16.", good.decode().encode("utf-16")
    yield "empty", MALFORMED, "nothing at all, well signed.", b""
    yield "not-json", MALFORMED, "some text, well signed.", b"hello\n"
    yield "array", MALFORMED, "an array.", b"[" + good + b"]"
    yield "cut", MALFORMED, "the last brace is missing.", good[:-1]
    yield "comma", MALFORMED, "a comma before the last brace.", good[:-1] + b",}"
    yield "control", MALFORMED, "a raw newline in a string.", replace(b"relsig test 1", b"a\nb")
    yield ("invalid-utf-8", MALFORMED, "bytes that are no UTF-8.",
           replace(b"relsig test 1", b"\xff\xfe"))
    yield "surrogate", MALFORMED, "half a surrogate pair.", replace(b"relsig test 1", b"\\ud800")
    yield "deep", MALFORMED, "1000 arrays deep, inside optional.", with_optional(
        b'{"x": ' + b"[" * 1000 + b"]" * 1000 + b"}")

    yield "other-digest", DIGEST, "another digest.", edited(digest, image, "sha256:" + "0" * 64)
    yield ("sha512", DIGEST, "sha512: well formed, never computed.",
           edited(digest, image, "sha512:" + "0" * 128))
    for name, value in (("upper", digest.upper().replace("SHA", "sha")), ("short", digest[:-1]),
                        ("path", "sha256:../../etc/passwd"), ("bare", digest[7:]), ("empty", ""),
                        ("md5", "md5:" + "0" * 32), ("nul", digest + "\0"), ("number", 5),
                        ("space", digest + " ")):
        yield "digest-" + name, MALFORMED, "badly formed digest.", edited(digest, image, value)
    yield ("digest-null", MALFORMED, "digest null.",
           replace(b'"' + digest.encode() + b'"', b"null"))

    for name, value in (
            ("other-repository", "quay.io/openshift-release-dev/ocp-v4.0-art-dev:4.99.0-x86_64"),
            ("other-registry", REFERENCE.replace("quay.io", "quay.example")),
            ("docker-io", REFERENCE.replace("quay.io", "docker.io")),
            ("prefix", REFERENCE.replace("ocp-release:", "ocp-release-nightly:")),
            ("other-tag", REPOSITORY + ":4.98.0-x86_64"),
            ("tag-case", REPOSITORY + ":4.99.0-X86_64"),
            ("no-tag", REPOSITORY),
            ("digest-reference", REPOSITORY + "@" + digest),
            ("tag-and-digest", REFERENCE + "@" + digest)):
        yield name, IDENTITY, "signed as %s." % value, edited(digest, reference, value)
    for name, value in (("unparsable", "quay.io/UPPER:x"), ("space", REFERENCE + " "),
                        ("url", "docker://" + REFERENCE), ("escapes", "\x1b[2Jquay.io/x")):
        yield ("reference-" + name, IDENTITY, "docker-reference that is no reference.",
               edited(digest, reference, value))
    yield ("reference-nul", MALFORMED, "NUL at the end of docker-reference.",
           edited(digest, reference, REFERENCE + "\0"))
    yield "reference-empty", MALFORMED, "empty docker-reference.", edited(digest, reference, "")
    yield ("reference-null", MALFORMED, "docker-reference null.",
           replace(b'"' + REFERENCE.encode() + b'"', b"null"))


def cases(key, digest):
    for name, expect, note, text in rows(digest):
        yield Case("payload-" + name, expect, note, pgp.message(key, text, SIGN_TIME))
