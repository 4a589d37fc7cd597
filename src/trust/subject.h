/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be proven signed: a manifest's digest, together with how it came to be known. */
#ifndef RELSIG_TRUST_SUBJECT_H
#define RELSIG_TRUST_SUBJECT_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/manifest.h"
#include "trust/reason.h"

/* Opaque, so that no expectation can be made from a digest that nobody asked for or computed. */
struct subject;

/*
 * From the raw bytes: SHA-256 of them all, equal to asked when that is set; the manifest must be of
 * a known, unambiguous kind. REFUSED with manifest-digest-mismatch or unsupported-manifest
 * otherwise.
 */
enum outcome subject_from_manifest(struct subject **out, struct bytes raw,
    const struct digest *asked, enum reason *why, struct err *e) RESULT_USED;
/* --digest-only: the digest was given and no manifest is looked at. UNDECIDED unless it is a sha256
 * one. */
enum outcome subject_from_digest(
    struct subject **out, const struct digest *given, enum reason *why, struct err *e) RESULT_USED;

const struct digest *subject_digest(const struct subject *s);
/* MANIFEST_UNSET for --digest-only. */
enum manifest_kind subject_manifest_kind(const struct subject *s);
void subject_free(struct subject *s);
AUTO_PTR_DEFINE(subject)

#endif
