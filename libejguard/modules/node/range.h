/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distribution ranges, and ports that the kernel assigns itself. */
#ifndef EJG_NODE_RANGE_H
#define EJG_NODE_RANGE_H

#include <ejguard/facts.h>

/* True if a version ("23.01", "24.06-1", "23.10.1") is known to be older than 24.06. */
bool node_version_before_2406(const char *version);

#endif
