/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system's resolver, asked within a bound of time. */
#ifndef EJG_UTIL_RESOLVER_H
#define EJG_UTIL_RESOLVER_H

#include <ejguard/facts.h>

/*
 * Asks getaddrinfo(3) for n names at once; those that are NULL are left out. It is asked in a helper process that is
 * ended after patience_ms: no option of the resolver bounds what the modules behind nsswitch.conf(5) do, a thread that
 * hangs there cannot be ended, and a process can. fn gets each address as it comes, with the index of its name; not
 * more than max of a name.
 *
 * @family: AF_INET, AF_INET6 or AF_UNSPEC
 * @ret_done: whether all names were answered in time, be it by nothing; may be NULL
 * Return: 0, what fn returned when that was not 0, or another negative errno when the helper could not be started.
 */
int resolver_ask(const char *const *names, size_t n, int family, size_t max, unsigned int patience_ms,
		 int (*fn)(void *data, size_t index, const struct ejg_prefix *address), void *data, bool *ret_done);

#endif
