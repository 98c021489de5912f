/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses addresses like Erlang's inet:parse_address/1, which differs from inet_aton(3) and inet_pton(3). */
#ifndef EJG_UTIL_ERL_ADDRESS_H
#define EJG_UTIL_ERL_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct erl_address {
	bool is_ipv6;	   /* an IPv4-mapped address is IPv6 for Erlang */
	uint8_t bytes[16]; /* for IPv4 the first four */
};

/* Return: true if Erlang accepts the text as an address; *ret is untouched otherwise. */
bool erl_address_read(const char *text, struct erl_address *ret);

#endif
