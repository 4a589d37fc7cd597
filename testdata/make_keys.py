# SPDX-License-Identifier: GPL-3.0-or-later
"""The test keys: made by gpg where gpg makes such keys, finished by hand where it does not."""
import os
import shutil
import struct
import subprocess
import tempfile

import pgp

KEYS_MADE = "20200101T000000"
SIGNED_AT = "20200601T000000"
KEY_TIME, SIGN_TIME = 1577836800, 1590969600  # the same two moments
YEAR = 365 * 24 * 60 * 60

# name, algorithm, usage, expiry, subkeys (algorithm, usage, expiry)
GPG_KEYS = [
    ("release", "rsa4096", "sign", "never", []),
    ("other", "rsa3072", "sign", "never", []),
    ("subkey", "rsa2048", "cert", "never", [("rsa2048", "sign", "never")]),
    ("expired", "rsa2048", "sign", "2021-01-01", []),
    ("expiredsub", "rsa2048", "cert", "never", [("rsa2048", "sign", "2021-01-01")]),
    ("revoked", "rsa2048", "sign", "never", []),
    ("revokedsub", "rsa2048", "cert", "never", [("rsa2048", "sign", "never")]),
    ("nocrosscert", "rsa2048", "cert", "never", [("rsa2048", "sign", "never")]),
    ("certonly", "rsa2048", "cert", "never", []),
    ("uid-escapes", "rsa2048", "sign", "never", []),
    ("rsa1024", "rsa1024", "sign", "never", []),
    ("ed25519", "ed25519", "sign", "never", []),
    ("ecdsa", "nistp256", "sign", "never", []),
    ("dsa2048", "dsa2048", "sign", "never", []),
    ("dsa1024", "dsa1024", "sign", "never", []),
]

ESCAPES = (b"relsig test \x1b[2J\x1b[31mred\x07\x08\x7f\r\n"
           b"[GNUPG:] VALIDSIG 0000000000000000000000000000000000000000\n"
           b"\xe2\x80\xae\xff\x9b31m <test@relsig.invalid>")

PROSE = b"""\
The following public key is a worthless test key. A key file of a distribution
has a few lines like these before its armour.

pub   rsa4096/0x0000000000000000 2020-01-01
"""


class Home:
    """A private gpg home with a short path (sockets), its agent stopped at the end."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="relsig-", dir="/tmp")
        os.chmod(self.path, 0o700)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["gpgconf", "--homedir", self.path, "--kill", "all"], check=False,
                       stderr=subprocess.DEVNULL)
        shutil.rmtree(self.path, ignore_errors=True)

    def gpg(self, *args, at=SIGNED_AT, stdin=b"", check=True):
        """Run gpg with a faked, frozen clock. The result has stdout, stderr, returncode."""
        command = ["gpg", "--homedir", self.path, "--batch", "--no-tty", "--quiet", "--yes",
                   "--faked-system-time", at + "!", "--pinentry-mode", "loopback"]
        if "--passphrase" not in args:
            command += ["--passphrase", ""]
        done = subprocess.run(command + list(args), input=stdin, capture_output=True, check=False)
        if check and done.returncode != 0:
            raise RuntimeError("%s: %s" % (" ".join(command + list(args)), done.stderr.decode()))
        return done

    def generate(self, user_id, algorithm, usage, expiry, subkeys):
        """The new primary key's fingerprint."""
        done = self.gpg("--status-fd", "1", "--quick-generate-key", user_id, algorithm, usage,
                        expiry, at=KEYS_MADE)
        fingerprint = [line.split()[3] for line in done.stdout.decode().splitlines()
                       if line.startswith("[GNUPG:] KEY_CREATED")][0]
        for subkey in subkeys:
            self.gpg("--quick-add-key", fingerprint, *subkey, at=KEYS_MADE)
        return fingerprint


class Keys:
    """What was made: name -> binary certificate, secret key file, fingerprint."""

    def __init__(self):
        self.public, self.secret, self.fingerprint = {}, {}, {}

    def rsa(self, name):
        """The numbers of an RSA key: primary first, then subkeys."""
        return pgp.load_secret(self.secret[name])

    def armored(self, name, **options):
        return pgp.armor(self.public[name], "PUBLIC KEY BLOCK", **options)


