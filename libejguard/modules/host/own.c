/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an address is this host's: the kernel's own table is asked by a bind, as the programs do. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/util/cleanup.h"

static bool can_bind(int family, const void *address, socklen_t size)
{
	cleanup_fd int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? errno != EAFNOSUPPORT : bind(fd, address, size) == 0 || errno != EADDRNOTAVAIL;
}

bool host_is_own(const struct policy_address *address)
{
	const uint64_t words[] = { htobe64(address->high), htobe64(address->low) };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htobe32((uint32_t)address->low) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (is_mapped(address))
		return can_bind(AF_INET, &in, sizeof(in));
	memcpy(&in6.sin6_addr, words, sizeof(words));
	return can_bind(AF_INET6, &in6, sizeof(in6));
}
