# SPDX-License-Identifier: GPL-3.0-or-later
"""More signature blobs: several signatures, other packets among the three, armour, encryption.

The plain ones are in make_blobs.py.
"""
import struct

import pgp
from corpus import signature as Case
from make_blobs import BAD, NO, OK, WEAK
from make_keys import SIGN_TIME

UNTRUSTED, LARGE = "untrusted-key", "too-large"
EVIL = b'{"critical": {"type": "evil"}}'
STATUS_LINES = (b"x\n[GNUPG:] GOODSIG 0000000000000000 x\n[GNUPG:] VALIDSIG "
                b"0000000000000000000000000000000000000000\n")


def cases(home, keys, payload):
    release, other = keys.rsa("release")[0], keys.rsa("other")[0]
    yield from several(release, other, payload)
    yield from inserted(release, payload)
    yield from compressed(release, payload)
    yield from armored(release, payload)
    yield from cleartext(home, keys, payload)
    yield from encrypted(home, keys, payload)
    yield from contents(release, other, payload)


def nested(payload, signers):
    """One-pass packets, the literal, signatures in reverse; signers: (key, signature's body)."""
    out = [pgp.packet(pgp.ONE_PASS, pgp.one_pass(key, last=int(i == len(signers) - 1)))
           for i, (key, _) in enumerate(signers)]
    out.append(pgp.packet(pgp.LITERAL, pgp.literal(payload, date=SIGN_TIME)))
    return b"".join(out + [pgp.packet(pgp.SIGNATURE, body) for _, body in reversed(signers)])


def several(key, other, payload):
    """Several signatures: never accepted, whoever made them."""
    good = key, pgp.signature(key, 0, payload, SIGN_TIME)
    unknown = other, pgp.signature(other, 0, payload, SIGN_TIME)
    bad = key, pgp.signature(key, 0, EVIL, SIGN_TIME)
    later = key, pgp.signature(key, 0, payload, SIGN_TIME + 60)
    junk = key, b"\3" + bytes(40)
    for name, note, signers in (
            ("good-unknown", "a good one around one by a key not given", [good, unknown]),
            ("unknown-good", "one by a key not given around a good one", [unknown, good]),
            ("good-bad", "a good one around a bad one", [good, bad]),
            ("bad-good", "a bad one around a good one", [bad, good]),
            ("same", "the same one twice", [good, good]),
            ("same-key", "two by one key", [good, later]),
            ("good-junk", "a good one, and one that is no signature", [good, junk])):
        yield Case("two-" + name, NO, "two signatures: %s." % note, nested(payload, signers))
    yield Case("two-good-bad-zip", NO, "the same as two-good-bad, compressed.",
               pgp.compressed(nested(payload, [good, bad])))
    yield Case("signatures-64", NO, "64 good signatures, compressed.",
               pgp.compressed(nested(payload, [good] * 64)))
    ops, last = pgp.one_pass(key, last=0), pgp.one_pass(key)
    one, sig = pgp.literal(payload, date=SIGN_TIME), good[1]
    for name, rows in (
            ("one-pass-1-signatures-2", [(4, last), (11, one), (2, sig), (2, sig)]),
            ("one-pass-2-signatures-1", [(4, ops), (4, last), (11, one), (2, sig)]),
            ("one-pass-0-signatures-1-after", [(11, one), (2, sig)]),
            ("one-pass-0-signatures-2", [(2, sig), (2, sig), (11, one)]),
            ("one-pass-after-literal", [(11, one), (4, last), (2, sig)]),
            ("both-last", [(4, last), (4, last), (11, one), (2, sig), (2, sig)])):
        yield Case(name, NO, "one-pass and signature packets that do not match.", pgp.join(rows))
    yield Case("old-style-zip", NO, "signature, then literal, compressed.",
               pgp.compressed(pgp.join([(2, sig), (11, one)])))
    yield Case("two-literals", NO, "one signature, two literals, of which one is signed.",
               pgp.join([(4, last), (11, pgp.literal(EVIL)), (11, one), (2, sig)]))
    yield Case("two-literals-other", NO, "the same, the signed one first.",
               pgp.join([(4, last), (11, one), (11, pgp.literal(EVIL)), (2, sig)]))
    yield Case("two-literals-halves", NO, "the signed text in two literals.",
               pgp.join([(4, last), (11, pgp.literal(payload[:50])),
                         (11, pgp.literal(payload[50:])), (2, sig)]))


