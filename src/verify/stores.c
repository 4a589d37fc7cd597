/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/stores.h"

#include <stdlib.h>
#include <string.h>

void
stores_free(struct stores *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].name);
		store_tree_free(s->v[i].read);
		filetree_free(s->v[i].tree);
		err_free(&s->v[i].error);
	}
	free(s->v);
	*s = (struct stores)STORES_INIT;
}

bool
stores_is_path(const char *store)
{
	return store[0] == '/' || store[0] == '.' ||
	       (store[0] != '\0' && strchr(store, ':') == NULL);
}

static struct run_store *
add(struct stores *s, const char *name)
{
	struct run_store *store = LIST_ADD(s->v, s->n);

	store->name = xstrdup(name);
	return store;
}

void
stores_add(struct stores *s, const char *name)
{
	struct run_store *store = add(s, name);

	if (stores_is_path(name) &&
	    (filetree_open_directory(&store->tree, name, &store->error) != 0 ||
		store_tree_recognise(&store->read, store->tree, "", &store->error) != 0))
		store->read = NULL;
}

void
stores_add_configmap(struct stores *s, const char *path, const struct deadline *deadline)
{
	struct run_store *store = add(s, path);

	if (store_tree_open_configmap(&store->read, path, deadline, &store->error) != 0)
		store->read = NULL;
}

int
stores_find(struct store_iter **out, const struct run_store *store, const struct digest *digest,
    struct http *http, struct err *e)
{
	*out = NULL;
	if (store->error.code != E_NONE)
		return err_set(e, store->error.code, "%s", err_msg(&store->error));
	if (store->read != NULL)
		return store_tree_find(out, store->read, digest, e);
	return store_open(out, store->name, digest, http, e);
}

const char *
stores_layouts(const struct run_store *store)
{
	return store->read != NULL ? store_tree_layouts(store->read) : NULL;
}
