/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/image_report.h"

#include <stdlib.h>

const char *
scheme_word(enum scheme scheme)
{
	switch (scheme) {
	case SCHEME_UNSET:
		break;
	case SCHEME_OPENPGP:
		return "openpgp";
	case SCHEME_SIGSTORE:
		return "sigstore";
	}
	return "";
}

static void
attempt_free(struct attempt *a)
{
	free(a->requirement);
	free(a->store);
	free(a->layout);
	free(a->location);
	free(a->detail);
	signature_facts_free(&a->facts);
	payload_free(&a->payload);
	buf_free(&a->kept);
}

static void
policy_report_free(struct policy_report *p)
{
	free(p->file);
	free(p->place);
	free(p->transport);
	free(p->scope);
	free(p->lookaside);
	free(p->lookaside_from);
	free(p->attachments_from);
}

void
image_report_free(struct image_report *r)
{
	for (size_t i = 0; i < r->n_attempts; i++)
		attempt_free(&r->attempts[i]);
	free(r->attempts);
	for (size_t i = 0; i < r->n_requirements; i++) {
		free(r->requirements[i].place);
		free(r->requirements[i].identity);
	}
	free(r->requirements);
	policy_report_free(&r->policy);
	free(r->given);
	free(r->expected_identity);
	asked_free(&r->asked);
	free(r->manifest_location);
	free(r->list.location);
	buf_free(&r->list.kept);
	buf_free(&r->manifest_kept);
	attachment_copy_free(&r->attachment_kept);
	free(r->attachment_failure);
	free(r->place.path);
	free(r->place.kind);
	verdict_free(&r->verdict);
	*r = (struct image_report)IMAGE_REPORT_INIT;
}
