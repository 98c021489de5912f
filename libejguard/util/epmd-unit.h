/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of epmd's own units: epmd.service, epmd.socket, and Fedora's epmd@ADDRESS.service and its like. */
#ifndef EJG_UTIL_EPMD_UNIT_H
#define EJG_UTIL_EPMD_UNIT_H

#include <stdbool.h>
#include <string.h>

static inline bool is_epmd_unit(const char *name)
{
	return strncmp(name, "epmd", 4) == 0 && (name[4] == '.' || name[4] == '@');
}

#endif
