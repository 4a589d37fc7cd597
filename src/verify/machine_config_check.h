/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MachineConfigs as what brings policy.json, registries.d and keys to a node. */
#ifndef RELSIG_VERIFY_MACHINE_CONFIG_CHECK_H
#define RELSIG_VERIFY_MACHINE_CONFIG_CHECK_H

#include "base/base.h"
#include "base/err.h"
#include "formats/machine_config.h"
#include "verify/findings.h"
#include "verify/node_config.h"

/*
 * E_USAGE when they are for masters and for workers: no node gets both, so nothing can be said of
 * them together.
 */
int machine_configs_for_one_node(const struct machine_configs *c, struct err *e) RESULT_USED;
/*
 * What a node that has these files is configured with. E_NOT_FOUND when policy.json is not carried;
 * E_UNSUPPORTED when the contents of a file cannot be told, else the errors of node_config_read.
 */
int machine_configs_node(
    const struct machine_configs *c, struct node_config *out, struct err *e) RESULT_USED;
/*
 * All that a node ends up with by them: who gets them, their form, the modes of the files that
 * matter (policy.json, *.yaml of registries.d, key files that the policy names), and then those
 * files as policy_check has it.
 */
void machine_configs_check(const struct machine_configs *c, struct findings *out);
/*
 * The same files as they are below root: missing, different, or of another mode than they must be
 * is an error.
 */
void machine_configs_compare(
    const struct machine_configs *c, const char *root, struct findings *out);

#endif
