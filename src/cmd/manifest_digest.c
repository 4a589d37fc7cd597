/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig manifest-digest */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "trust/subject.h"

static const struct subcommand command = { "manifest-digest", "[OPTION...] MANIFEST",
	"Print the digest of a manifest file: SHA-256 of its bytes.",
	"A manifest of which bytes would have to be stripped first (schema 1, signatures in it) is "
	"refused." };

int
cmd_manifest_digest(int argc, char **argv)
{
	unsigned timeout_ms = 0;
	const struct option_row rows[] = {
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	AUTO(string_list) arguments = STRING_LIST_INIT;
	AUTO_PTR(subject) subject = NULL;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	struct deadline deadline;
	int status;
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	if (!read_arguments(&command, rows, argc, argv, 1, &arguments, &status))
		return status;
	deadline = deadline_after(start, timeout_ms);
	if (cleanup_on_signals(&deadline, &e) != 0 ||
	    file_read_by(&manifest, arguments.v[0], MAX_MANIFEST_BYTES, &deadline, &e) != 0)
		return fail(command.name, &e);
	outcome = subject_from_manifest(&subject, buf_bytes(&manifest), NULL, &why, &e);
	if (outcome != OUTCOME_PROVEN) {
		print_error("%s: %s: %s", outcome == OUTCOME_REFUSED ? "refused" : "no verdict",
		    reason_word(why), err_msg(&e));
		return outcome == OUTCOME_REFUSED ? STATUS_REFUSED : STATUS_NO_VERDICT;
	}
	printf("%s\n", subject_digest(subject)->text);
	return finish_output(0);
}
