/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/netlink.h"

#include <errno.h>
#include <sys/socket.h>

static int error_of(int error)
{
	return error == -ENOENT ? -EOPNOTSUPP : error < 0 ? error : -EIO;
}

/* The end of a list. A kernel without a part of the interface says so there (__inet_diag_dump() of a protocol). */
static int read_done(const struct nlmsghdr *message)
{
	const int *error = NLMSG_DATA(message);

	return message->nlmsg_len >= NLMSG_LENGTH(sizeof(*error)) && *error < 0 ? error_of(*error) : 1;
}

/* Handles one datagram. Return: 1 at the end of the list, 0 before it, or a negative errno. */
static int read_datagram(const void *buffer, size_t size, netlink_fn fn, void *data)
{
	const struct nlmsghdr *message = buffer;
	int r = 0;

	for (; r == 0 && NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
		if (message->nlmsg_flags & NLM_F_DUMP_INTR)
			return -EINTR;
		if (message->nlmsg_type == NLMSG_DONE)
			return read_done(message);
		if (message->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = NLMSG_DATA(message);

			return error_of(error->error);
		}
		r = fn(data, message);
	}
	return r;
}

int netlink_ask(int fd, const struct nlmsghdr *request, netlink_fn fn, void *data)
{
	_Alignas(struct nlmsghdr) char buffer[32768];
	int r = 0;

	if (send(fd, request, request->nlmsg_len, 0) < 0)
		return -errno;
	while (r == 0) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

		if (n < 0)
			return -errno;
		r = n ? read_datagram(buffer, n, fn, data) : -EIO;
		if (r == 0 && !(request->nlmsg_flags & NLM_F_DUMP))
			break;
	}
	return r < 0 ? r : 0;
}
