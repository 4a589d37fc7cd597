/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <check.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/base.h"
#include "base/buf.h"
#include "httpd_connection.h"
#include "httpd_large.h"
#include "process.h"

#define MAX_REQUESTS 2048
#define MAX_ROUTES 128

/* Written by the server, read by the test. */
struct shared {
	atomic_size_t n;
	struct httpd_request requests[MAX_REQUESTS];
};

struct httpd {
	pid_t pid;
	unsigned port;
	bool tls;
	struct shared *shared;
};

/* In the server's process. */
static struct {
	const struct httpd_route *routes;
	unsigned answered[MAX_ROUTES];
	unsigned port, connections;
	SSL_CTX *tls;
	struct shared *shared;
	pthread_mutex_t lock;
} server = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
record(const struct httpd_request *request)
{
	size_t n;

	pthread_mutex_lock(&server.lock);
	n = atomic_load(&server.shared->n);
	if (n < MAX_REQUESTS) {
		server.shared->requests[n] = *request;
		atomic_store(&server.shared->n, n + 1);
	}
	pthread_mutex_unlock(&server.lock);
}

static bool
matches(const struct httpd_route *route, const struct httpd_request *request)
{
	size_t n = strlen(route->path);

	if (route->method != NULL && strcmp(route->method, request->method) != 0)
		return false;
	if (route->authorization != NULL &&
	    strcmp(route->authorization, request->authorization) != 0)
		return false;
	if (n > 0 && route->path[n - 1] == '*')
		return strncmp(route->path, request->path, n - 1) == 0;
	return strcmp(route->path, request->path) == 0;
}

static const struct httpd_route *
find_route(const struct httpd_request *request)
{
	static const struct httpd_route not_found = { .status = 404, .body = "nothing here\n" };
	const struct httpd_route *route = &not_found;
	size_t i;

	pthread_mutex_lock(&server.lock);
	for (i = 0; server.routes[i].path != NULL; i++) {
		if (!matches(&server.routes[i], request) ||
		    (server.routes[i].times != 0 && server.answered[i] >= server.routes[i].times))
			continue;
		server.answered[i]++;
		route = &server.routes[i];
		break;
	}
	pthread_mutex_unlock(&server.lock);
	return route;
}

/* ${PORT} becomes this server's port. */
static void
add_text(struct buf *out, const char *s)
{
	const char *mark;

	while (s != NULL && (mark = strstr(s, "${PORT}")) != NULL) {
		buf_add(out, s, (size_t)(mark - s));
		buf_addf(out, "%u", server.port);
		s = mark + strlen("${PORT}");
	}
	buf_add_str(out, s != NULL ? s : "");
}

/* Status line and headers, with a wrong Content-Length when that is wanted; then the body. */
static bool
reply(struct connection *c, const struct httpd_request *request, const struct httpd_route *route,
    int lie)
{
	unsigned status = route->status != 0 ? route->status : 200;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) out = BUF_INIT;

	if (route->body_n > 0)
		buf_add(&body, route->body, route->body_n);
	else
		add_text(&body, route->body);
	buf_addf(&out, "HTTP/1.1 %u Scripted\r\n", status);
	add_text(&out, route->headers);
	if (route->behaviour != HTTPD_UNSAID)
		buf_addf(&out, "Content-Length: %zu\r\n", body.n + (size_t)lie);
	buf_add_str(&out, "\r\n");
	if (strcmp(request->method, "HEAD") != 0)
		buf_add(&out, body.p, body.n);
	return connection_write(c, out.p, out.n) && lie == 0 && route->behaviour != HTTPD_UNSAID;
}

static void
pause_for(unsigned ms)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	if (ms > 0)
		nanosleep(&t, NULL);
}

/* The same bytes again and again until the other side has enough. */
static void
repeat(struct connection *c, const char *s, unsigned pause_ms)
{
	while (connection_puts(c, s))
		pause_for(pause_ms);
}

static void
endless(struct connection *c, const struct httpd_route *route)
{
	AUTO(buf) out = BUF_INIT;
	char chunk[16384 + 1]; /* large: caps are to be met soon, on a busy machine too */

	memset(chunk, 'x', sizeof(chunk) - 1);
	chunk[sizeof(chunk) - 1] = '\0';
	buf_addf(&out, "HTTP/1.1 %u Scripted\r\nTransfer-Encoding: chunked\r\n\r\n",
	    route->status != 0 ? route->status : 200);
	if (!connection_write(c, out.p, out.n))
		return;
	buf_clear(&out);
	buf_addf(&out, "%zx\r\n%s\r\n", sizeof(chunk) - 1, chunk);
	repeat(c, buf_str(&out), 0);
}

