/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * others: what the module host costs a process that has nothing to do with the service, by the kernel's own statistics
 * of programs.
 *
 *   others CGROUP EMPTY GUARD EMPTY ROUNDS
 *
 * EMPTY, GUARD, EMPTY are folders of pinned programs, attached to a cgroup above this one, in this order. No attempt
 * names a private port.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/bench/bench.h"
#include "tests/bench/programs.h"

#define PORT 443
#define BURST 256

/* 192.0.2.1 and 2001:db8::1, documentation's: nobody has them, and here nothing leads to them. */
static socklen_t nobody(int family, struct sockaddr_storage *ret)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = { htonl(0xc0000201) } };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };

	inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
	memcpy(ret, family == AF_INET ? (void *)&in : (void *)&in6, family == AF_INET ? sizeof(in) : sizeof(in6));
	return family == AF_INET ? sizeof(in) : sizeof(in6);
}

static int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket");
	return fd;
}

/* The hook comes before the routing, which finds nothing. */
static void try_connect(int family)
{
	struct sockaddr_storage to = {};
	socklen_t size = nobody(family, &to);
	cleanup_fd int fd = new_socket(family);

	if (connect(fd, (struct sockaddr *)&to, size) == 0 || errno != ENETUNREACH)
		fail("connect");
}

/* The hook comes before the kernel finds that the address is not this host's. */
static void try_bind(int family)
{
	struct sockaddr_storage at = {};
	socklen_t size = nobody(family, &at);
	cleanup_fd int fd = new_socket(family);

	if (bind(fd, (struct sockaddr *)&at, size) == 0 || errno != EADDRNOTAVAIL)
		fail("bind");
}

/* The hooks after a bind run only if it succeeds: this one takes a port of the kernel's choice. */
static void try_bind_any(int family)
{
	struct sockaddr_storage any = { .ss_family = family };
	socklen_t size = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	cleanup_fd int fd = new_socket(family);

	if (bind(fd, (struct sockaddr *)&any, size) < 0)
		fail("bind to any port");
}

static const struct scenario {
	const char *hook, *what;
	int family;
	void (*try)(int family);
} scenarios[] = {
	{ "connect4", "to another port", AF_INET, try_connect },
	{ "connect6", "to another port", AF_INET6, try_connect },
	{ "bind4", "to another port", AF_INET, try_bind },
	{ "bind6", "to another port", AF_INET6, try_bind },
	{ "bind4", "to any port", AF_INET, try_bind_any },
	{ "post_bind4", "to any port", AF_INET, try_bind_any },
	{ "post_bind6", "to any port", AF_INET6, try_bind_any },
};

int main(int argc, char **argv)
{
	static struct program programs[N_PROGRAMS];
	cleanup_fd int statistics = -1;
	size_t rounds;

	if (argc != 6)
		return 2;
	rounds = strtoul(argv[5], NULL, 10);
	if (!rounds || rounds > MAX_ROUNDS)
		return 2;
	enter_cgroup(argv[1]);
	statistics = programs_count();
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		programs_open(programs, argv + 2, scenarios[i].hook);
		for (size_t round = 0; round < rounds; round++) {
			for (size_t k = 0; k < BURST; k++)
				scenarios[i].try(scenarios[i].family);
			programs_sample(programs, round);
		}
		printf("  %-10s %-16s", scenarios[i].hook, scenarios[i].what);
		programs_report(programs, rounds);
		programs_close(programs);
	}
	return 0;
}
