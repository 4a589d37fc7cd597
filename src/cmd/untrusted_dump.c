/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig untrusted-dump */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "formats/packets.h"
#include "formats/payload.h"
#include "formats/signed_message.h"

static const struct subcommand command = { "untrusted-dump", "[OPTION...] SIGNATURE",
	"Show what a signature file claims. Nothing is verified: anybody can write such a file.",
	"Every line begins with UNTRUSTED. The exit status says only whether the file could be "
	"read." };

static void
dump_line(const char *label, const char *text)
{
	AUTO_STR char *escaped = text_escaped(text);

	printf("UNTRUSTED %-16s %s\n", label, escaped);
}

static void
dump_payload(const struct payload *p)
{
	AUTO_STR char *when = p->has_timestamp ? text_utc(p->timestamp) : NULL;

	dump_line("docker-reference", p->claimed_reference);
	dump_line("digest", p->claimed_digest.text);
	if (p->creator != NULL)
		dump_line("creator", p->creator);
	if (when != NULL)
		dump_line("timestamp", when);
}

static int
dump(struct bytes blob, struct err *e)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO_STR char *hash = NULL;
	AUTO_STR char *key = NULL;
	AUTO_STR char *packet = NULL;
	AUTO(buf) raw = BUF_INIT;

	if (signed_message_parse(&m, blob, MAX_INFLATED_BYTES, true, e) != 0)
		return -1;
	hash = pgp_hash_name(m.hash_algorithm);
	key = pgp_key_algorithm_name(m.key_algorithm);
	packet = xasprintf("version %u, %s, %s", m.signature_version, key, hash);
	dump_line("key-id", m.issuer);
	dump_line("signature-packet", packet);
	if (payload_parse(&p, signed_message_body(&m), PAYLOAD_ATOMIC,
		PAYLOAD_OPTIONAL_MAY_BE_ABSENT, e) == 0) {
		dump_payload(&p);
		return 0;
	}
	/* Not a payload that could ever be accepted; show what there is all the same. */
	text_escape(&raw, signed_message_body(&m));
	printf("UNTRUSTED %-16s %s\n", "payload", buf_str(&raw));
	return err_wrap(e, "the payload");
}

int
cmd_untrusted_dump(int argc, char **argv)
{
	unsigned timeout_ms = 0;
	const struct option_row rows[] = {
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	AUTO(string_list) arguments = STRING_LIST_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	struct deadline deadline;
	int status;

	if (!read_arguments(&command, rows, argc, argv, 1, &arguments, &status))
		return status;
	deadline = deadline_after(start, timeout_ms);
	if (cleanup_on_signals(&deadline, &e) != 0 ||
	    file_read_by(&blob, arguments.v[0], MAX_SIGNATURE_BYTES, &deadline, &e) != 0)
		return fail(command.name, &e);
	if (dump(buf_bytes(&blob), &e) == 0)
		return finish_output(0);
	print_error("%s: %s: %s", command.name, arguments.v[0], err_msg(&e));
	return finish_output(STATUS_REFUSED);
}
