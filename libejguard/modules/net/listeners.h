/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The TCP listeners of this network namespace, from the kernel's sock_diag. */
#ifndef EJG_NET_LISTENERS_H
#define EJG_NET_LISTENERS_H

#include <ejguard/module.h>

struct listener {
	struct ejg_prefix address; /* a wildcard is 0.0.0.0 or :: */
	uint16_t port;
	uint64_t cgroup_id;
	uid_t uid;
};

/* Called for each listener. Return: 0 to go on, a negative errno to stop with. */
typedef int (*listener_fn)(void *data, const struct listener *listener);

/*
 * Calls fn for each TCP listener, IPv4 and IPv6.
 * Return: 0, what fn returned, -EOPNOTSUPP when the kernel has no inet_diag, or another negative errno.
 */
int listeners_each(listener_fn fn, void *data);

#endif
