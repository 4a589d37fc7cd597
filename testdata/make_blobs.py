# SPDX-License-Identifier: GPL-3.0-or-later
"""Signature blobs, good and hostile: how they are signed and packed. Payloads: make_payloads.py.

Each case is (name, expected reason, note, blob) and, where needed, keys= and generate=. More of
them: make_messages.py, make_certificates.py.
"""
import struct
import zlib

import pgp
from corpus import signature as Case
from make_keys import KEY_TIME, SIGN_TIME, YEAR

NO, BAD, WEAK, OK = "not-a-signature", "bad-signature", "weak-crypto", "accepted"


def by_gpg(home, keys, payload):
    """Blobs that gpg makes itself."""
    def sign(*args, user="release", **options):
        return home.gpg("-u", keys.fingerprint[user], "--digest-algo", "SHA256", *args,
                        stdin=payload, **options).stdout

    def case(name, expect, note, *args, **options):
        trusted = options.pop("trusted", None)
        return Case(name, expect, note, sign(*(args + ("--sign",)), **options), trusted)

    yield case("gpg-z0", OK, "uncompressed, as gpg makes it.", "-z0")
    yield case("gpg-zip", OK, "ZIP, gpg's default.")
    yield case("gpg-zlib", OK, "ZLIB.", "--compress-algo", "zlib")
    yield case("gpg-bzip2", NO, "BZip2.", "--compress-algo", "bzip2")
    for name in ("SHA384", "SHA512"):
        yield case("gpg-" + name.lower(), OK, name + ".", "--digest-algo", name)
    for name in ("SHA224", "SHA1", "RIPEMD160"):
        yield case("gpg-" + name.lower(), WEAK, name + ".", "--digest-algo", name)
    for name in ("ed25519", "ecdsa", "dsa2048"):
        yield case("gpg-" + name, OK, name + " key.", user=name, trusted=[name + ".asc"])
    for name in ("rsa1024", "dsa1024"):
        yield case("gpg-" + name, WEAK, name + " key.", user=name, trusted=[name + ".asc"])
    yield case("subkey", OK, "made by a signing subkey: the primary key is who signed.",
               user="subkey", trusted=["subkey.asc"])
    yield case("unknown-key", "unknown-key", "signed by a key that is not given.", user="other")
    yield case("other-trusted", OK, "signed by the second of two keys.", user="other",
               trusted=["two.asc"])
    yield case("two-key-files", OK, "signed by the key of the second key file.", user="other",
               trusted=["release.asc", "other.asc"])
    yield case("signature-expired", "signature-expired", "the signature was good for one day.",
               "--default-sig-expire", "1d")
    for name, word, note in (
            ("expired", "key-expired", "made before its key expired."),
            ("revoked", "key-revoked", "made before its key was revoked."),
            ("expiredsub", "key-expired", "made before its subkey expired."),
            ("revokedsub", "key-revoked", "made before its subkey was revoked."),
            ("nocrosscert", BAD, "by a subkey that never agreed to belong to its primary key."),
            ("uid-escapes", OK, "by a key whose user ID must not reach a terminal as it is.")):
        yield case("key-" + name, word, note, user=name, trusted=[name + ".asc"])
    yield case("notation", OK, "plain notation.", "--sig-notation", "a@relsig.invalid=b")
    yield case("notation-critical", BAD, "critical notation that nobody knows.",
               "--sig-notation", "!a@relsig.invalid=b")
    yield case("armored", NO, "ASCII armour.", "--armor")
    yield case("text-mode", NO, "gpg --textmode: signature class 01.", "--textmode", "-z0")
    yield case("two-signers", NO, "two nested signatures, both good.", "-u",
               keys.fingerprint["other"], trusted=["two.asc"])
    yield Case("cleartext", NO, "cleartext signature.", sign("--clear-sign"))
    yield Case("detached", NO, "detached signature.", sign("--detach-sign"))
    yield Case("detached-armored", NO, "detached, armoured.", sign("--armor", "--detach-sign"))
    yield Case("unsigned-literal", NO, "a literal packet without signature.",
               home.gpg("-z0", "--store", stdin=payload).stdout)
    yield Case("unsigned-compressed", NO, "a compressed literal packet without signature.",
               home.gpg("--store", stdin=payload).stdout)
    cheap = ("--passphrase", "secret", "--s2k-count", "1024")
    yield Case("encrypted-symmetric", NO, "gpg -c.",
               home.gpg("--symmetric", *cheap, stdin=payload).stdout)
    yield Case("encrypted-symmetric-signed", NO, "gpg -s -c: signed, then encrypted.",
               sign("--symmetric", "--sign", "--passphrase", "secret", "--s2k-count", "1024"))
    to = home.generate("relsig test encryption <test@relsig.invalid>", "rsa2048", "sign", "never",
                       [("rsa2048", "encr", "never")])
    yield Case("encrypted-public", NO, "gpg -e to a key that nobody here has.",
               home.gpg("--trust-model", "always", "-r", to, "--encrypt", stdin=payload).stdout)
    yield Case("encrypted-public-signed", NO, "gpg -s -e.",
               sign("--trust-model", "always", "-r", to, "--sign", "--encrypt"))


