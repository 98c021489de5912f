/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distribution ranges as ejabberdctl and Erlang take them, and the ports that the kernel gives away by itself. */
#ifndef EJG_NODE_RANGE_H
#define EJG_NODE_RANGE_H

#include <ejguard/facts.h>

enum node_window {
	NODE_WINDOW_RANGE,   /* first to last */
	NODE_WINDOW_EMPTY,   /* first is above last: the node does not start */
	NODE_WINDOW_RANDOM,  /* it says nothing to Erlang: only a maximum, or a minimum of 0 */
	NODE_WINDOW_INVALID, /* no ports: the node does not start, or cannot listen */
	NODE_WINDOW_UNCLEAR, /* an Erlang term that is more than two decimal numbers */
};

/* What a FIREWALL_WINDOW comes to. *ret is written for RANGE and EMPTY. */
enum node_window node_window_read(const char *text, struct ejg_port_range *ret);

bool node_ranges_overlap(const struct ejg_port_range *a, const struct ejg_port_range *b);

/*
 * Ports of a range that the kernel may give to any process: those in ephemeral that the list of reserved ones
 * ("4370-4375,8080", as ip_local_reserved_ports shows it) does not keep back. *ret: the first to the last of them.
 */
bool node_range_given_away(const struct ejg_port_range *range, const struct ejg_port_range *ephemeral,
			   const char *reserved, struct ejg_port_range *ret);

/* Whether a version ("23.01", "24.06-1", "23.10.1") is known to be older than 24.06. */
bool node_version_before_2406(const char *version);

#endif
