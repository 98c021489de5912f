/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejabberd.yml as text: it is read, its macros are replaced, its hosts and paths are collected, within bounds. */
#include <stdint.h>
#include <stdlib.h>

#include "libejguard/modules/lib/yml/load.h"
#include "libejguard/util/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "ENVIRONMENT" };
	cleanup_arena struct arena *arena = arena_new();
	struct yml_setup setup = { .config = "/fuzz.yml",
				   .spool = "/",
				   .home = "/home",
				   .logs = "/logs",
				   .version = size % 2 ? 2301 : 0,
				   .environment = names,
				   .n_environment = 1 };
	struct yml_loader loader = { .arena = arena, .setup = &setup };
	const struct yml_node *options = arena ? yml_parse(&loader, setup.config, (const char *)data, size) : NULL;
	struct yml_paths paths;
	struct yml yml = { .setup = &setup };

	options = options ? yml_replace(&loader, options) : NULL;
	yml.options = options ? yml_group(&loader, options) : NULL;
	if (yml.options)
		yml_hosts(&loader, &yml);
	if (yml.options && !loader.failed && yml_paths_collect(arena, &yml, &paths) == 0 && paths.n &&
	    !paths.items[0].path)
		abort();
	return 0;
}
