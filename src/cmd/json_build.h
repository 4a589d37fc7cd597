/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON that is printed. Without memory the process ends, as everywhere else. */
#ifndef RELSIG_CMD_JSON_BUILD_H
#define RELSIG_CMD_JSON_BUILD_H

#include "formats/json_write.h"

/* A new string; null for NULL; escaped when it is no UTF-8. */
json_t *json_text(const char *s);
/* To standard output, in ASCII: nothing in it can mean anything to a terminal. root is taken over.
 */
void json_print(json_t *root);

#endif
