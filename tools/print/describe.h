/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Describes a module by its descriptor. */
#ifndef EJG_TOOL_DESCRIBE_H
#define EJG_TOOL_DESCRIBE_H

#include <ejguard/module.h>
#include <stdbool.h>

/* Names of the parts of a descriptor. Return: how many were written to the array of DESCRIBE_MAX. */
enum { DESCRIBE_MAX = 16 };
size_t describe_operations(const struct ejg_module *module, const char *names[DESCRIBE_MAX]);
size_t describe_flags(const struct ejg_module *module, const char *names[DESCRIBE_MAX]);
const char *describe_option_type(uint32_t type);
/* True if options of the type have min and max. */
bool describe_has_range(uint32_t type);

#endif