def frames(key, payload):
    """The same three packets in every frame that RFC 4880 allows, and in some that it does not."""
    pairs = pgp.parts(key, payload, SIGN_TIME)
    (ops_tag, ops), (lit_tag, lit), (sig_tag, sig) = pairs
    plain = pgp.join(pairs)
    front, back = pgp.packet(ops_tag, ops), pgp.packet(sig_tag, sig)
    one, marked = pgp.packet(lit_tag, lit), pgp.packet(pgp.MARKER, b"PGP")

    yield Case("new-headers", OK, "new packet headers.", plain)
    yield Case("old-headers", OK, "old packet headers.", pgp.join(pairs, pgp.packet_old))
    yield Case("partial-literal", OK, "literal in chunks of 128, 64 and 32 octets, as Go has it.",
               front + pgp.packet_partial(lit_tag, lit, [7, 6, 5]) + back)
    yield Case("partial-literal-one", OK, "literal in chunks of one octet.",
               front + pgp.packet_partial(lit_tag, lit, [0] * 40) + back)
    yield Case("partial-compressed", OK, "compressed packet of a first chunk of 512 octets.",
               pgp.packet_partial(pgp.COMPRESSED, pgp.compressed_body(plain), [9]))
    yield Case("partial-signature", NO, "partial length in a signature packet (4.2.2.4 forbids).",
               front + one + pgp.packet_partial(sig_tag, sig, [9]))
    yield Case("partial-endless", NO, "the last chunk is missing.",
               front + bytes([0xC0 | lit_tag]) + b"\xe7" + lit[:128])
    yield Case("zip-definite", OK, "ZIP in a packet of definite length.",
               pgp.compressed(plain, frame=pgp.packet))
    yield Case("zip-stored", OK, "ZIP that does not compress.", pgp.compressed(plain, level=0))
    yield Case("literal-indeterminate", NO, "a literal that lasts until the end of the file.",
               front + pgp.packet_indeterminate(lit_tag, lit) + back)
    yield Case("algorithm-0", NO, "compression algorithm 0 (none).", pgp.compressed(plain, 0))
    yield Case("nested-zip", NO, "ZIP within ZIP.", pgp.compressed(pgp.compressed(plain)))
    yield Case("zlib-bad-checksum", NO, "ZLIB with a wrong Adler-32.",
               pgp.packet_indeterminate(8, pgp.compressed_body(plain, 2)[:-1] + b"\0"))
    yield Case("zip-trailing", NO, "bytes after the end of the deflate stream.",
               pgp.compressed(plain) + b"\n")
    yield Case("zip-trailing-message", NO, "a second compressed message after the first.",
               pgp.compressed(plain) + pgp.compressed(plain))
    yield Case("zip-trailing-definite", NO, "a packet after a compressed one of definite length.",
               pgp.compressed(plain, frame=pgp.packet) + marked)
    yield Case("zip-inner-marker", NO, "a marker packet inside, after the signature.",
               pgp.compressed(plain + marked))
    yield Case("concatenated", NO, "two messages, uncompressed.", plain + plain)
    for name, tail in (("newline", b"\n"), ("nul", b"\0"), ("literal", one), ("marker", marked),
                       ("signature", back), ("unknown-packet", pgp.packet(60, b"x")),
                       ("trust", pgp.packet(pgp.TRUST, b"\0\0")),
                       ("key", pgp.packet(pgp.PUBLIC_KEY, key.body))):
        yield Case("trailing-" + name, NO, "%s after the message." % name, plain + tail)
    session_key = b"\3" + bytes(8) + b"\1" + pgp.mpi(1 << 99)
    for name, head in (("newline", b"\n"), ("literal", one), ("marker", marked),
                       ("key", pgp.packet(pgp.PUBLIC_KEY, key.body)),
                       ("user-id", pgp.packet(pgp.USER_ID, b"relsig test")),
                       ("skesk", pgp.packet(pgp.SKESK, b"\4\7\0\2")),
                       ("pkesk", pgp.packet(pgp.PKESK, session_key))):
        yield Case("leading-" + name, NO, "%s before the message." % name, head + plain)
    yield Case("no-signature-packet", NO, "one-pass and literal, no signature.", front + one)
    yield Case("old-style", NO, "signature, then literal, as PGP 2 did.", back + one)
    yield Case("one-pass-only", NO, "a one-pass packet alone.", front)
    yield Case("order", NO, "one-pass, signature, literal.", front + back + one)
    yield Case("one-pass-version", NO, "one-pass version 6.",
               pgp.packet(ops_tag, b"\6" + ops[1:]) + one + back)
    yield Case("one-pass-not-last", NO, "one-pass says that another one-pass follows.",
               pgp.packet(ops_tag, ops[:-1] + b"\0") + one + back)
    yield Case("one-pass-other-hash", NO, "one-pass names SHA-512, the signature SHA-256.",
               pgp.packet(ops_tag, pgp.one_pass(key, 0, pgp.SHA512)) + one + back)
    yield Case("one-pass-other-key", NO, "one-pass names another key.",
               pgp.packet(ops_tag, pgp.one_pass(key, key_id=b"\1" * 8)) + one + back)
    yield Case("one-pass-other-class", NO, "one-pass has class 01, the signature 00.",
               pgp.packet(ops_tag, pgp.one_pass(key, 1)) + one + back)
    yield Case("one-pass-other-algorithm", NO, "one-pass says DSA, the signature RSA.",
               pgp.packet(ops_tag, pgp.one_pass(key, algorithm=17)) + one + back)
    yield Case("one-pass-long", NO, "one octet too many in the one-pass packet.",
               pgp.packet(ops_tag, ops + b"\0") + one + back)
    for name, at in (("one", 1), ("one-pass", 9), ("literal", len(front) + 40),
                     ("before-signature", len(front + one)), ("signature", len(plain) - 20),
                     ("last-octet", len(plain) - 1)):
        yield Case("truncated-" + name, NO, "cut at octet %d." % at, plain[:at])
    zipped = pgp.compressed(plain)
    yield Case("truncated-zip", NO, "deflate stream cut in the middle.", zipped[:len(zipped) // 2])
    yield Case("truncated-zip-end", NO, "the deflate stream lacks its last octet.", zipped[:-1])


def signatures(keys, payload):
    """What the signature packet and the literal's header may say."""
    key, other = keys.rsa("release")[0], keys.rsa("other")[0]

    def make(case, expect, note, created=SIGN_TIME, by=key, trusted=None, **options):
        return Case(case, expect, note, pgp.message(by, payload, created, **options), trusted)

    yield make("v3", OK, "signature version 3, as Red Hat's until 2023.", version=3)
    yield Case("v3-zip", OK, "version 3 in ZIP: the form of most real release signatures.",
               pgp.compressed(pgp.message(key, payload, SIGN_TIME, version=3,
                                          name=b"_rpmsig-req-AbCdEf.bin")))
    yield make("v4-creation-only", OK, "version 4 with the creation time alone hashed.",
               issuer_fingerprint=b"")
    yield make("issuer-fingerprint-other", NO, "issuer fingerprint of another key.",
               issuer_fingerprint=other.raw_fingerprint)
    yield make("subpacket-critical", BAD, "critical subpacket of an unknown type.",
               hashed=pgp.subpacket(100, b"x", True))
    yield make("subpacket-unknown", OK, "subpacket of an unknown type, not critical.",
               hashed=pgp.subpacket(100, b"x"))
    yield make("md5", WEAK, "MD5.", hash_id=pgp.MD5)
    yield make("class-01", NO, "signature class 01.", sigclass=1)
    yield make("class-02", NO, "signature class 02 (standalone).", sigclass=2)
    yield make("class-13", NO, "signature class 13 (certification).", sigclass=0x13)
    yield make("mode-t", OK, "literal mode t, no CR in the body, as Go makes it.", mode=b"t")
    yield make("mode-u", NO, "literal mode u.", mode=b"u")
    yield make("mode-l", NO, "literal mode l.", mode=b"l")
    yield Case("mode-t-cr", NO, "literal mode t with CR LF: gpg would print without the CR.",
               pgp.message(key, payload.replace(b", ", b",\r\n"), SIGN_TIME, mode=b"t"))
    yield Case("mode-b-cr", OK, "literal mode b with CR LF.",
               pgp.message(key, payload.replace(b", ", b",\r\n"), SIGN_TIME))
    for name, text in (
            ("redhat", b"_rpmsig-req-AbCdEf.bin"), ("console", b"_CONSOLE"), ("long", b"x" * 255),
            ("escapes", b"\x1b[2J\x1b]0;x\x07\r\n\0"), ("path", b"../../etc/passwd"),
            ("status", b"x\n[GNUPG:] GOODSIG 0000000000000000 x\n[GNUPG:] VALIDSIG "
                       b"0000000000000000000000000000000000000000")):
        yield make("name-" + name, OK, "literal file name: %s." % name, name=text)
    yield make("created-before-key", BAD, "made a year before its key.", KEY_TIME - YEAR)
    yield make("created-at-zero", BAD, "made in 1970.", 0)
    yield make("created-2100", BAD, "made in the year 2100.", 4102444800)
    yield make("created-maximum", BAD, "made at the last second that OpenPGP can say.", 0xFFFFFFFF)
    yield make("key-certonly", "untrusted-key", "by a key that may only certify.", 
               by=keys.rsa("certonly")[0], trusted=["certonly.asc"])
    yield make("key-expired-after", "key-expired", "made after its key had expired.",
               SIGN_TIME + YEAR, by=keys.rsa("expired")[0], trusted=["expired.asc"])
    yield make("key-revoked-after", "key-revoked", "made after its key was revoked.",
               SIGN_TIME + YEAR, by=keys.rsa("revoked")[0], trusted=["revoked.asc"])
    yield from damaged(key, payload)


def damaged(key, payload):
    """A good message with one thing changed after it was signed."""
    (ops_tag, ops), (lit_tag, lit), (sig_tag, sig) = pgp.parts(key, payload, SIGN_TIME)
    front, one = pgp.packet(ops_tag, ops), pgp.packet(lit_tag, lit)
    flipped = lit.replace(b"sha256:", b"sha256;")
    assert flipped != lit
    changed = pgp.join([(ops_tag, ops), (lit_tag, flipped), (sig_tag, sig)])
    yield Case("flipped-payload", BAD, "one bit of the signed text changed.", changed)
    yield Case("flipped-payload-zip", BAD, "the same, compressed again.", pgp.compressed(changed))
    wrong = sig[:-9] + bytes([sig[-9] ^ 4]) + sig[-8:]
    yield Case("flipped-signature", BAD, "one bit of the signature's number changed.",
               front + one + pgp.packet(sig_tag, wrong))
    later = bytearray(sig)
    at = sig.index(struct.pack(">I", SIGN_TIME))
    later[at + 3] ^= 1
    yield Case("flipped-time", BAD, "the hashed creation time changed.",
               front + one + pgp.packet(sig_tag, bytes(later)))
    hashed = struct.unpack_from(">H", sig, 4)[0]
    number = 6 + hashed + 2 + struct.unpack_from(">H", sig, 6 + hashed)[0] + 2
    yield Case("signature-zero", BAD, "the signature's number is 0.",
               front + one + pgp.packet(sig_tag, sig[:number] + bytes(2)))
    yield Case("signature-swapped", BAD, "a good signature of another text.",
               front + one + pgp.packet(sig_tag, pgp.signature(key, 0, b"{}", SIGN_TIME)))
    yield Case("literal-date", OK, "the literal's date is not covered by the signature.",
               front + pgp.packet(lit_tag, pgp.literal(payload, date=1)) + pgp.packet(sig_tag, sig))


def zeros(key, size):
    """A well signed message of so many NULs."""
    return pgp.message(key, bytes(size), SIGN_TIME)


def hostile(key, payload):
    """Bombs, lying lengths, and files that are something else."""
    big = zeros(key, 16 << 20)
    yield Case("bomb-zip", "too-large", "signed, 16 MiB of zeros in ZIP.", pgp.compressed(big))
    nested = pgp.compressed(pgp.compressed(pgp.compressed(zeros(key, 64 << 20))))
    yield Case("bomb-nested", NO, "64 MiB of zeros in ZIP within ZIP within ZIP.", nested)
    yield Case("bomb-bzip2", NO, "64 MiB of zeros in BZip2.",
               pgp.compressed(zeros(key, 64 << 20), 3))
    silent = pgp.packet(pgp.MARKER, b"PGP") + pgp.packet(60, bytes(16 << 20))
    yield Case("bomb-silent", "too-large", "16 MiB of an unknown packet in ZIP, no literal.",
               pgp.compressed(silent))
    for name, size, word in (("inflated-cap", 64 << 10, OK),
                             ("inflated-cap-plus-one", (64 << 10) + 1, "too-large")):
        yield Case(name, word, "inflates to %d octets, spaces after the payload." % size,
                   pgp.compressed(padded(key, payload, size)))
    yield from sized(key, payload)
    for name, head in (("literal", b"\xcb\xff\xff\xff\xff\xff"), ("old", b"\xae\xff\xff\xff\xff"),
                       ("one-pass", b"\xc4\xff\x7f\xff\xff\xff"), ("signature", b"\x8a\x80\0\0\0"),
                       ("compressed", b"\xc8\xff\xff\xff\xff\xf0\1"), ("partial", b"\xcb\xfe")):
        yield Case("huge-" + name, NO, "%s packet with a huge length field." % name,
                   head + b"x" * 40)
    yield Case("html", NO, "an error page served with status 200.",
               b"<!DOCTYPE html>\n<html><head><title>Not found</title></head><body>\n"
               b"<h1>404</h1></body></html>\n")
    yield Case("empty", NO, "no octet at all.", b"")
    yield Case("one-octet", NO, "one octet that could begin a message.", b"\xa3")
    yield Case("json", NO, "the payload without any signature.", payload)
    yield Case("sigstore-json", NO, "containers' sigstore form.", b"\0sigstore-json\n{}")
    yield Case("simple-signing-prefix", NO, "containers' prefix before a good message.",
               b"\0simple-signing\n" + pgp.message(key, payload, SIGN_TIME))
    yield Case("png", NO, "a picture.", tiny_png())
    yield Case("gzip", NO, "gzip.", b"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0")
    yield Case("zeros", NO, "600 NULs.", bytes(600))
    yield Case("ones", NO, "600 octets ff.", b"\xff" * 600)
    yield Case("base64", NO, "a message in base64 without armour.",
               b"owGbwMvMwMEoOU9/4l9n2UDGtYxJ3EmZ6bq6ZakVmSXxBVVl\n")


def padded(key, payload, size):
    """A message of exactly this size (the signature's number may lack its first octets)."""
    spaces = size - len(pgp.message(key, payload, SIGN_TIME)) - 16
    while True:
        blob = pgp.message(key, payload + b" " * spaces, SIGN_TIME)
        if len(blob) == size:
            return blob
        spaces += 1 if len(blob) < size else -7


def sized(key, payload):
    """Blobs at the size cap and above it: empty stored blocks fill a good deflate stream."""
    empty_block = b"\0\0\0\xff\xff"  # RFC 1951 section 3.2.4: inflates to nothing
    for name, size, word in (("size-cap", 64 << 10, OK),
                             ("size-cap-plus-one", (64 << 10) + 1, "too-large")):
        for spaces in range(200):
            blob = pgp.compressed(pgp.message(key, payload + b" " * spaces, SIGN_TIME), level=0)
            if (size - len(blob)) % len(empty_block) == 0:
                break
        yield Case(name, word, "a good message of %d octets once generated." % size, blob,
                   generate="2 %s %d" % (empty_block.hex(), size))
    yield Case("size-zeros", "too-large", "one octet above the cap of what is no signature at all.",
               b"\0", generate="end 00 %d" % ((64 << 10) + 1))


def tiny_png():
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b""))
