/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that are local to this host by a route, from the kernel's routing tables. */
#ifndef EJG_UTIL_ROUTES_H
#define EJG_UTIL_ROUTES_H

#include <ejguard/facts.h>
#include <stddef.h>

/*
 * The prefixes that the kernel delivers locally in this network namespace although it reports that they cannot be
 * bound: IPv6 prefixes with an added route of type `local`, in any table, and addresses of both families in a VRF,
 * which has its own table. (An IPv4 prefix with an added route can be bound; in another table than `local` a connection
 * to it gets no answer.)
 *
 * Return: 0, free *ret by free(3); or a negative errno. *ret and *ret_n are untouched on failure.
 */
int routes_find_local(struct ejg_prefix **ret, size_t *ret_n);

#endif
