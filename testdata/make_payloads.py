# SPDX-License-Identifier: GPL-3.0-or-later
"""Payload variants, each signed well: what the signed text may claim and how it may say it."""
import json

import pgp
from corpus import signature as Case
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


def strict_rows(digest):
    """Every member missing its type, and every member twice."""
    good = payload_object(REFERENCE, digest)
    good["optional"]["timestamp"] = 1590969600
    text = json.dumps(good).encode()
    plain = {"null": None, "true": True, "number": 7, "string": "x", "array": [], "object": {}}
    paths = {"critical": (["critical"], "object"), "image": (["critical", "image"], "object"),
             "identity": (["critical", "identity"], "object"),
             "type": (["critical", "type"], "string"),
             "digest": (["critical", "image", "docker-manifest-digest"], "string"),
             "reference": (["critical", "identity", "docker-reference"], "string"),
             "optional": (["optional"], "object"), "creator": (["optional", "creator"], "string"),
             "timestamp": (["optional", "timestamp"], "number")}
    for name, (path, right) in paths.items():
        for kind, value in plain.items():
            if kind == right or (kind == "null" and path[0] == "optional" and len(path) == 2):
                continue  # optional-nulls
            top = json.loads(text)
            at = top
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = value
            yield ("%s-is-%s" % (name, kind), MALFORMED, "%s is %s." % (path[-1], kind),
                   json.dumps(top).encode())
        key = b'"%s":' % path[-1].encode()
        assert text.count(key) == 1, key
        value = json.dumps(None if path[0] == "optional" else plain[right]).encode()
        for suffix, again in (("", key), ("-escaped", b'"\\u%04x%s' % (key[1], key[2:]))):
            yield ("twice-%s%s" % (name, suffix), MALFORMED, "%s twice%s." % (
                path[-1], ", once written with \\u" if suffix else ""),
                   text.replace(key, again + b" " + value + b", " + key))


def text_rows(digest):
    """What JSON is not, and what strings hold."""
    good = json.dumps(payload_object(REFERENCE, digest)).encode()
    creator = b'"relsig test 1"'

    def creator_is(value):
        return good.replace(creator, value)

    for name, note, value in (
            ("creator-nul", "a NUL in creator", b'"a\\u0000b"'),
            ("surrogate-low", "the second half of a surrogate pair alone", b'"\\udc00"'),
            ("surrogate-reversed", "a surrogate pair in the wrong order", b'"\\udc00\\ud800"'),
            ("surrogate-raw", "half a surrogate pair in UTF-8", b'"\xed\xa0\x80"'),
            ("overlong", "an overlong slash in UTF-8", b'"\xc0\xaf"'),
            ("above-unicode", "a character above U+10FFFF", b'"\xf4\x90\x80\x80"'),
            ("bad-escape", "an escape that is none", b'"\\x41"'),
            ("short-escape", "an escape that is cut off", b'"\\u12"'),
            ("raw-nul", "a raw NUL in a string", b'"a\0b"'),
            ("raw-tab", "a raw tab in a string", b'"a\tb"'),
            ("single-quotes", "single quotes", b"'a'"),
            ("open-string", "a string that does not end", b'"a'),
            ("comment", "a comment", b'"a" /* b */'),
            ("nan", "NaN", b"NaN"), ("infinity", "Infinity", b"Infinity")):
        yield name, MALFORMED, note + ".", creator_is(value)
    for name, value in (("zeros", b"007"), ("plus", b"+1"), ("hex", b"0x10"), ("dot", b"1."),
                        ("minus", b"-"), ("huge", b"9" * 400), ("bool", b"true")):
        yield ("timestamp-" + name, MALFORMED, "timestamp %s." % value.decode()[:20],
               creator_is(creator + b', "timestamp": ' + value))
    for name, key in (("empty", b'""'), ("nul", b'"type\\u0000"'), ("surrogate", b'"\\ud800"'),
                      ("blank", b'"type "'), ("escape", b'"\\u001b[2J"'),
                      ("upper", b'"Type"'), ("long", b'"' + b"x" * 5000 + b'"')):
        yield ("extra-key-" + name, MALFORMED, "an unknown key in critical: %s." % name,
               good.replace(b'"type":', key + b': 1, "type":'))
    for name, depth, left, right in (("arrays", 5000, b"[", b"]"),
                                     ("objects", 2000, b'{"":', b"}"),
                                     ("open", 9000, b"[", b"")):
        inner = b"1" if name == "objects" else b""
        yield ("deep-" + name, MALFORMED, "%d levels deep." % depth,
               creator_is(creator + b', "x": ' + left * depth + inner + right * depth))
    yield "bom-utf-16", MALFORMED, "a byte order mark of UTF-16.", b"\xff\xfe" + good
    yield "lines", MALFORMED, "two objects, a line each.", good + b"\n" + good
    yield "nothing-but-blanks", MALFORMED, "nothing but white space.", b" \n" * 100
    yield "string", MALFORMED, "the object in a string.", json.dumps(good.decode()).encode()
    yield "leading-comma", MALFORMED, "a comma after the first brace.", b"{," + good[1:]
    yield ("escapes", MALFORMED, "terminal escapes instead of JSON.", b"\x1b[2J\x1b]0;x\x07" * 20)


