/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/buf.h"
#include "cmd/command.h"
#include "cmd/help_topics.h"
#include "cmd/nearest.h"
#include "formats/digest.h"

struct entry {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *purpose; /* NULL: not shown, another name of the one before */
};

static int cmd_help(int argc, char **argv);

static const struct entry commands[] = {
	{ "verify", cmd_verify, "is each IMAGE a signed OpenShift release?" },
	{ "audit", cmd_audit, "verify a release, and that all it refers to is there and intact" },
	{ "save", cmd_save, "verify each IMAGE, and save what verifies it without a network" },
	{ "verify-files", cmd_verify_files,
	    "verify a signed list of SHA-256 sums, and each FILE of it" },
	{ "sign", cmd_sign, "sign each IMAGE, for a signature store of one's own" },
	{ "policy", cmd_policy, "what policy.json and registries.d make a node do" },
	{ "standalone-verify", cmd_standalone_verify,
	    "one manifest, one signature file, as skopeo does it" },
	{ "standalone-sign", cmd_standalone_sign,
	    "sign one manifest file with a key of the user's gpg" },
	{ "manifest-digest", cmd_manifest_digest, "print the digest of a manifest file" },
	{ "untrusted-dump", cmd_untrusted_dump,
	    "show what a signature file claims, verifying nothing" },
	{ "untrusted-signature-dump-without-verification", cmd_untrusted_dump, NULL },
	{ "help", cmd_help, "print this, a command's options, or a topic" },
	{ "version", cmd_version, "print the version, and with --json those of the libraries" },
};

static void
print_usage(FILE *to)
{
	fprintf(to,
	    "usage: relsig COMMAND [OPTION...] ARGUMENT...\n\n"
	    "Did Red Hat sign exactly these bytes as this OpenShift release?\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (commands[i].purpose != NULL)
			fprintf(to, "  %-18s %s\n", commands[i].name, commands[i].purpose);
	fprintf(to, "\nTopics of \"relsig help\":\n");
	for (size_t i = 0; i < n_help_topics; i++)
		fprintf(to, "  %-18s %s\n", help_topics[i].name, help_topics[i].purpose);
	fprintf(
	    to, "\nExit status: 0 accepted, 1 refused, 2 no verdict. The manual is relsig(1).\n");
}

static const struct entry *
find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static const struct help_topic *
find_topic(const char *name)
{
	for (size_t i = 0; i < n_help_topics; i++)
		if (strcmp(help_topics[i].name, name) == 0)
			return &help_topics[i];
	return NULL;
}

/* A version, a digest, a name with a path: whoever typed it left out what to do with it. */
static bool
looks_like_image(const char *word)
{
	return (word[0] >= '0' && word[0] <= '9') || strpbrk(word, ":/@") != NULL;
}

static int
unknown_command(const char *name)
{
	const char *names[ARRAY_LEN(commands)], *near;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		names[i] = commands[i].name;
	near = nearest_word(name, names, ARRAY_LEN(commands));
	if (looks_like_image(name))
		print_error("usage: unknown command \"%s\" (try \"relsig verify %s\")", name, name);
	else if (near != NULL)
		print_error("usage: unknown command \"%s\": %s? (try \"relsig help %s\")", name,
		    near, near);
	else
		print_error("usage: unknown command \"%s\" (try \"relsig help\")", name);
	return STATUS_NO_VERDICT;
}

static int
unknown_topic(const char *name)
{
	AUTO(buf) topics = BUF_INIT;

	for (size_t i = 0; i < n_help_topics; i++)
		buf_addf(&topics, "%s%s", i > 0 ? ", " : "", help_topics[i].name);
	print_error("usage: neither a command nor a topic: \"%s\"; topics are %s (try \"relsig "
		    "help\")",
	    name, buf_str(&topics));
	return STATUS_NO_VERDICT;
}

/* Options come first here, so that the words after them may be a command and its own. */
static int
cmd_help(int argc, char **argv)
{
	static const struct subcommand command = { "help", "[COMMAND... | TOPIC]",
		"Print the commands and topics, a command's options, or a topic.", NULL };
	static const struct option_row none[] = { { OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 } };
	char option[] = "--help";
	AUTO(string_list) words = STRING_LIST_INIT;
	AUTO(err) e = ERR_INIT;
	const struct help_topic *topic;
	const struct entry *c;

	switch (options_read(&command, none, argc, argv, &words, &e)) {
	case OPTIONS_HELP:
		return finish_output(0);
	case OPTIONS_BAD:
		return fail(command.name, &e);
	case OPTIONS_READ:
		break;
	}
	if (words.n == 0) {
		print_usage(stdout);
		return finish_output(0);
	}
	topic = find_topic(words.v[0]);
	if (topic != NULL && words.n == 1) {
		printf("%s\nThe rest is in relsig(1), %s.\n", topic->text, topic->section);
		return finish_output(0);
	}
	c = find_command(words.v[0]);
	if (c == NULL)
		return unknown_topic(words.v[0]);
	*LIST_ADD(words.v, words.n) = option;
	(void)LIST_ADD(words.v, words.n); /* NULL, as at argv's end */
	return c->run((int)words.n - 1, words.v);
}

/*
 * A caller may leave standard descriptors closed; what is opened next would take their place, and
 * gpg's messages end up there. Opened the wrong way round, so that using one still fails.
 */
static void
fill_standard_descriptors(void)
{
	static const int flags[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", flags[fd]) != fd)
			_exit(STATUS_NO_VERDICT);
}

int
main(int argc, char **argv)
{
	const struct entry *c;
	AUTO(err) e = ERR_INIT;
	struct digest first;

	fill_standard_descriptors();
	/* Hashing needs no openssl.cnf, and OPENSSL_CONF in the environment shall load nothing into
	 * the judge. The first digest makes what all later ones need, in which OpenSSL 3.0 may
	 * crash when memory is short: now there is nothing yet to leave behind. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
	    digest_of_bytes(&first, bytes_of_str(""), &e) != 0) {
		print_error("OpenSSL cannot be used");
		return STATUS_NO_VERDICT;
	}
	if (argc < 2) {
		print_usage(stderr);
		return STATUS_NO_VERDICT;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cmd_help(argc - 1, argv + 1);
	if (strcmp(argv[1], "--version") == 0)
		return cmd_version(argc - 1, argv + 1);
	c = find_command(argv[1]);
	return c != NULL ? c->run(argc - 1, argv + 1) : unknown_command(argv[1]);
}
