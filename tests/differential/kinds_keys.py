# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of change to the key file, with which the sample's own signature is verified."""
import struct

from sample import SIGNED_AT, flipped, pgp, read

MADE_AT = 1577836800  # the keys


def sample_packets():
    """The release key's packets: key, user ID, its certification."""
    return [(tag, body) for tag, body, _ in pgp.packets(read("keys", "release.gpg"))]


def certified(sample, user_id, **options):
    """A user ID and its certification, as (tag, body)."""
    made = options.pop("created", MADE_AT)
    whole = pgp.certify(options.pop("by", sample.key), user_id, made, **options)
    return [(pgp.USER_ID, user_id), (pgp.SIGNATURE, pgp.packets(whole)[0][1])]


def signature_body(packet):
    return pgp.SIGNATURE, pgp.packets(packet)[0][1]


def build(rng, sample):
    """A key file made anew from the release key, and words for how."""
    key = (pgp.PUBLIC_KEY, sample.key.body)
    other = (pgp.PUBLIC_KEY, sample.other.body)
    user_id, subkey = b"relsig", (pgp.PUBLIC_SUBKEY, sample.other.body)
    good = certified(sample, user_id)
    bound = signature_body(pgp.bind(sample.key, sample.other, MADE_AT))
    revoked = signature_body(pgp.revoke(sample.key, MADE_AT + 1))
    forms = {
        "plain": [key] + good,
        "no user ID": [key],
        "no certification": [key, good[0]],
        "certify only": [key] + certified(sample, user_id, flags=pgp.FLAG_CERTIFY),
        "no flags": [key] + certified(sample, user_id, flags=0),
        "expired": [key] + certified(sample, user_id, expires=86400 * 200),
        "expired before signing": [key] + certified(sample, user_id, expires=86400),
        "certified by SHA-1": [key] + certified(sample, user_id, hash_id=pgp.SHA1),
        "certified by MD5": [key] + certified(sample, user_id, hash_id=pgp.MD5),
        "certified by another": [key] + certified(sample, user_id, by=sample.other),
        "certified later": [key] + certified(sample, user_id, created=4102444800),
        "certified before": [key] + certified(sample, user_id, created=1),
        "revoked": [key, revoked] + good,
        "revoked by another": [key, signature_body(pgp.revoke(sample.other, MADE_AT + 1))] + good,
        "revocation last": [key] + good + [revoked],
        "subkey": [key] + good + [subkey, bound],
        "subkey unbound": [key] + good + [subkey],
        "subkey not crossed": [key] + good + [
            subkey, signature_body(pgp.bind(sample.key, sample.other, MADE_AT, cross=False))],
        "subkey of another": [other] + certified(sample, b"other", by=sample.other) + [
            (pgp.PUBLIC_SUBKEY, sample.key.body),
            signature_body(pgp.bind(sample.other, sample.key, MADE_AT))],
        "other key": [other] + certified(sample, b"other", by=sample.other),
        "both": [other] + certified(sample, b"other", by=sample.other) + [key] + good,
        "user ID repeated": [key] + good + good,
        "two user IDs": [key] + good + certified(sample, b"another <x@y.invalid>"),
        "long user ID": [key] + certified(sample, b"x" * 3000),
        "console user ID": [key] + certified(sample, b"\x1b[2J\n[GNUPG:] GOODSIG"),
        "attribute": [key] + good + [(17, b"\2\1x")],
        "trust packets": [key, (pgp.TRUST, b"\0\0")] + good + [(pgp.TRUST, b"\0\0")],
        "marker": [(pgp.MARKER, b"PGP"), key] + good,
        "unknown packet": [key] + good + [(60, b"x")],
        "secret": [(pgp.SECRET_KEY, sample.key.secret_body())] + good,
        "secret and public": [(pgp.SECRET_KEY, sample.other.secret_body()), key] + good,
    }
    how = rng.choice(sorted(forms))
    return [tuple(pair) for pair in forms[how]], how


def edit_key_packet(rng, sample, pairs):
    """One field of the primary key's packet."""
    body = sample.key.body
    version = rng.choice([2, 3, 5, 6, 4])
    made = struct.pack(">I", rng.choice([0, MADE_AT + 1, SIGNED_AT + 1, 4102444800, (1 << 32) - 1]))
    choices = [bytes([version]) + body[1:], body[:1] + made + body[5:], body + b"\0", body[:-1],
               body[:5] + bytes([rng.choice([0, 2, 3, 16, 17, 22, 100])]) + body[6:],
               body[:6] + b"\xff\xff" + body[8:], flipped(rng, body)[0]]
    return [(pairs[0][0], rng.choice(choices))] + pairs[1:]


def arrange(rng, pairs):
    """Packets swapped, repeated, dropped."""
    kind, at, to = rng.choice(["swap", "repeat", "drop"]), *(rng.randrange(len(pairs))
                                                             for _ in range(2))
    if kind == "swap":
        pairs[at], pairs[to] = pairs[to], pairs[at]
    elif kind == "repeat":
        pairs.insert(to, pairs[at])
    else:
        del pairs[at]
    return pairs, "%s %d %d" % (kind, at, to)


def blocks_of(pairs):
    """The packets of each primary key."""
    blocks = []
    for tag, body in pairs:
        if tag in (pgp.PUBLIC_KEY, pgp.SECRET_KEY) or not blocks:
            blocks.append([])
        blocks[-1].append((tag, body))
    return [pgp.join(block) for block in blocks]


def armoured(rng, data):
    """Armour as it should be, and otherwise."""
    label = rng.choice(["PUBLIC KEY BLOCK"] * 4 + ["PRIVATE KEY BLOCK", "MESSAGE", "SIGNATURE"])
    headers = rng.choice([(), (), ("Version: x",), ("Comment: a", "Comment: b"), ("nonsense",)])
    text = pgp.armor(data, label, rng.random() < .8, headers, rng.random() < .95,
                     rng.choice(["\n", "\n", "\r\n", "\r"]))
    if rng.random() < .3:
        return rng.choice([b"prose\n" + text, text + b"prose\n", b"\xef\xbb\xbf" + text, text + text,
                           text.replace(b"=", b"==", 1), text.replace(b"\n", b"\n ", 4), text[:-20],
                           text.replace(b"-----", b"----", 1), text.replace(b"\n", b"\n\n"),
                           flipped(rng, text)[0], text + data, data + text])
    return text


def edit_key_file(rng, sample, m):
    """The key file in another form, arrangement or state, or damaged."""
    what, how = rng.randrange(6), "as it is"
    pairs = sample_packets()
    if what >= 3:
        pairs, how = build(rng, sample)
    elif what == 2:
        pairs, how = edit_key_packet(rng, sample, pairs), "key packet"
    if rng.random() < .25 and len(pairs) > 1:
        pairs, arranged = arrange(rng, pairs)
        how += ", " + arranged
    data = pgp.join(pairs)
    if what >= 2:
        m.key_blocks = blocks_of(pairs)
    if what == 0:
        data, how = flipped(rng, data)
    elif what == 1:
        data, how = data[:rng.randrange(len(data))], "cut"
    m.key_file = armoured(rng, data) if rng.random() < .4 else data
    # A signature by a subkey of that key is one that relsig takes on purpose, and skopeo 1.9 does not.
    if rng.random() < .2 and "of another" not in how:
        m.fingerprint = sample.other.fingerprint
        how += ", other fingerprint"
    return how
