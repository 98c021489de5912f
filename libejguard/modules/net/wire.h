/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A wire for proofs: a TUN device in a network namespace without any other connection. Data written to its descriptor
 * arrives in the namespace as from outside; answers of the namespace can be read from it.
 */
#ifndef EJG_NET_WIRE_H
#define EJG_NET_WIRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* Brings the loopback device up. Return: 0 or a negative errno. */
int wire_loopback_up(void);

/*
 * Makes the device with the address and a route to that address's half of the address space. Return: a descriptor or a
 * negative errno.
 */
int wire_open(struct in_addr address);

/* Sends a SYN with the address `source`. Return: 0 or a negative errno. */
int wire_send_syn(int wire, struct in_addr source, struct in_addr destination, uint16_t port);

/* Sends a SYN with the address `source` by a raw socket, inside this namespace. Return: 0 or a negative errno. */
int wire_send_raw_syn(struct in_addr source, struct in_addr destination, uint16_t port);

enum wire_answer {
	WIRE_SILENCE,
	WIRE_ACCEPTED, /* a SYN-ACK */
	WIRE_REFUSED,  /* a reset */
};

/* Reads an answer to such a SYN from an address and port on a raw socket; others count as silence. Does not wait. */
enum wire_answer wire_answer(int fd, struct in_addr from, uint16_t port);

/* True if a TCP packet has come back, a SYN-ACK or a reset. Does not wait. */
bool wire_has_answer(int wire);

#endif
