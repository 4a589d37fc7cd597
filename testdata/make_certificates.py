# SPDX-License-Identifier: GPL-3.0-or-later
"""Good signatures by keys whose certificates are odd, and by one of two keys with one key ID.

The odd certificates are all of the key "other"; each case brings its own.
"""
import struct

import pgp
from corpus import OWN_KEYS
from corpus import signature as Case
from make_blobs import BAD, OK
from make_keys import KEY_TIME, SIGN_TIME, YEAR
from make_messages import STATUS_LINES, UNTRUSTED


def cases(keys, payload):
    yield from odd_keys(keys, payload)
    yield from same_key_id(keys, payload)


def odd_keys(keys, payload):
    """Good signatures, by a key whose certificate is odd."""
    key, third, sub = keys.rsa("other")[0], keys.rsa("release")[0], keys.rsa("subkey")[1]
    uid = b"relsig test odd <test@relsig.invalid>"
    head, name = pgp.packet(pgp.PUBLIC_KEY, key.body), pgp.packet(pgp.USER_ID, uid)
    bound = pgp.packet(pgp.PUBLIC_SUBKEY, sub.body)
    certified = pgp.certify(key, uid, KEY_TIME)
    good = head + name + certified

    def make(case, expect, note, certificate, by=key, created=SIGN_TIME):
        return Case("key-" + case, expect, note, pgp.message(by, payload, created),
                    keyfile=certificate)

    def self_signed(**options):
        return head + name + pgp.certify(key, uid, KEY_TIME, **options)

    broken = bytearray(certified)
    broken[-9] ^= 4
    yield make("no-user-id", UNTRUSTED, "by a key without a user ID.", head)
    yield make("no-self-signature", UNTRUSTED, "by a key with an unsigned user ID.", head + name)
    yield make("certified-by-other", UNTRUSTED, "by a key that only another key has certified.",
               head + name + pgp.certify(key, uid, KEY_TIME, by=third))
    yield Case("key-certified-by-other-here", "io-error", "by a key that only another key has "
               "certified, which is there too: gpg asks for its trust database, and dies.",
               pgp.message(key, payload, SIGN_TIME), keys=[OWN_KEYS, "release.asc"],
               keyfile=head + name + pgp.certify(key, uid, KEY_TIME, by=third))
    yield make("bad-self-signature", UNTRUSTED, "by a key with a bad self-signature.",
               head + name + bytes(broken))
    yield make("md5-self-signature", UNTRUSTED, "by a key with a self-signature over MD5.",
               self_signed(hash_id=pgp.MD5))
    yield make("sha1-self-signature", OK, "by a key with a self-signature over SHA-1, as copies of "
               "Red Hat's release key have.", self_signed(hash_id=pgp.SHA1))
    yield make("expired-self-signature", OK, "by a key whose self-signature has expired: gpg uses "
               "such keys.", self_signed(hashed=pgp.subpacket(pgp.SUB_EXPIRES, b"\0\0\0\1")))
    yield make("no-flags", OK, "by a key that does not say what it is for.",
               self_signed(flags=None))
    yield make("encryption-only", UNTRUSTED, "by a key that may only encrypt.",
               self_signed(flags=pgp.FLAG_ENCRYPT))
    yield make("no-use", UNTRUSTED, "by a key that may do nothing.", self_signed(flags=0))
    yield make("critical-subpacket", UNTRUSTED, "by a key whose self-signature has an unknown "
               "critical subpacket.", self_signed(hashed=pgp.subpacket(100, b"x", True)))
    future = pgp.Key(4102444800, key.n, key.e, key.d, key.p, key.q)
    certificate = (pgp.packet(pgp.PUBLIC_KEY, future.body) + name
                   + pgp.certify(future, uid, future.created))
    yield make("from-future", UNTRUSTED, "by a key made in 2100, as made in 2020.", certificate,
               by=future)
    yield make("from-future-later", UNTRUSTED, "by a key made in 2100, made then.", certificate,
               by=future, created=future.created + 1)
    yield make("expired-before-made", "key-expired", "by a key that lived for a second.",
               self_signed(expires=1))
    yield make("superseded", "key-revoked", "by a key that was revoked as superseded, made before.",
               head + pgp.revoke(key, SIGN_TIME + YEAR, reason=pgp.REASON_SUPERSEDED) + name
               + certified)
    yield make("revoked-by-other", OK, "by a key with a revocation that another key has signed.",
               head + pgp.packet(pgp.SIGNATURE, pgp.signature(
                   third, 0x20, key.hashed_form, SIGN_TIME)) + name + certified)
    subkeys = good + bound
    yield make("subkey-encryption", UNTRUSTED, "by a subkey that may only encrypt.",
               subkeys + pgp.bind(key, sub, KEY_TIME, flags=pgp.FLAG_ENCRYPT), by=sub)
    yield make("subkey-unbound", UNTRUSTED, "by a subkey without a binding signature.", subkeys,
               by=sub)
    yield make("subkey-expired-beside", OK, "by a primary key with an expired subkey.",
               subkeys + pgp.bind(key, sub, KEY_TIME, expires=YEAR))
    yield make("subkey-revoked-beside", OK, "by a primary key with a revoked subkey.",
               subkeys + pgp.revoke(key, KEY_TIME + YEAR, sub) + pgp.bind(key, sub, KEY_TIME))
    yield make("subkey-of-stranger", BAD, "by a subkey that a stranger claims: no back signature.",
               good + bound + pgp.bind(key, sub, KEY_TIME, cross=False), by=sub)
    yield make("user-id-status", OK, "by a key whose user ID is status lines of gpg.",
               head + pgp.packet(pgp.USER_ID, STATUS_LINES)
               + pgp.certify(key, STATUS_LINES, KEY_TIME))
    escapes = bytes(range(1, 32)) + b"\x7f\x9b\xc2\x9b31m\xe2\x80\xae" + b"\x1b[2J" * 100
    yield make("user-id-all-escapes", OK, "by a key whose user ID is nothing but escapes.",
               head + pgp.packet(pgp.USER_ID, escapes) + pgp.certify(key, escapes, KEY_TIME))
    empty = pgp.packet(pgp.USER_ID, b"") + pgp.certify(key, b"", KEY_TIME)
    yield make("user-id-empty", OK, "by a key with an empty user ID.", head + empty)
    many = b"".join(pgp.packet(pgp.USER_ID, b"\x1b[%dm" % i) for i in range(100))
    yield make("user-ids-unsigned", OK, "by a key with 100 unsigned user IDs before its own.",
               head + many + name + certified)
    version3 = (b"\3" + struct.pack(">IHB", KEY_TIME, 0, 1)
                + pgp.mpi(third.n >> 64 << 64 | int.from_bytes(key.key_id, "big")) + pgp.mpi(3))
    yield make("version-3-same-id", OK, "a version 3 key of the same key ID stands first.",
               pgp.packet(pgp.PUBLIC_KEY, version3) + name + good)


