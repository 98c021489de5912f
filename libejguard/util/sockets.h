/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The TCP sockets of this network namespace, from the kernel's sock_diag. */
#ifndef EJG_UTIL_SOCKETS_H
#define EJG_UTIL_SOCKETS_H

#include <ejguard/facts.h>
#include <linux/inet_diag.h>

/* The side that began a connection. */
enum socket_direction {
	SOCKET_UNKNOWN,
	SOCKET_INCOMING,
	SOCKET_OUTGOING,
};

struct socket_info {
	struct ejg_prefix local; /* the wildcard is 0.0.0.0 or :: */
	struct ejg_prefix remote;
	uint16_t local_port;
	uint16_t remote_port;
	uint64_t cgroup_id;
	uid_t uid;
	uint32_t inode; /* the inode in /proc/PID/fd: "socket:[INODE]" */
	uint8_t family;
	bool open; /* established, or a connect that waits for its answer: neither side has closed it */
	enum socket_direction direction; /* of SOCKETS_CONNECTED; see socket_find_direction() */
	struct inet_diag_sockid id;	 /* the kernel's id, for sockets_destroy() */
};

enum sockets_kind {
	SOCKETS_LISTENING,
	SOCKETS_CONNECTED, /* established, or about to be, or closing */
	SOCKETS_BOUND,	   /* bound, not listening, not connected: Linux 6.8, none before */
};

/* Called for each socket. Return: 0 to go on, a negative errno to stop with. */
typedef int (*socket_fn)(void *data, const struct socket_info *info);

/*
 * Calls fn for each TCP socket of that kind, IPv4 and IPv6.
 * Return: 0, the result of fn, -EOPNOTSUPP when the kernel has no inet_diag, or another negative errno.
 */
int sockets_each(enum sockets_kind kind, socket_fn fn, void *data);

/* The direction of a connection; asks the kernel again if it was unknown. */
enum socket_direction socket_find_direction(const struct socket_info *info);

/*
 * Ends a connection: both sides see a reset. Return: 0, also when it is already closed; -EOPNOTSUPP when the kernel
 * cannot (CONFIG_INET_DIAG_DESTROY), or another negative errno.
 */
int sockets_destroy(const struct socket_info *info);

/* Writes "198.51.100.1:4369" or "[2001:db8::1]:4369" into text. */
#define SOCKET_TEXT_SIZE (EJG_PREFIX_TEXT_SIZE + 8)
const char *socket_format(const struct ejg_prefix *address, uint16_t port, char text[static SOCKET_TEXT_SIZE]);

#endif
