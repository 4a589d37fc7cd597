/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fetcher, the process with the network: requests come in over a socket, libcurl makes them,
 * responses go back (http_wire.h). It holds no key, no file and no opinion. Only relsig-fetch links
 * this.
 */
#ifndef RELSIG_TRANSPORT_FETCHER_H
#define RELSIG_TRANSPORT_FETCHER_H

#include "base/base.h"
#include "base/err.h"

/*
 * Serve the judge at fd until it hangs up (0), whatever is under way, confined from the first
 * request on and for good. -1: what it sent is no protocol, or libcurl cannot be used.
 */
int fetcher_run(int fd, struct err *e) RESULT_USED;

#endif
