/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/netlink.h"

/* include/net/tcp_states.h. <netinet/tcp.h> has them too, but with an older struct tcp_info. */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_CLOSE_WAIT = 8,
	TCP_LISTEN = 10,
	TCP_BOUND_INACTIVE = 13, /* only of sock_diag, since Linux 6.8; an older kernel has no socket in that state */
};

/* The kernel reads a socket's queue and its counters one after the other: on a busy socket they may not match. */
enum { DIRECTION_TRIES = 5 };

static const uint32_t states[] = {
	[SOCKETS_LISTENING] = 1U << TCP_LISTEN,
	/*
	 * TIME_WAIT sockets carry no data and are left out. Two half-open kinds are included, because no hook sees them
	 * again: a connect that waits for its answer, and a Fast Open that waits for the last ACK. (Ordinary half-open
	 * connections show no cgroup here. Their last ACK passes the ingress hook; where lookup decides, they are
	 * recognised by their port.)
	 */
	[SOCKETS_CONNECTED] = 1U << TCP_ESTABLISHED | 1U << TCP_SYN_SENT | 1U << TCP_SYN_RECV | 1U << TCP_FIN_WAIT1 |
			      1U << TCP_FIN_WAIT2 | 1U << TCP_CLOSE_WAIT,
	[SOCKETS_BOUND] = 1U << TCP_BOUND_INACTIVE,
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

/*
 * The kernel does not record which side began a connection. But it counts an acknowledged SYN or FIN like a byte, and
 * the SYN counts only at the side that began (tcp_create_openreq_child() starts behind it). The bytes acknowledged or
 * in flight, less the bytes sent for the first time, are therefore 1 at that side and 0 at the other.
 */
static enum socket_direction read_direction(const struct inet_diag_msg *diag, const struct tcp_info *info)
{
	const bool fin_sent = diag->idiag_state == TCP_FIN_WAIT2 ||
			      (diag->idiag_state == TCP_FIN_WAIT1 && info->tcpi_notsent_bytes == 0);
	const uint64_t gone = info->tcpi_bytes_acked + diag->idiag_wqueue - info->tcpi_notsent_bytes;
	const uint64_t left = gone - (info->tcpi_bytes_sent - info->tcpi_bytes_retrans) - fin_sent;

	if (diag->idiag_state == TCP_SYN_SENT)
		return SOCKET_OUTGOING;
	if (diag->idiag_state == TCP_SYN_RECV)
		return SOCKET_INCOMING;
	return left == 0 ? SOCKET_INCOMING : left == 1 ? SOCKET_OUTGOING : SOCKET_UNKNOWN;
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
		.open = diag->idiag_state == TCP_ESTABLISHED || diag->idiag_state == TCP_SYN_SENT,
		.id = diag->id,
	};
	struct tcp_info tcp;

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (attr->rta_type == INET_DIAG_CGROUP_ID && RTA_PAYLOAD(attr) == sizeof(info.cgroup_id))
			memcpy(&info.cgroup_id, RTA_DATA(attr), sizeof(info.cgroup_id));
		/* The structure grows at its end: the members that are read here exist since 4.19. */
		if (attr->rta_type == INET_DIAG_INFO &&
		    RTA_PAYLOAD(attr) >=
			    offsetof(struct tcp_info, tcpi_bytes_retrans) + sizeof(tcp.tcpi_bytes_retrans)) {
			memcpy(&tcp, RTA_DATA(attr), RTA_PAYLOAD(attr) < sizeof(tcp) ? RTA_PAYLOAD(attr) : sizeof(tcp));
			info.direction = read_direction(diag, &tcp);
		}
	}
	return info;
}

struct taker {
	socket_fn fn;
	void *data;
};

static int take_socket(void *data, const struct nlmsghdr *message)
{
	const struct taker *taker = data;
	struct socket_info info;

	if ((message->nlmsg_type != SOCK_DIAG_BY_FAMILY && message->nlmsg_type != TCPDIAG_GETSOCK) ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
		return 0;
	info = read_socket(message);
	return taker->fn(taker->data, &info);
}

/* Asks for one socket. Return: 0, the result of fn, or a negative errno. */
static int ask(const struct inet_diag_req_v2 *body, socket_fn fn, void *data)
{
	cleanup_fd int fd = open_diag();
	const struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.body = *body,
	};

	return fd < 0 ? fd : netlink_ask(fd, &request.header, take_socket, &(struct taker){ fn, data });
}

/*
 * The kernel walks all connections of the machine for each family that is asked for: a millisecond or more where its
 * table is large. The older form of the request is for both families (inet_diag_dump_compat()).
 */
int sockets_each(enum sockets_kind kind, socket_fn fn, void *data)
{
	cleanup_fd int fd = open_diag();
	const struct {
		struct nlmsghdr header;
		struct inet_diag_req body;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = TCPDIAG_GETSOCK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = {
			.idiag_states = states[kind],
			.idiag_ext = kind == SOCKETS_CONNECTED ? 1 << (INET_DIAG_INFO - 1) : 0,
		},
	};

	return fd < 0 ? fd : netlink_ask(fd, &request.header, take_socket, &(struct taker){ fn, data });
}

static int take_direction(void *data, const struct socket_info *info)
{
	*(enum socket_direction *)data = info->direction;
	return 0;
}

enum socket_direction socket_find_direction(const struct socket_info *info)
{
	const struct inet_diag_req_v2 body = {
		.sdiag_family = info->family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_ext = 1 << (INET_DIAG_INFO - 1),
		.id = info->id,
	};
	enum socket_direction direction = info->direction;

	for (int i = 0; i < DIRECTION_TRIES && direction == SOCKET_UNKNOWN; i++)
		if (ask(&body, take_direction, &direction) < 0)
			break;
	return direction;
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