def inserted(key, payload):
    """Packets that gpg passes over, or worse, at each place of a good message."""
    three = [pgp.packet(tag, body) for tag, body in pgp.parts(key, payload, SIGN_TIME)]
    places = ("first", "before-literal", "before-signature", "last")
    private = [("private-%d" % tag, pgp.packet(tag, b"x" * 8)) for tag in (60, 61, 62, 63)]
    kinds = [("marker", pgp.packet(pgp.MARKER, b"PGP")),
             ("padding", pgp.packet(pgp.PADDING, b"x" * 8)),
             ("private", private[0][1]), ("trust", pgp.packet(pgp.TRUST, b"\0\0"))]
    for name, packet in kinds:
        for at, place in enumerate(places):
            blob = b"".join(three[:at] + [packet] + three[at:])
            what = "%s packet %s" % (name, place.replace("-", " the ", 1))
            if (name, place) not in (("marker", "first"), ("marker", "last"), ("trust", "last"),
                                     ("private", "last")):
                yield Case("inserted-%s-%s" % (name, place), NO, "a %s." % what, blob)
            if (name, place) != ("marker", "last"):  # zip-inner-marker
                yield Case("zip-inserted-%s-%s" % (name, place), NO, "a %s, compressed." % what,
                           pgp.compressed(blob))
    plain = b"".join(three)
    unknown = [("tag-%d" % tag, pgp.packet(tag, b"x" * 8)) for tag in (0, 15, 20, 39, 40)]
    for name, packet in private + unknown:
        yield Case("inserted-%s" % name, NO, "after the message: a packet of an unknown kind.",
                   plain + packet)
    secret = pgp.packet(pgp.SECRET_KEY, key.secret_body()[:40])
    for name, packet in (
            ("attribute", pgp.packet(pgp.ATTRIBUTE, b"\2\1x")),
            ("user-id", pgp.packet(pgp.USER_ID, STATUS_LINES)),
            ("subkey", pgp.packet(pgp.PUBLIC_SUBKEY, key.body)),
            ("secret-key", secret),
            ("skesk", pgp.packet(pgp.SKESK, b"\4\7\0\2")),
            ("pkesk", pgp.packet(pgp.PKESK, b"\3" + bytes(8) + b"\1" + pgp.mpi(1 << 99))),
            ("seipd", pgp.packet(pgp.SEIPD, b"\1" + bytes(40))),
            ("signature", pgp.packet(pgp.SIGNATURE, b"\3" + bytes(30)))):
        for place, blob in (("first", packet + plain), ("last", plain + packet)):
            yield Case("inserted-%s-%s" % (name, place), NO, "%s packet %s." % (name, place), blob)
    yield Case("leading-key-zip", NO, "a public key before a compressed message.",
               pgp.packet(pgp.PUBLIC_KEY, key.body) + pgp.compressed(plain))
    yield Case("leading-empty-literal", NO, "an empty literal before the message.",
               pgp.packet(pgp.LITERAL, pgp.literal(b"")) + plain)
    yield Case("leading-compressed-literal", NO, "a compressed literal before the message.",
               pgp.compressed(pgp.packet(pgp.LITERAL, pgp.literal(EVIL)), frame=pgp.packet) + plain)
    for name, text in (("garbage", bytes((i * 73 + 11) & 127 for i in range(64))),
                       ("json", EVIL), ("zeros", bytes(4096))):
        yield Case("leading-" + name, NO, "%s before the message." % name, text + plain)
        yield Case("trailing-" + name, NO, "%s after the message." % name, plain + text)
        yield Case("zip-trailing-" + name, NO, "%s after the deflate stream." % name,
                   pgp.compressed(plain) + text)


