/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The certificates of containers-certs.d(5): further authorities, and who we are, by registry. */
#ifndef RELSIG_TRANSPORT_CERTS_H
#define RELSIG_TRANSPORT_CERTS_H

#include "base/base.h"
#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"

/* PEM, as the files have it; parsed by the fetcher alone. Empty: there is none. */
struct certs {
	struct buf ca;		/* all *.crt, one after the other */
	struct buf certificate; /* X.cert */
	struct buf key;		/* X.key */
};
#define CERTS_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * For a server HOST[:PORT]: the files of directory (--cert-dir), which must exist, or, when that is
 * NULL, of the first that exists of $HOME/.config/containers/certs.d, /etc/containers/certs.d and
 * /etc/docker/certs.d, each with /HOST[:PORT]; nothing when none does. At most MAX_CERTS_BYTES in
 * all (E_TOO_LARGE); E_TIMED_OUT at the deadline. E_USAGE: a .cert without its .key or the other
 * way round, or two such pairs.
 */
int certs_read(struct certs *out, const char *directory, const char *host_port,
    const struct deadline *deadline, struct err *e) RESULT_USED;
/*
 * Append every readable file of a directory of the system's authorities, as Go reads SSL_CERT_DIR:
 * what is no certificate is skipped later. At most MAX_CERTS_BYTES; a directory that is missing is
 * empty.
 */
int certs_read_authorities(struct buf *ca, const char *directory, struct err *e) RESULT_USED;
void certs_free(struct certs *c);
AUTO_DEFINE(certs)

#endif
