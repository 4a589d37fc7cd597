/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which scopes policy.json may have for a transport. */
#ifndef RELSIG_FORMATS_POLICY_SCOPE_H
#define RELSIG_FORMATS_POLICY_SCOPE_H

#include "base/base.h"
#include "base/err.h"

/*
 * May scope stand beneath transport, as containers/image has it (ValidatePolicyConfigurationScope)?
 * "" always may, and anything may beneath "docker" and beneath a transport that is not known: it
 * matches or it does not. E_INVALID with place before what is wrong otherwise.
 */
int policy_scope_check(
    const char *transport, const char *scope, const char *place, struct err *e) RESULT_USED;

#endif
