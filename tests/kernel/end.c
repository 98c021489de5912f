/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The actions of an end from start to exit: bind only, connect, or serve. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "tests/kernel/attempts.h"

enum {
	JOIN_PATIENCE = 200, /* ms for a second subflow */
};

static const struct timespec millisecond = { .tv_nsec = 1000000 };

int end_bind(const struct end *end)
{
	cleanup_fd int fd = end_socket(end);

	return fd < 0 ? errno : end_bind_socket(end, fd, end->local, end->local_port);
}

/* --- call ------------------------------------------------------------------------------------------------------- */

/* Exchanges a byte in each direction: both ends have accepted the connection. */
static int exchange(const struct end *end, int fd, bool sent)
{
	char byte = 'x';

	if (!sent && send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
		return errno;
	if (recv(fd, &byte, 1, 0) != 1)
		return errno ? errno : ECONNRESET;
	if ((has(end, WAY_JOIN) || has(end, WAY_ANNOUNCED)) && byte != 'j')
		return ETIMEDOUT;
	return end->verify ? ways_verify(fd, end->ways) : 0;
}

static int disconnect(int fd)
{
	struct sockaddr_storage unspec = { .ss_family = AF_UNSPEC };

	return connect(fd, (const struct sockaddr *)&unspec, sizeof(unspec)) < 0 ? errno : 0;
}

/* First makes a connection that is allowed; then the same socket is used again. */
static int connect_innocently(const struct end *end, int fd)
{
	const struct place *peer = place_find(end->remote->family == AF_INET ? "peer4" : "peer6");
	struct end innocent = *end;
	int r;

	innocent.ways &= ~(WAY_BIT(WAY_TFO_SENDTO) | WAY_BIT(WAY_TFO_SENDMSG));
	r = end_connect_socket(&innocent, fd, peer, end->remote_port);
	return r ? r : disconnect(fd);
}

/* Turns an IPv6 socket into an IPv4 one, which the kernel allows while it is connected to a mapped address. */
static int turn_to_ipv4(struct end *end, int fd)
{
	int family = AF_INET, r;

	r = end_connect_socket(end, fd, place_find("peer4"), end->remote_port);
	if (r)
		return r;
	if (setsockopt(fd, SOL_IPV6, IPV6_ADDRFORM, &family, sizeof(family)) < 0)
		return errno;
	end->family = AF_INET;
	return disconnect(fd);
}

int end_call(const struct end *given)
{
	struct end end = *given;
	cleanup_fd int fd = end_socket(&end);
	int r = fd < 0 ? errno : 0;

	if (r == 0 && end.local)
		r = end_bind_socket(&end, fd, end.local, end.local_port);
	if (r == 0 && has(&end, WAY_RECONNECT))
		r = connect_innocently(&end, fd);
	if (r == 0 && has(&end, WAY_ADDRFORM))
		r = turn_to_ipv4(&end, fd);
	if (r == 0)
		r = end_connect_socket(&end, fd, end.remote, end.remote_port);
	if (r == 0 && has(&end, WAY_CONNECTING))
		r = end_become(&end);
	/* Without a packet the other side knows nothing. */
	if (r == 0 && !has(&end, WAY_REPAIR))
		r = exchange(&end, fd, has(&end, WAY_TFO_SENDTO) || has(&end, WAY_TFO_SENDMSG));
	if (r || !has(&end, WAY_BEFORE) || end.variant == N_VARIANTS)
		return r;
	r = guard_apply(end.world, end.variant);
	return r ? r : exchange(&end, fd, false);
}

/* --- serve ------------------------------------------------------------------------------------------------------ */

static char answer_of(const struct end *end, int connection)
{
	if (!end->waits_for_join)
		return 'y';
	for (int i = 0; i < JOIN_PATIENCE; i++) {
		if (ways_subflows(connection))
			return 'j';
		nanosleep(&millisecond, NULL);
	}
	return 'y';
}

/* Answers each byte with a byte, until the caller closes or the timer ends this process. */
static void answer(const struct end *end, int connection)
{
	char byte;

	setsockopt(connection, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
	while (recv(connection, &byte, 1, 0) == 1) {
		byte = answer_of(end, connection);
		if (send(connection, &byte, 1, MSG_NOSIGNAL) != 1)
			return;
	}
}

static void answer_datagram(int fd)
{
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	char byte;

	if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &length) == 1)
		sendto(fd, &byte, 1, 0, (const struct sockaddr *)&from, length);
}

static int report_port(int fd, int report_fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	uint16_t port;

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		return errno;
	/* The port is at the same offset in both families. */
	port = ntohs(((const struct sockaddr_in *)&address)->sin_port);
	return write(report_fd, &port, sizeof(port)) == sizeof(port) ? 0 : EIO;
}

/* IP_LOCAL_PORT_RANGE chooses inside the ephemeral range of the network namespace only. */
int set_ephemeral_range(bool with_private)
{
	const char *range = with_private ? "4370 60999" : "32768 60999";
	cleanup_fd int fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, range, strlen(range)) > 0 ? 0 : errno;
}

static int prepare_listener(const struct end *end, int fd)
{
	int on = 1, r = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return errno;
	if (has(end, WAY_PORT_RANGE) && !end->person)
		r = set_ephemeral_range(true);
	if (r)
		return r;
	if (end->local)
		r = end_bind_socket(end, fd, end->local, end->local_port);
	if (r == 0 && !has(end, WAY_UDP))
		r = end_listen(end, fd);
	if (has(end, WAY_PORT_RANGE) && !end->person)
		(void)set_ephemeral_range(false);
	if (r == 0 && has(end, WAY_MOVED))
		r = enter_cgroup(end->world->elsewhere);
	return r;
}

int end_serve(const struct end *end, int report_fd)
{
	cleanup_fd int fd = end_socket(end);
	int r = fd < 0 ? errno : prepare_listener(end, fd);

	if (r == 0)
		r = report_port(fd, report_fd);
	while (r == 0) {
		cleanup_fd int connection = -1;

		if (has(end, WAY_UDP)) {
			answer_datagram(fd);
			continue;
		}
		connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (connection < 0)
			return errno;
		answer(end, connection);
	}
	return r;
}
