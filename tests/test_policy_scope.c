/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <check.h>

#include "formats/policy_scope.h"
#include "rows.h"
#include "suites.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *transport, *scope, *part;
} refused[] = {
	{ "dir", "quay.io/a", "not an absolute path" },
	{ "dir", "a/b", "not an absolute path" },
	{ "dir", "/", "not \"/\"" },
	{ "dir", "/a/", "needless" },
	{ "dir", "/a//b", "needless" },
	{ "dir", "/a/./b", "needless" },
	{ "dir", "/a/../b", "needless" },
	{ "oci", "a", "not an absolute path" },
	{ "oci-archive", "/", "not \"/\"" },
	{ "sif", "/a/..", "needless" },
	{ "docker-archive", "/a", "no scope but \"\"" },
	{ "tarball", "/a", "no scope but \"\"" },
	{ "atomic", "host/ns:tag", "not HOST" },
	{ "atomic", "host/ns:", "not HOST" },
	{ "atomic", "host/ns/stream/x", "not HOST" },
	{ "atomic", "host/ns/stream:tag:x", "not HOST" },
	{ "atomic", "host/ns/stream:tag/x", "not HOST" },
	{ "atomic", "host/ns/stream/", "not HOST" },
	{ "docker-daemon", "sha256:" HEX64, "a digest" },
	{ "containers-storage", "quay.io/a", "not [DRIVER@ROOT]" },
	{ "containers-storage", "[/root", "not [DRIVER@ROOT]" },
	{ "containers-storage", "[]", "neither an absolute path" },
	{ "containers-storage", "[root]", "neither an absolute path" },
	{ "containers-storage", "[overlay@root]", "neither an absolute path" },
	{ "containers-storage", "[overlay@]", "neither an absolute path" },
	{ "containers-storage", "[@/root]", "neither an absolute path" },
	{ "containers-storage", "[overlay]/root@" HEX64, "neither an absolute path" },
	{ "containers-storage", "[/root]a@b", "neither a digest" },
	{ "containers-storage", "[/root]a@", "neither a digest" },
	{ "containers-storage", "[/root]a@sha256:" HEX64 "@", "neither a digest" },
	{ "containers-storage", "[/root]a@" HEX64 "@" HEX64, "neither a digest" },
	{ "containers-storage", "[/root]a@sha256:" HEX64 "@" HEX64 "@" HEX64, "neither a digest" },
};

START_TEST(refuses)
{
	AUTO(err) e = ERR_INIT;
	int r = policy_scope_check(refused[_i].transport, refused[_i].scope, "here", &e);

	row_refused(refused[_i].scope, r, &e, E_INVALID, refused[_i].part);
	row_refused(refused[_i].scope, r, &e, E_INVALID, "here: ");
}
END_TEST

static const struct {
	const char *transport, *scope;
} accepted[] = {
	{ "dir", "" },
	{ "dir", "/a" },
	{ "dir", "/a/b.c/..d" },
	{ "oci", "/a" },
	{ "oci-archive", "/a/b:c" },
	{ "sif", "/a" },
	{ "docker-archive", "" },
	{ "tarball", "" },
	{ "atomic", "" },
	{ "atomic", "host:5000" },
	{ "atomic", "*.example.com" },
	{ "atomic", "host:5000/ns" },
	{ "atomic", "host/" },
	{ "atomic", "host/ns/stream" },
	{ "atomic", "host/ns/stream:tag" },
	{ "docker-daemon", "" },
	{ "docker-daemon", "docker.io/library/busybox:latest" },
	{ "docker-daemon", "sha256:" },
	{ "containers-storage", "" },
	{ "containers-storage", "[/root]" },
	{ "containers-storage", "[overlay@/root]" },
	{ "containers-storage", "[overlay@/root]quay.io/a:1" },
	{ "containers-storage", "[/root]@" HEX64 },
	{ "containers-storage", "[/root]a:1@sha256:" HEX64 },
	{ "containers-storage", "[/root]a:1@sha256:" HEX64 "@" HEX64 },
	{ "docker", "" },
	{ "docker", "no such: scope//" },
	{ "unknown", "/a/.." },
	{ "", "/" },
};

START_TEST(accepts)
{
	AUTO(err) e = ERR_INIT;
	int r = policy_scope_check(accepted[_i].transport, accepted[_i].scope, "here", &e);

	row_accepted(accepted[_i].scope, r, &e);
}
END_TEST

Suite *
policy_scope_suite(void)
{
	Suite *s = suite_create("policy_scope");
	TCase *t = tcase_create("policy_scope");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, (int)ARRAY_LEN(accepted));
	suite_add_tcase(s, t);
	return s;
}
