/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/tar_index.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/limits.h"

_Static_assert(sizeof(struct tar_node) == 24, "MAX_ARCHIVE_NAMES of them are memory");

enum { KEY_BYTES = 16, FEWEST_SLOTS = 256 };

struct tar_index {
	/* Of this run alone: nobody makes names that fall together. */
	uint8_t key[KEY_BYTES];
	struct tar_node *nodes; /* the first is the root */
	size_t n, max;
	/* Open addressing: the number of a node, or 0 for a free slot (the root is in none). */
	uint32_t *slots;
	size_t n_slots; /* a power of two */
};

/* One name being added: the member that it is the name of, or leads to. */
struct addition {
	const char *member;
	struct tar_place place;
};

struct tar_index *
tar_index_new(size_t max, struct err *e)
{
	struct tar_index *t = xcalloc(1, sizeof(*t));
	struct tar_node *root = LIST_ADD(t->nodes, t->n);

	root->type = FILETREE_DIRECTORY;
	t->max = max;
	t->n_slots = FEWEST_SLOTS;
	t->slots = xcalloc(t->n_slots, sizeof(*t->slots));
	if (RAND_bytes(t->key, sizeof(t->key)) == 1)
		return t;
	err_set(e, E_IO, "OpenSSL has no random bytes");
	tar_index_free(t);
	return NULL;
}

/* At most MAX_MEMBER_NAME_BYTES of a name. */
static int
hash_name(const struct tar_index *t, const char *name, size_t length, uint64_t *out, struct err *e)
{
	uint8_t keyed[KEY_BYTES + MAX_MEMBER_NAME_BYTES], digest[EVP_MAX_MD_SIZE];

	memcpy(keyed, t->key, KEY_BYTES);
	memcpy(keyed + KEY_BYTES, name, length);
	if (EVP_Digest(keyed, KEY_BYTES + length, digest, NULL, EVP_sha256(), NULL) != 1)
		return err_set(e, E_IO, "OpenSSL cannot compute SHA-256");
	memcpy(out, digest, sizeof(*out));
	return 0;
}

/* The slot that has the hash, or the free one where it belongs. */
static uint32_t *
find_slot(const struct tar_index *t, uint64_t hash)
{
	size_t i = hash & (t->n_slots - 1);

	while (t->slots[i] != 0 && t->nodes[t->slots[i]].hash != hash)
		i = (i + 1) & (t->n_slots - 1);
	return &t->slots[i];
}

static void
double_slots(struct tar_index *t)
{
	free(t->slots);
	t->n_slots *= 2;
	t->slots = xcalloc(t->n_slots, sizeof(*t->slots));
	for (size_t i = 1; i < t->n; i++)
		*find_slot(t, t->nodes[i].hash) = (uint32_t)i;
}

static int
add_node(struct tar_index *t, uint64_t hash, uint32_t parent, enum filetree_type type,
    const struct addition *a, struct err *e)
{
	struct tar_node *node;

	if (t->n > t->max)
		return err_set(
		    e, E_TOO_LARGE, "more than %zu names of files and directories", t->max);
	/* A quarter is left free, so that what is not there is soon known not to be. */
	if (t->n > t->n_slots / 4 * 3)
		double_slots(t);
	node = LIST_ADD(t->nodes, t->n);
	node->hash = hash;
	node->next = t->nodes[parent].first;
	node->block = a->place.block;
	node->part = a->place.part;
	node->depth = (uint8_t)(t->nodes[parent].depth + 1);
	node->type = (uint8_t)type;
	t->nodes[parent].first = (uint32_t)(t->n - 1);
	*find_slot(t, hash) = (uint32_t)(t->n - 1);
	return 0;
}

/* The length of the name of the directory that a name is in; 0 is the root. */
static size_t
directory_of(const char *name, size_t length)
{
	while (length > 0 && name[length - 1] != '/')
		length--;
	return length > 0 ? length - 1 : 0;
}

static int
contradiction(const struct addition *a, size_t length, struct err *e)
{
	if (a->member[length] == '\0')
		return err_set(e, E_INVALID, "%s: is there twice", a->member);
	return err_set(e, E_INVALID, "%s: lies beneath \"%.*s\", which is no directory", a->member,
	    (int)length, a->member);
}

/*
 * The directory that the first length bytes of the member's name are, made with all on the way to
 * it when it is not there. Calls itself at most MAX_MEMBER_NAME_PARTS deep: tar_index_add has
 * counted.
 */
static int
need_directory(
    struct tar_index *t, size_t length, const struct addition *a, uint32_t *out, struct err *e)
{
	uint32_t parent, there;
	uint64_t hash = 0;

	*out = 0;
	if (length == 0)
		return 0;
	if (hash_name(t, a->member, length, &hash, e) != 0)
		return -1;
	there = *find_slot(t, hash);
	if (there != 0 && t->nodes[there].type != FILETREE_DIRECTORY)
		return contradiction(a, length, e);
	if (there == 0) {
		if (need_directory(t, directory_of(a->member, length), a, &parent, e) != 0 ||
		    add_node(t, hash, parent, FILETREE_DIRECTORY, a, e) != 0)
			return -1;
		there = (uint32_t)(t->n - 1);
	}
	*out = there;
	return 0;
}

static bool
is_too_deep(const char *name)
{
	size_t n = 1;

	for (; *name != '\0'; name++)
		n += *name == '/';
	return n > MAX_MEMBER_NAME_PARTS;
}

int
tar_index_add(struct tar_index *t, const char *name, enum filetree_type type,
    struct tar_place place, struct err *e)
{
	const struct addition a = { name, place };
	size_t length = strlen(name);
	uint32_t parent, there;
	uint64_t hash = 0;

	if (length > MAX_MEMBER_NAME_BYTES)
		return err_set(e, E_TOO_LARGE, "a name of more than %zu bytes: %.64s...",
		    MAX_MEMBER_NAME_BYTES, name);
	if (is_too_deep(name))
		return err_set(e, E_TOO_LARGE, "more than %u directories deep: %.64s...",
		    MAX_MEMBER_NAME_PARTS, name);
	if (type == FILETREE_DIRECTORY)
		return need_directory(t, length, &a, &there, e);
	if (length == 0)
		return err_set(e, E_INVALID, "a member without a name that is no directory");
	if (hash_name(t, name, length, &hash, e) != 0)
		return -1;
	if (*find_slot(t, hash) != 0)
		return contradiction(&a, length, e);
	if (need_directory(t, directory_of(name, length), &a, &parent, e) != 0)
		return -1;
	return add_node(t, hash, parent, type, &a, e);
}

int
tar_index_find(
    const struct tar_index *t, const char *name, const struct tar_node **out, struct err *e)
{
	size_t length = strlen(name);
	uint64_t hash = 0;
	uint32_t i;

	*out = length == 0 ? &t->nodes[0] : NULL;
	/* Nothing of that length was added. */
	if (length == 0 || length > MAX_MEMBER_NAME_BYTES)
		return 0;
	if (hash_name(t, name, length, &hash, e) != 0)
		return -1;
	i = *find_slot(t, hash);
	if (i != 0)
		*out = &t->nodes[i];
	return 0;
}

const struct tar_node *
tar_index_at(const struct tar_index *t, uint32_t i)
{
	return &t->nodes[i];
}

void
tar_index_free(struct tar_index *t)
{
	if (t == NULL)
		return;
	free(t->nodes);
	free(t->slots);
	free(t);
}
