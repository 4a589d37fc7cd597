/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of JSON objects that are one thing to a reader that ignores case, as Go's encoding/json
 * does, and another thing or nothing to one that does not.
 */
#ifndef RELSIG_FORMATS_SPELLING_H
#define RELSIG_FORMATS_SPELLING_H

#include "formats/json.h"

/*
 * Would Go take key for name? By Unicode's simple folding: beside ASCII that makes U+017F (long s)
 * an 's', and U+212A (the Kelvin sign) a 'k': name must hold none.
 */
bool spelling_folds_to(const char *key, const char *name) RESULT_USED;
/*
 * E_UNSUPPORTED when a member of the object is one of names (NULL-terminated, without a 'k') to a
 * reader that ignores case, and is not written so. What is no object has no members.
 */
int spelling_check(const json_t *o, const char *const *names, struct err *e) RESULT_USED;

#endif
