/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of modules: from name=value words to the config structure that the descriptor's table describes. */
#ifndef EJG_CORE_OPTION_H
#define EJG_CORE_OPTION_H

#include "libejguard/core/stack-file.h"

enum option_limits {
	OPTION_MAX_LIST = 4096, /* elements of a list option */
};

/*
 * Writes the options of a guard line into config (descriptor->config_size zeroed bytes): fallbacks first, then the
 * words. Handles mode= itself. Reports every wrong word with its position and what is allowed.
 *
 * Return: 0, -EBADMSG, -ENOMEM. Lists and strings come from the arena.
 */
int option_bind(struct arena *arena, struct report *report, const struct ejg_module *module,
		const struct guard_line *line, void *config, enum ejg_mode *ret_mode);

/*
 * Checks the options table of a descriptor (names, types, ranges, offsets inside config_size, overlap, fallbacks that
 * parse). *ret_problem, from the arena, says what is wrong. Return: 0, -EBADMSG, -ENOMEM.
 */
int option_table_check(struct arena *arena, const struct ejg_module *module, const char **ret_problem);

#endif
