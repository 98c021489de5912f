/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decide: the cost of a decision, from the kernel's statistics of programs (BPF_STATS_RUN_TIME).
 *
 *   decide CGROUP EMPTY GUARD EMPTY PREFIXES ROUNDS
 *
 * EMPTY, GUARD, EMPTY are folders of pinned programs, attached to the cgroup in this order: the kernel runs all three
 * for each attempt, so that their samples are interleaved as closely as can be. The two empty ones show the effect of
 * noise and of the position on the same program. The peers are 20.0.0.0, 20.0.0.2, ...: PREFIXES of them.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/modules/net/wire.h"
#include "tests/bench/bench.h"
#include "tests/bench/programs.h"

#define PORT 4370
#define CLOSED_PORT 4371 /* of the range, without a listener */
#define PUBLIC_PORT 5222
#define STRICT_PORT 7777 /* private only by strict=yes */
#define FIRST_PEER 0x14000000
#define OWN_ADDRESS 0x64400001 /* 100.64.0.1, in `listen` */
#define FOREIGN_ADDRESS 0x64400002
#define BURST 256

struct bench {
	char **folders; /* by program */
	uint32_t peers;
	size_t rounds;
	int wire;
	int client, server; /* of an established connection */
};

static struct sockaddr_in to_sockaddr(uint32_t address, uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(address) } };
}

static struct sockaddr_in6 to_mapped(uint32_t address)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };

	address = htonl(address);
	memset(&in6.sin6_addr.s6_addr[10], 0xff, 2);
	memcpy(&in6.sin6_addr.s6_addr[12], &address, sizeof(address));
	return in6;
}

/* The hook runs before the routing, which finds no route here: the socket can be used again. */
static void try_connect4(const struct bench *bench, int fd, uint32_t address)
{
	struct sockaddr_in in = to_sockaddr(address, PORT);

	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0 || (errno != ENETUNREACH && errno != EPERM))
		fail("connect");
}

static void try_connect6(const struct bench *bench, int fd, uint32_t address)
{
	struct sockaddr_in6 in6 = to_mapped(address);

	if (connect(fd, (struct sockaddr *)&in6, sizeof(in6)) == 0 || (errno != ENETUNREACH && errno != EPERM))
		fail("connect");
}

/* A new socket each time: the hook binds it to the device or to the address. */
static void try_new_connect4(const struct bench *bench, int unused, uint32_t address)
{
	struct sockaddr_in in = to_sockaddr(address, CLOSED_PORT);
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0 || errno != ECONNREFUSED)
		fail("connect on this host");
}

/* The address is not local: the kernel refuses it after the hook, and the socket can be used again. */
static void try_bind4(const struct bench *bench, int fd, uint32_t address)
{
	struct sockaddr_in in = to_sockaddr(address, PORT);

	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0 || (errno != EADDRNOTAVAIL && errno != EPERM))
		fail("bind");
}

static void try_bind6(const struct bench *bench, int fd, uint32_t address)
{
	struct sockaddr_in6 in6 = to_mapped(address);

	if (bind(fd, (struct sockaddr *)&in6, sizeof(in6)) == 0 || (errno != EADDRNOTAVAIL && errno != EPERM))
		fail("bind");
}

static void try_syn(const struct bench *bench, int fd, uint32_t address)
{
	struct in_addr source = { htonl(address) }, own = { htonl(OWN_ADDRESS) };

	if (wire_send_syn(bench->wire, source, own, PORT) < 0)
		fail("send a SYN");
}

/* To a port without a known number, about which the cgroup's program decides. */
static void try_strict_syn(const struct bench *bench, int fd, uint32_t address)
{
	struct in_addr source = { htonl(address) }, own = { htonl(OWN_ADDRESS) };

	if (wire_send_syn(bench->wire, source, own, STRICT_PORT) < 0)
		fail("send a SYN");
}

static void try_established(const struct bench *bench, int fd, uint32_t address)
{
	char byte = 0;

	if (send(bench->client, &byte, 1, 0) != 1 || recv(bench->server, &byte, 1, 0) != 1)
		fail("established connection");
}

static uint32_t first_peer(const struct bench *bench, uint32_t i)
{
	return FIRST_PEER;
}

static uint32_t last_peer(const struct bench *bench, uint32_t i)
{
	return FIRST_PEER + 2 * (bench->peers - 1);
}

static uint32_t any_peer(const struct bench *bench, uint32_t i)
{
	return FIRST_PEER + 2 * (uint32_t)(i * 2654435761ULL % bench->peers);
}

static uint32_t no_peer(const struct bench *bench, uint32_t i)
{
	return FIRST_PEER + 1;
}

static uint32_t own_listen(const struct bench *bench, uint32_t i)
{
	return OWN_ADDRESS;
}

static uint32_t loopback(const struct bench *bench, uint32_t i)
{
	return INADDR_LOOPBACK;
}

static uint32_t foreign_listen(const struct bench *bench, uint32_t i)
{
	return FOREIGN_ADDRESS;
}

