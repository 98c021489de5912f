/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A wire for proofs: a TUN device in a network namespace that leads nowhere. What is written to its descriptor arrives in
 * the namespace as from outside; what the namespace answers can be read from it.
 */
#ifndef EJG_NET_WIRE_H
#define EJG_NET_WIRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* Brings the loopback device up. Return: 0 or a negative errno. */
int wire_loopback_up(void);

/*
 * Makes the device, gives it the address and a route to the half of all addresses that it is in. Return: a descriptor or
 * a negative errno.
 */
int wire_open(struct in_addr address);

/* Sends a SYN as from `source`. Return: 0 or a negative errno. */
int wire_send_syn(int wire, struct in_addr source, struct in_addr destination, uint16_t port);

/* Sends a SYN as from `source` by a raw socket, from this namespace to itself. Return: 0 or a negative errno. */
int wire_send_raw_syn(struct in_addr source, struct in_addr destination, uint16_t port);

enum wire_answer {
	WIRE_SILENCE,
	WIRE_ACCEPTED, /* a SYN-ACK */
	WIRE_REFUSED,  /* a reset */
};

/* What is answered from an address and port to such a SYN, read from a raw socket. Other packets are silence. Does not wait. */
enum wire_answer wire_answer(int fd, struct in_addr from, uint16_t port);

/* Whether a TCP packet has come back, a SYN-ACK or a reset. Does not wait. */
bool wire_has_answer(int wire);

#endif
