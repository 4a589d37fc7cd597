/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rings of keys in words, a letter and a number each:
 *
 *   K1 primary key 1     B1 subkey 1           U1 user ID 1          A1 user attribute 1
 *   S1 signature 1       M6 primary key of version 6                 N6 subkey of version 6
 *   V6 signature of version 6                  P1 secret key 1       Q1 secret subkey 1
 *   X60 packet of tag 60                       E0 key packet without a body
 *   J0 a byte that begins no packet
 *
 * so that "K1 U1 S1 B2 S2" is what most certificates look like.
 */
#ifndef RELSIG_TESTS_KEYRING_H
#define RELSIG_TESTS_KEYRING_H

#include "base/buf.h"

void keyring_add(struct buf *out, const char *words);
/* n words of one letter, numbered from 100. */
void keyring_add_many(struct buf *out, char letter, unsigned n);

#endif
