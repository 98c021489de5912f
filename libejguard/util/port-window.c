/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/port-window.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define PORT_MAX 65535U

enum number { NUMBER_NONE, NUMBER_PORT, NUMBER_TOO_LARGE, NUMBER_ATOM, NUMBER_TERM, NUMBER_SPLIT, NUMBER_BAD };

/* True if the text is a word that begins with a small letter. */
static bool is_atom(const char *text, size_t length)
{
	if (text[0] < 'a' || text[0] > 'z')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isascii(text[i]) || !(isalnum(text[i]) || text[i] == '_' || text[i] == '@'))
			return false;
	return true;
}

/*
 * One side of the window. The shell splits the arguments of erl at blanks, and Erlang ignores a carriage return, so
 * both are skipped here.
 */
static enum number read_number(const char *text, size_t length, unsigned int *ret)
{
	unsigned int value = 0;

	while (length > 0 && strchr(" \t\n\r", *text)) {
		text++;
		length--;
	}
	while (length > 0 && strchr(" \t\n\r", text[length - 1]))
		length--;
	if (length == 0)
		return NUMBER_NONE;
	for (size_t i = 0; i < length; i++)
		if (strchr(" \t\n", text[i]))
			return NUMBER_SPLIT;
	if (is_atom(text, length))
		return NUMBER_ATOM;
	for (size_t i = 0; i < length; i++) {
		/* Erlang accepts numbers in other forms too: 16#1112, 4_370, $a, 4370.0. */
		if (text[i] < '0' || text[i] > '9')
			return i > 0 && strchr("#_.", text[i]) && text[i + 1] != '.' ? NUMBER_TERM : NUMBER_BAD;
		if (value <= PORT_MAX)
			value = value * 10 + (unsigned int)(text[i] - '0');
	}
	*ret = value;
	return value <= PORT_MAX ? NUMBER_PORT : NUMBER_TOO_LARGE;
}

/*
 * The script: inet_dist_listen_min ${FIREWALL_WINDOW%-*} inet_dist_listen_max ${FIREWALL_WINDOW#*-}. Erlang: if the
 * minimum is no integer, it uses any port; if there is no maximum, it uses the minimum only (inet_tcp_dist.erl,
 * get_port_range()), and port 0 is any. Measured with OTP 25.2.3.
 */
enum port_window port_window_read(const char *text, struct ejg_port_range *ret)
{
	const size_t length = strnlen(text, 64);
	const char *dash = memchr(text, '-', length);
	unsigned int first = 0, last = 0;
	enum number min, max;

	if (length == 64)
		return PORT_WINDOW_INVALID;
	if (dash && strchr(dash + 1, '-'))
		return PORT_WINDOW_INVALID;
	min = read_number(text, dash ? (size_t)(dash - text) : length, &first);
	max = dash ? read_number(dash + 1, strlen(dash + 1), &last) : min;
	if (!dash)
		last = first;
	if (min == NUMBER_SPLIT || max == NUMBER_SPLIT)
		return PORT_WINDOW_SPLIT;
	if (min == NUMBER_BAD || max == NUMBER_BAD)
		return PORT_WINDOW_INVALID;
	if (min == NUMBER_TERM || max == NUMBER_TERM)
		return PORT_WINDOW_UNCLEAR;
	if (min == NUMBER_NONE || min == NUMBER_ATOM || (min == NUMBER_PORT && first == 0))
		return PORT_WINDOW_RANDOM;
	if (min == NUMBER_TOO_LARGE)
		return PORT_WINDOW_INVALID;
	/* The listen fails only when all ports up to 65535 are in use. */
	if (max == NUMBER_TOO_LARGE)
		last = PORT_MAX;
	if (max == NUMBER_NONE || max == NUMBER_ATOM)
		last = first;
	*ret = (struct ejg_port_range){ (uint16_t)first, (uint16_t)last };
	return first <= last ? PORT_WINDOW_RANGE : PORT_WINDOW_EMPTY;
}

/* list_to_integer/1, in erl_epmd:listen_port_please(); measured with OTP 25.2.3. */
enum port_window port_window_read_fixed(const char *text, uint16_t *ret)
{
	unsigned int port = 0;
	const char *more;
	size_t length;
	bool minus;

	text += strspn(text, " \t\n\r");
	length = strcspn(text, " \t\n\r");
	more = text + length + strspn(text + length, " \t\n\r");
	/* Another flag behind it. */
	if (*more == '-' || *more == '+')
		return PORT_WINDOW_UNCLEAR;
	/* More than one argument, or none. */
	if (*more || length == 0)
		return PORT_WINDOW_RANDOM;
	minus = *text == '-';
	if (length > 1 && strchr("+-", *text)) {
		text++;
		length--;
	}
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return PORT_WINDOW_RANDOM;
		if (port <= PORT_MAX)
			port = port * 10 + (unsigned int)(text[i] - '0');
	}
	if (port == 0)
		return PORT_WINDOW_RANDOM;
	*ret = (uint16_t)port;
	return minus || port > PORT_MAX ? PORT_WINDOW_INVALID : PORT_WINDOW_RANGE;
}