def same_key_id(keys, payload):
    """Two different keys with one key ID (collide.c): whoever is not trusted is never accepted."""
    a, b = "same-id-a", "same-id-b"
    blobs = {name: pgp.message(keys.rsa(name)[0], payload, SIGN_TIME) for name in (a, b)}
    bare = {name: pgp.message(keys.rsa(name)[0], payload, SIGN_TIME, version=3) for name in (a, b)}
    files = {order: b"".join(keys.public[name] for name in order) for order in ((a, b), (b, a))}

    def make(name, expect, note, blob, **options):
        return Case("same-id-" + name, expect, note, blob, **options)

    yield make("alone", OK, "by A, trusted alone.", blobs[a], keys=[a + ".asc"])
    yield make("b-alone", OK, "by B, trusted alone.", blobs[b], keys=[b + ".asc"])
    yield make("not-there", BAD, "by B, only A is there: gpg takes it for A's.", blobs[b],
               keys=[a + ".asc"])
    yield make("not-there-v3", BAD, "the same, without a fingerprint in it.", bare[b],
               keys=[a + ".asc"])
    for signer in (a, b):
        for order, content in files.items():
            first, who = order[0] == signer, signer[-1].upper()
            name = "%s-%s" % (signer[-1], "first" if first else "second")
            note = "by %s, which stands %s; " % (who, "first" if first else "second")
            word = OK if signer == a else UNTRUSTED
            only_a = ["--fingerprint", keys.fingerprint[a]]
            yield make(name, word, note + "A alone is trusted.", blobs[signer], keyfile=content,
                       options=only_a)
            yield make("both-" + name, OK, note + "both are trusted.", blobs[signer],
                       keyfile=content)
            # With the key ID alone to go by, gpg tries the first key of the ring and no other.
            note += "without a fingerprint in the signature; "
            yield make(name + "-v3", word if first else BAD, note + "A alone is trusted.",
                       bare[signer], keyfile=content, options=only_a)
            yield make("both-" + name + "-v3", OK if first else BAD, note + "both are trusted.",
                       bare[signer], keyfile=content)
