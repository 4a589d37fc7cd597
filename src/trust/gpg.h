/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One run of gpg through GPGME, with a deadline, and everything that it said: evidence, not a
 * verdict. GPGME's return codes prove nothing (an unsigned message is a success); trust/openpgp
 * decides.
 */
#ifndef RELSIG_TRUST_GPG_H
#define RELSIG_TRUST_GPG_H

#include "base/base.h"
#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"

struct gpg;

/* One line of gpg's status output, raw. */
struct gpg_status {
	char *keyword; /* owned */
	char *args;    /* owned, "" when there are none */
};

/* What GPGME made of one signature; numbers are GPGME's. */
struct gpg_signature {
	unsigned status;	  /* gpg_err_code_t */
	unsigned summary;	  /* gpgme_sigsum_t */
	unsigned validity;	  /* gpgme_validity_t */
	unsigned validity_reason; /* gpg_err_code_t */
	bool wrong_key_usage;
	char *fingerprint; /* of the signing key when all is well, anything otherwise; owned */
};

struct gpg_result {
	unsigned op_error; /* gpg_err_code_t of the operation */
	char *op_message;  /* its text; owned */
	bool timed_out;	   /* the deadline passed; gpg was killed */
	bool capped;	   /* gpg wrote more than allowed; it was killed */
	bool talkative;	   /* gpg printed more for people than MAX_GPG_TALK_BYTES; it was killed */
	bool exited;	   /* gpg ended by exit(3) ... */
	int exit_status;   /* ... with this; meaningful when op_error is 0 */
	struct buf output; /* what gpg says was signed: untrusted until everything else fits */
	struct gpg_status *status;
	size_t n_status;
	struct gpg_signature *signatures;
	size_t n_signatures;
	char *diagnostics; /* gpg's own messages, untrusted and translated text; owned, may be "" */
};
#define GPG_RESULT_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}
void gpg_result_free(struct gpg_result *r);
AUTO_DEFINE(gpg_result)

/*
 * Find gpg (one process: gpg --version) and check that it is one that is known to work; E_TIMED_OUT
 * after GPG_TIMEOUT_MS or at the deadline. GNUPGHOME must be set by then. The process must be a
 * subreaper (children_adopt).
 */
int gpg_open(struct gpg **out, const struct deadline *deadline, struct err *e) RESULT_USED;
void gpg_free(struct gpg *g);
AUTO_PTR_DEFINE(gpg)
/* "2.2.40". */
const char *gpg_version(const struct gpg *g);

/* Of the libraries: those that this was built with, and those that it runs with. */
struct gpg_library_versions {
	const char *gpgme_built_with, *gpgme;
	const char *gpg_error_built_with, *gpg_error;
};
struct gpg_library_versions gpg_library_versions(void);

/*
 * Let gpg verify an opaque signed message. 0 when there is evidence to look at, whatever it says;
 * -1 when gpg could not be run at all. Threads may do this at the same time.
 */
int gpg_verify(struct gpg *g, struct bytes message, size_t max_output, int timeout_ms,
    struct gpg_result *out, struct err *e) RESULT_USED;

/*
 * The public keys with these fingerprints (NULL-terminated), as a binary keyring, from GNUPGHOME.
 */
int gpg_export(struct gpg *g, const char *const *fingerprints, size_t max, int timeout_ms,
    struct buf *out, struct err *e) RESULT_USED;

#endif
