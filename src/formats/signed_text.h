/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The preflight of a text and its signature that do not come as one opaque message: a cleartext
 * signature (RFC 4880, section 7), or a detached one beside its text. Decided before gpg sees any
 * byte, and gpg gets neither: both become the opaque message that signs the same octets (a
 * signature's hash knows nothing of what is around it), which gpg verifies and puts out like any
 * other.
 *
 * A cleartext file is, from its first byte to its last,
 *
 *     -----BEGIN PGP SIGNED MESSAGE-----
 *     Hash: NAME                            once, one name, no other header
 *                                           empty
 *     text                                  "-" only as "- ", which is taken off
 *     -----BEGIN PGP SIGNATURE-----
 *     headers, empty line, base64           one signature packet of class 01
 *     -----END PGP SIGNATURE-----
 *
 * with LF at lines' ends, and no control character, white space at a line's end or NotDashEscaped:
 * readers differ on what of these was signed.
 */
#ifndef RELSIG_FORMATS_SIGNED_TEXT_H
#define RELSIG_FORMATS_SIGNED_TEXT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/signed_message.h"

/* Does it begin as a cleartext signature does? Then it is one, or nothing. */
bool signed_text_is_cleartext(struct bytes blob) RESULT_USED;
/*
 * Does it begin as a signature without its text does, with that packet or its armour? An opaque
 * message begins with what announces one.
 */
bool signed_text_is_detached(struct bytes blob) RESULT_USED;
/*
 * The message's body has CR LF between lines and none after the last: so it was signed. Errors as
 * of signed_message_parse; on failure out is zeroed.
 */
int signed_text_cleartext(
    struct signed_message *out, struct bytes blob, bool allow_weak, struct err *e) RESULT_USED;
/*
 * signature: one signature packet of class 00, as it is or in armour; nothing before or after. The
 * message's body is text, octet for octet.
 */
int signed_text_detached(struct signed_message *out, struct bytes signature, struct bytes text,
    bool allow_weak, struct err *e) RESULT_USED;
/* Append the lines of a cleartext message's body, with LF after each. */
void signed_text_lines(struct buf *out, struct bytes body);

#endif
