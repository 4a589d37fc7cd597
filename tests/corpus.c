/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/text.h"

#define FOLDER TEST_SRCDIR "/testdata/adversary"

void
corpus_case_free(struct corpus_case *c)
{
	free(c->word);
	free(c->keys);
	free(c->only);
	*c = (struct corpus_case)CORPUS_CASE_INIT;
}

static int
has_a_signature(const struct dirent *d)
{
	AUTO_STR char *blob = xasprintf(FOLDER "/%s/blob", d->d_name);

	return d->d_name[0] != '.' && access(blob, F_OK) == 0;
}

char *const *
corpus_signatures(size_t *n)
{
	static char **names;
	static size_t n_names;
	struct dirent **found = NULL;
	int n_found = n_names == 0 ? scandir(FOLDER, &found, has_a_signature, alphasort) : 0;

	for (int i = 0; i < n_found; i++) {
		*LIST_ADD(names, n_names) = xstrdup(found[i]->d_name);
		free(found[i]);
	}
	free(found);
	*n = n_names;
	return names;
}

/* Its first line; there must be one. */
static char *
line_of(const char *name, const char *file)
{
	AUTO_STR char *path = xasprintf("adversary/%s/%s", name, file);
	char *line = testdata_line(path);

	ck_assert_msg(line != NULL && line[0] != '\0', "%s: no %s", name, file);
	return line;
}

/* A path as it stands in the command becomes one below testdata. */
static void
add_key(struct buf *keys, const char *name, const char *path)
{
	if (text_starts_with(path, "../../"))
		buf_addf(keys, " %s", path + strlen("../../"));
	else
		buf_addf(keys, " adversary/%s/%s", name, path);
}

/* The commands of signatures need no quotes: words with blanks between. */
static void
read_command(struct corpus_case *out, char *command)
{
	AUTO(buf) keys = BUF_INIT;
	char *rest = command, *word;

	ck_assert_msg(strpbrk(command, "'\"\\") == NULL, "%s: quotes in its command", out->name);
	buf_add_str(&keys, "");
	while ((word = strsep(&rest, " ")) != NULL) {
		if (strcmp(word, "--key") == 0 && rest != NULL)
			add_key(&keys, out->name, strsep(&rest, " "));
		else if (strcmp(word, "--fingerprint") == 0 && rest != NULL)
			out->only = xstrdup(strsep(&rest, " "));
	}
	out->keys = buf_steal_str(&keys);
}

void
corpus_read(struct corpus_case *out, const char *name)
{
	AUTO_STR char *expect = line_of(name, "expect");
	AUTO_STR char *command = line_of(name, "command");
	size_t n = strcspn(expect, " ");

	corpus_case_free(out);
	ck_assert_msg(strlen(expect) == n + 2 && strchr("012", expect[n + 1]) != NULL,
	    "%s: expect is not WORD STATUS", name);
	out->name = name;
	out->word = xstrndup(expect, n);
	out->status = expect[n + 1] - '0';
	read_command(out, command);
}

void
corpus_open_judge(const struct corpus_case *c, struct judge *j)
{
	judge_must_open(j, c->keys);
	if (c->only == NULL)
		return;
	free(j->keys.fingerprints);
	j->keys.fingerprints = NULL;
	j->keys.n_fingerprints = 0;
	trusted_keys_add(&j->keys, c->only);
}
