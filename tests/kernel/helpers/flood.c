/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flood N ADDRESS PORT: N SYNs from N different IPv4 sources, of as many /24 as can be, over the TUN device `wire`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/kernel/helpers/packet.h"

enum {
	FIRST_SOURCE = 11 << 24, /* 11.0.0.0 */
	STRIDE = 149,		 /* a million of it stays below 20.0.0.0, and hits each /24 twice at most */
};

int main(int argc, char **argv)
{
	int wire = packet_device("wire");
	struct in_addr destination;
	unsigned long n = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;

	if (!n || wire < 0 || inet_pton(AF_INET, argv[2], &destination) != 1) {
		fprintf(stderr, "usage: flood N ADDRESS PORT, where a device `wire` is\n");
		return 2;
	}
	for (unsigned long i = 0; i < n; i++) {
		const uint32_t source = htonl(FIRST_SOURCE + i * STRIDE);
		const struct packet packet = packet_syn4(&source, &destination, 40000, atoi(argv[3]));

		if (write(wire, &packet, packet.size) != (ssize_t)packet.size) {
			fprintf(stderr, "flood: %s\n", strerror(errno));
			return 1;
		}
	}
	return 0;
}