static const struct scenario {
	const char *hook, *what;
	int family;
	void (*try)(const struct bench *bench, int fd, uint32_t address);
	uint32_t (*address)(const struct bench *bench, uint32_t i);
	bool always; /* with all numbers of prefixes; false: only with 16, because they have no effect */
} scenarios[] = {
	{ "connect4", "first match", AF_INET, try_connect4, first_peer, true },
	{ "connect4", "last match", AF_INET, try_connect4, last_peer, true },
	{ "connect4", "any match", AF_INET, try_connect4, any_peer, true },
	{ "connect4", "miss, refused", AF_INET, try_connect4, no_peer, true },
	{ "connect6", "first match", AF_INET6, try_connect6, first_peer, true },
	{ "connect6", "last match", AF_INET6, try_connect6, last_peer, true },
	{ "connect6", "any match", AF_INET6, try_connect6, any_peer, true },
	{ "connect6", "miss, refused", AF_INET6, try_connect6, no_peer, true },
	{ "bind4", "in listen", AF_INET, try_bind4, own_listen, false },
	{ "bind4", "not in it, refused", AF_INET, try_bind4, foreign_listen, false },
	{ "bind6", "in listen", AF_INET6, try_bind6, own_listen, false },
	{ "bind6", "not in it, refused", AF_INET6, try_bind6, foreign_listen, false },
	{ "lookup", "SYN, first match", AF_INET, try_syn, first_peer, true },
	{ "lookup", "SYN, last match", AF_INET, try_syn, last_peer, true },
	{ "lookup", "SYN, any match", AF_INET, try_syn, any_peer, true },
	{ "lookup", "SYN, miss, refused", AF_INET, try_syn, no_peer, true },
	{ "lookup", "SYN, another port", AF_INET, try_strict_syn, first_peer, false },
	{ "ingress", "SYN, first match", AF_INET, try_strict_syn, first_peer, true },
	{ "ingress", "SYN, last match", AF_INET, try_strict_syn, last_peer, true },
	{ "ingress", "SYN, any match", AF_INET, try_strict_syn, any_peer, true },
	{ "ingress", "SYN, miss, refused", AF_INET, try_strict_syn, no_peer, true },
	{ "ingress", "established", AF_INET, try_established, no_peer, false },
	{ "connect4", "loopback", AF_INET, try_new_connect4, loopback, false },
	{ "connect4", "own address", AF_INET, try_new_connect4, own_listen, false },
};

static void run_scenario(const struct bench *bench, const struct scenario *scenario)
{
	static struct program programs[N_PROGRAMS];
	cleanup_fd int fd = socket(scenario->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint32_t at = 0;

	if (fd < 0)
		fail("socket");
	programs_open(programs, bench->folders, scenario->hook);
	for (size_t round = 0; round < bench->rounds; round++) {
		for (size_t i = 0; i < BURST; i++)
			scenario->try(bench, fd, scenario->address(bench, at++));
		programs_sample(programs, round);
		while (wire_has_answer(bench->wire))
			;
	}
	printf("  %8u  %-8s %-20s", bench->peers, scenario->hook, scenario->what);
	programs_report(programs, bench->rounds);
	programs_close(programs);
}

static int listen_at(uint32_t address, uint16_t port)
{
	struct sockaddr_in in = to_sockaddr(address, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 || listen(fd, 64) < 0)
		fail("listen");
	return fd;
}

static void establish(struct bench *bench)
{
	struct sockaddr_in in = to_sockaddr(INADDR_LOOPBACK, PUBLIC_PORT);
	cleanup_fd int listener = listen_at(INADDR_LOOPBACK, PUBLIC_PORT);

	bench->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bench->client < 0 || connect(bench->client, (struct sockaddr *)&in, sizeof(in)) < 0)
		fail("connect");
	bench->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (bench->server < 0)
		fail("accept");
}

int main(int argc, char **argv)
{
	struct bench bench = {};
	cleanup_fd int statistics = -1, listener = -1, strict = -1;

	if (argc != 7)
		return 2;
	bench.folders = argv + 2;
	bench.peers = strtoul(argv[5], NULL, 10);
	bench.rounds = strtoul(argv[6], NULL, 10);
	if (!bench.peers || !bench.rounds || bench.rounds > MAX_ROUNDS)
		return 2;
	enter_cgroup(argv[1]);
	establish(&bench);
	statistics = programs_count();
	bench.wire = -1;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		const struct scenario *scenario = &scenarios[i];

		if (!scenario->always && bench.peers != 16)
			continue;
		/* Without the wire there is no route. */
		if (scenario->try == try_syn && bench.wire < 0) {
			bench.wire = wire_open((struct in_addr){ htonl(OWN_ADDRESS) });
			if (bench.wire < 0)
				fail("a TUN device");
			listener = listen_at(OWN_ADDRESS, PORT);
			strict = listen_at(OWN_ADDRESS, STRICT_PORT);
		}
		run_scenario(&bench, scenario);
	}
	return 0;
}
