/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of epmd's own units: epmd.service, epmd.socket, and Fedora's epmd@ADDRESS.service and its like. */
#ifndef EJG_UTIL_EPMD_UNIT_H
#define EJG_UTIL_EPMD_UNIT_H

#include <stdbool.h>
#include <string.h>

/* The note of the setting epmd-listen for a wildcard that is one of IPv6 alone. */
#define EPMD_LISTEN_IPV6 "BindIPv6Only=ipv6-only"

static inline bool is_epmd_unit(const char *name)
{
	return strncmp(name, "epmd", 4) == 0 && (name[4] == '.' || name[4] == '@');
}

#endif
