/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/ephemeral.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

enum {
	MAX_PORT = 65535,
};

void ephemeral_reserve(struct ephemeral_ports *ports, const char *list)
{
	const size_t length = strcspn(list, "\n");
	unsigned long first, last;
	char *end;

	memset(ports->reserved, 0, sizeof(ports->reserved));
	ports->list_is_longer = length > EPHEMERAL_MAX_LIST;
	snprintf(ports->list, sizeof(ports->list), "%.*s", ports->list_is_longer ? 0 : (int)length, list);
	for (;; list = end + 1) {
		first = last = strtoul(list, &end, 10);
		if (end == list)
			return;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long port = first; port <= last && port <= MAX_PORT; port++)
			ports->reserved[port / 8] |= (uint8_t)(1U << (port % 8));
		if (*end != ',')
			return;
	}
}

bool ephemeral_read(struct ephemeral_ports *ret)
{
	cleanup_file FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	cleanup_file FILE *reserved = fopen("/proc/sys/net/ipv4/ip_local_reserved_ports", "re");
	cleanup_free char *list = NULL;
	unsigned int first, last;
	size_t size = 0;

	*ret = (struct ephemeral_ports){};
	if (reserved && getline(&list, &size, reserved) > 0)
		ephemeral_reserve(ret, list);
	if (!range || fscanf(range, "%u %u", &first, &last) != 2 || first > last || last > MAX_PORT)
		return false;
	ret->range = (struct ejg_port_range){ (uint16_t)first, (uint16_t)last };
	return true;
}

void ephemeral_find(const struct ephemeral_ports *ports, uint8_t ret_bits[static EPHEMERAL_PORT_BYTES])
{
	memset(ret_bits, 0, EPHEMERAL_PORT_BYTES);
	if (ports->range.first == 0)
		return;
	for (unsigned int port = ports->range.first; port <= ports->range.last; port++)
		if (!(ports->reserved[port / 8] & 1U << (port % 8)))
			ret_bits[port / 8] |= (uint8_t)(1U << (port % 8));
}

bool ephemeral_find_in(const struct ephemeral_ports *ports, const struct ejg_port_range *range,
		       struct ejg_port_range *ret)
{
	uint8_t bits[EPHEMERAL_PORT_BYTES];
	unsigned int first = 0, last = 0;

	ephemeral_find(ports, bits);
	for (unsigned int port = range->first; port <= range->last; port++) {
		if (!(bits[port / 8] & 1U << (port % 8)))
			continue;
		first = first ? first : port;
		last = port;
	}
	if (!first)
		return false;
	*ret = (struct ejg_port_range){ (uint16_t)first, (uint16_t)last };
	return true;
}

void ephemeral_remedy(const struct ephemeral_ports *ports, const struct ejg_port_range *given, const char *otherwise,
		      char ret_remedy[static EPHEMERAL_REMEDY_SIZE])
{
	if (ports->list_is_longer)
		snprintf(ret_remedy, EPHEMERAL_REMEDY_SIZE,
			 "add %u-%u to net.ipv4.ip_local_reserved_ports (sysctl, and /etc/sysctl.d), or %s",
			 given->first, given->last, otherwise);
	else
		snprintf(ret_remedy, EPHEMERAL_REMEDY_SIZE,
			 "run: sysctl -w net.ipv4.ip_local_reserved_ports=%s%s%u-%u\n"
			 "write it into /etc/sysctl.d, too, or %s",
			 ports->list, *ports->list ? "," : "", given->first, given->last, otherwise);
}
