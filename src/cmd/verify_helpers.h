/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Credential helpers are asked ahead of time, for the registries of the images on the command line.
 */
#ifndef RELSIG_CMD_VERIFY_HELPERS_H
#define RELSIG_CMD_VERIFY_HELPERS_H

#include "base/base.h"
#include "cmd/verify_settings.h"
#include "formats/mirrors.h"
#include "transport/credentials.h"

/*
 * Run the helpers that the credentials of these images, and of their mirrors, are in, unless no
 * registry will be asked. To be called after children_adopt, before the confinement and anything
 * else that starts processes: what a helper leaves running is ended. machine: as image_name_parse
 * has it.
 */
void verify_helpers_ask(const struct credential_options *options, const struct verify_settings *s,
    char *const *names, size_t n, const struct mirrors *mirrors, const char *machine);

#endif
