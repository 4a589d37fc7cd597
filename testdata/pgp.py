# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenPGP packets by hand (RFC 4880), for test data that gpg would refuse to make.

Only RSA is signed here (by pow(), from the numbers of an unprotected secret key packet). Nothing in
this file is fit for anything but worthless test keys: it neither hides timing nor checks input.
"""
import base64
import bz2
import hashlib
import struct
import zlib

RSA = 1
MD5, SHA1, RIPEMD160, SHA256, SHA384, SHA512, SHA224 = 1, 2, 3, 8, 9, 10, 11

# hashlib's name, and the DER prefix of DigestInfo (RFC 4880 section 5.2.2).
HASHES = {
    MD5: ("md5", "3020300c06082a864886f70d020505000410"),
    SHA1: ("sha1", "3021300906052b0e03021a05000414"),
    SHA256: ("sha256", "3031300d060960864801650304020105000420"),
    SHA384: ("sha384", "3041300d060960864801650304020205000430"),
    SHA512: ("sha512", "3051300d060960864801650304020305000440"),
    SHA224: ("sha224", "302d300d06096086480165030402040500041c"),
}

# Packet tags (section 4.3).
PKESK, SIGNATURE, SKESK, ONE_PASS, SECRET_KEY, PUBLIC_KEY, SECRET_SUBKEY, COMPRESSED = range(1, 9)
MARKER, LITERAL, TRUST, USER_ID, PUBLIC_SUBKEY, ATTRIBUTE, SEIPD = 10, 11, 12, 13, 14, 17, 18
PADDING = 21  # RFC 9580 section 5.14

# Subpacket types (section 5.2.3.1; 33 is RFC 9580's issuer fingerprint).
SUB_CREATED, SUB_EXPIRES, SUB_KEY_EXPIRES, SUB_ISSUER, SUB_NOTATION = 2, 3, 9, 16, 20
SUB_FLAGS, SUB_REASON, SUB_EMBEDDED, SUB_ISSUER_FINGERPRINT = 27, 29, 32, 33
FLAG_CERTIFY, FLAG_SIGN, FLAG_ENCRYPT = 1, 2, 12
REASON_SUPERSEDED, REASON_COMPROMISED = 1, 2


def mpi(n):
    return struct.pack(">H", n.bit_length()) + n.to_bytes((n.bit_length() + 7) // 8, "big")


def _read_mpi(data, at):
    size = (struct.unpack_from(">H", data, at)[0] + 7) // 8
    return int.from_bytes(data[at + 2:at + 2 + size], "big"), at + 2 + size


def new_length(n):
    """Section 4.2.2: one, two or five octets."""
    if n < 192:
        return bytes([n])
    if n < 8384:
        return bytes([192 + ((n - 192) >> 8), (n - 192) & 255])
    return b"\xff" + struct.pack(">I", n)


def packet(tag, body):
    """New header format."""
    return bytes([0xC0 | tag]) + new_length(len(body)) + body


def packet_old(tag, body):
    """Old header format; tags up to 15."""
    if len(body) < 256:
        return bytes([0x80 | tag << 2, len(body)]) + body
    if len(body) < 65536:
        return bytes([0x81 | tag << 2]) + struct.pack(">H", len(body)) + body
    return bytes([0x82 | tag << 2]) + struct.pack(">I", len(body)) + body


def packet_indeterminate(tag, body):
    """Old header format, "until the end of the file" (section 4.2.1, length type 3)."""
    return bytes([0x83 | tag << 2]) + body


def packet_partial(tag, body, powers):
    """Partial body lengths (section 4.2.2.4): chunks of 2**power octets, then the rest."""
    out = bytes([0xC0 | tag])
    for power in powers:
        out += bytes([224 + power]) + body[:1 << power]
        body = body[1 << power:]
    return out + new_length(len(body)) + body


def subpacket(kind, body, critical=False):
    return new_length(len(body) + 1) + bytes([kind | (128 if critical else 0)]) + body


def notation(name, value, critical=False):
    body = struct.pack(">IHH", 0x80000000, len(name), len(value)) + name + value
    return subpacket(SUB_NOTATION, body, critical)


class Key:
    """A version 4 RSA key: primary or subkey, with its secret numbers."""

    def __init__(self, created, n, e, d, p, q):
        self.created, self.n, self.e, self.d, self.p, self.q = created, n, e, d, p, q
        self.body = b"\4" + struct.pack(">I", created) + bytes([RSA]) + mpi(n) + mpi(e)
        self.hashed_form = b"\x99" + struct.pack(">H", len(self.body)) + self.body
        self.raw_fingerprint = hashlib.sha1(self.hashed_form).digest()
        self.fingerprint = self.raw_fingerprint.hex().upper()
        self.key_id = self.raw_fingerprint[-8:]
        self._signed = {}  # sign_digest is slow, and tests ask for the same again and again

    @classmethod
    def from_secret_body(cls, body):
        """From an unprotected secret key packet (section 5.5.3)."""
        if body[0] != 4 or body[5] != RSA:
            raise ValueError("not a version 4 RSA key")
        n, at = _read_mpi(body, 6)
        e, at = _read_mpi(body, at)
        if body[at] != 0:
            raise ValueError("the secret key is protected")
        d, at = _read_mpi(body, at + 1)
        p, at = _read_mpi(body, at)
        q, at = _read_mpi(body, at)
        return cls(struct.unpack_from(">I", body, 1)[0], n, e, d, p, q)

    def secret_body(self):
        secret = mpi(self.d) + mpi(self.p) + mpi(self.q) + mpi(pow(self.p, -1, self.q))
        return self.body + b"\0" + secret + struct.pack(">H", sum(secret) & 0xFFFF)

    def sign_digest(self, hash_id, digest):
        """EMSA-PKCS1-v1_5, with the Chinese remainder theorem."""
        if digest in self._signed:
            return self._signed[digest]
        size = (self.n.bit_length() + 7) // 8
        tail = bytes.fromhex(HASHES[hash_id][1]) + digest
        m = int.from_bytes(b"\0\1" + b"\xff" * (size - len(tail) - 3) + b"\0" + tail, "big")
        sp, sq = pow(m, self.d % (self.p - 1), self.p), pow(m, self.d % (self.q - 1), self.q)
        s = sq + self.q * ((sp - sq) * pow(self.q, -1, self.p) % self.p)
        assert pow(s, self.e, self.n) == m
        self._signed[digest] = s
        return s


def load_secret(data):
    """The RSA keys of an exported secret key file: the primary first, then its subkeys."""
    return [Key.from_secret_body(body) for tag, body, _ in packets(data)
            if tag in (SECRET_KEY, SECRET_SUBKEY)]


def signature(key, sigclass, data, created, hash_id=SHA256, version=4, hashed=b"",
              issuer_fingerprint=None, unhashed=None):
    """The body of a signature packet over data (which the caller has framed for its class).

    issuer_fingerprint: None for the key's own, b"" to leave the subpacket out, or 20 other bytes.
    """
    name = HASHES[hash_id][0]
    if version == 3:
        tail = bytes([sigclass]) + struct.pack(">I", created)
        digest = hashlib.new(name, data + tail).digest()
        return (b"\3\5" + tail + key.key_id + bytes([RSA, hash_id]) + digest[:2]
                + mpi(key.sign_digest(hash_id, digest)))
    area = subpacket(SUB_CREATED, struct.pack(">I", created))
    if issuer_fingerprint is None:
        issuer_fingerprint = key.raw_fingerprint
    if issuer_fingerprint:
        area = subpacket(SUB_ISSUER_FINGERPRINT, b"\4" + issuer_fingerprint) + area
    area += hashed
    head = bytes([4, sigclass, RSA, hash_id]) + struct.pack(">H", len(area)) + area
    digest = hashlib.new(name, data + head + b"\4\xff" + struct.pack(">I", len(head))).digest()
    if unhashed is None:
        unhashed = subpacket(SUB_ISSUER, key.key_id)
    return (head + struct.pack(">H", len(unhashed)) + unhashed + digest[:2]
            + mpi(key.sign_digest(hash_id, digest)))


def one_pass(key, sigclass=0, hash_id=SHA256, last=1, key_id=None, algorithm=RSA):
    return bytes([3, sigclass, hash_id, algorithm]) + (key_id or key.key_id) + bytes([last])


def literal(data, mode=b"b", name=b"", date=0):
    return mode + bytes([len(name)]) + name + struct.pack(">I", date) + data


def parts(key, data, created, sigclass=0, hash_id=SHA256, mode=b"b", name=b"", **options):
    """The three packets of a signed message as (tag, body)."""
    return [(ONE_PASS, one_pass(key, sigclass, hash_id)),
            (LITERAL, literal(data, mode, name, created)),
            (SIGNATURE, signature(key, sigclass, data, created, hash_id, **options))]


def join(pairs, frame=packet):
    return b"".join(frame(tag, body) for tag, body in pairs)


def message(key, data, created, **options):
    """An uncompressed one-pass signed message."""
    return join(parts(key, data, created, **options))


def deflated(data, level=9, wbits=-15):
    engine = zlib.compressobj(level, zlib.DEFLATED, wbits)
    return engine.compress(data) + engine.flush()


def compressed_body(data, algorithm=1, level=9):
    """Algorithm 0 (none), 1 (ZIP), 2 (ZLIB) or 3 (BZip2), section 9.3."""
    if algorithm == 1:
        data = deflated(data, level)
    elif algorithm == 2:
        data = deflated(data, level, 15)
    elif algorithm == 3:
        data = bz2.compress(data)
    return bytes([algorithm]) + data


def compressed(data, algorithm=1, level=9, frame=packet_indeterminate):
    return frame(COMPRESSED, compressed_body(data, algorithm, level))


def packets(data):
    """Split definite length packets into (tag, body, whole)."""
    out, at = [], 0
    while at < len(data):
        start, first = at, data[at]
        at += 1
        if first & 0x40:
            tag, size = first & 63, data[at]
            if size < 192:
                at += 1
            elif size < 224:
                size, at = ((size - 192) << 8) + data[at + 1] + 192, at + 2
            elif size == 255:
                size, at = struct.unpack_from(">I", data, at + 1)[0], at + 5
            else:
                raise ValueError("partial length")
        else:
            tag, width = first >> 2 & 15, first & 3
            if width == 3:
                raise ValueError("indeterminate length")
            size, at = int.from_bytes(data[at:at + (1 << width)], "big"), at + (1 << width)
        if at + size > len(data):
            raise ValueError("truncated packet")
        out.append((tag, data[at:at + size], data[start:at + size]))
        at += size
    return out


def certify(key, user_id, created, flags=FLAG_CERTIFY | FLAG_SIGN, expires=0, hash_id=SHA256,
            hashed=b"", by=None):
    """A positive certification (class 13) of a user ID, by the key itself or by another.

    flags: None to say nothing of what the key is for.
    """
    data = key.hashed_form + b"\xb4" + struct.pack(">I", len(user_id)) + user_id
    if flags is not None:
        hashed += subpacket(SUB_FLAGS, bytes([flags]))
    if expires:
        hashed += subpacket(SUB_KEY_EXPIRES, struct.pack(">I", expires))
    return packet(SIGNATURE, signature(by or key, 0x13, data, created, hash_id, hashed=hashed))


def bind(primary, subkey, created, cross=True, flags=FLAG_SIGN, expires=0):
    """A subkey binding (class 18), with or without the signing subkey's own back signature."""
    data = primary.hashed_form + subkey.hashed_form
    unhashed = subpacket(SUB_ISSUER, primary.key_id)
    if cross:
        unhashed += subpacket(SUB_EMBEDDED, signature(subkey, 0x19, data, created))
    hashed = subpacket(SUB_FLAGS, bytes([flags]))
    if expires:
        hashed += subpacket(SUB_KEY_EXPIRES, struct.pack(">I", expires))
    return packet(SIGNATURE, signature(primary, 0x18, data, created, hashed=hashed,
                                       unhashed=unhashed))