def compressed(key, payload):
    plain = pgp.message(key, payload, SIGN_TIME)
    for depth in (3, 31, 32, 33):
        blob = plain
        for _ in range(depth):
            blob = pgp.compressed(blob, level=0)
        yield Case("nested-%d" % depth, NO, "%d layers of ZIP." % depth, blob)
    yield Case("zip-concatenated-definite", NO, "two compressed packets of definite length.",
               pgp.compressed(plain, frame=pgp.packet) * 2)
    yield Case("zip-in-zlib", NO, "ZIP within ZLIB.", pgp.compressed(pgp.compressed(plain), 2))
    yield Case("zip-empty", NO, "ZIP of nothing.", pgp.compressed(b""))
    yield Case("zip-no-algorithm", NO, "a compressed packet without an octet.",
               pgp.packet(pgp.COMPRESSED, b""))
    yield Case("algorithm-100", NO, "a private compression algorithm.",
               pgp.packet(pgp.COMPRESSED, b"\x64" + plain))
    yield Case("zip-as-zlib", NO, "ZIP said to be ZLIB.",
               pgp.packet(pgp.COMPRESSED, b"\2" + pgp.deflated(plain)))
    yield Case("zlib-as-zip", NO, "ZLIB said to be ZIP.",
               pgp.packet(pgp.COMPRESSED, b"\1" + pgp.deflated(plain, wbits=15)))
    yield Case("zip-of-detached", NO, "a compressed detached signature.",
               pgp.compressed(pgp.packet(pgp.SIGNATURE, pgp.signature(key, 0, payload, SIGN_TIME))))
    silent = pgp.packet(60, bytes(64 << 20))
    yield Case("bomb-bzip2-silent", NO, "64 MiB of an unknown packet in BZip2: nothing to cap.",
               pgp.compressed(silent, 3))
    yield Case("bomb-literal-only", LARGE, "16 MiB of zeros in ZIP, unsigned.",
               pgp.compressed(pgp.packet(pgp.LITERAL, pgp.literal(bytes(16 << 20)))))
    for name, head in (("one", b"\xcb\xfe"), ("many", b"\xcb" + b"\xf0" * 30),
                       ("first-small", b"\xcb\xe0x\xfe"), ("nothing-left", b"\xcb\xfe\xff")):
        yield Case("huge-partial-" + name, NO, "partial lengths of gigabytes.", head + b"x" * 60)
    (_, ops), (_, body), (_, sig) = pgp.parts(key, payload, SIGN_TIME)
    front, back = pgp.packet(pgp.ONE_PASS, ops), pgp.packet(pgp.SIGNATURE, sig)
    yield Case("huge-partial-in-message", NO, "a good message but for a chunk of a gigabyte.",
               front + b"\xcb\xfe" + body + back)
    for name, extra in (("length", b"\xff\xff\xff\xff\xff"), ("over", b"\xff\0\0\xff\xff")):
        yield Case("literal-%s" % name, NO, "a literal that says to be longer than it is.",
                   front + b"\xcb" + extra + body + back)
    yield Case("literal-name-over", NO, "a literal whose name is longer than it.",
               front + pgp.packet(pgp.LITERAL, b"b\xffx") + back)
    yield Case("literal-empty", NO, "a literal without an octet.",
               front + pgp.packet(pgp.LITERAL, b"") + back)


def armored(key, payload):
    blob = pgp.message(key, payload, SIGN_TIME)
    good = pgp.armor(blob, "MESSAGE")
    lines = good.split(b"\n")
    yield Case("armored-text-before", NO, "text before the armour.", b"Hello.\n\n" + good)
    yield Case("armored-text-after", NO, "text after the armour.", good + b"\nThe end.\n")
    for label in ("SIGNATURE", "PUBLIC KEY BLOCK", "ARMORED FILE", "MESSAGE, PART 1/2"):
        name = label.lower().translate(str.maketrans(" /,", "---"))
        yield Case("armored-as-" + name, NO, "armour with the label %s." % label,
                   pgp.armor(blob, label))
    yield Case("armored-bad-crc", NO, "armour with a wrong checksum.",
               b"\n".join(lines[:-3] + [b"=AAAA"] + lines[-2:]))
    yield Case("armored-no-end", NO, "armour that does not end.", b"\n".join(lines[:-2]) + b"\n")
    yield Case("armored-form-feed", NO, "a form feed in the middle of the armour.",
               b"\n".join(lines[:4] + [b"\f"] + lines[4:]))
    yield Case("armored-crlf", NO, "armour with CR LF.", pgp.armor(blob, "MESSAGE", end="\r\n"))
    yield Case("armored-twice", NO, "two armoured messages.", good + good)
    yield Case("armored-then-binary", NO, "an armoured message, then a binary one.", good + blob)
    yield Case("binary-then-armored", NO, "a binary message, then an armoured one.", blob + good)
    yield Case("armored-header-escapes", NO, "escapes in an armour header.",
               pgp.armor(blob, "MESSAGE", headers=["Comment: \x1b[2J\x07"]))
    yield Case("armored-one-line", NO, "one line of base64.",
               lines[0] + b"\n\n" + b"".join(lines[2:-3]) + b"\n" + b"\n".join(lines[-3:]))


