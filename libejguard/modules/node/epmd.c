/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PORT_PLEASE2_REQ: 2 bytes of length, 122, the name. PORT2_RESP: 119, a byte that is 0 for a name that is there, and
 * then 2 bytes of port (erts/doc/guides/erl_dist_protocol.md of Erlang/OTP). Anybody may be the one who answers.
 */
#include "libejguard/modules/node/epmd.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "libejguard/modules/node/name.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

enum { PORT_PLEASE2_REQ = 122, PORT2_RESP = 119 };

static bool wait_for(int fd, short events, int64_t end)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left;
	int n;

	do {
		left = end - clock_ms();
		n = left > 0 ? poll(&p, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static int connect_to(const struct sockaddr *address, socklen_t size, int64_t end)
{
	cleanup_fd int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t length = sizeof(int);
	int error = 0;

	if (fd < 0)
		return -1;
	if (connect(fd, address, size) < 0 && (errno != EINPROGRESS || !wait_for(fd, POLLOUT, end)))
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 || error)
		return -1;
	return take_fd(fd);
}

static int ask(int fd, const char *name, int64_t end)
{
	unsigned char request[3 + NODE_NAME_MAX], answer[4];
	const size_t length = strlen(name);
	size_t got = 0;
	ssize_t n;

	if (length > NODE_NAME_MAX)
		return NODE_EPMD_UNKNOWN;
	request[0] = (unsigned char)((length + 1) >> 8);
	request[1] = (unsigned char)(length + 1);
	request[2] = PORT_PLEASE2_REQ;
	memcpy(request + 3, name, length);
	if (send(fd, request, length + 3, MSG_NOSIGNAL) != (ssize_t)length + 3)
		return NODE_EPMD_UNKNOWN;
	while (got < sizeof(answer) && wait_for(fd, POLLIN, end)) {
		n = recv(fd, answer + got, sizeof(answer) - got, 0);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	if (got < 2 || answer[0] != PORT2_RESP)
		return NODE_EPMD_UNKNOWN;
	if (answer[1] != 0)
		return 0;
	return got == sizeof(answer) ? answer[2] << 8 | answer[3] : NODE_EPMD_UNKNOWN;
}

int node_epmd_ask(uint16_t port, const char *name)
{
	const struct sockaddr_in in = { .sin_family = AF_INET,
					.sin_port = htons(port),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
					  .sin6_port = htons(port),
					  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	const int64_t end = clock_ms() + NODE_EPMD_TIMEOUT_MS;
	cleanup_fd int fd = connect_to((const struct sockaddr *)&in, sizeof(in), end);

	if (fd < 0)
		fd = connect_to((const struct sockaddr *)&in6, sizeof(in6), end);
	return fd < 0 ? NODE_EPMD_UNKNOWN : ask(fd, name, end);
}
