/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

const struct subcommand audit_command = { "audit", "[OPTION...] IMAGE",
	"Is IMAGE a signed OpenShift release, and is all that it refers to there and intact?",
	"IMAGE as for \"relsig verify\". With --diff, two of them: relsig audit --diff OLD NEW\n"
	"relsig-audit(1) has more." };

/*
 * What an audit does otherwise than verify, or not at all: the signature of the release decides,
 * and the payload itself says what nodes will demand.
 */
static const char *const not_for_audit[] = { "output", "require", "sigstore-key",
	"cluster-image-policy", "policy", "registries.d", "require-signed", "manifest",
	"digest-only", "jobs" };

static bool
is_for_audit(const struct option_row *row)
{
	for (size_t i = 0; i < ARRAY_LEN(not_for_audit); i++)
		if (row->name != NULL && strcmp(row->name, not_for_audit[i]) == 0)
			return false;
	return true;
}

enum options_result
audit_settings_read(
    struct audit_settings *a, struct verify_settings *s, int argc, char **argv, struct err *e)
{
	const struct option_row own[] = {
		{ OPTION_LIST, 0, "arch", "ARCH",
		    "of a list only the images for ARCH (repeatable, a,b)", &a->arch, 0, 0 },
		{ OPTION_LIST, 0, "components", "NAME,...", "only these components (repeatable)",
		    &a->component_lists, 0, 0 },
		{ OPTION_STRING, 0, "blobs", "HOW",
		    "present: compare their sizes (default); verify: hash them; none",
		    &a->blobs_word, 0, 0 },
		{ OPTION_FLAG, 0, "diff", NULL, "verify OLD and NEW, and tell what changed",
		    &a->diff, 0, 0 },
		{ OPTION_FLAG, 0, "pullspecs", NULL, "print the pull spec of each component",
		    &a->pullspecs, 0, 0 },
		{ OPTION_STRING, 0, "report", "FILE", "write an HTML page to FILE", &a->report, 0,
		    0 },
		{ OPTION_NUMBER, 'j', "jobs", "N", "connections and threads (default 8)", &s->jobs,
		    1, MAX_JOBS },
	};
	struct option_row shared[VERIFY_SETTINGS_ROWS];
	struct option_row rows[ARRAY_LEN(own) + VERIFY_SETTINGS_ROWS];
	size_t n = ARRAY_LEN(own);

	*a = (struct audit_settings)AUDIT_SETTINGS_INIT;
	memcpy(rows, own, sizeof(own));
	verify_settings_rows(s, shared);
	s->jobs = DEFAULT_AUDIT_JOBS;
	for (size_t i = 0; i < ARRAY_LEN(shared); i++)
		if (is_for_audit(&shared[i]))
			rows[n++] = shared[i];
	return options_read(&audit_command, rows, argc, argv, &s->images, e);
}

/* Each word of each comma list, for free(). An empty one is E_USAGE. */
static int
read_lists(
    char ***out, size_t *n, const struct string_list *lists, const char *option, struct err *e)
{
	for (size_t i = 0; i < lists->n; i++) {
		AUTO_STR char *list = xstrdup(lists->v[i]);
		char *rest = list, *item;

		while ((item = strsep(&rest, ",")) != NULL) {
			if (item[0] == '\0')
				return err_set(
				    e, E_USAGE, "%s=%s: an empty word", option, lists->v[i]);
			*LIST_ADD(*out, *n) = xstrdup(item);
		}
	}
	return 0;
}

/* Releases have one word for a machine in their tags, and Go another in lists. */
static int
read_architecture(char **word, struct err *e)
{
	static const char *const words[][2] = { { "x86_64", "amd64" }, { "amd64", "amd64" },
		{ "aarch64", "arm64" }, { "arm64", "arm64" }, { "ppc64le", "ppc64le" },
		{ "s390x", "s390x" } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(*word, words[i][0]) == 0) {
			free(*word);
			*word = xstrdup(words[i][1]);
			return 0;
		}
	return err_set(e, E_USAGE, "--arch=%s: want x86_64, aarch64, ppc64le or s390x", *word);
}

static int
read_blobs(struct audit_settings *a, struct err *e)
{
	static const struct {
		const char *word;
		enum audit_blobs blobs;
	} words[] = { { "present", AUDIT_BLOBS_PRESENT }, { "verify", AUDIT_BLOBS_VERIFY },
		{ "none", AUDIT_BLOBS_NONE } };
	const char *word = a->blobs_word != NULL ? a->blobs_word : "present";

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(word, words[i].word) == 0) {
			a->blobs = words[i].blobs;
			return 0;
		}
	return err_set(e, E_USAGE, "--blobs=%s: want present, verify or none", word);
}

/* What is compared is what the payloads name: nothing else is looked at. */
static int
check_diff(const struct audit_settings *a, size_t n_images, struct err *e)
{
	if (!a->diff)
		return n_images == 1 ? 0 : err_set(e, E_USAGE, "want one IMAGE, got %zu", n_images);
	if (n_images != 2)
		return err_set(e, E_USAGE, "--diff wants OLD and NEW, got %zu images", n_images);
	if (a->blobs_word != NULL || a->component_lists.n > 0 || a->pullspecs || a->report != NULL)
		return err_set(e, E_USAGE,
		    "--diff compares what two releases name: --blobs, --components, --pullspecs "
		    "and "
		    "--report have no place beside it");
	return 0;
}

int
audit_settings_check(struct audit_settings *a, struct verify_settings *s, struct err *e)
{
	if (check_diff(a, s->images.n, e) != 0 || read_blobs(a, e) != 0 ||
	    read_lists(&a->components, &a->n_components, &a->component_lists, "--components", e) !=
		0 ||
	    read_lists(&a->architectures, &a->n_architectures, &a->arch, "--arch", e) != 0)
		return -1;
	for (size_t i = 0; i < a->n_architectures; i++)
		if (read_architecture(&a->architectures[i], e) != 0)
			return -1;
	if (a->pullspecs && (s->json || s->quiet))
		return err_set(e, E_USAGE,
		    "--pullspecs is for the text report: the one of --json has them, --quiet "
		    "prints "
		    "none");
	if (a->report != NULL && a->report[0] == '\0')
		return err_set(e, E_USAGE, "--report: a FILE without a name");
	return verify_settings_check(s, &audit_command, s->images.n, e);
}

static void
free_strings(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

void
audit_settings_free(struct audit_settings *a)
{
	string_list_free(&a->arch);
	string_list_free(&a->component_lists);
	free_strings(a->architectures, a->n_architectures);
	free_strings(a->components, a->n_components);
	*a = (struct audit_settings)AUDIT_SETTINGS_INIT;
}
