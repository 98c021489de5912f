/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/node/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535U

bool node_ranges_overlap(const struct ejg_port_range *a, const struct ejg_port_range *b)
{
	return a->first <= b->last && b->first <= a->last;
}

static void reserve(uint8_t bits[static PORT_MAX / 8 + 1], const char *list)
{
	unsigned long first, last;
	char *end;

	for (;; list = end + 1) {
		first = last = strtoul(list, &end, 10);
		if (end == list)
			return;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long port = first; port <= last && port <= PORT_MAX; port++)
			bits[port / 8] |= (uint8_t)(1U << (port % 8));
		if (*end != ',')
			return;
	}
}

bool node_range_given_away(const struct ejg_port_range *range, const struct ejg_port_range *ephemeral,
			   const char *reserved, struct ejg_port_range *ret)
{
	const unsigned int begin = range->first > ephemeral->first ? range->first : ephemeral->first;
	const unsigned int end = range->last < ephemeral->last ? range->last : ephemeral->last;
	uint8_t bits[PORT_MAX / 8 + 1] = { 0 };
	unsigned int first = 0, last = 0;

	reserve(bits, reserved);
	for (unsigned int port = begin; port <= end; port++) {
		if (bits[port / 8] & 1U << (port % 8))
			continue;
		first = first ? first : port;
		last = port;
	}
	if (!first)
		return false;
	*ret = (struct ejg_port_range){ (uint16_t)first, (uint16_t)last };
	return true;
}

bool node_version_before_2406(const char *version)
{
	unsigned int year, month;

	return version && sscanf(version, "%2u.%2u", &year, &month) == 2 && year * 100 + month < 2406;
}