def cleartext(home, keys, payload):
    def sign(*args):
        return home.gpg("-u", keys.fingerprint["release"], "--digest-algo", "SHA256", *args,
                        "--clear-sign", stdin=payload).stdout

    good, start = sign(), b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
    assert good.startswith(start)
    text, block = good[len(start):].split(b"-----BEGIN PGP SIGNATURE", 1)
    block = b"-----BEGIN PGP SIGNATURE" + block
    for name, note, blob in (
            ("not-dash-escaped", "with the header NotDashEscaped.", sign("--not-dash-escaped")),
            ("form-feed", "with a form feed and a line more after the signed text.",
             start + text + b"\f" + EVIL + b"\n" + block),
            ("form-feed-line", "with a form feed at the end of the signed line.",
             start + text[:-1] + b"\f\n" + block),
            ("blanks", "with blanks at the end of a line.", start + text[:-1] + b"  \t\n" + block),
            ("text-before", "with text before it.", EVIL + b"\n" + good),
            ("text-after", "with text after it.", good + EVIL + b"\n"),
            ("twice", "two of them.", good + good),
            ("then-message", "followed by a binary message.",
             good + pgp.message(keys.rsa("release")[0], payload, SIGN_TIME)),
            ("headers", "with a header that is none.",
             start[:-1] + b"Comment: x\n\n" + text + block),
            ("nul", "with a NUL in the text.", start + text[:-1] + b"\0x\n" + block),
            ("long-line", "with a line of 5,000 octets.",
             start + b"x" * 5000 + b"\n" + text + block),
            ("leading-newline", "after a newline.", b"\n" + good)):
        yield Case("cleartext-" + name, NO, "cleartext signature, %s" % note, blob)


def encrypted(home, keys, payload):
    """Never decrypted, nobody is asked for a passphrase or a card."""
    message = pgp.message(keys.rsa("release")[0], payload, SIGN_TIME)
    to = home.generate("relsig test hidden <test@relsig.invalid>", "rsa2048", "sign", "never",
                       [("rsa2048", "encr", "never")])
    always = ("--trust-model", "always")
    yield Case("encrypted-hidden", NO, "gpg -R: encrypted to a key that is not named.",
               home.gpg(*always, "-R", to, "--encrypt", stdin=message).stdout)
    cheap = ("--passphrase", "secret", "--s2k-count", "1024")
    yield Case("encrypted-both", NO, "gpg -c -e: by passphrase or key.",
               home.gpg(*always, *cheap, "-r", to, "--encrypt", "--symmetric",
                        stdin=message).stdout)
    yield Case("encrypted-armored", NO, "gpg -c, armoured.",
               home.gpg(*cheap, "--armor", "--symmetric", stdin=message).stdout)
    yield Case("encrypted-zip", NO, "an encrypted message within a compressed packet.",
               pgp.compressed(home.gpg(*cheap, "--symmetric", stdin=message).stdout))
    yield Case("encrypted-no-integrity", NO, "an encrypted packet of the old kind.",
               pgp.packet(pgp.SKESK, b"\4\7\0\2") + pgp.packet(9, bytes(range(64))))


