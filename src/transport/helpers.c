/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/helpers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/program.h"
#include "base/text.h"
#include "formats/credential_helper.h"

#define PREFIX "docker-credential-"
/* As execvp(3) without PATH. */
#define USUAL_PATH "/bin:/usr/bin"
/* What of a helper's complaint is shown. */
#define MAX_SAID_BYTES 500

struct answer {
	struct authfile_helper asked;
	struct credentials credentials;
	struct err failure;
	struct answer *next;
};

struct helpers {
	unsigned timeout_ms;
	struct deadline deadline;
	bool closed;
	struct answer *answers;
};

struct helpers *
helpers_new(unsigned timeout_ms, const struct deadline *deadline)
{
	struct helpers *h = xcalloc(1, sizeof(*h));

	h->timeout_ms = timeout_ms;
	h->deadline = *deadline;
	return h;
}

void
helpers_free(struct helpers *h)
{
	struct answer *a;

	if (h == NULL)
		return;
	while ((a = h->answers) != NULL) {
		h->answers = a->next;
		authfile_helper_free(&a->asked);
		credentials_free(&a->credentials);
		err_free(&a->failure);
		free(a);
	}
	free(h);
}

void
helpers_close(struct helpers *h)
{
	h->closed = true;
}

/*
 * Where the user's things are, how to reach their session and the network, and the settings of the
 * clouds whose helpers there are. A name that ends with "*" stands for all that begin so.
 */
static const char *const passed_on[] = { "HOME", "PATH", "USER", "LOGNAME", "SHELL", "TERM", "TZ",
	"TMPDIR", "LANG", "LANGUAGE", "LC_*", "XDG_*", "DBUS_*", "DISPLAY", "WAYLAND_DISPLAY",
	"XAUTHORITY", "GNUPGHOME", "GPG_TTY", "PINENTRY_USER_DATA", "PASSWORD_STORE_*",
	"SSH_AUTH_SOCK", "KRB5*", "DOCKER_*", "KUBECONFIG", "AWS_*", "AZURE_*", "GOOGLE_*",
	"CLOUDSDK_*", "ACR_*", "ECR_*", "VAULT_*", "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy",
	"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" };

static bool
is_passed_on(const char *variable)
{
	size_t n = strcspn(variable, "="), m;

	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		m = strlen(passed_on[i]);
		if (passed_on[i][m - 1] == '*'
			? n >= m - 1 && strncmp(variable, passed_on[i], m - 1) == 0
			: n == m && strncmp(variable, passed_on[i], m) == 0)
			return true;
	}
	return false;
}

/* The array is for free(). */
static char **
make_environment(void)
{
	char **envp = NULL;
	size_t n = 0;

	for (char **v = environ; v != NULL && *v != NULL; v++)
		if (is_passed_on(*v))
			*LIST_ADD(envp, n) = *v;
	(void)LIST_ADD(envp, n);
	return envp;
}

/*
 * What it complained of, in one line: a helper of docker's library does so on standard output. That
 * is left out when it looks like an answer all the same.
 */
static void
add_said(struct buf *out, const struct program_result *r)
{
	struct bytes said = buf_bytes(r->err.n > 0 ? &r->err : &r->out);

	if (r->err.n == 0 && said.n > 0 &&
	    (memchr(said.p, '{', said.n) != NULL || memchr(said.p, '"', said.n) != NULL))
		return;
	while (said.n > 0 && (said.p[said.n - 1] == '\n' || said.p[said.n - 1] == '\r'))
		said.n--;
	if (said.n == 0)
		return;
	buf_add_str(out, ": ");
	for (size_t i = 0; i < said.n && i < MAX_SAID_BYTES; i++)
		buf_add_byte(out, said.p[i] != '\n' && said.p[i] != '\0' ? said.p[i] : ' ');
	if (said.n > MAX_SAID_BYTES)
		buf_add_str(out, "...");
}

static int
judge(struct credentials *out, const struct program_result *r, const char *server, struct err *e)
{
	AUTO(buf) said = BUF_INIT;

	if (r->end.exited && r->end.status == 0)
		return credential_helper_read(out, buf_bytes(&r->out), server, e);
	if (r->end.exited && credential_helper_has_none(buf_bytes(&r->out)))
		return 0;
	add_said(&said, r);
	return err_set(e, E_IO, "%s %d%s",
	    r->end.exited ? "it ends with status" : "it is ended by signal", r->end.status,
	    buf_str(&said));
}

static int
ask(const struct helpers *h, const struct authfile_helper *which, struct credentials *out,
    struct err *e)
{
	const char *path = getenv("PATH");
	AUTO_STR char *name = xasprintf(PREFIX "%s", which->name);
	AUTO_STR char *file = program_find(path != NULL ? path : USUAL_PATH, name);
	char *const argv[] = { file, (char[]){ "get" }, NULL };
	AUTO(program_result) result = PROGRAM_RESULT_INIT;
	struct program program = { .argv = argv,
		.input = bytes_of_str(which->server),
		.max_output = MAX_HELPER_BYTES,
		.timeout_ms = h->timeout_ms,
		.deadline = h->deadline };
	char **envp;
	int r;

	if (file == NULL)
		return err_set(e, E_IO, "it is in none of the directories of PATH");
	envp = make_environment();
	program.envp = envp;
	r = program_run(&result, &program, e);
	free(envp);
	return r == 0 ? judge(out, &result, which->server, e) : -1;
}

static struct answer *
find_answer(const struct helpers *h, const struct authfile_helper *which)
{
	struct answer *a;

	for (a = h->answers; a != NULL; a = a->next)
		if (strcmp(a->asked.name, which->name) == 0 &&
		    strcmp(a->asked.server, which->server) == 0)
			break;
	return a;
}

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static int
give(const struct answer *a, struct credentials *out, struct err *e)
{
	if (a->failure.code != E_NONE)
		return err_set(e, a->failure.code, "%s", err_msg(&a->failure));
	out->username = copy(a->credentials.username);
	out->password = copy(a->credentials.password);
	out->identity_token = copy(a->credentials.identity_token);
	return 0;
}

int
helpers_get(
    struct helpers *h, const struct authfile_helper *which, struct credentials *out, struct err *e)
{
	struct answer *a;

	*out = (struct credentials)CREDENTIALS_INIT;
	if (h == NULL)
		return err_set(e, E_UNSUPPORTED,
		    "the credential helper " PREFIX "%s, for %s, is not run here", which->name,
		    which->server);
	a = find_answer(h, which);
	if (a == NULL && h->closed)
		return err_set(e, E_IO,
		    "the credential helper " PREFIX "%s was not asked for %s while programs could "
		    "be run",
		    which->name, which->server);
	if (a == NULL) {
		a = xcalloc(1, sizeof(*a));
		a->asked.name = xstrdup(which->name);
		a->asked.server = xstrdup(which->server);
		a->next = h->answers;
		h->answers = a;
		if (ask(h, which, &a->credentials, &a->failure) != 0)
			err_wrap(&a->failure, "the credential helper " PREFIX "%s, asked for %s",
			    which->name, which->server);
	}
	return give(a, out, e);
}