def revoke(primary, created, subkey=None, reason=REASON_COMPROMISED):
    """A revocation of the primary key (class 20) or of a subkey (class 28)."""
    data = primary.hashed_form + (subkey.hashed_form if subkey else b"")
    return packet(SIGNATURE, signature(primary, 0x28 if subkey else 0x20, data, created,
                                       hashed=subpacket(SUB_REASON, bytes([reason]))))


def crc24(data):
    """Section 6.1."""
    crc = 0xB704CE
    for octet in data:
        crc ^= octet << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc & 0xFFFFFF


def armor(data, label, checksum=True, headers=(), blank=True, end="\n"):
    text = base64.b64encode(data).decode()
    lines = ["-----BEGIN PGP %s-----" % label, *headers] + ([""] if blank else [])
    lines += [text[i:i + 64] for i in range(0, len(text), 64)]
    if checksum:
        lines.append("=" + base64.b64encode(crc24(data).to_bytes(3, "big")).decode())
    lines.append("-----END PGP %s-----" % label)
    return "".join(line + end for line in lines).encode()


def dearmor(text):
    """The octets of the first block, which pgp.armor or gpg made."""
    lines = text.decode().split("-----BEGIN PGP ", 1)[1].splitlines()
    body = lines[lines.index("") + 1:]
    return base64.b64decode("".join(body[:[line[:1] in "=-" for line in body].index(True)]))


def fingerprint(certificate):
    """Of the primary key, which is the first packet."""
    body = packets(certificate)[0][1]
    return hashlib.sha1(b"\x99" + struct.pack(">H", len(body)) + body).hexdigest().upper()