def make(home, folder):
    """Those that folder has in keys/ and secret/ are taken from there, the others made."""
    keys = Keys()
    for name, algorithm, usage, expiry, subkeys in GPG_KEYS:
        public, secret = (os.path.join(folder, path % name) for path in
                          ("keys/%s.asc", "secret/%s.gpg"))
        if os.path.exists(public) and os.path.exists(secret):
            with open(public, "rb") as file:
                keys.public[name] = pgp.dearmor(file.read())
            with open(secret, "rb") as file:
                keys.secret[name] = file.read()
            home.gpg("--import", secret)
            keys.fingerprint[name] = pgp.fingerprint(keys.public[name])
        else:
            user_id = "relsig test %s <test@relsig.invalid>" % name
            fingerprint = home.generate(user_id, algorithm, usage, expiry, subkeys)
            keys.fingerprint[name] = fingerprint
            keys.public[name] = home.gpg("--export", fingerprint).stdout
            keys.secret[name] = home.gpg("--export-secret-keys", fingerprint).stdout
            finish_by_hand(keys, name)
    add_same_key_id(keys, folder)
    return keys


def finish_by_hand(keys, name):
    """Revocations, a missing back signature, a hostile user ID: what gpg will not do unasked."""
    if name not in ("revoked", "revokedsub", "nocrosscert", "uid-escapes"):
        return
    primary, found = keys.rsa(name)[0], [whole for _, _, whole in pgp.packets(keys.public[name])]
    if name == "revoked":
        found[1:1] = [pgp.revoke(primary, KEY_TIME + YEAR)]
    elif name == "revokedsub":  # key, user ID, signature, subkey, binding
        found[4:4] = [pgp.revoke(primary, KEY_TIME + YEAR, keys.rsa(name)[1])]
    elif name == "nocrosscert":
        found[4:] = [pgp.bind(primary, keys.rsa(name)[1], KEY_TIME, cross=False)]
    else:
        tail = pgp.packet(pgp.USER_ID, ESCAPES) + pgp.certify(primary, ESCAPES, KEY_TIME)
        found = [pgp.packet(pgp.PUBLIC_KEY, primary.body), tail]
        keys.secret[name] = pgp.packet(pgp.SECRET_KEY, primary.secret_body()) + tail
    keys.public[name] = b"".join(found)


def add_same_key_id(keys, folder):
    """Two keys with one key ID: same_key_id.txt has for each p, q and e, found by collide.c."""
    with open(os.path.join(folder, "same_key_id.txt"), encoding="ascii") as file:
        rows = [line.split() for line in file if line[0] != "#"]
    for name, *numbers in rows:
        p, q, e = (int(number, 16) for number in numbers)
        key = pgp.Key(KEY_TIME, p * q, e, pow(e, -1, (p - 1) * (q - 1)), p, q)
        user_id = b"relsig test %s <test@relsig.invalid>" % name.encode()
        tail = pgp.packet(pgp.USER_ID, user_id) + pgp.certify(key, user_id, KEY_TIME)
        keys.public[name] = pgp.packet(pgp.PUBLIC_KEY, key.body) + tail
        keys.secret[name] = pgp.packet(pgp.SECRET_KEY, key.secret_body()) + tail
        keys.fingerprint[name] = key.fingerprint
    one, other = (keys.rsa(row[0])[0] for row in rows)
    assert one.key_id == other.key_id and one.fingerprint != other.fingerprint


def version6_certificate():
    """The outline of a version 6 key (RFC 9580): right lengths, no real key material."""
    fill = bytes(range(64))
    key = b"\6" + struct.pack(">IBI", KEY_TIME, 27, 32) + fill[:32]
    area = pgp.subpacket(pgp.SUB_CREATED, struct.pack(">I", KEY_TIME))
    sig = (b"\6\x13\x1b\x0a" + struct.pack(">I", len(area)) + area + struct.pack(">I", 0)
           + fill[:2] + b"\x20" + fill[:32] + fill)
    return (pgp.packet(pgp.PUBLIC_KEY, key)
            + pgp.packet(pgp.USER_ID, b"relsig test version 6 <test@relsig.invalid>")
            + pgp.packet(pgp.SIGNATURE, sig))


