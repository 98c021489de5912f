/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of the column `ways`: the socket options of each, and its requirements. */
#include <errno.h>
#include <linux/io_uring.h>
#include <linux/mptcp.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/kernel/attempts.h"

/* Newer than the headers of some distributions; the kernel's numbers do not change. */
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif
enum {
	URING_OP_BIND = 56,
	URING_OP_LISTEN = 57,
	PRIVATE_RANGE = 4370 | 4375 << 16, /* the distribution ports of guard.c, in the format of IP_LOCAL_PORT_RANGE */
	FAST_OPEN_QUEUE = 16,
};

/* Each is a header with 6 bytes of padding (PadN), 8 bytes long, which the kernel ignores. */
static const unsigned char padding6[8] = { 0, 0, 1, 4 };
/* Four times "no operation". */
static const unsigned char no_operation4[4] = { 1, 1, 1, 1 };

/* A loose source route through stranger4; the address of connect comes after it. */
static const unsigned char source_route4[8] = { IPOPT_LSRR, 7, 4, 198, 51, 100, 9, IPOPT_NOP };

static const struct {
	const char *name;
	int level, option, value;
	const void *bytes; /* instead of value */
	socklen_t size;
} ways[N_WAYS] = {
	[WAY_MPTCP] = { "mptcp" },
	[WAY_UDP] = { "udp" },
	[WAY_SMC] = { "smc" },
	[WAY_LEFT] = { "left" },
	[WAY_PASSED] = { "passed" },
	[WAY_OUTSIDE] = { "outside" },
	[WAY_RECEIVED] = { "received" },
	[WAY_EARLY] = { "early" },
	[WAY_CONNECTING] = { "connecting" },
	[WAY_MOVED] = { "moved" },
	[WAY_BELOW] = { "below" },
	[WAY_THREADED] = { "threaded" },
	[WAY_UNSHARED] = { "unshared" },
	[WAY_THREAD] = { "thread" },
	[WAY_URING] = { "uring" },
	[WAY_URING_ASYNC] = { "uring-async" },
	[WAY_URING_SQPOLL] = { "uring-sqpoll" },
	[WAY_URING_FIXED] = { "uring-fixed" },
	[WAY_UNSPEC] = { "unspec" },
	[WAY_SHORT] = { "short" },
	[WAY_LONG] = { "long" },
	[WAY_FLOW] = { "flow" },
	[WAY_REUSEADDR] = { "reuseaddr", SOL_SOCKET, SO_REUSEADDR, 1 },
	[WAY_REUSEPORT] = { "reuseport", SOL_SOCKET, SO_REUSEPORT, 1 },
	[WAY_FREEBIND] = { "freebind", SOL_IP, IP_FREEBIND, 1 },
	[WAY_TRANSPARENT] = { "transparent", SOL_IP, IP_TRANSPARENT, 1 },
	[WAY_DEVICE] = { "device", SOL_SOCKET, SO_BINDTODEVICE, 0, "eth0", 4 },
	[WAY_DEVICE_LATER] = { "device-later" },
	[WAY_V6ONLY] = { "v6only", SOL_IPV6, IPV6_V6ONLY, 1 },
	[WAY_DUAL] = { "dual", SOL_IPV6, IPV6_V6ONLY, 0 },
	[WAY_NO_PORT] = { "no-port", SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1 },
	[WAY_PORT_RANGE] = { "port-range", SOL_IP, IP_LOCAL_PORT_RANGE, PRIVATE_RANGE },
	[WAY_DEFER] = { "defer", SOL_TCP, TCP_DEFER_ACCEPT, 1 },
	[WAY_IPOPTS] = { "ipopts", SOL_IP, IP_OPTIONS, 0, no_operation4, sizeof(no_operation4) },
	[WAY_SOURCE_ROUTE] = { "source-route", SOL_IP, IP_OPTIONS, 0, source_route4, sizeof(source_route4) },
	[WAY_DSTOPTS] = { "dstopts", SOL_IPV6, IPV6_DSTOPTS, 0, padding6, sizeof(padding6) },
	[WAY_HOPOPTS] = { "hopopts", SOL_IPV6, IPV6_HOPOPTS, 0, padding6, sizeof(padding6) },
	[WAY_TFO] = { "tfo", SOL_TCP, TCP_FASTOPEN, FAST_OPEN_QUEUE },
	[WAY_NONBLOCK] = { "nonblock" },
	[WAY_TFO_SENDTO] = { "tfo-sendto" },
	[WAY_TFO_SENDMSG] = { "tfo-sendmsg" },
	[WAY_TFO_CONNECT] = { "tfo-connect", SOL_TCP, TCP_FASTOPEN_CONNECT, 1 },
	[WAY_RECONNECT] = { "reconnect" },
	[WAY_ADDRFORM] = { "addrform" },
	[WAY_BOUND] = { "bound" },
	[WAY_BOUND4] = { "bound4" },
	[WAY_JOIN] = { "join" },
	[WAY_ANNOUNCED] = { "announced" },
	[WAY_REPAIR] = { "repair", SOL_TCP, TCP_REPAIR, 1 },
	[WAY_BEFORE] = { "before" },
	[WAY_MAPPED] = { "mapped" },
};

