# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of change to a message after it was signed. Each alters m and returns words for how."""
import json
import struct

from sample import SIGNED_AT, base_blob, base_parts, flipped, pgp


def flip_bit(rng, sample, m):
    m.blob, how = flipped(rng, base_blob(rng, sample, m))
    return how


def truncate(rng, sample, m):
    """Cut, cut out, insert, append octets."""
    blob = base_blob(rng, sample, m)
    at, until = sorted(rng.randrange(len(blob) + 1) for _ in range(2))
    junk = rng.choice([b"", b"\0", b"\n", b"\xff" * 9, rng.randbytes(rng.randrange(1, 40))])
    how = rng.randrange(4)
    if how == 0:
        m.blob = blob[:at]
    elif how == 1:
        m.blob = blob[:at] + blob[until:]
    elif how == 2:
        m.blob = blob[:at] + junk + blob[at:]
    else:
        m.blob = blob + junk
    return "cut %d at %d until %d" % (how, at, until)


def foreign_packets(rng, sample):
    """What may turn up beside a message's own packets."""
    payload = json.dumps(sample.payload()).encode()
    pairs = pgp.parts(rng.choice([sample.key, sample.other]), payload.replace(b"4.99", b"4.98"),
                      SIGNED_AT) + sample.parts(by=sample.other)
    return pairs + [
        (pgp.MARKER, b"PGP"), (pgp.TRUST, b"\0\0"), (pgp.USER_ID, b"x"), (60, b"x"), (63, b""),
        (21, b"padding"), (pgp.PUBLIC_KEY, sample.key.body),
        (pgp.PUBLIC_SUBKEY, sample.other.body),
        (pgp.COMPRESSED, pgp.compressed_body(sample.sign())), (pgp.LITERAL, b"b\0\0\0\0\0"),
        (pgp.SKESK, b"\4\7\0\2"), (pgp.SEIPD, b"\1" + bytes(30))]


def rearrange(rng, sample, m):
    """Swap, repeat, drop and insert packets."""
    pairs, foreign, how = base_parts(rng, sample, m), foreign_packets(rng, sample), []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        kind = rng.choice(["swap", "repeat", "drop", "insert"])
        at = rng.randrange(len(pairs) or 1)
        if kind == "insert" or not pairs:
            pairs.insert(rng.randrange(len(pairs) + 1), rng.choice(foreign))
        elif kind == "swap":
            to = rng.randrange(len(pairs))
            pairs[at], pairs[to] = pairs[to], pairs[at]
        elif kind == "repeat":
            pairs.insert(at, pairs[at])
        else:
            del pairs[at]
        how.append(kind)
    m.blob = b"".join((pgp.packet_old if tag < 16 and rng.random() < .3 else pgp.packet)(tag, body)
                      for tag, body in pairs)
    if rng.random() < .3:
        m.blob = pgp.compressed(m.blob, rng.choice([1, 2]))
        how.append("compressed")
    return " ".join(how) + ": " + " ".join(str(tag) for tag, _ in pairs)


def set_octet(body, at, values):
    """The same body with another octet, for each of the values."""
    return [body[:at] + bytes([value]) + body[at + 1:] for value in values if value != body[at]]


def one_pass_edits(rng, sample, body):
    ids = (sample.other.key_id, sample.small.key_id, bytes(8), flipped(rng, body[4:12])[0])
    return (set_octet(body, 0, (0, 2, 4, 6)) + set_octet(body, 1, (1, 2, 16, 24, 255))
            + set_octet(body, 2, (0, 1, 2, 3, 8, 9, 10, 11, 12, 14, 100))
            + set_octet(body, 3, (0, 1, 2, 3, 16, 17, 19, 22, 27, 100))
            + [body[:4] + key_id + body[12:] for key_id in ids]
            + set_octet(body, 12, (0, 2, 128, 255)) + [body + b"\0", body[:-1], b""])


def literal_edits(rng, _, body):
    data = body[6:]
    return ([pgp.literal(data, mode) for mode in (b"t", b"u", b"l", b"1", b"m", b"x", b"\0", b"B")]
            + [pgp.literal(data, name=name) for name in (b"x", b"x" * 255, b"_CONSOLE", b"\0",
                                                         b"\n[GNUPG:] GOODSIG x", b"\x1b[2J")]
            + [pgp.literal(data, date=date) for date in (1, 1 << 31, (1 << 32) - 1)]
            + set_octet(body, 1, (1, 2, 255)) + [pgp.literal(b"", b"b"), b"", b"b", body[:5]]
            + [pgp.literal(data.replace(b"\n", b"\r\n") + b"\r\n", b"t"), pgp.literal(data + b"\n"),
               pgp.literal(flipped(rng, data)[0])])


