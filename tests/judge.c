/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

enum { MAX_TEST_FILE = 8 << 20, TIMEOUT_MS = 20000 };

static int
read_testdata(struct buf *out, const char *name, struct err *e)
{
	AUTO_STR char *path = xasprintf("%s/testdata/%s", TEST_SRCDIR, name);

	return file_read(out, name[0] == '/' ? name : path, MAX_TEST_FILE, e);
}

/*
 * --- the judge ----------------------------------------------------------------------------------
 */

static int
add_keys(struct judge *j, const char *names, struct err *e)
{
	static const char space[] = " \n";

	for (names += strspn(names, space); *names != '\0'; names += strspn(names, space)) {
		AUTO_STR char *name = xstrndup(names, strcspn(names, space));
		AUTO_STR char *path =
		    xasprintf("%s%s", strchr(name, '/') != NULL ? "" : "keys/", name);
		AUTO(buf) file = BUF_INIT;

		names += strlen(name);

		if (read_testdata(&file, path, e) != 0 ||
		    certificates_add(&j->keys.certificates, buf_bytes(&file), name, e) != 0)
			return -1;
	}
	trusted_keys_add_all(&j->keys);
	return 0;
}

static int
expect_sample_release(struct judge *j, struct err *e)
{
	AUTO(reference) reference = REFERENCE_INIT;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	enum reason why;

	if (read_testdata(&manifest, "release/manifest.json", e) != 0 ||
	    subject_from_manifest(&j->subject, buf_bytes(&manifest), NULL, &why, e) !=
		OUTCOME_PROVEN ||
	    read_testdata(&text, "release.txt", e) != 0)
		return -1;
	text.p[strcspn(buf_str(&text), "\n")] = '\0';
	if (reference_parse(&reference, buf_str(&text), e) != 0)
		return -1;
	identity_exact(&j->identity, &reference);
	return 0;
}

int
judge_open(struct judge *j, const char *keys, int timeout_ms, struct err *e)
{
	const struct openpgp_options options = { .timeout_ms = timeout_ms };

	*j = (struct judge)JUDGE_INIT;
	if (children_adopt(e) != 0 || add_keys(j, keys != NULL ? keys : "release.asc", e) != 0 ||
	    expect_sample_release(j, e) != 0 || openpgp_open(&j->openpgp, &options, e) != 0)
		return -1;
	j->home = xstrdup(getenv("GNUPGHOME"));
	return openpgp_trust(j->openpgp, &j->keys, e);
}

int
judge_close(struct judge *j, struct err *e)
{
	AUTO_STR char *home = steal(&j->home);
	AUTO(pids) left = PIDS_INIT;

	openpgp_free(j->openpgp);
	subject_free(j->subject);
	identity_free(&j->identity);
	trusted_keys_free(&j->keys);
	*j = (struct judge)JUDGE_INIT;
	unsetenv("GNUPGHOME");
	if (home != NULL && access(home, F_OK) == 0)
		return err_set(e, E_IO, "the private home %s is left", home);
	/* As a subreaper we would get an agent, too. */
	if (children_list(&left, e) != 0)
		return -1;
	if (left.n > 0)
		return err_set(e, E_IO, "%zu processes are left", left.n);
	return 0;
}

void
judged_free(struct judged *d)
{
	claim_free(d->claim);
	payload_free(&d->seen);
	signature_facts_free(&d->facts);
	buf_free(&d->payload);
	err_free(&d->e);
	*d = (struct judged)JUDGED_INIT;
}

void
judge_blob(const struct judge *j, struct bytes blob, struct judged *out)
{
	const struct expectation expected = { .subject = j->subject,
		.identity = &j->identity,
		.optional = PAYLOAD_OPTIONAL_MAY_BE_ABSENT };
	AUTO_PTR(signed_bytes) bytes = NULL;
	struct bytes payload;

	judged_free(out);
	out->outcome =
	    openpgp_verify(j->openpgp, blob, JUDGE_NOW, &bytes, &out->facts, &out->reason, &out->e);
	if (out->outcome != OUTCOME_PROVEN)
		return;
	payload = signed_bytes_payload(bytes);
	buf_add(&out->payload, payload.p, payload.n);
	out->outcome = claim_make(&out->claim, bytes, &expected, &out->seen, &out->reason, &out->e);
	if (out->outcome == OUTCOME_PROVEN)
		out->reason = REASON_ACCEPTED;
}

void
judge_must_open(struct judge *j, const char *keys)
{
	AUTO(err) e = ERR_INIT;
	AUTO(err) closing = ERR_INIT;

	if (judge_open(j, keys, TIMEOUT_MS, &e) == 0)
		return;
	if (judge_close(j, &closing) == 0)
		err_free(&closing);
	ck_abort_msg("%s %s", err_msg(&e), closing.code != E_NONE ? err_msg(&closing) : "");
}

void
judge_must_close(struct judge *j)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(judge_close(j, &e) == 0, "%s", err_msg(&e));
}

/*
 * --- test data ----------------------------------------------------------------------------------
 */

void
testdata_read(struct buf *out, const char *name)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(read_testdata(out, name, &e) == 0, "%s", err_msg(&e));
}

char *
testdata_text(const char *name)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (read_testdata(&b, name, &e) == 0)
		return buf_steal_str(&b);
	ck_assert_msg(e.code == E_NOT_FOUND, "%s", err_msg(&e));
	return NULL;
}

char *
testdata_line(const char *name)
{
	char *text = testdata_text(name);

	if (text != NULL)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

char *
testdata_fingerprints(const char *key_file)
{
	AUTO_STR char *start = xasprintf("\n%s ", key_file);
	AUTO(buf) list = BUF_INIT;
	const char *line;

	testdata_read(&list, "keys.txt");
	line = strstr(buf_str(&list), start);
	ck_assert_msg(line != NULL, "keys.txt has no %s", key_file);
	line += strlen(start);
	return xstrndup(line, strcspn(line, " \n"));
}

/*
 * "blob WHERE HEX SIZE" of testdata/README: HEX at WHERE, again and again, until there are SIZE
 * octets.
 */
static void
generate(struct buf *blob, const char *rule)
{
	char where[8], hex[64];
	AUTO(buf) whole = BUF_INIT;
	uint8_t unit[32];
	size_t size, at, n;

	ck_assert_int_eq(sscanf(rule, "blob %7s %63s %zu", where, hex, &size), 3);
	n = strlen(hex) / 2;
	ck_assert(text_unhex(unit, n, bytes_of_str(hex)));
	at = strcmp(where, "end") == 0 ? blob->n : (size_t)strtoul(where, NULL, 10);
	ck_assert(at <= blob->n && size >= blob->n && (size - blob->n) % n == 0);
	buf_add(&whole, blob->p, at);
	while (whole.n + (blob->n - at) < size)
		buf_add(&whole, unit, n);
	buf_add(&whole, blob->p + at, blob->n - at);
	buf_clear(blob);
	buf_add(blob, whole.p, whole.n);
}

void
testdata_blob(struct buf *out, const char *name)
{
	AUTO_STR char *blob = xasprintf("adversary/%s/blob", name);
	AUTO_STR char *rule_name = xasprintf("adversary/%s/generate", name);
	AUTO_STR char *rule = testdata_line(rule_name);

	testdata_read(out, blob);
	if (rule != NULL)
		generate(out, rule);
}
