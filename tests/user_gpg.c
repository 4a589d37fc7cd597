/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "user_gpg.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

#include <check.h>

#include "process.h"
#include "rows.h"
#include "tree.h"

static struct reference names[USER_GPG_NAMES];
static char *home;

void
user_gpg_run(char *const argv[])
{
	AUTO(buf) out = BUF_INIT;

	ck_assert_msg(process_run(&out, argv) == 0, "%s %s", argv[0], argv[3]);
}

void
user_gpg_import(const char *name)
{
	AUTO_STR char *file = xasprintf(TEST_SRCDIR "/testdata/%s", name);

	user_gpg_run((char *[]){ "gpg", "--homedir", home, "--batch", "--import", file, NULL });
}

void
user_gpg_set_up(void)
{
	AUTO(err) e = ERR_INIT;

	/* What an earlier judge made of this process: the agent is to be nobody's. */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	tree_make();
	tree_directory("gpg");
	home = tree_path("gpg");
	ck_assert_int_eq(chmod(home, 0700), 0);
	user_gpg_import("secret/release.gpg");
	row_accepted(
	    "a name", reference_parse(&names[USER_GPG_TAGGED_NAME], USER_GPG_TAGGED, &e), &e);
	row_accepted("a name", reference_parse(&names[USER_GPG_BARE_NAME], USER_GPG_BARE, &e), &e);
}

/* The agent takes its sockets away after gpgconf has asked it to end. */
static void
wait_for_agent(void)
{
	AUTO_STR char *sockets = xasprintf("%s/S.*", home);
	const struct timespec nap = { .tv_nsec = 1000000 };
	glob_t found;

	while (glob(sockets, 0, NULL, &found) == 0) {
		globfree(&found);
		nanosleep(&nap, NULL);
	}
}

void
user_gpg_tear_down(void)
{
	user_gpg_run((char *[]){ "gpgconf", "--homedir", home, "--kill", "all", NULL });
	wait_for_agent();
	for (size_t i = 0; i < USER_GPG_NAMES; i++)
		reference_free(&names[i]);
	free(steal(&home));
	tree_remove();
}

char *
user_gpg_make_key(char *passphrase)
{
	char *list[] = { "gpg", "--homedir", home, "--batch", "--with-colons", "--list-keys",
		"locked@", NULL };
	AUTO(buf) out = BUF_INIT;
	const char *found;

	user_gpg_run((char *[]){ "gpg", "--homedir", home, "--batch", "--pinentry-mode", "loopback",
	    "--passphrase", passphrase, "--quick-generate-key", "locked@relsig.invalid", "ed25519",
	    "sign", "never", NULL });
	user_gpg_run((char *[]){ "gpgconf", "--homedir", home, "--kill", "gpg-agent", NULL });
	wait_for_agent();
	ck_assert_int_eq(process_run(&out, list), 0);
	found = strstr(buf_str(&out), "\nfpr:::::::::");
	ck_assert_ptr_nonnull(found);
	return xstrndup(found + strlen("\nfpr:::::::::"), FINGERPRINT_HEX);
}

char *
user_gpg_home(void)
{
	return home;
}

struct signing_options
user_gpg_options(void)
{
	return (struct signing_options){ .fingerprint = USER_GPG_KEY,
		.homedir = home,
		.creator = "test",
		.names = names,
		.n_names = USER_GPG_NAMES };
}

void
user_gpg_start(struct signing **s, struct trusted_keys *keys, const struct signing_options *o)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("start", signing_start(s, o, keys, &e), &e);
}
