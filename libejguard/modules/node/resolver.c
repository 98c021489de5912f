/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/node/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libejguard/util/clock.h"

enum { ADDRESS_SIZE = 16 };

/* In the helper: one record for each address, and one more byte at the end, which says that the resolver is done. */
static void ask_in_helper(const char *name, int family, int out)
{
	const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	uint8_t record[ADDRESS_SIZE] = { 0 };
	struct addrinfo *list = NULL;

	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		list = NULL;
	for (size_t n = 0; list && n < NODE_HOST_MAX; list = list->ai_next, n++) {
		if (family == AF_INET)
			memcpy(record, &((const struct sockaddr_in *)(const void *)list->ai_addr)->sin_addr, 4);
		else
			memcpy(record, &((const struct sockaddr_in6 *)(const void *)list->ai_addr)->sin6_addr, 16);
		if (write(out, record, sizeof(record)) != sizeof(record))
			return;
	}
	if (write(out, "", 1) != 1)
		return;
}

static void read_answer(int fd, int family, struct node_host *host)
{
	const int64_t end = clock_ms() + NODE_HOST_TIMEOUT_MS;
	uint8_t record[ADDRESS_SIZE];
	int64_t left;
	ssize_t n;

	host->source = NODE_HOST_TIMEOUT;
	while ((left = end - clock_ms()) > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		/* A record is shorter than PIPE_BUF, so that it comes whole (pipe(7)). */
		n = read(fd, record, sizeof(record));
		if (n == ADDRESS_SIZE) {
			node_host_add(host, family, record);
			continue;
		}
		if (n == 1)
			host->source = host->n ? NODE_HOST_RESOLVER : NODE_HOST_UNKNOWN;
		return;
	}
}

int node_resolver_ask(const char *name, int family, struct node_host *host)
{
	pid_t helper;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	helper = fork();
	if (helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The host's memory may hold secrets: a crash of a resolver's module leaves no core file of it. */
		prctl(PR_SET_DUMPABLE, 0);
		ask_in_helper(name, family, fds[1]);
		_exit(0);
	}
	if (helper < 0) {
		const int error = errno;

		close(fds[0]);
		close(fds[1]);
		return -error;
	}
	close(fds[1]);
	read_answer(fds[0], family, host);
	close(fds[0]);
	kill(helper, SIGKILL);
	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
	if (host->source == NODE_HOST_TIMEOUT)
		host->n = 0;
	return 0;
}
