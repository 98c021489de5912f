/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listeners outside of the service's cgroups: of another guarded service, and of processes of this one. */
#ifndef EJG_NET_OUTSIDE_H
#define EJG_NET_OUTSIDE_H

#include <ejguard/module.h>

#include "libejguard/util/sockets.h"

/* True if a set that refuses connections, another service's, has the listener's cgroup and decides about its port. */
bool outside_is_guarded(const struct ejg_call *call, const struct socket_info *listener);

/* True if an Erlang process in the service's cgroups has the listener, whatever cgroup it made that in. */
bool outside_is_held_inside(struct ejg_call *call, const struct socket_info *listener);

/*
 * Reports a listener of a node of the service that everybody reaches, because no service's set guards its cgroup. The
 * distribution port may be random: a guard that does not know its number can only guard it by the cgroup.
 * @where: the network namespace, for the message
 *
 * Return: true if it was reported.
 */
bool outside_fails(struct ejg_call *call, const struct socket_info *listener, const char *subject, const char *where);

/*
 * Reports a node of the service that runs outside of its cgroups by its listener at a port where the guard decides who
 * connects. Not for one that another service's set confines: outside_is_guarded().
 * @cgroup: its path, "" when it was removed
 *
 * Return: true if it was reported.
 */
bool outside_is_unconfined(struct ejg_call *call, const struct socket_info *listener, const char *subject,
			   const char *cgroup, const char *where);

#endif
