/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order is that of github.com/openshift/runtime-utils, pkg/registries/topograph.go. */
#include "formats/mirror_order.h"

#include <stdlib.h>
#include <string.h>

bool
mirror_set_is_used(const struct mirror_set *s)
{
	return s->n > 1 || (s->n == 1 && strcmp(s->v[0], s->source) != 0);
}

void
mirror_order_free(struct mirror_order *o)
{
	free(o->v);
	*o = (struct mirror_order)MIRROR_ORDER_INIT;
}

/* Names, sorted, and which of them come before which. */
struct graph {
	const char **v;
	size_t n;
	bool *before; /* of the i-th before the j-th: [i * n + j] */
};

static void
graph_free(struct graph *g)
{
	free(g->v);
	free(g->before);
}
AUTO_DEFINE(graph)

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t
find(const struct graph *g, const char *name)
{
	const char **found = bsearch(&name, g->v, g->n, sizeof(*g->v), compare);

	return (size_t)(found - g->v);
}

static void
put_before(struct graph *g, const char *one, const char *other)
{
	g->before[find(g, one) * g->n + find(g, other)] = true;
}

/* Does the set say something about mirrors of the source? */
static bool
is_for(const struct mirror_set *s, const char *source, enum mirror_use use)
{
	return s->use == use && mirror_set_is_used(s) && strcmp(s->source, source) == 0;
}

static void
make_nodes(struct graph *g, const struct mirrors *m, const char *source, enum mirror_use use)
{
	size_t n = 0;

	*LIST_ADD(g->v, g->n) = source;
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; is_for(&m->v[i], source, use) && j < m->v[i].n; j++)
			*LIST_ADD(g->v, g->n) = m->v[i].v[j];
	qsort(g->v, g->n, sizeof(*g->v), compare);
	for (size_t i = 0; i < g->n; i++)
		if (n == 0 || strcmp(g->v[n - 1], g->v[i]) != 0)
			g->v[n++] = g->v[i];
	g->n = n;
	g->before = xcalloc(n * n, sizeof(*g->before));
}

static bool
has_source(const struct mirror_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i], s->source) == 0)
			return true;
	return false;
}

/* The source comes after all mirrors of a set, unless the set has it among them. */
static void
make_graph(struct graph *g, const struct mirrors *m, const char *source, enum mirror_use use)
{
	make_nodes(g, m, source, use);
	for (size_t i = 0; i < m->n; i++) {
		const struct mirror_set *s = &m->v[i];

		if (!is_for(s, source, use))
			continue;
		for (size_t j = 0; j + 1 < s->n; j++)
			put_before(g, s->v[j], s->v[j + 1]);
		if (!has_source(s))
			put_before(g, s->v[s->n - 1], source);
	}
}

static bool
is_first(const struct graph *g, size_t node)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->before[i * g->n + node])
			return false;
	return true;
}

/*
 * Those that nothing comes before, then those that nothing comes before any more, and so on; the
 * first in the alphabet where they go round in a circle.
 */
static void
sort_graph(struct mirror_order *out, struct graph *g)
{
	size_t *queue = xcalloc(g->n, sizeof(*queue));
	bool *done = xcalloc(g->n, sizeof(*done));
	size_t head = 0, tail = 0, next = 0, node;

	for (size_t i = 0; i < g->n; i++)
		if (is_first(g, i))
			queue[tail++] = i;
	while (head < tail || next < g->n) {
		node = head < tail ? queue[head++] : next++;
		if (done[node])
			continue;
		done[node] = true;
		*LIST_ADD(out->v, out->n) = g->v[node];
		for (size_t i = 0; i < g->n; i++) {
			bool *before = &g->before[node * g->n + i];

			if (*before && !done[i]) {
				*before = false;
				if (is_first(g, i))
					queue[tail++] = i;
			}
			*before = false;
		}
	}
	free(queue);
	free(done);
}

void
mirror_order_find(
    struct mirror_order *out, const struct mirrors *m, const char *source, enum mirror_use use)
{
	AUTO(graph) g = { 0 };

	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; is_for(&m->v[i], source, MIRROR_ANY) && j < m->v[i].n; j++)
			*LIST_ADD(out->v, out->n) = m->v[i].v[j];
	make_graph(&g, m, source, use);
	sort_graph(out, &g);
}
