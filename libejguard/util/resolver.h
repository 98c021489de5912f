/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name lookups by the system's resolver, with a time limit. */
#ifndef EJG_UTIL_RESOLVER_H
#define EJG_UTIL_RESOLVER_H

#include <ejguard/facts.h>

/*
 * Asks getaddrinfo(3) for n names at once; NULL entries are skipped. A helper process does the lookups and is killed
 * after patience_ms: no option of the resolver limits the time of the modules behind nsswitch.conf(5), and a thread
 * that hangs in one cannot be killed. fn receives each address when it arrives, with the index of its name, and at most
 * max addresses of a name.
 *
 * @family: AF_INET, AF_INET6 or AF_UNSPEC
 * @ret_done: true if all names were answered in time, also with no address; may be NULL
 * Return: 0, what fn returned when that was not 0, or another negative errno when the helper could not be started.
 */
int resolver_ask(const char *const *names, size_t n, int family, size_t max, unsigned int patience_ms,
		 int (*fn)(void *data, size_t index, const struct ejg_prefix *address), void *data, bool *ret_done);

#endif
