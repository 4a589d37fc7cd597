/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/image.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "verify/work.h"

/*
 * --- OpenPGP signatures -------------------------------------------------------------------------
 */

/* Every blob of one store, until one is accepted. */
static void
try_store(struct work *w, const struct demand *d, const char *store, struct store_iter *it)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum store_item item = STORE_ITEM;
	size_t found = 0;

	while (work_wants(w, d) && item == STORE_ITEM && !work_time_is_up(w)) {
		struct attempt *a;
		char *location = NULL;

		item = store_next(it, &blob, &location, &e);
		switch (item) {
		case STORE_ITEM:
			found++;
			a = work_attempt(w, d, store, location, blob.n);
			work_judge_openpgp(w, d, a, buf_bytes(&blob));
			break;
		case STORE_END:
			free(location);
			if (found > 0)
				break;
			a = work_attempt(w, d, store, NULL, 0);
			(void)err_set(&e, E_NOT_FOUND, "no signature for this digest");
			work_close_attempt(w, d, a, OUTCOME_REFUSED, REASON_NO_SIGNATURE, &e);
			break;
		case STORE_UNSET:
		case STORE_FAILED:
			a = work_attempt(w, d, store, location, 0);
			work_close_attempt(w, d, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
			break;
		}
	}
}

static void
try_signature_file(struct work *w, const struct demand *d, const char *path)
{
	struct attempt *a = work_attempt(w, d, "--signature", xstrdup(path), 0);
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (file_read_by(&blob, path, MAX_SIGNATURE_BYTES, &w->run->options->deadline, &e) != 0) {
		work_close_attempt(w, d, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
		return;
	}
	a->bytes = blob.n;
	work_judge_openpgp(w, d, a, buf_bytes(&blob));
}

static void
try_store_of_run(struct work *w, const struct demand *d, size_t i)
{
	const struct run_store *store = &w->run->options->stores->v[i];
	size_t first = w->report->n_attempts;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(err) e = ERR_INIT;

	if (i == 0 && w->first_store != NULL) {
		it = steal(&w->first_store);
	} else if (stores_find(&it, store, subject_digest(w->subject), w->run->http, &e) != 0) {
		struct attempt *a = work_attempt(w, d, store->name, NULL, 0);

		work_close_attempt(w, d, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
		return;
	}
	try_store(w, d, store->name, it);
	for (; first < w->report->n_attempts && stores_layouts(store) != NULL; first++)
		w->report->attempts[first].layout = xstrdup(stores_layouts(store));
}

/* Default stores are on the network: a run that does not touch it does without them. */
static bool
asks_stores(const struct work *w)
{
	const struct image_options *o = w->run->options;

	return o->openpgp &&
	       !(o->stores_are_default && (o->places != NULL || http_is_offline(w->run->http)));
}

/* --signature, or what the image brings; then the stores, in order. */
static void
try_openpgp(struct work *w, const struct demand *d, struct source *source)
{
	const struct image_options *o = w->run->options;
	AUTO_PTR(store_iter) own = NULL;
	size_t before;

	for (size_t i = 0; i < o->n_signature_files && work_wants(w, d) && !work_time_is_up(w); i++)
		try_signature_file(w, d, o->signature_files[i]);
	before = w->report->n_attempts;
	if (o->n_signature_files == 0)
		own = source_signatures(source, subject_digest(w->subject));
	if (own != NULL)
		try_store(w, d, work_store_word(w), own);
	/* An image that brings signatures speaks for itself, unless the user names a store. */
	if (o->stores_are_default && w->report->n_attempts > before &&
	    w->report->attempts[before].location != NULL)
		return;
	for (size_t i = 0;
	     asks_stores(w) && i < o->stores->n && work_wants(w, d) && !work_time_is_up(w); i++)
		try_store_of_run(w, d, i);
}

/*
 * --- the image ----------------------------------------------------------------------------------
 */

/* The image as it is signed, wherever its bytes come from. */
static void
signed_reference(struct reference *out, const struct work *w)
{
	const struct reference *image = &w->name.reference;

	reference_copy(out, w->run->options->identity);
	if (out->tag != NULL || digest_is_set(&out->digest))
		return;
	if (image->tag != NULL)
		out->tag = xstrdup(image->tag);
	else
		out->digest = *subject_digest(w->subject);
}

/* A demand by a key alone, for the name that a release has. */
static struct demand *
want_by_key(struct work *w, enum scheme scheme, const char *what)
{
	size_t i = work_require(w, scheme_word(scheme), NULL, what);
	struct demand *d = work_demand(w, i, scheme);

	identity_for_image(&d->identity, w->run->options->identity, w->name.reference.tag);
	w->report->requirements[i].identity = identity_describe(&d->identity);
	return d;
}

/* What is wanted of every image of the run; what a ClusterImagePolicy wants comes later. */
static void
want_signatures(struct work *w)
{
	const struct image_options *o = w->run->options;
	struct demand *d;

	if (o->openpgp) {
		d = want_by_key(w, SCHEME_OPENPGP, "a trusted key signed this image by its name");
		d->optional = PAYLOAD_OPTIONAL_MAY_BE_ABSENT;
	}
	if (o->sigstore && o->sigstore_keys != NULL) {
		d = want_by_key(
		    w, SCHEME_SIGSTORE, "a trusted sigstore key signed this image by its name");
		d->optional = PAYLOAD_OPTIONAL_REQUIRED;
		d->sigstore =
		    (struct sigstore_trust){ .root = SIGSTORE_ROOT_KEYS, .keys = o->sigstore_keys };
	}
}

/* The policies that a cluster would apply to the image, under the name that it is signed by. */
static const struct cluster_image_policy **
find_cluster_policies(struct work *w, struct reference *image, size_t *n, struct err *e)
{
	const struct cluster_image_policies *all = w->run->options->cluster_policies;
	const struct cluster_image_policy **found;
	AUTO(scopes) scopes = SCOPES_INIT;

	*n = 0;
	signed_reference(image, w);
	if (scopes_of_reference(&scopes, image, e) != 0)
		return NULL;
	found = cluster_image_policies_find(all, &scopes, n);
	if (*n == 0)
		(void)err_set(
		    e, E_USAGE, "no ClusterImagePolicy that is given is for %s", scopes.v[0]);
	return found;
}

/* first: the requirement that stands for them until they are known. */
static void
want_by_cluster_policies(struct work *w, size_t first)
{
	const struct image_options *o = w->run->options;
	const struct cluster_image_policy **found;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;
	size_t n;

	found = find_cluster_policies(w, &image, &n, &e);
	if (n == 0)
		verdict_undecided(&w->report->verdict, w->report->requirements[first].obligation,
		    REASON_USAGE, err_msg(&e));
	for (size_t i = 0; i < n; i++) {
		size_t k = i == 0 ? first
				  : work_require(w, scheme_word(SCHEME_SIGSTORE), found[i]->name,
					"the ClusterImagePolicy");

		if (w->report->requirements[k].place == NULL)
			w->report->requirements[k].place = xstrdup(found[i]->name);
		work_demand_of(w, k, &o->cluster_keys[found[i] - o->cluster_policies->v], &image);
	}
	free(found);
}

/* instance: of the list that the name stands for; NULL: what it stands for itself. */
static int
read_name(struct work *w, const char *name, const struct digest *instance, struct err *e)
{
	const struct image_options *o = w->run->options;
	AUTO(identity) identity = IDENTITY_INIT;

	if (image_name_parse(&w->name, name, o->machine, e) != 0)
		return -1;
	if (o->policy == NULL) {
		identity_for_image(&identity, o->identity, w->name.reference.tag);
		w->report->expected_identity = identity_describe(&identity);
	}
	w->asked = instance != NULL ? *instance : w->name.reference.digest;
	w->report->digest = w->asked;
	w->report->digest_only = o->digest_only;
	if (o->digest_only && !digest_is_set(&w->asked))
		return err_set(e, E_USAGE, "--digest-only needs the digest: write NAME@sha256:HEX");
	return 0;
}

/* When the digest is known, ask for its signature while the manifest is on its way. */
static void
ask_first_store(struct work *w)
{
	const struct image_options *o = w->run->options;
	AUTO(err) e = ERR_INIT;

	if (w->name.kind != IMAGE_REGISTRY || !digest_is_set(&w->asked) || !asks_stores(w) ||
	    o->stores->n == 0 || !store_needs_network(o->stores->v[0].name))
		return;
	/*
	 * What goes wrong here goes wrong again when the store's turn comes, and is reported then.
	 */
	if (stores_find(&w->first_store, &o->stores->v[0], &w->asked, w->run->http, &e) != 0)
		w->first_store = NULL;
}

static void
work_by_keys(struct work *w, struct source *source, size_t cluster)
{
	const struct image_options *o = w->run->options;
	AUTO(err) e = ERR_INIT;

	ask_first_store(w);
	if (!work_find_subject(w, source))
		return;
	if (o->openpgp)
		try_openpgp(w, &w->demands[0], source);
	if (o->openpgp && w->report->n_attempts == 0 && !work_time_is_up(w)) {
		(void)err_set(&e, E_USAGE,
		    "nowhere to look for a signature: %s, and none of --store, --signature and "
		    "--signature-configmap is given",
		    o->places != NULL ? "--from has none" : "offline");
		work_no_verdict(w, &e);
		return;
	}
	if (o->cluster_policies != NULL)
		want_by_cluster_policies(w, cluster);
	if (o->sigstore && !work_time_is_up(w))
		work_try_sigstore(w, source);
}

static void
note_accepted(struct image_report *r)
{
	for (size_t i = 0; i < r->n_requirements && r->accepted == NULL; i++)
		if (r->requirements[i].accepted > 0)
			r->accepted = &r->attempts[r->requirements[i].accepted - 1];
}

static bool
has_accepted_sigstore(const struct image_report *r)
{
	for (size_t i = 0; i < r->n_attempts; i++)
		if (r->attempts[i].scheme == SCHEME_SIGSTORE &&
		    r->attempts[i].outcome == OUTCOME_PROVEN)
			return true;
	return false;
}

/*
 * The whole image that holds sigstore signatures, for another registry, from the place that gave
 * the manifest: with mirrors, the image's own registry need not be one that may be asked.
 */
static void
keep_attachment(struct work *w, const struct source *source)
{
	struct image_report *r = w->report;
	const struct image_options *o = w->run->options;
	const struct reference *place = source_reference(source);
	bool fetched = !o->digest_only && o->manifest_file == NULL;
	AUTO(err) e = ERR_INIT;

	if (!o->keep || place == NULL || o->n_signature_files > 0 || !has_accepted_sigstore(r))
		return;
	if (!fetched && o->mirrors != NULL && o->mirrors->n > 0)
		(void)err_set(&e, E_NOT_FOUND, "no mirror gave a manifest to look beside");
	else if (attachment_copy(&r->attachment_kept, w->run->registry, place, &r->digest, &e) == 0)
		return;
	r->attachment_failure = xstrdup(err_msg(&e));
}

void
image_verify_instance(const struct image_run *run, const char *name, const struct digest *instance,
    struct image_report *out)
{
	const struct image_options *o = run->options;
	struct source_options so = { .registry = run->registry,
		.mirrors = o->mirrors,
		.places = o->places,
		.directory = o->directory,
		.manifest_file = o->manifest_file,
		.deadline = o->deadline };
	AUTO(work) w = { .run = run, .report = out };
	AUTO_PTR(source) source = NULL;
	AUTO(err) e = ERR_INIT;
	size_t cluster = 0;
	int named;

	*out = (struct image_report)IMAGE_REPORT_INIT;
	out->given = xstrdup(name);
	named = read_name(&w, name, instance, &e);
	if (o->policy == NULL)
		want_signatures(&w);
	if (o->cluster_policies != NULL)
		cluster =
		    work_require(&w, scheme_word(SCHEME_SIGSTORE), NULL, "the ClusterImagePolicy");
	if (named != 0) {
		if (out->n_requirements == 0)
			(void)work_require(&w, "policy", NULL, "the policy decides");
		work_no_verdict(&w, &e);
		return;
	}
	source = source_open(&w.name, &so);
	if (instance != NULL)
		source_select(source, instance);
	if (o->policy != NULL)
		work_under_policy(&w, source);
	else if (!work_time_is_up(&w))
		work_by_keys(&w, source, cluster);
	source_take_asked(source, &out->asked);
	note_accepted(out);
	keep_attachment(&w, source);
}

void
image_verify(const struct image_run *run, const char *name, struct image_report *out)
{
	image_verify_instance(run, name, NULL, out);
}
