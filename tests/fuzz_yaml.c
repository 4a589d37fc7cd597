/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/base.h"
#include "formats/json.h"
#include "formats/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read can be written as JSON, and read again from that means the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_JSON json_t *all = NULL;
	AUTO_JSON json_t *again = NULL;
	AUTO_STR char *text = NULL;
	AUTO(err) e = ERR_INIT;

	all = yaml_read_all(bytes_of(data, size), "fuzz", &e);
	if (all == NULL) {
		if (e.code != E_INVALID)
			abort();
		return 0;
	}
	text = json_dumps(all, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (text == NULL)
		abort();
	again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (!json_equal(all, again))
		abort();
	return 0;
}
