/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig version */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <seccomp.h>
#include <yaml.h>
#include <zlib.h>

#include "base/children.h"
#include "base/limits.h"
#include "base/program.h"
#include "cmd/command.h"
#include "cmd/json_build.h"
#include "transport/fetcher_process.h"
#include "trust/gpg.h"

/* The number goes up when a member changes its meaning or goes away, not when one is added. */
enum { VERSION_SCHEMA = 1, MAX_FETCHER_OUTPUT = 4096, FETCHER_TIMEOUT_MS = 10000 };

/* Which flags that make bugs harder to exploit the compiler and the linker were given. */
static json_t *
hardening(void)
{
	AUTO_STR char *flags = xstrdup(RELSIG_HARDENING);
	json_t *list = must_have(json_array());
	char *rest = flags, *flag;

	while ((flag = strsep(&rest, " ")) != NULL)
		if (flag[0] != '\0')
			json_push(list, json_text(flag));
	return list;
}

static json_t *
library(const char *built, const char *running)
{
	json_t *o = must_have(json_object());

	json_put(o, "built_with", json_text(built));
	json_put(o, "running", json_text(running));
	return o;
}

static json_t *
openssl(void)
{
#ifdef OPENSSL_FULL_VERSION_STR
	return library(OPENSSL_FULL_VERSION_STR, OpenSSL_version(OPENSSL_FULL_VERSION_STRING));
#else
	return library(OPENSSL_VERSION_TEXT, OpenSSL_version(OPENSSL_VERSION));
#endif
}

static json_t *
jansson(void)
{
#if JANSSON_VERSION_HEX >= 0x020d00
	return library(JANSSON_VERSION, jansson_version_str());
#else
	return library(JANSSON_VERSION, NULL);
#endif
}

static json_t *
seccomp(void)
{
	const struct scmp_version *v = seccomp_version();
	AUTO_STR char *built =
	    xasprintf("%d.%d.%d", SCMP_VER_MAJOR, SCMP_VER_MINOR, SCMP_VER_MICRO);
	AUTO_STR char *running = xasprintf("%u.%u.%u", v->major, v->minor, v->micro);

	return library(built, running);
}

/* "libarchive 3.6.2" while it runs. */
static json_t *
archive(void)
{
	const char *running = archive_version_string(), *space = strchr(running, ' ');

	return library(ARCHIVE_VERSION_ONLY_STRING, space != NULL ? space + 1 : running);
}

/* The rest of the line that begins with "NAME ", for free(). */
static char *
line_after(const char *text, const char *name)
{
	size_t n = strlen(name);

	while (text != NULL) {
		if (strncmp(text, name, n) == 0 && text[n] == ' ')
			return xstrndup(text + n + 1, strcspn(text + n + 1, "\n"));
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return NULL;
}

static int
ask_fetcher(struct program_result *out, struct err *e)
{
	AUTO_STR char *path = fetcher_process_find();
	char *const argv[] = { path, (char[]){ "--version" }, NULL };
	const struct program p = { .argv = argv,
		.envp = environ,
		.max_output = MAX_FETCHER_OUTPUT,
		.timeout_ms = FETCHER_TIMEOUT_MS };

	if (program_run(out, &p, e) != 0)
		return err_wrap(e, "%s", path);
	if (!out->end.exited || out->end.status != 0)
		return err_set(e, E_IO, "%s: %s (is relsig installed whole?)", path,
		    out->err.n > 0 ? buf_str(&out->err) : "it failed");
	return 0;
}

/* The judge is linked without libcurl; null when relsig-fetch cannot be asked. */
static json_t *
curl(void)
{
	AUTO(program_result) r = PROGRAM_RESULT_INIT;
	AUTO_STR char *built = NULL;
	AUTO_STR char *running = NULL;
	AUTO_STR char *tls = NULL;
	AUTO(err) e = ERR_INIT;
	json_t *o;

	if (ask_fetcher(&r, &e) != 0) {
		print_error("note: %s", err_msg(&e));
		return json_null();
	}
	built = line_after(buf_str(&r.out), "libcurl-built-with");
	running = line_after(buf_str(&r.out), "libcurl");
	tls = line_after(buf_str(&r.out), "tls");
	o = library(built, running);
	json_put(o, "tls", json_text(tls));
	return o;
}

static json_t *
gpg(void)
{
	const struct deadline never = deadline_after(0, 0);
	AUTO_PTR(gpg) g = NULL;
	AUTO(err) e = ERR_INIT;

	/* Not the user's: its version is all that is asked for. */
	if (setenv("GNUPGHOME", "/nonexistent", 1) == 0 && gpg_open(&g, &never, &e) == 0)
		return json_text(gpg_version(g));
	print_error("note: %s", err_msg(&e));
	return json_null();
}

static json_t *
libraries(void)
{
	struct gpg_library_versions v = gpg_library_versions();
	json_t *o = must_have(json_object());

	json_put(o, "gpgme", library(v.gpgme_built_with, v.gpgme));
	json_put(o, "libgpg-error", library(v.gpg_error_built_with, v.gpg_error));
	json_put(o, "libcurl", curl());
	json_put(o, "jansson", jansson());
	json_put(o, "openssl", openssl());
	json_put(o, "libarchive", archive());
	json_put(o, "libyaml", library(NULL, yaml_get_version_string()));
	json_put(o, "libseccomp", seccomp());
	json_put(o, "zlib", library(ZLIB_VERSION, zlibVersion()));
	return o;
}

static int
print_json(void)
{
	AUTO(err) e = ERR_INIT;
	json_t *root;

	if (children_adopt(&e) != 0)
		return fail("version", &e);
	root = must_have(json_object());
	json_put(root, "schema_version", json_integer(VERSION_SCHEMA));
	json_put(root, "relsig", json_text(RELSIG_VERSION));
	json_put(root, "hardening", hardening());
	json_put(root, "gpg", gpg());
	json_put(root, "libraries", libraries());
	json_print(root);
	return finish_output(0);
}

int
cmd_version(int argc, char **argv)
{
	static const struct subcommand command = {
		"version", "[OPTION...]", "Print the version of relsig.",
		"With --json also how it was built, and the versions of gpg and of the libraries."
	};
	bool json = false;
	const struct option_row rows[] = {
		{ OPTION_FLAG, 0, "json", NULL, "print JSON, relsig-report(5)", &json, 0, 0 },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	AUTO(string_list) none = STRING_LIST_INIT;
	int status;

	if (!read_arguments(&command, rows, argc, argv, 0, &none, &status))
		return status;
	if (json)
		return print_json();
	printf("relsig %s\n", RELSIG_VERSION);
	return finish_output(0);
}
