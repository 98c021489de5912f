/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/listeners.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/util/cleanup.h"

static int request(int fd, int family)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} message = {
		.header = {
			.nlmsg_len = sizeof(message),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = {
			.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = 1U << TCP_LISTEN,
		},
	};

	return send(fd, &message, sizeof(message), 0) < 0 ? -errno : 0;
}

static struct listener read_listener(const struct nlmsghdr *header)
{
	const struct inet_diag_msg *diag = NLMSG_DATA(header);
	const struct rtattr *attr = (const struct rtattr *)(diag + 1);
	int left = header->nlmsg_len - NLMSG_LENGTH(sizeof(*diag));
	struct listener listener = {
		.port = ntohs(diag->id.idiag_sport),
		.uid = diag->idiag_uid,
		.address.length = 128,
	};

	if (diag->idiag_family == AF_INET) {
		memset(listener.address.bytes + 10, 0xff, 2);
		memcpy(listener.address.bytes + 12, diag->id.idiag_src, 4);
	} else {
		memcpy(listener.address.bytes, diag->id.idiag_src, 16);
	}
	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		if (attr->rta_type == INET_DIAG_CGROUP_ID && RTA_PAYLOAD(attr) == sizeof(listener.cgroup_id))
			memcpy(&listener.cgroup_id, RTA_DATA(attr), sizeof(listener.cgroup_id));
	return listener;
}

/* Handles one datagram of the answer. Return: 1 at the end of the dump, 0 before it, or a negative errno. */
static int read_answer(const void *buffer, size_t size, listener_fn fn, void *data)
{
	const struct nlmsghdr *header = buffer;

	for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
		struct listener listener;
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
		listener = read_listener(header);
		r = fn(data, &listener);
		if (r < 0)
			return r;
	}
	return 0;
}

static int each_of_family(int family, listener_fn fn, void *data)
{
	cleanup_fd int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	_Alignas(struct nlmsghdr) char buffer[32768];
	int r;

	if (fd < 0)
		return errno == EPROTONOSUPPORT ? -EOPNOTSUPP : -errno;
	r = request(fd, family);
	while (r == 0) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

		if (n < 0)
			return -errno;
		r = n ? read_answer(buffer, n, fn, data) : -EIO;
	}
	return r < 0 ? r : 0;
}

int listeners_each(listener_fn fn, void *data)
{
	int r = each_of_family(AF_INET, fn, data);

	/* A kernel without IPv6 has no such listeners. */
	if (r == 0)
		r = each_of_family(AF_INET6, fn, data);
	return r;
}
