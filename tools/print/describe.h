/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a module's descriptor says, in words. */
#ifndef EJG_TOOL_DESCRIBE_H
#define EJG_TOOL_DESCRIBE_H

#include <ejguard/module.h>
#include <stdbool.h>

/* Names of what a descriptor has. Return: how many were written to the array of DESCRIBE_MAX. */
enum { DESCRIBE_MAX = 16 };
size_t describe_operations(const struct ejg_module *module, const char *names[DESCRIBE_MAX]);
size_t describe_flags(const struct ejg_module *module, const char *names[DESCRIBE_MAX]);
const char *describe_option_type(uint32_t type);
/* Whether min and max mean something for options of the type. */
bool describe_has_range(uint32_t type);

#endif
