/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a request to the kernel over netlink(7), and reads the answer. */
#ifndef EJG_UTIL_NETLINK_H
#define EJG_UTIL_NETLINK_H

#include <linux/netlink.h>

/* Processes one message of an answer. Return: 0, or a negative errno that ends it. */
typedef int (*netlink_fn)(void *data, const struct nlmsghdr *message);

/*
 * Sends a request and calls fn for each message of the answer: of all datagrams up to the end of the list with
 * NLM_F_DUMP, else of one datagram.
 *
 * Return: 0, what fn returned, -EINTR if the list changed during the dump, -EOPNOTSUPP if the kernel does not have this
 * interface, or the errno of send(2), recv(2) or of the kernel's answer.
 */
int netlink_ask(int fd, const struct nlmsghdr *request, netlink_fn fn, void *data);

#endif
