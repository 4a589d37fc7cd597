/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verify_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "cmd/command.h"
#include "cmd/report_json.h"
#include "cmd/report_text.h"

static void
print_buf(const struct buf *b)
{
	if (b->n > 0)
		fwrite(b->p, 1, b->n, stdout);
}

/* One image: a line of the JSON report, or text. */
static void
report_image(const struct verify_report *r, json_t *images, const struct image_report *image)
{
	AUTO(buf) text = BUF_INIT;

	/* A report without one of its images would say less than its exit status. */
	if (images != NULL && json_array_append_new(images, report_json_image(image)) != 0)
		must_have(NULL);
	if (!r->settings->json && !r->settings->quiet)
		report_text(&text, image, r->settings->verbose);
	print_buf(&text);
	fflush(stdout);
	if (image->attachment_failure != NULL && !r->settings->quiet)
		print_error("note: %s: the image with its sigstore signatures is not saved: %s",
		    image->given, image->attachment_failure);
}

/* The keys by which something was accepted are among these; the array is for free(). */
static const struct public_keys **
sigstore_keys(const struct verify_wanted *w, size_t *n)
{
	const struct public_keys **v = NULL;

	*n = 0;
	*LIST_ADD(v, *n) = &w->sigstore_keys;
	for (size_t i = 0; i < w->n_cluster_keys; i++)
		*LIST_ADD(v, *n) = &w->cluster_keys[i].sigstore;
	for (size_t i = 0; i < w->policy.n; i++)
		*LIST_ADD(v, *n) = &w->policy.v[i].sigstore;
	return v;
}

static int
save(const struct verify_report *r, const struct buf *report)
{
	struct save_keys keys = { .openpgp = &r->keys->keys.certificates };
	const struct public_keys **sigstore = sigstore_keys(r->wanted, &keys.n_sigstore);
	AUTO(err) e = ERR_INIT;
	int result;

	keys.sigstore = sigstore;
	result = save_write(r->save, &keys, r->machine, buf_bytes(report), &r->deadline, &e);
	free(sigstore);
	if (result != 0)
		(void)fail(r->command, &e);
	return result;
}

/* For people. */
static void
tell_saved(const struct verify_report *r)
{
	size_t n = save_images(r->save), without = save_without_manifest(r->save);
	AUTO_STR char *directory = text_escaped(r->settings->output);

	if (r->settings->json || r->settings->quiet)
		return;
	printf("saved: %zu image%s to %s\n", n, n == 1 ? "" : "s", directory);
	if (without > 0)
		printf("  of %zu only the signatures: no manifest was fetched\n", without);
}

int
verify_report_print(const struct verify_report *r, struct batch *batch)
{
	bool as_json = r->settings->json || r->save != NULL;
	json_t *images = as_json ? must_have(json_array()) : NULL;
	AUTO(image_report) image = IMAGE_REPORT_INIT;
	AUTO(buf) text = BUF_INIT;
	struct tally tally = { 0 };
	int status;

	while (batch_next(batch, &image)) {
		tally_add(&tally, &image.verdict);
		report_image(r, images, &image);
		if (r->save != NULL)
			save_take(r->save, &image);
		image_report_free(&image);
	}
	status = tally_exit_status(&tally);
	if (images != NULL)
		report_json_text(&text,
		    report_json_document(r->command, images,
			r->save != NULL && save_images(r->save) > 0 ? r->settings->output : NULL,
			*r->keys_found ? r->keys : NULL, openpgp_gpg_version(r->openpgp),
			r->confined, &tally, (int64_t)time(NULL)));
	/* What is not saved is not accepted, whatever the report was going to say. */
	if (r->save != NULL && save_images(r->save) > 0) {
		if (save(r, &text) != 0)
			return finish_output(status == STATUS_REFUSED ? status : STATUS_NO_VERDICT);
		tell_saved(r);
	}
	if (r->settings->json)
		print_buf(&text);
	return finish_output(status);
}
