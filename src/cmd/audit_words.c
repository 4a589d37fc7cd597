/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/image_name.h"

enum outcome
audit_outcome(const struct audit_shown *a)
{
	enum outcome outcome = verdict_outcome(&a->report->verdict);

	if (a->stopped || (a->report->interrupted && outcome == OUTCOME_PROVEN))
		return OUTCOME_UNDECIDED;
	return outcome;
}

enum reason
audit_reason(const struct audit_shown *a)
{
	enum reason reason = verdict_reason(&a->report->verdict);

	if (audit_outcome(a) != OUTCOME_PROVEN && reason == REASON_ACCEPTED)
		return REASON_TIMED_OUT;
	return reason;
}

const char *
audit_architecture(const char *go)
{
	const char *word = image_machine(go);

	return word != NULL ? word : go;
}

const char *
audit_blobs_word(enum audit_blobs blobs)
{
	switch (blobs) {
	case AUDIT_BLOBS_PRESENT:
		return "present";
	case AUDIT_BLOBS_VERIFY:
		return "verify";
	case AUDIT_BLOBS_NONE:
	case AUDIT_BLOBS_UNSET:
		break;
	}
	return "none";
}

char *
audit_size(uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
	double size = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes < 1024)
		return xasprintf("%" PRIu64 " bytes", bytes);
	while (size >= 1024 && unit + 1 < ARRAY_LEN(units)) {
		size /= 1024;
		unit++;
	}
	return xasprintf("%.1f %s", size, units[unit]);
}

size_t
audit_named_components(const struct audit_report *r)
{
	size_t most = 0;

	for (size_t i = 0; i < r->n_releases; i++)
		if (r->releases[i].references.n > most)
			most = r->releases[i].references.n;
	return most;
}

const char *
audit_pullspec(const struct release_component *c)
{
	return c->pullspec != NULL ? c->pullspec : "";
}

static bool
same_references(const struct image_references *a, const struct image_references *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i].name, b->v[i].name) != 0 ||
		    strcmp(audit_pullspec(&a->v[i]), audit_pullspec(&b->v[i])) != 0)
			return false;
	return true;
}

bool
audit_same_references(const struct audit_report *r)
{
	for (size_t i = 1; i < r->n_releases; i++)
		if (!same_references(&r->releases[0].references, &r->releases[i].references))
			return false;
	return true;
}

/*
 * --- what to do ---------------------------------------------------------------------------------
 */

size_t
audit_problem_count(const struct audit_report *r, enum audit_problem_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_problems; i++)
		n += r->problems[i].kind == kind;
	return n;
}

const char *
audit_problem_step(enum audit_problem_kind kind)
{
	switch (kind) {
	case PROBLEM_MISSING_MANIFEST:
		return "mirror the release again, by digest and with all architectures; if the "
		       "image is in another repository, say where with --mirror";
	case PROBLEM_CORRUPT_MANIFEST:
	case PROBLEM_CORRUPT_BLOB:
		return "do not use this mirror before you know why it has other bytes; then delete "
		       "the image there and mirror it again";
	case PROBLEM_UNSUPPORTED_MANIFEST:
		return "these are the bytes that were named, and no image that a node can run: ask "
		       "whoever published the release";
	case PROBLEM_MISSING_BLOB:
	case PROBLEM_BLOB_SIZE:
		return "the image was not copied whole, or the mirror lost a part: delete it there "
		       "and mirror it again";
	case PROBLEM_NO_IMAGE_REFERENCES:
	case PROBLEM_NO_METADATA:
		return "is it the release image, and not one of its components? what it refers to "
		       "is not known without this file";
	case PROBLEM_BAD_COMPONENT:
		return "what was signed is wrong here, and no mirror can mend it: ask whoever "
		       "published the release";
	case PROBLEM_VERSION:
	case PROBLEM_ARCHITECTURE:
		return "do not use this image: it is not what its name says, and clusters refuse "
		       "it; look whether the mirror has it under a wrong tag";
	case PROBLEM_NO_SIGSTORE:
		return "nodes will refuse the image, as clusters do that update to 4.21 or later "
		       "(\"A signature was required, but no signature exists\"): copy the "
		       "signature "
		       "to the mirror";
	case PROBLEM_BAD_SIGSTORE:
		return "nodes will refuse the image: copy the signature to the mirror again, over "
		       "what is there";
	case PROBLEM_BAD_POLICY:
		return "whether nodes will demand sigstore signatures is not known; ask whoever "
		       "published the release";
	case PROBLEM_UNREACHABLE:
		return "nothing is known of it: see that it can be reached, and run the audit "
		       "again";
	case PROBLEM_UNSET:
		break;
	}
	return "";
}

