/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One value of a typed option: converts its text to the C type of enum ejg_option_type. */
#ifndef EJG_CORE_OPTION_VALUE_H
#define EJG_CORE_OPTION_VALUE_H

#include <ejguard/module.h>

#include "libejguard/util/arena.h"

/* Size of the C type; 0 for a type that does not exist. */
size_t option_value_size(uint32_t type);
/* Alignment of the C type. */
size_t option_value_alignment(uint32_t type);
/* True if values are lists, to which option_value_parse() adds. */
bool option_value_is_list(uint32_t type);

/*
 * Parses a text and writes it to value, which is of the option's C type; elements are added to the existing list.
 * *ret_problem, from the arena, says what is wrong and what is allowed.
 *
 * Return: 0, -EBADMSG, -ENOMEM. *value is untouched on failure.
 */
int option_value_parse(struct arena *arena, const struct ejg_option *option, const char *text, void *value,
		       const char **ret_problem);

#endif
