/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells the ports of epmd, of the distribution and of the public services apart. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "libejguard/util/registered.h"
#include "tools/learn/learn.h"

bool learn_is_dist(const struct learn *learn, uint16_t port)
{
	for (size_t i = 0; i < learn->facts->n_dist; i++)
		if (port >= learn->facts->dist[i].first && port <= learn->facts->dist[i].last)
			return true;
	return is_registered_by_service(learn->facts, learn->survey, port);
}

bool learn_is_private(const struct learn *learn, uint16_t port)
{
	for (size_t i = 0; i < learn->facts->n_public_ports; i++)
		if (port >= learn->facts->public_ports[i].first && port <= learn->facts->public_ports[i].last)
			return false;
	return port == learn->facts->epmd_port || learn_is_dist(learn, port);
}

bool learn_is_same(const struct ejg_prefix *a, const struct ejg_prefix *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static bool is_loopback(const struct ejg_prefix *address)
{
	static const uint8_t mapped[13] = { [10] = 0xff, [11] = 0xff, [12] = 127 }, six[16] = { [15] = 1 };

	return memcmp(address->bytes, mapped, sizeof(mapped)) == 0 || memcmp(address->bytes, six, sizeof(six)) == 0;
}

static bool is_of_interface(const struct ejg_prefix *address)
{
	struct ifaddrs *own = NULL;
	bool found = false;

	if (getifaddrs(&own) < 0)
		return false;
	for (const struct ifaddrs *i = own; i && !found; i = i->ifa_next) {
		const void *bytes = address->bytes;

		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET)
			found = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)bytes) &&
				memcmp(address->bytes + 12,
				       &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr, 4) == 0;
		else if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET6)
			found = memcmp(address->bytes,
				       &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr, 16) == 0;
	}
	freeifaddrs(own);
	return found;
}

/* Also by connections whose other end is here: the service may live in another network namespace. */
bool learn_is_here(const struct learn *learn, const struct ejg_prefix *address)
{
	if (is_loopback(address) || is_of_interface(address))
		return true;
	for (size_t i = 0; i < learn->survey->n_connections; i++)
		if (learn_is_same(&ejg_connection_get(learn->survey, i)->local, address))
			return true;
	return false;
}

static bool has_dist(const struct learn *learn, pid_t pid)
{
	for (size_t i = 0; i < learn->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(learn->survey, i);

		if (listener->pid == pid && learn_is_dist(learn, listener->port))
			return true;
	}
	return false;
}

int learn_judge_nodes(struct learn *learn)
{
	size_t n = 0;

	for (size_t i = 0; i < learn->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(learn->survey, i);

		if (process->role != EJG_PROCESS_NODE || !process->in_service)
			continue;
		n++;
		if (!has_dist(learn, process->pid))
			return report_fail(
				learn->report, -EACCES,
				"cannot tell which port of process %d is its distribution port: epmd does not "
				"know it, and no range is configured; start epmd, or: set dist FIRST-LAST",
				process->pid);
	}
	if (n == 0)
		return report_fail(learn->report, -EACCES,
				   "no node of %s runs, or none can be seen; start it, and run this as root",
				   learn->facts->service);
	return 0;
}
