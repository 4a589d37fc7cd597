/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/data_url.h"
#include "formats/json.h"
#include "formats/json_write.h"
#include "formats/machine_config.h"
#include "formats/yaml_write.h"

/* What documentation and practice give such files: readable by all, written by root alone. */
enum { MODE = 0644 };

static json_t *
metadata(const struct machine_config_form *form)
{
	json_t *labels = must_have(json_object());
	json_t *m = must_have(json_object());

	json_put(labels, "machineconfiguration.openshift.io/role", json_string(form->role));
	json_put(m, "labels", labels);
	json_put(m, "name", json_string(form->name));
	return m;
}

/* Butane's inline text; NULL with E_INVALID when it is none. */
static json_t *
inline_text(const struct node_file *f, struct err *e)
{
	json_t *text = memchr(buf_str(&f->contents), '\0', f->contents.n) == NULL
			   ? json_stringn(buf_str(&f->contents), f->contents.n)
			   : NULL;

	if (text == NULL)
		(void)err_set(e, E_INVALID,
		    "%s: not text, which Butane has contents in: make a MachineConfig", f->path);
	return text;
}

static json_t *
contents(const struct machine_config_form *form, const struct node_file *f, struct err *e)
{
	AUTO_STR char *url = NULL;
	json_t *o, *value;

	if (form->butane) {
		value = inline_text(f, e);
		if (value == NULL)
			return NULL;
	} else {
		url = form->percent ? data_url_of_text(buf_bytes(&f->contents))
				    : data_url_of_base64(buf_bytes(&f->contents));
		value = json_string(url);
	}
	o = must_have(json_object());
	json_put(o, form->butane ? "inline" : "source", value);
	return o;
}

static json_t *
storage(
    const struct machine_config_form *form, const struct node_file *files, size_t n, struct err *e)
{
	AUTO_JSON json_t *list = must_have(json_array());
	json_t *file, *value, *o;

	for (size_t i = 0; i < n; i++) {
		value = contents(form, &files[i], e);
		if (value == NULL)
			return NULL;
		file = must_have(json_object());
		json_put(file, "path", json_string(files[i].path));
		json_put(file, "mode", json_integer(MODE));
		json_put(file, "overwrite", json_true());
		json_put(file, "contents", value);
		json_push(list, file);
	}
	o = must_have(json_object());
	json_put(o, "files", json_incref(list));
	return o;
}

/* files is consumed. */
static json_t *
butane(const struct machine_config_form *form, json_t *files)
{
	json_t *root = must_have(json_object());

	json_put(root, "variant", json_string("openshift"));
	json_put(root, "version", json_string(form->version));
	json_put(root, "metadata", metadata(form));
	json_put(root, "storage", files);
	return root;
}

static json_t *
machine_config(const struct machine_config_form *form, json_t *files)
{
	json_t *root = must_have(json_object());
	json_t *spec = must_have(json_object());
	json_t *config = must_have(json_object());
	json_t *ignition = must_have(json_object());

	json_put(ignition, "version", json_string(form->version));
	json_put(config, "ignition", ignition);
	json_put(config, "storage", files);
	json_put(spec, "config", config);
	json_put(root, "apiVersion", json_string("machineconfiguration.openshift.io/v1"));
	json_put(root, "kind", json_string("MachineConfig"));
	json_put(root, "metadata", metadata(form));
	json_put(root, "spec", spec);
	return root;
}

int
machine_config_write(struct buf *out, const struct machine_config_form *form,
    const struct node_file *files, size_t n, struct err *e)
{
	AUTO_JSON json_t *root = NULL;
	json_t *all = storage(form, files, n, e);

	if (all == NULL)
		return -1;
	root = form->butane ? butane(form, all) : machine_config(form, all);
	yaml_write(out, root);
	return 0;
}
