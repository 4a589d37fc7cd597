# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader of signed messages that is not relsig's: as lenient as can be, and judges nothing."""
import bz2
import zlib

from sample import pgp


def packet_parts(data):
    """(tag, body) of each packet, of any kind of length (RFC 4880 section 4.2)."""
    at, out = 0, []
    while at < len(data):
        first, at = data[at], at + 1
        if first & 0x40:
            tag, (body, at) = first & 63, _new_body(data, at)
        elif first & 3 == 3:
            tag, body, at = first >> 2 & 15, data[at:], len(data)
        else:
            tag, width = first >> 2 & 15, 1 << (first & 3)
            size = int.from_bytes(data[at:at + width], "big")
            body, at = data[at + width:at + width + size], at + width + size
        out.append((tag, body))
    return out


def _new_body(data, at):
    body = b""
    while True:
        first, at = data[at], at + 1
        if first < 192:
            size = first
        elif first < 224:
            size, at = ((first - 192) << 8) + data[at] + 192, at + 1
        elif first == 255:
            size, at = int.from_bytes(data[at:at + 4], "big"), at + 4
        else:
            size = 1 << (first & 31)
        body, at = body + data[at:at + size], at + size
        if not 224 <= first < 255:
            return body, at


def inflated(body):
    if body[0] == 3:
        return bz2.decompress(body[1:])
    if body[0] == 0:
        return body[1:]
    engine = zlib.decompressobj(-15 if body[0] == 1 else 15)
    return engine.decompress(body[1:], 1 << 20)


def detach(blob):
    """(detached signature, what it is over) of a message's last signature; None: there is none."""
    try:
        pairs = packet_parts(blob)
        for _ in range(2):
            if pairs and pairs[0][0] == pgp.COMPRESSED:
                pairs = packet_parts(inflated(pairs[0][1]))
        literal = [body for tag, body in pairs if tag == pgp.LITERAL]
        signature = [body for tag, body in pairs if tag == pgp.SIGNATURE]
        if len(literal) != 1 or not signature:
            return None
        return pgp.packet(pgp.SIGNATURE, signature[-1]), literal[0][6 + literal[0][1]:]
    except (IndexError, OSError, EOFError, ValueError, zlib.error):
        return None
