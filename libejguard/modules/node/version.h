/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What depends on the version of ejabberd. */
#ifndef EJG_NODE_VERSION_H
#define EJG_NODE_VERSION_H

#include <stdbool.h>

/* True if a version ("23.01", "24.06-1", "23.10.1") is known to be older than 24.06. */
bool node_version_before_2406(const char *version);

#endif