def value_rows(digest):
    """Digests and references that come near."""
    image = ["critical", "image", "docker-manifest-digest"]
    reference = ["critical", "identity", "docker-reference"]
    for name, value in (
            ("long", digest + "0"), ("algorithm-upper", "SHA256:" + digest[7:]),
            ("algorithm-absent", ":" + digest[7:]), ("sha1", "sha1:" + "0" * 40),
            ("sha224", "sha224:" + "0" * 56), ("dash", digest.replace(":", "-")),
            ("equals", digest.replace(":", "=")), ("path-64", "sha256:" + "../" * 21 + "a"),
            ("path-after", digest + "/../x"), ("slash", "sha256:/" + digest[8:]),
            ("percent", "sha256%3a" + digest[7:]), ("newline", digest + "\n"),
            ("blank-before", " " + digest), ("twice", digest + "," + digest),
            ("mixed", digest[:-1] + digest[-1].upper() if digest[-1].isalpha()
             else digest[:20] + digest[20:].upper()),
            ("not-hex", digest[:-1] + "g"), ("escape", "\x1b[2J" + digest),
            ("unicode", digest[:-1] + "\uff11"), ("sha512-short", "sha512:" + digest[7:]),
            ("sha256-long", "sha256:" + "0" * 128), ("multi", "sha256+b64:" + digest[7:])):
        yield "digest-" + name, MALFORMED, "badly formed digest.", edited(digest, image, value)
    yield ("digest-sha384", DIGEST, "sha384: well formed, never computed.",
           edited(digest, image, "sha384:" + "0" * 96))
    yield ("digest-near", DIGEST, "another digest by one digit.",
           edited(digest, image, digest[:-1] + ("0" if digest[-1] != "0" else "1")))
    for name, value in (
            ("dots", "quay.io/openshift-release-dev/../ocp-release:4.99.0-x86_64"),
            ("upper-host", REFERENCE.replace("quay.io", "QUAY.IO")),
            ("port", REFERENCE.replace("quay.io", "quay.io:443")),
            ("dot-host", REFERENCE.replace("quay.io", "quay.io.")),
            ("user", "user@" + REFERENCE), ("double-slash", REFERENCE.replace("/", "//", 1)),
            ("slash-after", REPOSITORY + "/:4.99.0-x86_64"), ("no-tag-text", REPOSITORY + ":"),
            ("latest", REPOSITORY + ":latest"), ("newline", REFERENCE + "\n"),
            ("blank-before", " " + REFERENCE), ("tag-longer", REFERENCE + ".1"),
            ("tag-shorter", REFERENCE[:-1]), ("two-tags", REFERENCE + ":x"),
            ("homoglyph", REFERENCE.replace("o", "\u043e", 1)),
            ("right-to-left", "\u202e" + REFERENCE),
            ("zero-width", REFERENCE.replace("quay", "qu\u200bay")),
            ("path-longer", REFERENCE.replace("ocp-release", "ocp-release/x")),
            ("path-shorter", "quay.io/ocp-release:4.99.0-x86_64"),
            ("no-host", "openshift-release-dev/ocp-release:4.99.0-x86_64"),
            ("sha512", REPOSITORY + "@sha512:" + "0" * 128),
            ("long", "quay.io/" + "a" * 5000 + ":x"),
            ("hex", digest[7:]), ("digest-alone", digest)):
        yield ("reference-" + name, IDENTITY, "docker-reference that comes near.",
               edited(digest, reference, value))
    yield ("reference-surrogate", MALFORMED, "half a surrogate pair in docker-reference.",
           edited(digest, reference, REFERENCE + "\ud800"))


def cases(key, digest):
    for name, expect, note, text in (*rows(digest), *strict_rows(digest), *text_rows(digest),
                                     *value_rows(digest)):
        yield Case("payload-" + name, expect, note, pgp.message(key, text, SIGN_TIME))