/*
 * The repository of a manifest's URL, HOST/PATH; what is no such URL, and what is no name of an
 * image, gives false. For a command line: a reference has no characters that mean anything there.
 */
static bool
repository_of_url(struct reference *out, const char *url)
{
	const char *host = url != NULL ? strstr(url, "://") : NULL;
	const char *path = host != NULL ? strstr(host + 3, "/v2/") : NULL;
	const char *end = path != NULL ? strstr(path, "/manifests/") : NULL;
	AUTO_STR char *text = NULL;
	AUTO(err) no = ERR_INIT;

	if (end == NULL || !text_starts_with(url, "http"))
		return false;
	host += 3;
	text = xasprintf("%.*s/%.*s", (int)(path - host), host, (int)(end - path - 4), path + 4);
	return reference_parse(out, text, &no) == 0;
}

/* The component of that name with that digest, in any of the releases. */
static const struct audit_component *
find_component(const struct audit_report *r, const struct audit_problem *p)
{
	for (size_t i = 0; i < r->n_releases; i++)
		for (size_t k = 0; k < r->releases[i].n_components; k++) {
			const struct audit_component *c = &r->releases[i].components[k];

			if (c->named != NULL && strcmp(c->named->name, p->component) == 0)
				return c;
		}
	return NULL;
}

/* Where what was signed by that name is published. */
static bool
source_of(struct reference *out, const struct audit_report *r, const struct audit_component *c)
{
	AUTO(err) no = ERR_INIT;

	if (c == NULL)
		return r->image.accepted != NULL &&
		       r->image.accepted->payload.claimed_reference != NULL &&
		       reference_parse(out, r->image.accepted->payload.claimed_reference, &no) == 0;
	if (!reference_is_set(&c->named->image))
		return false;
	reference_copy(out, &c->named->image);
	return true;
}

char *
audit_problem_command(const struct audit_report *r, const struct audit_problem *p)
{
	const struct audit_component *c = p->component != NULL ? find_component(r, p) : NULL;
	AUTO(reference) source = REFERENCE_INIT;
	AUTO(reference) mirror = REFERENCE_INIT;
	AUTO_STR char *from = NULL;
	AUTO_STR char *to = NULL;
	bool known;

	if ((p->kind != PROBLEM_NO_SIGSTORE && p->kind != PROBLEM_BAD_SIGSTORE) ||
	    !digest_is_sha256(&p->digest) || (p->component != NULL && c == NULL) ||
	    !source_of(&source, r, c))
		return NULL;
	known = repository_of_url(&mirror, p->where) ||
		repository_of_url(&mirror, c != NULL ? c->image.where : r->image.manifest_location);
	/* What is missing at its source cannot be copied from there. */
	if (known && reference_same_repository(&source, &mirror))
		return NULL;
	from = reference_repository(&source);
	to = known ? reference_repository(&mirror) : xstrdup("MIRROR/REPOSITORY");
	return xasprintf("skopeo copy docker://%s:sha256-%s.sig docker://%s:sha256-%s.sig", from,
	    digest_hex(&p->digest), to, digest_hex(&p->digest));
}
