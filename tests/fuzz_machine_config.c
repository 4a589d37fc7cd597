/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/limits.h"
#include "formats/machine_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read of a file is written and read again as the same. */
static void
write_again(const struct node_file *f)
{
	const struct machine_config_form form = {
		.name = "n", .role = "worker", .version = "3.2.0", .percent = f->contents.n % 2 == 1
	};
	AUTO(machine_configs) again = MACHINE_CONFIGS_INIT;
	const struct node_file *g;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (machine_config_write(&out, &form, f, 1, &e) != 0 ||
	    machine_configs_read(&again, "again", buf_bytes(&out), &e) != 0)
		abort();
	g = machine_configs_file(&again, f->path);
	if (g == NULL || !bytes_equal(buf_bytes(&g->contents), buf_bytes(&f->contents)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(err) e = ERR_INIT;

	if (machine_configs_read(&c, "fuzz", bytes_of(data, size), &e) != 0) {
		if (c.n > 0 || e.code == E_NONE)
			abort();
		return 0;
	}
	for (size_t i = 0; i < c.n; i++)
		for (size_t k = 0; k < c.v[i].n_files; k++) {
			const struct node_file *f = &c.v[i].files[k];

			if (f->contents.n > MAX_NODE_FILE_BYTES ||
			    (f->unreadable != NULL && f->contents.n > 0))
				abort();
			write_again(f);
		}
	return 0;
}
