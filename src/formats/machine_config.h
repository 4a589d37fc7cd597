/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files that a MachineConfig puts on a node: MachineConfig objects with Ignition 2 or 3 in YAML
 * or JSON (hand-made, made by butane, or rendered by the operator), lists of them, and Butane
 * configs of the variants openshift, fcos, flatcar and r4e. Only storage.files is looked at, and of
 * it only what decides which bytes a node ends up with.
 */
#ifndef RELSIG_FORMATS_MACHINE_CONFIG_H
#define RELSIG_FORMATS_MACHINE_CONFIG_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

enum machine_config_kind {
	MACHINE_CONFIG_UNSET = 0,
	MACHINE_CONFIG_IGNITION_2,
	MACHINE_CONFIG_IGNITION_3,
	MACHINE_CONFIG_BUTANE,
};

struct node_file {
	char *path; /* on the node, absolute; owned */
	/*
	 * The permission bits. Ignition's number is decimal (420), Butane's octal (0644): both are
	 * this number. -1 when it is absent.
	 */
	int64_t mode;
	struct buf contents;
	char *unreadable; /* why the bytes are not known (they are elsewhere, damaged); or NULL */
};
void node_file_free(struct node_file *f);

struct machine_config {
	enum machine_config_kind kind;
	char *name;    /* metadata.name; NULL when absent */
	char *role;    /* the label machineconfiguration.openshift.io/role; NULL when absent */
	char *version; /* of Ignition, or of Butane's specification */
	struct node_file *files;
	size_t n_files;
};

struct machine_configs {
	struct machine_config *v;
	size_t n;
};
#define MACHINE_CONFIGS_INIT                                                                       \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Append every one of a file's documents; file is its name, for messages. E_INVALID: no YAML, or a
 * part that is not what it must be; E_UNSUPPORTED: another kind of object, an Ignition version
 * other than 2.x and 3.x; E_TOO_LARGE. Nothing is appended then. A file whose contents cannot be
 * told is no error: it is marked.
 */
int machine_configs_read(
    struct machine_configs *out, const char *file, struct bytes in, struct err *e) RESULT_USED;
/*
 * What the operator makes of several: of two files of one path that of the config whose name comes
 * later; later in the list with the same name. NULL when none puts it there.
 */
const struct node_file *machine_configs_file(const struct machine_configs *c, const char *path);
void machine_configs_free(struct machine_configs *c);
AUTO_DEFINE(machine_configs)

/* How a MachineConfig is to be written. Strings are borrowed. */
struct machine_config_form {
	bool butane;	     /* Butane instead of a MachineConfig */
	bool percent;	     /* data URLs percent-encoded instead of in base64 */
	const char *name;    /* "51-worker-rh-registry-trust" */
	const char *role;    /* "worker" or "master" */
	const char *version; /* Ignition's, or Butane's */
};

/*
 * Append the YAML document that puts these files on a node, each with mode 0644, in place of what
 * is there. E_INVALID: contents for Butane that are no UTF-8 text without NUL.
 */
int machine_config_write(struct buf *out, const struct machine_config_form *form,
    const struct node_file *files, size_t n, struct err *e) RESULT_USED;

#endif
