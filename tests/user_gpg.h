/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A user's gpg home below tests/tree, with the worthless keys of testdata/secret and an agent of
 * its own, for the process that signs.
 */
#ifndef RELSIG_TESTS_USER_GPG_H
#define RELSIG_TESTS_USER_GPG_H

#include "base/base.h"
#include "trust/signing.h"

#define USER_GPG_KEY "4EDB57D1B2E4C666DD00CE03EE46194CB49E4007"
#define USER_GPG_TAGGED "registry.example.com/tools/oc:1"
#define USER_GPG_BARE "registry.example.com/tools/oc"

/* Their numbers. */
enum { USER_GPG_TAGGED_NAME, USER_GPG_BARE_NAME, USER_GPG_NAMES };

/* Setup and teardown of a checked fixture. */
void user_gpg_set_up(void);
void user_gpg_tear_down(void);

/* The home; borrowed. */
char *user_gpg_home(void);
/* gpg, gpgconf: must succeed. */
void user_gpg_run(char *const argv[]);
/* A key file of testdata. */
void user_gpg_import(const char *name);

/* A new key, locked with a passphrase that the agent does not know; its fingerprint, for free(). */
char *user_gpg_make_key(char *passphrase);

/* To sign in that home by both names, with USER_GPG_KEY. */
struct signing_options user_gpg_options(void);
void user_gpg_start(struct signing **s, struct trusted_keys *keys, const struct signing_options *o);

#endif
