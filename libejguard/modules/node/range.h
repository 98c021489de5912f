/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distribution ranges, and ports that the kernel assigns itself. */
#ifndef EJG_NODE_RANGE_H
#define EJG_NODE_RANGE_H

#include <ejguard/facts.h>

bool node_ranges_overlap(const struct ejg_port_range *a, const struct ejg_port_range *b);

/*
 * Finds ports of a range that the kernel may assign to any process: those in `ephemeral` that are not in the list of
 * reserved ones ("4370-4375,8080", the format of ip_local_reserved_ports). *ret: the first to the last of them.
 */
bool node_range_given_away(const struct ejg_port_range *range, const struct ejg_port_range *ephemeral,
			   const char *reserved, struct ejg_port_range *ret);

/* True if a version ("23.01", "24.06-1", "23.10.1") is known to be older than 24.06. */
bool node_version_before_2406(const char *version);

#endif
