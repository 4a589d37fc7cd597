# SPDX-License-Identifier: GPL-3.0-or-later
"""Reproducible mutants of a good case: what mutants.py gives to the programs."""
import hashlib
import random

import kinds_keys
import kinds_message as message
import kinds_signed as signed
from sample import Mutant, pgp

# How many of a hundred mutants are of which kind.
KINDS = ((message.flip_bit, 10), (message.truncate, 6), (message.rearrange, 9),
         (message.edit_fields, 14), (message.splice, 9), (message.reencode_headers, 6),
         (message.recompress, 5), (signed.edit_subpackets, 9), (signed.sign_otherwise, 6),
         (signed.edit_payload, 9), (signed.edit_manifest, 3), (signed.sign_manifest, 3),
         (signed.change_reference, 4), (signed.change_fingerprint, 2),
         (kinds_keys.edit_key_file, 5))
NAMES = [kind.__name__ for kind, _ in KINDS]


def make_mutant(sample, seed, number):
    """The same for the same seed and number, whatever was made before."""
    rng = random.Random("%s/%d" % (seed, number))
    mutant = Mutant(sample)
    kind = rng.choices([k for k, _ in KINDS], [weight for _, weight in KINDS])[0]
    mutant.how = "%s: %s" % (kind.__name__, kind(rng, sample, mutant))
    return mutant


def good_cases(sample):
    """What all must accept, or nothing that follows means anything."""
    plain = sample.sign()
    small = pgp.join(sample.small_parts)
    for how, blob in (("gpg's", sample.blob), ("by hand", plain), ("ZIP", pgp.compressed(plain)),
                      ("ZLIB", pgp.compressed(plain, 2)), ("version 3", sample.sign(version=3)),
                      ("EdDSA", small), ("EdDSA, ZIP", pgp.compressed(small))):
        mutant = Mutant(sample)
        mutant.blob, mutant.how = blob, "good case: " + how
        if how.startswith("EdDSA"):
            mutant.fingerprint = sample.small.fingerprint
        yield mutant


def summary(mutant):
    """One line that is another one when the mutant is."""
    whole = hashlib.sha256()
    for text in (mutant.reference, mutant.fingerprint):
        whole.update(b"%d %s " % (len(text), text.encode("utf-8", "surrogatepass")))
    for name, content in sorted(mutant.inputs().items()):
        whole.update(b"%s %d %s" % (name.encode(), len(content), content))
    return "%s %s" % (whole.hexdigest(), mutant.how)
