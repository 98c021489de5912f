/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/address.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>

int address_parse(const char *text, struct policy_address *ret)
{
	uint64_t words[2] = {};
	struct in_addr ipv4;

	if (inet_pton(AF_INET, text, &ipv4) == 1)
		*ret = (struct policy_address){ 0, 0xffff00000000ULL | ntohl(ipv4.s_addr) };
	else if (inet_pton(AF_INET6, text, words) == 1)
		*ret = (struct policy_address){ be64toh(words[0]), be64toh(words[1]) };
	else
		return -EINVAL;
	return 0;
}