/* False: the connection is over. */
static bool
answer(struct connection *c, const struct httpd_request *request)
{
	const struct httpd_route *route = find_route(request);
	unsigned slow_ms = route->pause_ms > 0 ? route->pause_ms : 20;
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	char byte;

	switch (route->behaviour) {
	case HTTPD_REPLY:
		pause_for(route->pause_ms);
		return reply(c, request, route, 0);
	case HTTPD_UNSAID:
		return reply(c, request, route, 0);
	case HTTPD_SHORT:
		return reply(c, request, route, 1);
	case HTTPD_LONG:
		return reply(c, request, route, -1);
	case HTTPD_ENDLESS:
		endless(c, route);
		return false;
	case HTTPD_SLOW_HEADERS:
		if (connection_puts(c, "HTTP/1.1 200 Scripted\r\nX-Slow: "))
			repeat(c, "x", slow_ms);
		return false;
	case HTTPD_SLOW_BODY:
		if (connection_puts(c, "HTTP/1.1 200 Scripted\r\n\r\n"))
			repeat(c, "x", slow_ms);
		return false;
	case HTTPD_SILENT:
		while (connection_read(c, &byte, 1) > 0)
			;
		return false;
	case HTTPD_HUGE_HEADERS:
		if (connection_puts(c, "HTTP/1.1 200 Scripted\r\n"))
			repeat(
			    c, "X-Huge: 0123456789abcdef0123456789abcdef0123456789abcdef\r\n", 0);
		return false;
	case HTTPD_GARBAGE:
		connection_puts(c, "\x7f"
				   "ELF this is no protocol at all\n");
		return false;
	case HTTPD_LARGE:
	case HTTPD_LARGE_WHOLE:
	case HTTPD_LARGE_WRONG:
	case HTTPD_LARGE_STALLS:
	case HTTPD_TRICKLE:
		return httpd_large(c, request, route);
	case HTTPD_CLOSE:
		return false;
	case HTTPD_RESET:
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		return false;
	}
	return false;
}

static void *
serve(void *arg)
{
	struct connection *c = arg;
	struct httpd_request request;
	bool up = true;

	if (server.tls != NULL) {
		c->ssl = SSL_new(server.tls);
		SSL_set_fd(c->ssl, c->fd);
		up = SSL_accept(c->ssl) == 1;
	}
	while (up && connection_request(c, &request)) {
		record(&request);
		up = answer(c, &request);
	}
	connection_free(c);
	return NULL;
}

static SSL_CTX *
tls_context(const struct httpd_tls *tls)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	BIO *bio = BIO_new_mem_buf(tls->certificate, -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	EVP_PKEY *key;

	BIO_free(bio);
	bio = BIO_new_mem_buf(tls->key, -1);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	if (SSL_CTX_use_certificate(ctx, x) != 1 || SSL_CTX_use_PrivateKey(ctx, key) != 1)
		_exit(3);
	X509_free(x);
	EVP_PKEY_free(key);
	if (tls->client_ca != NULL) {
		bio = BIO_new_mem_buf(tls->client_ca, -1);
		x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x);
		SSL_CTX_add_client_CA(ctx, x);
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"httpd", 5);
		X509_free(x);
		BIO_free(bio);
	}
	return ctx;
}

static void __attribute__((noreturn)) run(int listener, pid_t parent, const struct httpd_tls *tls)
{
	struct connection *c;
	pthread_attr_t detached;
	pthread_t thread;
	sigset_t none;
	int fd;

	/* Check's handler would end the whole group of the tests; and without the test there is no
	 * server. */
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(3);
	/* What the test has open is not kept open by its server. */
	for (fd = 3; fd < 256; fd++)
		if (fd != listener)
			close(fd);
	if (tls != NULL)
		server.tls = tls_context(tls);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		c = xcalloc(1, sizeof(*c));
		c->fd = fd;
		c->number = ++server.connections;
		if (pthread_create(&thread, &detached, serve, c) != 0)
			_exit(3);
	}
}

static int
listen_somewhere(unsigned *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, n), 0);
	ck_assert_int_eq(listen(fd, 64), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

struct httpd *
httpd_start(const struct httpd_route *routes, const struct httpd_tls *tls)
{
	struct httpd *h = xcalloc(1, sizeof(*h));
	int listener = listen_somewhere(&h->port);
	pid_t parent = getpid();
	size_t n;

	for (n = 0; routes[n].path != NULL; n++)
		ck_assert_uint_lt(n, MAX_ROUTES);
	h->tls = tls != NULL;
	h->shared = mmap(
	    NULL, sizeof(*h->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(h->shared, MAP_FAILED);
	h->pid = process_fork();
	if (h->pid == 0) {
		server.routes = routes;
		server.port = h->port;
		server.shared = h->shared;
		run(listener, parent, tls);
	}
	close(listener);
	return h;
}

unsigned
httpd_port(const struct httpd *h)
{
	return h->port;
}

char *
httpd_url(const struct httpd *h, const char *path)
{
	return xasprintf("%s://127.0.0.1:%u%s", h->tls ? "https" : "http", h->port, path);
}

size_t
httpd_count(const struct httpd *h)
{
	return atomic_load(&h->shared->n);
}

const struct httpd_request *
httpd_request(const struct httpd *h, size_t i)
{
	ck_assert_uint_lt(i, httpd_count(h));
	return &h->shared->requests[i];
}

const struct httpd_request *
httpd_last(const struct httpd *h)
{
	size_t n = httpd_count(h);

	return n > 0 ? &h->shared->requests[n - 1] : NULL;
}

void
httpd_stop(struct httpd *h)
{
	if (h == NULL)
		return;
	kill(h->pid, SIGKILL);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	munmap(h->shared, sizeof(*h->shared));
	free(h);
}

unsigned
httpd_closed_port(void)
{
	unsigned port;

	close(listen_somewhere(&port));
	return port;
}
