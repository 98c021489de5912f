/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ephemeral ports: those that the kernel gives to any process which does not ask for a certain one. */
#ifndef EJG_UTIL_EPHEMERAL_H
#define EJG_UTIL_EPHEMERAL_H

#include <ejguard/facts.h>

enum ephemeral_limits {
	EPHEMERAL_MAX_LIST = 200, /* bytes of a list in a command that a person copies */
	EPHEMERAL_REMEDY_SIZE = 512,
	EPHEMERAL_PORT_BYTES = 65536 / 8,
};

struct ephemeral_ports {
	struct ejg_port_range range;	   /* ip_local_port_range; first is 0 when it is unknown */
	char list[EPHEMERAL_MAX_LIST + 1]; /* ip_local_reserved_ports: "4370-4375,8080", or "" */
	bool list_is_longer;		   /* then the list is empty */
	uint8_t reserved[EPHEMERAL_PORT_BYTES];
};

/* Sets the reserved ports from a list of that form. */
void ephemeral_reserve(struct ephemeral_ports *ports, const char *list);

/* Reads the settings of the network namespace of the caller. Return: false when the range cannot be read. */
bool ephemeral_read(struct ephemeral_ports *ret);

/* Sets the bit of each port that the kernel may give away: those of the range that are not reserved. */
void ephemeral_find(const struct ephemeral_ports *ports, uint8_t ret_bits[static EPHEMERAL_PORT_BYTES]);

/*
 * Finds the ports of a range that the kernel may give away. *ret: the first to the last of them. Return: false for
 * none.
 */
bool ephemeral_find_in(const struct ephemeral_ports *ports, const struct ejg_port_range *range,
		       struct ejg_port_range *ret);

/*
 * The remedy: to reserve these ports, too (the list as it stands is kept), or `otherwise`. Without `run:` if the
 * command would be too long.
 */
void ephemeral_remedy(const struct ephemeral_ports *ports, const struct ejg_port_range *given, const char *otherwise,
		      char ret_remedy[static EPHEMERAL_REMEDY_SIZE]);

#endif
