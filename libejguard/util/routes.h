/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that are this host's by a route, from the kernel's tables of routes. */
#ifndef EJG_UTIL_ROUTES_H
#define EJG_UTIL_ROUTES_H

#include <ejguard/facts.h>
#include <stddef.h>

/*
 * The IPv6 prefixes that somebody has made this network namespace's own by a route of the type `local`, in any table. The
 * kernel delivers what is sent there to this host, and says all the same that it cannot be bound: the addresses are assigned
 * to no interface. Routes that the kernel makes for assigned addresses are left out. (Of IPv4 it says that they can be bound;
 * and in another table than `local` a connection there finds no way back.)
 *
 * Return: 0, free *ret by free(3); or a negative errno. *ret and *ret_n are untouched on failure.
 */
int routes_find_local6(struct ejg_prefix **ret, size_t *ret_n);

#endif
