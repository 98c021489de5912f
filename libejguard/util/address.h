/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses and formats addresses, prefixes and ports. The functions look up interface names only. */
#ifndef EJG_UTIL_ADDRESS_H
#define EJG_UTIL_ADDRESS_H

#include <ejguard/module.h>

/*
 * Reads an IPv4 or IPv6 address, with an optional /LENGTH and, for fe80::/10, an optional %INTERFACE. An IPv4-mapped
 * IPv6 address is the IPv4 address. On failure *ret is untouched and *ret_problem (constant text) says what is wrong:
 * "not an address", "bits are set past the prefix length", "no such interface", ...
 *
 * Return: 0, -EINVAL, -ENODEV for an interface that does not exist.
 */
int prefix_parse(const char *text, struct ejg_prefix *ret, const char **ret_problem);

/*
 * The likely meaning of a text that prefix_parse() refuses, for "did you mean": the prefix without the bits past its
 * length. Return: false when there is no such guess; *ret is then untouched.
 */
bool prefix_guess(const char *text, struct ejg_prefix *ret);

bool prefix_is_ipv4(const struct ejg_prefix *prefix);
bool prefix_is_single(const struct ejg_prefix *prefix);
/* Inside 127.0.0.0/8 or ::1. */
bool prefix_is_loopback(const struct ejg_prefix *prefix);
/* Inside fe80::/10. */
bool prefix_is_link_local(const struct ejg_prefix *prefix);
/* 0.0.0.0 or ::, as single addresses. */
bool prefix_is_wildcard(const struct ejg_prefix *prefix);
/* True if outer contains inner: same or shorter length, same leading bits, same family and scope. */
bool prefix_contains(const struct ejg_prefix *outer, const struct ejg_prefix *inner);

/* Decimal digits only, 1 to 65535. Return: 0 or -EINVAL; *ret untouched on failure. */
int port_parse(const char *text, uint16_t *ret);
/* N or N-M with N <= M. Return: 0 or -EINVAL; *ret untouched on failure. */
int port_range_parse(const char *text, struct ejg_port_range *ret);
static inline bool port_in_ranges(const struct ejg_port_range *ranges, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (port >= ranges[i].first && port <= ranges[i].last)
			return true;
	return false;
}

static inline bool port_ranges_overlap(const struct ejg_port_range *a, const struct ejg_port_range *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/* Decimal digits only: no sign, no blank, no leading zero, no overflow. Return: 0, -EINVAL, -ERANGE. */
int unsigned_parse(const char *text, uint64_t *ret);

/*
 * Reads "198.51.100.1:4369" or "[::1]:4369". ret_port may be NULL. Return: false for any other text; nothing is written
 * then.
 */
bool address_port_read(const char *text, struct ejg_prefix *ret_address, uint16_t *ret_port);

#endif