def integer_edits(rng, numbers):
    """Other encodings of the first MPI, and other ends."""
    bits = struct.unpack_from(">H", numbers)[0]
    return [struct.pack(">H", bits + by) + numbers[2:] for by in (1, -1, 8, -8, 7)] + [
        struct.pack(">H", (bits + 7) // 8 * 8 + 8) + b"\0" + numbers[2:],
        b"\0\0" + numbers, numbers + numbers, numbers + b"\0\0", numbers + b"\0", numbers[:-1],
        b"\0\0", b"", b"\0\1\1", numbers[:2] + bytes(len(numbers) - 2),
        numbers[:2] + b"\xff" * (len(numbers) - 2), flipped(rng, numbers)[0]]


def signature_edits(rng, sample, body):
    if body[0] == 3:
        left, ids = 17, (sample.other.key_id, bytes(8))
        out = (set_octet(body, 1, (0, 4, 6)) + [body[:7] + key_id + body[15:] for key_id in ids]
               + [body[:3] + struct.pack(">I", when) + body[7:] for when in (0, 1, (1 << 32) - 1)]
               + set_octet(body, 15, (0, 2, 3, 17, 22)) + set_octet(body, 16, (0, 1, 2, 9, 10)))
        kind = 2
    else:
        hashed = struct.unpack_from(">H", body, 4)[0]
        left = 8 + hashed + struct.unpack_from(">H", body, 6 + hashed)[0]
        out = (set_octet(body, 2, (0, 1, 2, 3, 17, 19, 22)) + set_octet(body, 3, (0, 1, 2, 9, 10))
               + set_octet(body, 5, (0, hashed - 1, hashed + 1, 255))
               + set_octet(body, 7 + hashed, (0, 9, 11, 255)))
        kind = 1
    return (out + set_octet(body, 0, (0, 2, 3, 4, 5, 6)) + set_octet(body, kind, (1, 2, 16, 64))
            + [body[:left] + bytes(2) + body[left + 2:], flipped(rng, body)[0]]
            + [body[:left + 2] + end for end in integer_edits(rng, body[left + 2:])])


FIELD_EDITS = (("one-pass", one_pass_edits), ("literal", literal_edits),
               ("signature", signature_edits), ("signature", signature_edits))


def edit_fields(rng, sample, m):
    """One field or two of the packets, each set to something that means something."""
    pairs, how = base_parts(rng, sample, m), []
    for _ in range(rng.choice([1, 1, 1, 2])):
        which = rng.randrange(len(FIELD_EDITS))
        name, edits = FIELD_EDITS[which]
        at = min(which, 2)
        tag, body = pairs[at]
        if name in [word.split()[0] for word in how]:
            continue
        choices = edits(rng, sample, body)
        pick = rng.randrange(len(choices))
        pairs[at] = tag, choices[pick]
        how.append("%s edit %d" % (name, pick))
    m.blob = pgp.join(pairs)
    if rng.random() < .2:
        m.blob = pgp.compressed(m.blob, rng.choice([1, 2]))
        how.append("compressed")
    return ", ".join(how)


def second_message(rng, sample):
    """Another good message, and words for what it is."""
    other = sample.payload(reference=sample.reference.replace("4.99", "4.98"))
    messages = {
        "other release": lambda: sample.parts(other),
        "other signer": lambda: sample.parts(by=sample.other),
        "other signer and release": lambda: sample.parts(other, by=sample.other),
        "other time": lambda: sample.parts(created=SIGNED_AT + 1),
        "other version": lambda: sample.parts(version=3),
        "other hash": lambda: sample.parts(hash_id=pgp.SHA512),
        "other manifest": lambda: sample.parts(sample.payload(b"{}")),
        "other algorithm": lambda: list(sample.small_parts),
        "the same": sample.parts,
    }
    name = rng.choice(sorted(messages))
    return messages[name](), name


def exchange_areas(one, two):
    """Signature one with the unhashed area, or with everything after the hashed area, of two."""
    def split(body):
        hashed = 6 + struct.unpack_from(">H", body, 4)[0]
        unhashed = hashed + 2 + struct.unpack_from(">H", body, hashed)[0]
        return body[:hashed], body[hashed:unhashed], body[unhashed:]
    if one[0] != 4 or two[0] != 4:
        return [two]
    a, b = split(one), split(two)
    return [a[0] + b[1] + a[2], a[0] + b[1] + b[2], a[0] + a[1] + b[2], b[0] + a[1] + a[2]]


def splice(rng, sample, m):
    """Parts of two good messages in one."""
    one, (two, name) = sample.parts(), second_message(rng, sample)
    if rng.random() < .3:
        one, two = two, one
    a, b, how = pgp.join(one), pgp.join(two), rng.randrange(6)
    if how < 2:
        picks = [rng.randrange(2) for _ in range(3)]
        m.blob = pgp.join([(one, two)[pick][i] for i, pick in enumerate(picks)])
        name += " packets %s" % picks
    elif how == 2:
        choices = exchange_areas(one[2][1], two[2][1])
        m.blob = pgp.join(one[:2] + [(pgp.SIGNATURE, rng.choice(choices))])
        name += " areas"
    elif how == 3:
        nested = one[:1] + two + one[1:] if rng.random() < .5 else (
            [(one[0][0], one[0][1][:-1] + b"\0"), two[0], one[1], two[2], one[2]])
        m.blob = pgp.join(nested)
        name += " nested"
    elif how == 4:
        m.blob = rng.choice([a + b, pgp.compressed(a, 1, frame=pgp.packet) + b,
                             a + pgp.compressed(b), pgp.compressed(a + b)])
        name += " one after the other"
    else:
        at = rng.randrange(min(len(a), len(b)))
        m.blob = a[:at] + b[at:]
        name += " from octet %d" % at
    if rng.random() < .2:
        m.blob = pgp.compressed(m.blob)
        name += ", compressed"
    return name


def long_length(tag, body, width=255):
    """A new header with a longer length than it needs (RFC 4880 section 4.2.2)."""
    if width == 255 or not 192 <= len(body) < 8384:
        return bytes([0xC0 | tag, 255]) + struct.pack(">I", len(body)) + body
    return pgp.packet(tag, body)


def old_length(width):
    """An old header whose length has 2**width octets, whether it needs them or not."""
    def frame(tag, body):
        if len(body) >= 1 << (8 << width):
            return pgp.packet_old(tag, body)
        return bytes([0x80 | tag << 2 | width]) + len(body).to_bytes(1 << width, "big") + body
    return frame


def partial(rng, least):
    """Partial lengths; RFC 4880 wants 512 octets at least in the first chunk, gpg does not."""
    def frame(tag, body):
        powers, left = [], len(body)
        for _ in range(rng.randrange(1, 5)):
            power = rng.randrange(least, 10)
            if 1 << power <= left:
                powers.append(power)
                left -= 1 << power
        return pgp.packet_partial(tag, body, powers)
    return frame


def wrong_length(rng):
    def frame(tag, body):
        length = max(0, len(body) + rng.choice([-200, -1, 1, 2, 200, 70000]))
        return bytes([0xC0 | tag, 255]) + struct.pack(">I", length) + body
    return frame


def frames(rng):
    """Ways to write a packet's header, the usual ones more often."""
    return rng.choice([pgp.packet, pgp.packet, pgp.packet_old, long_length, old_length(1),
                       old_length(2), partial(rng, 0), partial(rng, 5)])


def reencode_headers(rng, sample, m):
    """The same packets under other headers; now and then a length that is wrong."""
    pairs, out, how = base_parts(rng, sample, m), b"", []
    for i, (tag, body) in enumerate(pairs):
        frame = frames(rng)
        if i == 2 and rng.random() < .1:
            frame = pgp.packet_indeterminate
        elif rng.random() < .05:
            frame = wrong_length(rng)
        elif rng.random() < .02:
            tag |= 16
        out += frame(tag, body)
        how.append(frame.__qualname__.split(".")[0])
    m.blob = out
    if rng.random() < .3:
        m.blob = frames(rng)(pgp.COMPRESSED, pgp.compressed_body(out))
        how.append("compressed")
    return ", ".join(how)


def recompress(rng, sample, m):
    """The same packets, compressed and armoured otherwise."""
    m.blob, how = pgp.join(base_parts(rng, sample, m)), []
    for _ in range(rng.choice([0, 1, 1, 1, 1, 2])):
        algorithm, level = rng.choice([0, 1, 1, 2, 2, 3, 4, 110]), rng.randrange(10)
        body = pgp.compressed_body(m.blob, algorithm, level)
        damage = rng.random()
        if damage < .05:
            body += rng.choice([b"\0", b"\n", m.blob])
        elif damage < .1:
            body = body[:-rng.randrange(1, 6)]
        elif damage < .15:
            body = body[:1] + flipped(rng, body[1:])[0]
        frame = rng.choice([pgp.packet_indeterminate, pgp.packet_indeterminate, frames(rng)])
        m.blob = frame(pgp.COMPRESSED, body)
        how.append("algorithm %d level %d" % (algorithm, level))
    if rng.random() < .15:
        m.blob = pgp.armor(m.blob, rng.choice(["MESSAGE", "SIGNATURE"]), rng.random() < .8)
        how.append("armour")
    return ", ".join(how) or "plain"
