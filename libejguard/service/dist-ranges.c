/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports of the distribution as sorted ranges. */
#include <string.h>

#include "libejguard/service/dist.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

_Static_assert(DIST_RANGES == 2 + ARRAY_SIZE(((struct dist *)0)->also), "a fixed port, a range, and the others");

/* Inserts a port into the sorted ranges, if none contains it. Return: how many ranges there are. */
static size_t add_port(struct ejg_port_range *ranges, size_t n, uint16_t port)
{
	size_t at = n;

	if (port_in_ranges(ranges, n, port))
		return n;
	for (; at > 0 && ranges[at - 1].first > port; at--)
		ranges[at] = ranges[at - 1];
	ranges[at] = (struct ejg_port_range){ port, port };
	return n + 1;
}

/*
 * If -erl_epmd_port and a range are set, both are private: the script passes both to erl, and erl may use
 * either.
 */
static size_t join(struct ejg_port_range *ranges, struct ejg_port_range fixed, struct ejg_port_range window)
{
	const bool inside = fixed.first >= window.first && fixed.first <= window.last;

	ranges[0] = inside || window.first < fixed.first ? window : fixed;
	ranges[1] = window.first < fixed.first ? fixed : window;
	return inside ? 1 : 2;
}

size_t dist_ranges(const struct dist *dist, struct ejg_port_range ranges[static DIST_RANGES])
{
	const struct dist_source *sources = dist->sources;
	size_t n = 0;

	if (dist->state != EJG_DIST_FIXED)
		return 0;
	if (dist->n_sources > 1 && strcmp(sources[0].what, "ERL_DIST_PORT") == 0)
		n = join(ranges, sources[0].range, sources[1].range);
	else
		ranges[n++] = sources[0].range;
	for (size_t i = 0; i < dist->n_also; i++)
		n = add_port(ranges, n, dist->also[i]);
	return n;
}
