/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_gpg.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/limits.h"
#include "formats/signed_message.h"
#include "judge.h"
#include "tree.h"

/*
 * GPGME 1.15 to 1.21 has the output on "-", later ones on "-&N"; the input is the last word, "-&N".
 * Descriptors have more than one digit sometimes, which a shell cannot write to but by name. By the
 * shell alone: relsig's gpg may start no process.
 */
static const char functions[] =
    "say() { printf '[GNUPG:] %s\\n' \"$*\" >\"/dev/fd/$status\"; }\n"
    "log() { printf 'gpg: %s\\n' \"$*\" >\"/dev/fd/$logger\"; }\n"
    "body() { printf %s \"$body\" >\"/dev/fd/$output\"; }\n"
    "begin() { say PLAINTEXT 62 0 x; say PLAINTEXT_LENGTH $length; body; }\n"
    "sig() { say NEWSIG; say KEY_CONSIDERED $primary 0; }\n"
    "good() { say GOODSIG $key_id Some One; }\n"
    "valid() { say VALIDSIG $fpr 2020-06-01 1590969600 0 $version 0 "
    "$key_algorithm $hash $class $primary; }\n"
    "all() { begin; sig; good; valid; }\n"
    "output=1\n"
    "for word; do\n"
    "	case $last in\n"
    "	--status-fd) status=$word ;;\n"
    "	--logger-fd) logger=$word ;;\n"
    "	--output) test \"$word\" = - || output=${word#-&} ;;\n"
    "	esac\n"
    "	last=$word\n"
    "done\n";
static const char read_input[] = "while read -r line; do :; done <\"/dev/fd/${last#-&}\"\n";

void
fake_gpg_set_up(void)
{
	tree_make();
	tree_directory("bin");
	tree_directory("tmp");
}

void
fake_gpg_tear_down(void)
{
	AUTO_STR char *tmp = tree_path("tmp");

	ck_assert_msg(rmdir(tmp) == 0, "something is left in TMPDIR");
	tree_remove();
}

/* The values of the blob that the judge will be asked about. */
static void
add_values(struct buf *script, const char *name)
{
	AUTO_STR char *key = testdata_fingerprints("release.asc");
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes body;

	testdata_blob(&blob, name);
	ck_assert_int_eq(
	    signed_message_parse(&m, buf_bytes(&blob), MAX_INFLATED_BYTES, false, &e), 0);
	body = signed_message_body(&m);
	ck_assert(memchr(body.p, '\'', body.n) == NULL && memchr(body.p, '\0', body.n) == NULL);
	buf_addf(script, "body='%.*s'\n", (int)body.n, (const char *)body.p);
	buf_addf(
	    script, "fpr=%s primary=%s key_id=%s length=%zu\n", key, key, m.issuer, m.body_length);
	buf_addf(script, "version=%u key_algorithm=%u hash=%u class=00\n", m.signature_version,
	    m.key_algorithm, m.hash_algorithm);
}

static const char *
blob_of(const struct fake_gpg *g)
{
	return g->blob != NULL ? g->blob : "gpg-z0";
}

void
fake_gpg_write(const struct fake_gpg *g)
{
	AUTO_STR char *path = tree_path("bin/gpg");
	AUTO(buf) script = BUF_INIT;

	buf_add_str(&script, "#!/bin/sh\nif test \"$1\" = --version; then\n");
	buf_addf(
	    &script, "%s\nexit 0\nfi\n", g->probe != NULL ? g->probe : "echo 'gpg (GnuPG) 2.4.8'");
	add_values(&script, blob_of(g));
	buf_add_str(&script, functions);
	if (!g->deaf)
		buf_add_str(&script, read_input);
	buf_addf(&script, "%s\n", g->verify != NULL ? g->verify : "all");
	tree_write("bin/gpg", buf_bytes(&script));
	ck_assert_int_eq(chmod(path, 0700), 0);
}

void
fake_gpg_ask(const struct fake_gpg *g, struct answer *out)
{
	AUTO_STR char *bin = tree_path("bin");
	AUTO_STR char *tmp = tree_path("tmp");
	AUTO_STR char *path = xasprintf("PATH=%s:/usr/bin:/bin", bin);
	AUTO_STR char *tmpdir = xasprintf("TMPDIR=%s", tmp);
	const struct fresh f = { .blob = blob_of(g),
		.timeout_ms = g->timeout_ms,
		.prepare = g->prepare,
		.environment = { path, tmpdir } };

	fake_gpg_write(g);
	fresh_ask(&f, out);
}
