/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/util/cleanup.h"

static const uint32_t states[] = {
	[SOCKETS_LISTENING] = 1U << TCP_LISTEN,
	/*
	 * What waits in TIME_WAIT carries nothing. What is half open will be a connection, of which no hook hears more: a
	 * connect that waits for its answer, a Fast Open one that waits for the last ACK. (Half-open ones of the ordinary
	 * kind show no cgroup here; their last ACK meets the guard.)
	 */
	[SOCKETS_CONNECTED] = 1U << TCP_ESTABLISHED | 1U << TCP_SYN_SENT | 1U << TCP_SYN_RECV | 1U << TCP_FIN_WAIT1 |
			      1U << TCP_FIN_WAIT2 | 1U << TCP_CLOSE_WAIT,
};

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

static int open_diag(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		return errno == EPROTONOSUPPORT ? -EOPNOTSUPP : -errno;
	return fd;
}

static struct ejg_prefix read_address(int family, const void *bytes)
{
	struct ejg_prefix address = { .length = 128 };

	if (family == AF_INET) {
		memset(address.bytes + 10, 0xff, 2);
		memcpy(address.bytes + 12, bytes, 4);
	} else {
		memcpy(address.bytes, bytes, 16);
	}
	return address;
}

static struct socket_info read_socket(const struct nlmsghdr *header)
{
	const struct inet_diag_msg *diag = NLMSG_DATA(header);
	const struct rtattr *attr = (const struct rtattr *)(diag + 1);
	int left = header->nlmsg_len - NLMSG_LENGTH(sizeof(*diag));
	struct socket_info info = {
		.local = read_address(diag->idiag_family, diag->id.idiag_src),
		.remote = read_address(diag->idiag_family, diag->id.idiag_dst),
		.local_port = ntohs(diag->id.idiag_sport),
		.remote_port = ntohs(diag->id.idiag_dport),
		.uid = diag->idiag_uid,
		.inode = diag->idiag_inode,
		.family = diag->idiag_family,
		.id = diag->id,
	};

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		if (attr->rta_type == INET_DIAG_CGROUP_ID && RTA_PAYLOAD(attr) == sizeof(info.cgroup_id))
			memcpy(&info.cgroup_id, RTA_DATA(attr), sizeof(info.cgroup_id));
	return info;
}

/* Handles one datagram of the answer. Return: 1 at the end of the dump, 0 before it, or a negative errno. */
static int read_answer(const void *buffer, size_t size, socket_fn fn, void *data)
{
	const struct nlmsghdr *header = buffer;

	for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
		struct socket_info info;
		int r;

		if (header->nlmsg_type == NLMSG_DONE)
			return 1;
		if (header->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = NLMSG_DATA(header);

			return error->error == -ENOENT ? -EOPNOTSUPP : error->error < 0 ? error->error : -EIO;
		}
		if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    header->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			continue;
		info = read_socket(header);
		r = fn(data, &info);
		if (r < 0)
			return r;
	}
	return 0;
}

static int each_of_family(int family, enum sockets_kind kind, socket_fn fn, void *data)
{
	cleanup_fd int fd = open_diag();
	_Alignas(struct nlmsghdr) char buffer[32768];
	struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = { .sdiag_family = family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = states[kind] },
	};
	int r = 0;

	if (fd < 0)
		return fd;
	if (send(fd, &request, sizeof(request), 0) < 0)
		return -errno;
	while (r == 0) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

		if (n < 0)
			return -errno;
		r = n ? read_answer(buffer, n, fn, data) : -EIO;
	}
	return r < 0 ? r : 0;
}

int sockets_each(enum sockets_kind kind, socket_fn fn, void *data)
{
	int r = each_of_family(AF_INET, kind, fn, data);

	return r < 0 ? r : each_of_family(AF_INET6, kind, fn, data);
}

int sockets_destroy(const struct socket_info *info)
{
	cleanup_fd int fd = open_diag();
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char room[512];
	} answer;
	struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DESTROY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.body = {
			.sdiag_family = info->family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = states[SOCKETS_CONNECTED],
			.id = info->id,
		},
	};

	if (fd < 0)
		return fd;
	if (send(fd, &request, sizeof(request), 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		return -errno;
	if (answer.header.nlmsg_type != NLMSG_ERROR)
		return -EIO;
	return answer.error.error == -ENOENT ? 0 : answer.error.error;
}

const char *socket_format(const struct ejg_prefix *address, uint16_t port, char text[static SOCKET_TEXT_SIZE])
{
	char bare[EJG_PREFIX_TEXT_SIZE];

	ejg_prefix_format(address, bare);
	if (strchr(bare, ':'))
		snprintf(text, SOCKET_TEXT_SIZE, "[%s]:%u", bare, port);
	else
		snprintf(text, SOCKET_TEXT_SIZE, "%s:%u", bare, port);
	return text;
}
