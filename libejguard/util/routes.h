/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that are this host's by a route, from the kernel's tables of routes. */
#ifndef EJG_UTIL_ROUTES_H
#define EJG_UTIL_ROUTES_H

#include <ejguard/facts.h>
#include <stddef.h>

/*
 * The prefixes to which the kernel delivers in this network namespace, and of which it says all the same that they cannot be
 * bound: IPv6 ones that somebody has made its own by a route of the type `local`, in any table, and the addresses of both
 * families that are assigned in a VRF, which has a table of its own. (What somebody has made of IPv4 can be bound; in another
 * table than `local` a connection there finds no way back.)
 *
 * Return: 0, free *ret by free(3); or a negative errno. *ret and *ret_n are untouched on failure.
 */
int routes_find_local(struct ejg_prefix **ret, size_t *ret_n);

#endif
