/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/ephemeral.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

enum {
	MAX_PORT = 65535,
	MAX_LIST = 200, /* of a command that a person copies */
};

/* Reads the first line of a file without its end; empty when it cannot be read. */
static void read_line(const char *path, char *text, size_t size)
{
	cleanup_file FILE *file = fopen(path, "re");

	*text = '\0';
	if (file && !fgets(text, (int)size, file))
		*text = '\0';
	text[strcspn(text, "\n")] = '\0';
}

bool ephemeral_read(struct ephemeral_ports *ret)
{
	unsigned int first, last;
	char line[64];

	read_line("/proc/sys/net/ipv4/ip_local_port_range", line, sizeof(line));
	read_line("/proc/sys/net/ipv4/ip_local_reserved_ports", ret->reserved, sizeof(ret->reserved));
	ret->range = (struct ejg_port_range){};
	if (sscanf(line, "%u %u", &first, &last) != 2 || first > last || last > MAX_PORT)
		return false;
	ret->range = (struct ejg_port_range){ (uint16_t)first, (uint16_t)last };
	return true;
}

static void reserve(uint8_t *bits, const char *list)
{
	unsigned long first, last;
	char *end;

	for (;; list = end + 1) {
		first = last = strtoul(list, &end, 10);
		if (end == list)
			return;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long port = first; port <= last && port <= MAX_PORT; port++)
			bits[port / 8] &= (uint8_t)~(1U << (port % 8));
		if (*end != ',')
			return;
	}
}

void ephemeral_find(const struct ephemeral_ports *ports, uint8_t ret_bits[static EPHEMERAL_PORT_BYTES])
{
	memset(ret_bits, 0, EPHEMERAL_PORT_BYTES);
	if (ports->range.first == 0)
		return;
	for (unsigned int port = ports->range.first; port <= ports->range.last; port++)
		ret_bits[port / 8] |= (uint8_t)(1U << (port % 8));
	reserve(ret_bits, ports->reserved);
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
	if (strlen(ports->reserved) > MAX_LIST)
		snprintf(ret_remedy, EPHEMERAL_REMEDY_SIZE,
			 "add %u-%u to net.ipv4.ip_local_reserved_ports (sysctl, and /etc/sysctl.d), or %s", given->first,
			 given->last, otherwise);
	else
		snprintf(ret_remedy, EPHEMERAL_REMEDY_SIZE,
			 "run: sysctl -w net.ipv4.ip_local_reserved_ports=%s%s%u-%u\n"
			 "write it into /etc/sysctl.d, too, or %s",
			 ports->reserved, *ports->reserved ? "," : "", given->first, given->last, otherwise);
}
