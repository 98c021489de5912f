/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One name, asked of epmd. */
#ifndef EJG_NODE_EPMD_H
#define EJG_NODE_EPMD_H

#include <stdint.h>

#define NODE_EPMD_TIMEOUT_MS 1000
#define NODE_EPMD_UNKNOWN (-1)

/*
 * The port with which a name is registered in the epmd of this host's loopback; 0 when it is not, NODE_EPMD_UNKNOWN
 * when there was no such answer in time. The list of all names has a bound, and so strangers can push a name out of it;
 * this question they cannot drown.
 */
int node_epmd_ask(uint16_t port, const char *name);

#endif
