/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A request to epmd is 2 bytes of length, one byte for the type of request, and the rest. epmd answers NAMES with its
 * port in 4 bytes and a line for each name, then closes the connection. It answers PORT_PLEASE2 with the byte 119, a
 * result byte (0 when the name is registered), and then 2 bytes of port.
 */
#include "libejguard/util/epmd-client.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

enum { NAMES_REQ = 110, PORT_PLEASE2_REQ = 122, PORT2_RESP = 119 };

/* Waits until the socket is ready. Return: 0, -ETIMEDOUT, or a negative errno. */
static int wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	int64_t left;
	int n;

	do {
		left = deadline - clock_ms();
		n = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
}

static int connect_to(const struct ejg_prefix *address, uint16_t port, int64_t deadline, int *ret_fd)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	const bool ipv4 = prefix_is_ipv4(address);
	cleanup_fd int fd = socket(ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t size = sizeof(int);
	int error = 0, r;

	if (fd < 0)
		return -errno;
	memcpy(&in.sin_addr, address->bytes + 12, sizeof(in.sin_addr));
	memcpy(&in6.sin6_addr, address->bytes, sizeof(in6.sin6_addr));
	if (ipv4)
		r = connect(fd, (const struct sockaddr *)&in, sizeof(in));
	else
		r = connect(fd, (const struct sockaddr *)&in6, sizeof(in6));
	if (r < 0 && errno != EINPROGRESS)
		return -errno;
	r = wait_for(fd, POLLOUT, deadline);
	if (r < 0)
		return r;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error)
		return error ? -error : -errno;
	*ret_fd = take_fd(fd);
	return 0;
}

/* Connects and sends a request: `what` is the byte for the type of request, text follows it. */
static int send_request(const struct ejg_prefix *address, uint16_t port, int64_t deadline, unsigned char what,
			const char *text, int *ret_fd)
{
	unsigned char request[3 + EPMD_NAME_MAX];
	const size_t length = strlen(text);
	cleanup_fd int fd = -1;
	int r;

	if (length > EPMD_NAME_MAX)
		return -ENAMETOOLONG;
	r = connect_to(address, port, deadline, &fd);
	if (r < 0)
		return r;
	request[0] = (unsigned char)((length + 1) >> 8);
	request[1] = (unsigned char)(length + 1);
	request[2] = what;
	memcpy(request + 3, text, length);
	if (send(fd, request, length + 3, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length + 3)
		return -EPIPE;
	*ret_fd = take_fd(fd);
	return 0;
}

/* Reads until it has the wanted number of bytes, or the other side closes. Return: how many, or a negative errno. */
static ssize_t receive(int fd, char *answer, size_t wanted, int64_t deadline)
{
	size_t size = 0;
	int r;

	while (size < wanted) {
		ssize_t n;

		r = wait_for(fd, POLLIN, deadline);
		if (r < 0)
			return r;
		n = recv(fd, answer + size, wanted - size, MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		size += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)size;
}

ssize_t epmd_client_names(const struct ejg_prefix *address, uint16_t port, unsigned int patience_ms, char *ret,
			  size_t size)
{
	const int64_t deadline = clock_ms() + patience_ms;
	cleanup_fd int fd = -1;
	ssize_t n;
	int r;

	r = send_request(address, port, deadline, NAMES_REQ, "", &fd);
	if (r < 0)
		return r;
	n = receive(fd, ret, size - 1, deadline);
	if (n < 0)
		return n;
	if ((size_t)n == size - 1)
		return -EFBIG;
	ret[n] = '\0';
	return n;
}

int epmd_client_port(const struct ejg_prefix *address, uint16_t port, unsigned int patience_ms, const char *name)
{
	const int64_t deadline = clock_ms() + patience_ms;
	unsigned char answer[4] = { 0 };
	cleanup_fd int fd = -1;
	ssize_t n;
	int r;

	r = send_request(address, port, deadline, PORT_PLEASE2_REQ, name, &fd);
	if (r < 0)
		return r;
	/* for an unknown name the answer has only two bytes */
	n = receive(fd, (char *)answer, 2, deadline);
	if (n == 2 && answer[0] == PORT2_RESP && answer[1] != 0)
		return 0;
	if (n == 2 && answer[0] == PORT2_RESP)
		n = receive(fd, (char *)answer + 2, 2, deadline);
	else
		return n < 0 ? (int)n : -EBADMSG;
	if (n != 2)
		return n < 0 ? (int)n : -EBADMSG;
	return answer[2] << 8 | answer[3];
}
