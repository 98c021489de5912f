/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/routes.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/netlink.h"

/* If a table changes while the kernel lists it, it is listed again. */
enum { TRIES = 10 };

struct routes {
	struct ejg_prefix *items;
	size_t n;
};

static int add(struct routes *routes, const struct ejg_prefix *prefix)
{
	struct ejg_prefix *items = reallocarray(routes->items, routes->n + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	routes->items = items;
	items[routes->n++] = *prefix;
	return 0;
}

/*
 * The kernel's own routes are single assigned addresses, in the table `local` or in the table of a VRF. A wider route
 * that claims to be the kernel's belongs to a proxy and is for marked packets (Cilium's table 2004 has 0.0.0.0/0).
 * Other IPv4 routes are either in the table `local`, where the hook finds them by the kernel, or lead only to
 * transparent listeners: no other listener could answer (ip_route_output_key_hash_rcu asks __ip_dev_find for the
 * source).
 */
static bool is_wanted(const struct rtmsg *route, uint32_t table)
{
	const bool ipv4 = route->rtm_family == AF_INET;

	if (route->rtm_type != RTN_LOCAL)
		return false;
	if (route->rtm_protocol == RTPROT_KERNEL)
		return table != RT_TABLE_LOCAL && route->rtm_dst_len == (ipv4 ? 32 : 128);
	return !ipv4;
}

static int read_route(struct routes *routes, const struct nlmsghdr *header)
{
	const struct rtmsg *route = NLMSG_DATA(header);
	const struct rtattr *attr = RTM_RTA(route);
	int left = RTM_PAYLOAD(header);
	const bool ipv4 = route->rtm_family == AF_INET;
	const size_t size = ipv4 ? 4 : 16;
	struct ejg_prefix prefix = { .length = route->rtm_dst_len + (ipv4 ? 96 : 0) };
	uint32_t table = route->rtm_table;

	if (ipv4)
		memset(prefix.bytes + 10, 0xff, 2);
	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		if (attr->rta_type == RTA_DST && RTA_PAYLOAD(attr) == size) /* absent for ::/0 */
			memcpy(prefix.bytes + sizeof(prefix.bytes) - size, RTA_DATA(attr), size);
		if (attr->rta_type == RTA_TABLE && RTA_PAYLOAD(attr) == sizeof(table))
			memcpy(&table, RTA_DATA(attr), sizeof(table));
	}
	return is_wanted(route, table) ? add(routes, &prefix) : 0;
}

static int take_route(void *data, const struct nlmsghdr *message)
{
	if (message->nlmsg_type != RTM_NEWROUTE || message->nlmsg_len < NLMSG_LENGTH(sizeof(struct rtmsg)))
		return 0;
	return read_route(data, message);
}

/* With NETLINK_GET_STRICT_CHK the kernel sends no other types: a full table may have a million routes. */
static int list(struct routes *routes, int family)
{
	cleanup_fd int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	const struct {
		struct nlmsghdr header;
		struct rtmsg body;
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = RTM_GETROUTE,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.body = { .rtm_family = family, .rtm_type = RTN_LOCAL },
	};

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &(int){ 1 }, sizeof(int));
	return netlink_ask(fd, &request.header, take_route, routes);
}

/* Without IPv6 the kernel would list the routes of another family. */
static bool has_ipv6(void)
{
	cleanup_fd int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0 || errno != EAFNOSUPPORT;
}

static int list_all(struct routes *routes)
{
	int r = list(routes, AF_INET);

	return r == 0 && has_ipv6() ? list(routes, AF_INET6) : r;
}

int routes_find_local(struct ejg_prefix **ret, size_t *ret_n)
{
	struct routes routes = {};
	int r = -EINTR;

	for (int try = 0; r == -EINTR && try < TRIES; try++) {
		routes.n = 0;
		r = list_all(&routes);
	}
	if (r < 0) {
		free(routes.items);
		return r;
	}
	*ret = routes.items;
	*ret_n = routes.n;
	return 0;
}
