/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/node/range.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535U

enum number { NUMBER_NONE, NUMBER_PORT, NUMBER_TOO_LARGE, NUMBER_TERM, NUMBER_BAD };

/* One side of the window. The shell splits the arguments of erl at blanks, so that these do not count. */
static enum number read_number(const char *text, size_t length, unsigned int *ret)
{
	unsigned int value = 0;

	while (length > 0 && strchr(" \t\n", *text)) {
		text++;
		length--;
	}
	while (length > 0 && strchr(" \t\n", text[length - 1]))
		length--;
	if (length == 0)
		return NUMBER_NONE;
	for (size_t i = 0; i < length; i++) {
		/* Erlang has other forms of numbers: 16#1112, 4_370, $a, 4370.0. */
		if (text[i] < '0' || text[i] > '9')
			return i > 0 && strchr("#_.", text[i]) ? NUMBER_TERM : NUMBER_BAD;
		if (value <= PORT_MAX)
			value = value * 10 + (unsigned int)(text[i] - '0');
	}
	*ret = value;
	return value <= PORT_MAX ? NUMBER_PORT : NUMBER_TOO_LARGE;
}

/*
 * ejabberdctl: inet_dist_listen_min ${FIREWALL_WINDOW%-*} inet_dist_listen_max ${FIREWALL_WINDOW#*-}. Erlang: without a
 * minimum that is an integer it listens anywhere, without a maximum at the minimum only (inet_tcp_dist.erl,
 * get_port_range()), and port 0 is any. Measured with OTP 25.2.3.
 */
enum node_window node_window_read(const char *text, struct ejg_port_range *ret)
{
	const size_t length = strnlen(text, 64);
	const char *dash = memchr(text, '-', length);
	unsigned int first = 0, last = 0;
	enum number min, max;

	if (length == 64)
		return NODE_WINDOW_INVALID;
	if (dash && strchr(dash + 1, '-'))
		return NODE_WINDOW_INVALID;
	min = read_number(text, dash ? (size_t)(dash - text) : length, &first);
	max = dash ? read_number(dash + 1, strlen(dash + 1), &last) : min;
	if (!dash)
		last = first;
	if (min == NUMBER_BAD || max == NUMBER_BAD)
		return NODE_WINDOW_INVALID;
	if (min == NUMBER_TERM || max == NUMBER_TERM)
		return NODE_WINDOW_UNCLEAR;
	if (min == NUMBER_NONE || (min == NUMBER_PORT && first == 0))
		return NODE_WINDOW_RANDOM;
	if (min == NUMBER_TOO_LARGE)
		return NODE_WINDOW_INVALID;
	/* It fails only when all ports up to 65535 are taken. */
	if (max == NUMBER_TOO_LARGE)
		last = PORT_MAX;
	if (max == NUMBER_NONE)
		last = first;
	*ret = (struct ejg_port_range){ (uint16_t)first, (uint16_t)last };
	return first <= last ? NODE_WINDOW_RANGE : NODE_WINDOW_EMPTY;
}

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
