/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses as Erlang's inet:parse_address/1 reads them, which is neither inet_aton(3) nor inet_pton(3). */
#ifndef EJG_UTIL_ERL_ADDRESS_H
#define EJG_UTIL_ERL_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct erl_address {
	bool is_ipv6;	   /* an IPv4-mapped one is IPv6 for Erlang */
	uint8_t bytes[16]; /* of IPv4 the first four */
};

/* Return: whether Erlang takes the text for an address; *ret is untouched when not. */
bool erl_address_read(const char *text, struct erl_address *ret);

#endif
