/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an audit, or the verification of files, has done so far and has yet to do. */
#ifndef RELSIG_VERIFY_PROGRESS_COUNTS_H
#define RELSIG_VERIFY_PROGRESS_COUNTS_H

#include "base/base.h"

/* What is going on, for whoever shows it; read by another thread at any time. */
struct progress_counts {
	_Atomic size_t manifests_done, manifests_known;
	_Atomic size_t blobs_done, blobs_known;
	_Atomic uint64_t bytes_done, bytes_known; /* of blobs that are hashed */
	_Atomic size_t problems;
	/* Of verify-files, which has nothing but these and bytes_done. */
	bool of_files;
	_Atomic size_t files_done, files_known;
};

#endif
