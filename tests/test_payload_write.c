/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>

#include "base/buf.h"
#include "formats/payload.h"
#include "formats/payload_write.h"
#include "rows.h"
#include "suites.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX64

static const struct {
	const char *name, *reference, *written;
	const char *creator;
	int64_t timestamp;
} rows[] = {
	{ "a tag", "quay.io/a/b:1.2", "quay.io/a/b:1.2", "relsig 1", 1700000000 },
	{ "a digest", "quay.io/a/b@" DIGEST, "quay.io/a/b@" DIGEST, "relsig 1", 0 },
	{ "neither", "quay.io/a/b", "quay.io/a/b", "relsig 1", 1 },
	{ "both", "quay.io/a/b:1@" DIGEST, "quay.io/a/b:1@" DIGEST, "relsig 1", 1 },
	{ "a port", "registry.local:5000/a:1", "registry.local:5000/a:1", "relsig 1", 1 },
	{ "normalised", "busybox:1", "docker.io/library/busybox:1", "relsig 1", 1 },
	{ "a creator that JSON must escape", "quay.io/a/b:1", "quay.io/a/b:1", "a \"b\" \\ \n\x01",
	    1 },
	{ "no creator to speak of", "quay.io/a/b:1", "quay.io/a/b:1", "", 1 },
	{ "after 2038", "quay.io/a/b:1", "quay.io/a/b:1", "relsig 1", 4102444800 },
};

static void
write_row(struct buf *out, size_t i)
{
	AUTO(reference) name = REFERENCE_INIT;
	struct digest digest;
	AUTO(err) e = ERR_INIT;

	row_accepted(rows[i].name, reference_parse(&name, rows[i].reference, &e), &e);
	row_accepted(rows[i].name, digest_parse(&digest, bytes_of_str(DIGEST), &e), &e);
	payload_write(out, &name, &digest, rows[i].creator, rows[i].timestamp);
}

/* Under the strictest reading, not a byte of what was written is another. */
START_TEST(reads_back)
{
	const char *name = rows[_i].name;
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&text, "what was there");
	write_row(&text, (size_t)_i);
	row_accepted(name,
	    payload_parse(&p, buf_bytes(&text), PAYLOAD_ATOMIC, PAYLOAD_OPTIONAL_REQUIRED, &e), &e);
	row_string(name, "reference", p.claimed_reference, rows[_i].written);
	row_string(name, "digest", p.claimed_digest.text, DIGEST);
	row_string(name, "creator", p.creator, rows[_i].creator);
	ck_assert_msg(p.has_timestamp && p.timestamp == rows[_i].timestamp, "%s: timestamp", name);
}
END_TEST

/* It is no payload of the other kind. */
START_TEST(is_not_cosigns)
{
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	write_row(&text, 0);
	row_refused("as cosign's",
	    payload_parse(&p, buf_bytes(&text), PAYLOAD_COSIGN, PAYLOAD_OPTIONAL_REQUIRED, &e), &e,
	    E_INVALID, "\"type\" is");
}
END_TEST

/* To the letter what skopeo writes: members in this order, no white space. */
START_TEST(is_skopeos)
{
	AUTO(buf) text = BUF_INIT;

	write_row(&text, 0);
	ck_assert_str_eq(buf_str(&text),
	    "{\"critical\":{\"identity\":{\"docker-reference\":\"quay.io/a/b:1.2\"},"
	    "\"image\":{\"docker-manifest-digest\":\"" DIGEST "\"},"
	    "\"type\":\"atomic container signature\"},"
	    "\"optional\":{\"creator\":\"relsig 1\",\"timestamp\":1700000000}}");
}
END_TEST

Suite *
payload_write_suite(void)
{
	Suite *s = suite_create("payload_write");
	TCase *t = tcase_create("payload_write");

	tcase_add_test(t, is_not_cosigns);
	tcase_add_loop_test(t, reads_back, 0, ARRAY_LEN(rows));
	tcase_add_test(t, is_skopeos);
	suite_add_tcase(s, t);
	return s;
}
