/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A new network namespace for a test, in which it may listen on any port. */
#ifndef EJG_TEST_OWN_NETWORK_H
#define EJG_TEST_OWN_NETWORK_H

#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

/* Enters one whose loopback device is up. Return: false when that is not permitted. */
static inline bool own_network(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd, r;

	if (unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	r = fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &lo);
	if (fd >= 0)
		close(fd);
	return r == 0;
}

/* A listener on an address of the loopback device ("any" is all of them). */
static inline int own_listener(int family, bool any, uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), 0);
	in.sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
	in6.sin6_addr = any ? in6addr_any : in6addr_loopback;
	if (family == AF_INET)
		assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	else
		assert_int_equal(bind(fd, (struct sockaddr *)&in6, sizeof(in6)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

#endif