def contents(key, other, payload):
    """What the signature packet and the literal's header may say, once more."""
    def make(case, expect, note, created=SIGN_TIME, **options):
        return Case(case, expect, note, pgp.message(key, payload, created, **options))

    for mode in ("m", "x", "1"):
        yield make("mode-" + mode, NO, "literal mode %s." % mode, mode=mode.encode())
    for number in (0x10, 0x18, 0x20, 0x40, 0x50, 0xFF):
        yield make("class-%02x" % number, NO, "signature class %02x." % number, sigclass=number)
    for number, name in ((5, "v5"), (6, "v6"), (2, "v2"), (0, "v0")):
        parts = pgp.parts(key, payload, SIGN_TIME)
        body = bytes([number]) + parts[2][1][1:]
        yield Case("signature-" + name, NO, "a signature packet of version %d." % number,
                   pgp.join(parts[:2] + [(pgp.SIGNATURE, body)]))
    three = pgp.parts(key, payload, SIGN_TIME, version=3)
    for name, body in (("junk", three[2][1] + b"junk"), ("cut", three[2][1][:-1]),
                       ("long-hashed", b"\3\6" + three[2][1][2:7] + b"\0" + three[2][1][7:]),
                       ("header-only", three[2][1][:19])):
        yield Case("v3-" + name, NO, "version 3, %s." % name.replace("-", " "),
                   pgp.join(three[:2] + [(pgp.SIGNATURE, body)]))
    for name, change in (("issuer", 7), ("left-bits", 17)):
        body = bytearray(three[2][1])
        body[change] ^= 1
        yield Case("v3-" + name, NO if name == "issuer" else OK,
                   "version 3, one bit of the %s changed." % name,
                   pgp.join(three[:2] + [(pgp.SIGNATURE, bytes(body))]))
    yield make("notation-status", OK, "a notation that holds status lines of gpg.",
               hashed=pgp.notation(b"a@relsig.invalid", STATUS_LINES))
    yield make("notation-name-status", OK, "a notation whose name holds status lines.",
               hashed=pgp.notation(STATUS_LINES + b"@relsig.invalid", b"x"))
    yield make("notation-escapes", OK, "a notation of terminal escapes.",
               hashed=pgp.notation(b"a@relsig.invalid", b"\x1b[2J\x1b]0;x\x07\0\r"))
    yield make("notation-large", OK, "a notation of 9,000 octets.",
               hashed=pgp.notation(b"a@relsig.invalid", b"x" * 9000))
    yield make("notation-huge", NO, "a notation of 20,000 octets: gpg reads no more than 10,000.",
               hashed=pgp.notation(b"a@relsig.invalid", b"x" * 20000))
    yield make("notations-300", OK, "300 notations.",
               hashed=pgp.notation(b"a@relsig.invalid", b"x") * 300)
    yield make("notation-cut", UNTRUSTED, "a notation that says to be longer than it is: gpg calls "
               "the signature good and ends with status 2.",
               hashed=pgp.subpacket(pgp.SUB_NOTATION, struct.pack(">IHH", 0x80000000, 99, 99)))
    policy = b"https://relsig.invalid/\n[GNUPG:] BADSIG\x1b[2J"
    yield make("policy-url", OK, "a policy URL with a fake status line.",
               hashed=pgp.subpacket(26, policy))
    yield make("preferred-keyserver", OK, "a keyserver to ask, which nobody does.",
               hashed=pgp.subpacket(24, b"hkps://keys.relsig.invalid"))
    yield make("subpacket-critical-private", BAD, "critical subpacket of a private type.",
               hashed=pgp.subpacket(101, b"", True))
    yield make("subpacket-unhashed-unknown", OK, "unknown subpackets that are not signed.",
               unhashed=pgp.subpacket(pgp.SUB_ISSUER, key.key_id)
               + pgp.subpacket(100, STATUS_LINES))
    yield make("issuer-unhashed-other", NO, "an issuer of another key, not signed.",
               unhashed=pgp.subpacket(pgp.SUB_ISSUER, other.key_id))
    yield make("issuer-twice", NO, "two issuers, the right one first.",
               hashed=pgp.subpacket(pgp.SUB_ISSUER, key.key_id)
               + pgp.subpacket(pgp.SUB_ISSUER, other.key_id))
    yield make("issuer-absent", UNTRUSTED, "no issuer at all but the one-pass packet's.",
               issuer_fingerprint=b"", unhashed=b"")
    yield make("issuer-fingerprint-v6", NO, "an issuer fingerprint of version 6.",
               issuer_fingerprint=b"", hashed=pgp.subpacket(33, b"\6" + bytes(32)))
    yield make("expires-never", OK, "a signature that expires after 0 seconds: never.",
               hashed=pgp.subpacket(pgp.SUB_EXPIRES, bytes(4)))
    yield make("expires-second", "signature-expired", "a signature that was good for a second.",
               hashed=pgp.subpacket(pgp.SUB_EXPIRES, b"\0\0\0\1"))
    yield make("sha224-by-hand", WEAK, "SHA-224, signed by hand.", hash_id=pgp.SHA224)
    literal = pgp.parts(key, payload, SIGN_TIME)
    literal[1] = pgp.LITERAL, pgp.literal(payload, name=STATUS_LINES)
    yield Case("unsigned-status", NO, "unsigned, a literal whose name is status lines of gpg.",
               pgp.join(literal[1:2]))
    yield Case("unsigned-status-zip", NO, "the same, compressed.",
               pgp.compressed(pgp.join(literal[1:2])))
    yield Case("signature-of-other-key", BAD, "the issuer is right, another key has signed.",
               pgp.join(literal[:2] + [(pgp.SIGNATURE, pgp.signature(
                   other, 0, payload, SIGN_TIME, issuer_fingerprint=key.raw_fingerprint,
                   unhashed=pgp.subpacket(pgp.SUB_ISSUER, key.key_id)))]))