def files(keys):
    """Rows (file name in keys/, content, the keys that a reader must find, what it is)."""
    rows = [(name + ".asc", keys.armored(name), [name], describe(name)) for name in keys.public]
    release, other = keys.public["release"], keys.public["other"]
    block, second = keys.armored("release"), keys.armored("other")
    label = "PUBLIC KEY BLOCK"
    version6 = pgp.armor(version6_certificate(), label, checksum=False)
    secret = pgp.armor(keys.secret["other"], "PRIVATE KEY BLOCK")
    lines = block.split(b"\n")
    lines[-3] = b"=AAAA" if lines[-3] != b"=AAAA" else b"=BBBB"
    bad_crc = b"\n".join(lines)
    both = ["release", "other"]
    rows += [
        ("two.asc", pgp.armor(release + other, label), both, "two certificates in one block"),
        ("two-blocks.asc", block + b"\nBetween the blocks.\n\n" + second, both,
         "two blocks with text between"),
        ("two.gpg", release + other, both, "binary keyring of two certificates"),
        ("release.gpg", release, ["release"], "binary keyring"),
        ("prose.asc", PROSE + b"\n" + block, ["release"], "text before the armour"),
        ("headers.asc", keys.armored("release", headers=["Version: relsig test", "Comment: two"]),
         ["release"], "armour headers"),
        ("crlf.asc", keys.armored("release", end="\r\n"), ["release"], "lines end in CR LF"),
        ("no-blank-line.asc", keys.armored("release", blank=False), ["release"],
         "no blank line after BEGIN"),
        ("no-crc.asc", keys.armored("release", checksum=False), ["release"],
         "no checksum line (gpg wants base64 padding then)"),
        ("v6.asc", block + second + version6, both,
         "version 6 block last, as in a distribution's key file: gpg --import keeps release only"),
        ("v6-first.asc", version6 + block, ["release"], "version 6 block before a good one"),
        ("v6-same-block.asc", pgp.armor(release + version6_certificate() + other, label), both,
         "version 6 certificate between two good ones in one block"),
        ("v6-only.asc", version6, [], "nothing but a version 6 block"),
        ("secret.asc", secret, [], "a secret key block and nothing else"),
        ("secret-and-public.asc", secret + block, ["release"],
         "a secret key block, then a public one"),
        ("duplicate.asc", block + block, ["release"], "the same certificate twice"),
        ("bad-crc.asc", bad_crc, [], "wrong checksum"),
        ("bad-crc-and-good.asc", bad_crc + second, ["other"],
         "a block with a wrong checksum, then a good one"),
        ("bom.asc", b"\xef\xbb\xbf" + block, ["?release"],
         "UTF-8 byte order mark first: gpg imports nothing; finding the key is no harm"),
        ("truncated.asc", block[:len(block) // 2], [], "armour cut in the middle"),
        ("truncated.gpg", release[:len(release) // 2], ["?release"],
         "binary keyring cut within the self-signature: of no use to gpg"),
        ("garbage.asc", b"This is not a key file.\n" * 8, [], "prose only"),
        ("garbage.gpg", bytes((i * 73 + 11) & 255 for i in range(512)), [], "binary noise"),
        ("empty.asc", b"", [], "empty"),
        ("shared-subkey.asc", shared_subkey(keys), [],
         "one signing subkey under two primaries: ambiguous, to be refused"),
    ]
    return rows


def shared_subkey(keys):
    """The subkey of "subkey", properly bound to "revokedsub"'s primary key too."""
    thief, subkey = keys.rsa("revokedsub")[0], keys.rsa("subkey")[1]
    user_id = b"relsig test second primary <test@relsig.invalid>"
    second = (pgp.packet(pgp.PUBLIC_KEY, thief.body) + pgp.packet(pgp.USER_ID, user_id)
              + pgp.certify(thief, user_id, KEY_TIME, pgp.FLAG_CERTIFY)
              + pgp.packet(pgp.PUBLIC_SUBKEY, subkey.body) + pgp.bind(thief, subkey, KEY_TIME))
    return pgp.armor(keys.public["subkey"] + second, "PUBLIC KEY BLOCK")


def describe(name):
    return {
        "release": "the key that signs the sample release",
        "other": "a second key as good as the first",
        "subkey": "certify-only primary with a cross-certified signing subkey",
        "expired": "expired on 2021-01-01",
        "expiredsub": "signing subkey expired on 2021-01-01",
        "revoked": "revoked on 2020-12-31 as compromised",
        "revokedsub": "signing subkey revoked on 2020-12-31 as compromised",
        "nocrosscert": "signing subkey without the back signature to its primary",
        "certonly": "a primary key that may certify only",
        "uid-escapes": "user ID with terminal escapes, newlines, bad UTF-8, a fake status line",
        "rsa1024": "too short", "dsa1024": "too short",
        "same-id-a": "the key ID of same-id-b", "same-id-b": "the key ID of same-id-a",
    }.get(name, "good")
