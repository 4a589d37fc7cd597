/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/save_lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/digest.h"
#include "formats/signature_configmap_write.h"

int
save_lists_read_index(struct outdir *d, struct save_index *index, struct err *e)
{
	AUTO(buf) text = BUF_INIT;

	*index = (struct save_index)SAVE_INDEX_INIT;
	if (outdir_read(d, SAVE_INDEX_FILE, MAX_SAVE_INDEX_BYTES, &text, e) == 0)
		return save_index_parse(index, buf_bytes(&text), e);
	if (e->code != E_NOT_FOUND)
		return -1;
	err_free(e);
	return 0;
}

/*
 * --- the ConfigMap ------------------------------------------------------------------------------
 */

struct signatures {
	struct configmap_signature *v; /* borrow from what follows, one of each */
	char **hex;
	struct buf *blobs;
	size_t n, n_hex, n_blobs;
};

static void
signatures_free(struct signatures *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->hex[i]);
		buf_free(&s->blobs[i]);
	}
	free(s->hex);
	free(s->blobs);
	free(s->v);
}
AUTO_DEFINE(signatures)

/* signature-1, ... of one digest. */
static int
read_signatures(struct outdir *d, const char *hex, struct signatures *out, struct err *e)
{
	for (unsigned number = 1; number <= MAX_SIGNATURES_PER_LOOKASIDE; number++) {
		AUTO_STR char *name = xasprintf("signatures/sha256=%s/signature-%u", hex, number);
		AUTO(buf) blob = BUF_INIT;
		struct configmap_signature *s;

		if (outdir_read(d, name, MAX_SIGNATURE_BYTES, &blob, e) != 0)
			break;
		s = LIST_ADD(out->v, out->n);
		s->hex = *LIST_ADD(out->hex, out->n_hex) = xstrdup(hex);
		s->number = number;
		s->blob = buf_bytes(&blob);
		*LIST_ADD(out->blobs, out->n_blobs) = blob;
		blob = (struct buf)BUF_INIT;
	}
	if (e->code != E_NONE && e->code != E_NOT_FOUND)
		return -1;
	err_free(e);
	return 0;
}

static int
write_configmap(struct outdir *d, struct buf *out, struct err *e)
{
	static const char front[] = "sha256=";
	AUTO(beneath_names) names = BENEATH_NAMES_INIT;
	AUTO(signatures) all = { 0 };

	if (outdir_list(d, "signatures", MAX_SAVED_NAMES, &names, e) != 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *hex = names.v[i] + strlen(front);

		if (text_starts_with(names.v[i], front) &&
		    text_is_lower_hex(bytes_of_str(hex), 64) &&
		    read_signatures(d, hex, &all, e) != 0)
			return -1;
	}
	if (all.n > 0)
		signature_configmap_write(out, all.v, all.n);
	return 0;
}

/*
 * --- SHA256SUMS ---------------------------------------------------------------------------------
 */

/* A file of the folder, or one that is about to be. */
struct sum {
	char *name; /* owned */
	struct digest digest;
};

struct sums {
	struct sum *v;
	size_t n;
};

static void
sums_free(struct sums *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].name);
	free(s->v);
}
AUTO_DEFINE(sums)

static int
add_sum(struct sums *s, const char *name, struct bytes content, struct err *e)
{
	struct sum *sum = LIST_ADD(s->v, s->n);

	sum->name = xstrdup(name);
	/* sha256sum writes such a name in another manner. */
	if (strpbrk(name, "\\\n\r") != NULL)
		return err_set(e, E_INVALID, "%s: a name with a backslash or a line break", name);
	return digest_of_bytes(&sum->digest, content, e);
}

/* Everything in a directory; depth: of directories in it. Hidden files are not ours. */
static int
sum_directory(struct outdir *d, struct sums *s, const char *directory, int depth, struct err *e)
{
	AUTO(beneath_names) names = BENEATH_NAMES_INIT;
	AUTO(buf) content = BUF_INIT;

	if (outdir_list(d, directory, MAX_SAVED_NAMES, &names, e) != 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_STR char *name = xasprintf("%s/%s", directory, names.v[i]);

		if (names.v[i][0] == '.')
			continue;
		if (depth > 0) {
			if (sum_directory(d, s, name, depth - 1, e) != 0)
				return -1;
		} else if (outdir_read(d, name, MAX_SAVED_FILE_BYTES, &content, e) != 0 ||
			   add_sum(s, name, buf_bytes(&content), e) != 0) {
			return -1;
		}
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct sum *)a)->name, ((const struct sum *)b)->name);
}

static int
write_sums(struct outdir *d, struct sums *s, struct err *e)
{
	static const struct {
		const char *name;
		int depth;
	} directories[] = { { "attachments", 1 }, { "images", 1 }, { "keys", 0 }, { "reports", 0 },
		{ "signatures", 1 } };
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(directories); i++)
		if (sum_directory(d, s, directories[i].name, directories[i].depth, e) != 0)
			return -1;
	qsort(s->v, s->n, sizeof(*s->v), compare);
	for (size_t i = 0; i < s->n; i++)
		buf_addf(&text, "%s  %s\n", digest_hex(&s->v[i].digest), s->v[i].name);
	return outdir_replace(d, "SHA256SUMS", buf_bytes(&text), e);
}

/*
 * --- all of them --------------------------------------------------------------------------------
 */

/* The name of the next report: "reports/report-0001.json" is the first. */
static int
name_report(struct outdir *d, char **name, struct err *e)
{
	AUTO(beneath_names) names = BENEATH_NAMES_INIT;
	static const char front[] = "report-", suffix[] = ".json";
	uint64_t last = 0, number;

	*name = NULL;
	if (outdir_list(d, "reports", MAX_SAVED_NAMES, &names, e) != 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const char *digits = names.v[i] + strlen(front);
		size_t n = strlen(names.v[i]);

		if (text_starts_with(names.v[i], front) && text_ends_with(names.v[i], suffix) &&
		    n > strlen(front) + strlen(suffix) &&
		    text_number(&number, bytes_of(digits, n - strlen(front) - strlen(suffix)), 0,
			UINT32_MAX) &&
		    number > last)
			last = number;
	}
	*name = xasprintf("reports/%s%04llu%s", front, (unsigned long long)last + 1, suffix);
	return 0;
}

int
save_lists_write(
    struct outdir *d, const struct save_index *index, struct bytes report, struct err *e)
{
	AUTO(buf) index_text = BUF_INIT, configmap = BUF_INIT;
	AUTO_STR char *report_name = NULL;
	AUTO(sums) sums = { 0 };

	save_index_write(&index_text, index);
	if (write_configmap(d, &configmap, e) != 0 || name_report(d, &report_name, e) != 0)
		return -1;
	if (outdir_replace(d, SAVE_INDEX_FILE, buf_bytes(&index_text), e) != 0 ||
	    add_sum(&sums, SAVE_INDEX_FILE, buf_bytes(&index_text), e) != 0)
		return -1;
	if (configmap.n > 0 &&
	    (outdir_replace(d, "signature-configmap.json", buf_bytes(&configmap), e) != 0 ||
		add_sum(&sums, "signature-configmap.json", buf_bytes(&configmap), e) != 0))
		return -1;
	if (outdir_add(d, report_name, report, e) != 0 ||
	    add_sum(&sums, report_name, report, e) != 0 || write_sums(d, &sums, e) != 0)
		return -1;
	return outdir_commit(d, e);
}