int way_find(const char *name)
{
	for (int way = 0; way < N_WAYS; way++)
		if (!strcmp(ways[way].name, name))
			return way;
	return -1;
}

int ways_set_options(int fd, uint64_t mask)
{
	for (int way = 0; way < N_WAYS; way++) {
		const void *value = ways[way].bytes ? ways[way].bytes : &ways[way].value;
		socklen_t size = ways[way].bytes ? ways[way].size : sizeof(ways[way].value);

		if (!(mask & WAY_BIT(way)) || !ways[way].option)
			continue;
		if (setsockopt(fd, ways[way].level, ways[way].option, value, size) < 0)
			return errno;
	}
	return 0;
}

static bool has_option(int level, int option, int protocol)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol);
	unsigned char value[256];
	socklen_t size = sizeof(value);

	return fd >= 0 && getsockopt(fd, level, option, value, &size) == 0;
}

/* True if MPTCP sockets have the option of a way too. */
static bool mptcp_takes(int way)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);

	return fd >= 0 && ways_set_options(fd, WAY_BIT(way)) == 0;
}

static bool has_family(int family)
{
	cleanup_fd int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0;
}

static const char *lacking_uring(const struct attempt *attempt)
{
	if (!uring_can(IORING_OP_SOCKET))
		return "io_uring with IORING_OP_SOCKET";
	if (attempt->verb != VERB_CONNECT && (!uring_can(URING_OP_BIND) || !uring_can(URING_OP_LISTEN)))
		return "io_uring with IORING_OP_BIND and IORING_OP_LISTEN";
	return NULL;
}

const char *ways_lacking(const struct attempt *attempt)
{
	uint64_t mask = attempt->ways | attempt->client_ways;

	if (mask & WAY_BIT(WAY_MPTCP) && !has_option(SOL_MPTCP, MPTCP_INFO, IPPROTO_MPTCP))
		return "MPTCP with MPTCP_INFO";
	if (mask & WAY_BIT(WAY_MPTCP) && mask & WAYS_FAST_OPEN && !mptcp_takes(WAY_TFO))
		return "Fast Open with MPTCP";
	if (mask & WAY_BIT(WAY_SMC) && !has_family(AF_SMC))
		return "SMC";
	if (mask & WAY_BIT(WAY_PORT_RANGE) && !has_option(SOL_IP, IP_LOCAL_PORT_RANGE, 0))
		return "IP_LOCAL_PORT_RANGE";
	if (mask & WAY_BIT(WAY_PORT_RANGE) && mask & WAY_BIT(WAY_MPTCP) && !mptcp_takes(WAY_PORT_RANGE))
		return "IP_LOCAL_PORT_RANGE with MPTCP";
	if (mask &
	    (WAY_BIT(WAY_URING) | WAY_BIT(WAY_URING_ASYNC) | WAY_BIT(WAY_URING_SQPOLL) | WAY_BIT(WAY_URING_FIXED)))
		return lacking_uring(attempt);
	return NULL;
}

static bool is_mptcp(int fd)
{
	struct mptcp_info info = {};
	socklen_t size = sizeof(info);

	return getsockopt(fd, SOL_MPTCP, MPTCP_INFO, &info, &size) == 0 &&
	       !(info.mptcpi_flags & MPTCP_INFO_FLAG_FALLBACK);
}

/* True if the SYN contained data, and the other side accepted it. */
static bool is_fast_open(int fd)
{
	struct tcp_info info = {};
	socklen_t size = sizeof(info);

	return getsockopt(fd, SOL_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_options & TCPI_OPT_SYN_DATA;
}

int ways_verify(int fd, uint64_t mask)
{
	if (mask & WAY_BIT(WAY_MPTCP))
		return is_mptcp(fd) ? 0 : EPROTO;
	return !(mask & WAYS_FAST_OPEN) || is_fast_open(fd) ? 0 : EPROTO;
}

unsigned int ways_subflows(int fd)
{
	struct mptcp_info info = {};
	socklen_t size = sizeof(info);

	return getsockopt(fd, SOL_MPTCP, MPTCP_INFO, &info, &size) == 0 ? info.mptcpi_subflows : 0;
}
