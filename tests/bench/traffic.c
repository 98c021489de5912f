/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * traffic: the same traffic past several filters, in turns.
 *
 *   traffic cycle|trip|bulk BLOCKS REFERENCE NAME:NETNS:ADDRESS:CGROUP...
 *
 * cycle  connect, accept and close on a private port
 * trip   one byte there and one byte back over an established connection to a public port
 * bulk   64 KiB, many times, over the same to the listener
 *
 * One process: its listeners were made in each CGROUP and NETNS, its clients where it started. In each round every
 * filter has a burst that is short beside the time slices of a busy machine, in a random order. The median of a block
 * of rounds leaves out the bursts that were interrupted; what is reported is the ratio of medians of the same block.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/bench/bench.h"

#define PRIVATE_PORT 4369
#define PUBLIC_PORT 5222
#define MAX_FILTERS 16
#define BULK_CHUNK 65536
#define BLOCK 60 /* rounds */

struct filter {
	char *name;
	struct sockaddr_in address;
	int listener;
	int client, server; /* established */
	double *samples;    /* nanoseconds of a unit, by round */
};

struct work {
	const char *name;
	const char *unit;
	uint16_t port;
	unsigned int burst; /* units of a burst */
	void (*run)(const struct filter *filter, unsigned int burst);
};

static int listen_at(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 || listen(fd, 64) < 0)
		fail("listen");
	return fd;
}

static int connect_to(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		fail("connect");
	return fd;
}

static int accept_at(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		fail("accept");
	return fd;
}

static void run_cycle(const struct filter *filter, unsigned int burst)
{
	while (burst--) {
		int client = connect_to(&filter->address), server = accept_at(filter->listener);

		close(client);
		close(server);
	}
}

static void run_trip(const struct filter *filter, unsigned int burst)
{
	char byte = 0;

	while (burst--)
		if (send(filter->client, &byte, 1, 0) != 1 || recv(filter->server, &byte, 1, 0) != 1 ||
		    send(filter->server, &byte, 1, 0) != 1 || recv(filter->client, &byte, 1, 0) != 1)
			fail("round trip");
}

static void run_bulk(const struct filter *filter, unsigned int burst)
{
	static char chunk[BULK_CHUNK];

	while (burst--) {
		size_t sent = 0, received = 0;

		while (received < sizeof(chunk)) {
			ssize_t n = sent < sizeof(chunk)
					    ? send(filter->client, chunk + sent, sizeof(chunk) - sent, MSG_DONTWAIT)
					    : 0;

			if (n < 0 && errno != EAGAIN)
				fail("send");
			sent += n < 0 ? 0 : n;
			n = recv(filter->server, chunk, sizeof(chunk), 0);
			if (n <= 0)
				fail("recv");
			received += n;
		}
	}
}

static const struct work works[] = {
	{ "cycle", "connect, accept, close", PRIVATE_PORT, 6, run_cycle },
	{ "trip", "one byte there and back", PUBLIC_PORT, 16, run_trip },
	{ "bulk", "64 KiB", PUBLIC_PORT, 8, run_bulk },
};

/* NAME:NETNS:ADDRESS:CGROUP */
static void read_filter(char *text, uint16_t port, struct filter *ret)
{
	char *fields[4];

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		fields[i] = strsep(&text, ":");
		if (!fields[i]) {
			errno = EINVAL;
			fail("NAME:NETNS:ADDRESS:CGROUP");
		}
	}
	*ret = (struct filter){
		.name = fields[0],
		.address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { inet_addr(fields[2]) } },
	};
	enter_netns(fields[1]);
	enter_cgroup(fields[3]);
	ret->listener = listen_at(&ret->address);
}

static void establish(struct filter *filter)
{
	int on = 1;

	filter->client = connect_to(&filter->address);
	filter->server = accept_at(filter->listener);
	if (setsockopt(filter->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
	    setsockopt(filter->server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		fail("TCP_NODELAY");
}

static void run_rounds(const struct work *work, struct filter *filters, size_t n, size_t rounds)
{
	size_t order[MAX_FILTERS];

	for (size_t round = 0; round < rounds; round++) {
		shuffle(order, n);
		for (size_t i = 0; i < n; i++) {
			const struct filter *filter = &filters[order[i]];
			uint64_t start;

			work->run(filter, 2); /* refills the caches for this filter */
			start = now_ns();
			work->run(filter, work->burst);
			filter->samples[round] = (double)(now_ns() - start) / work->burst;
		}
	}
}

static double block_median(const struct filter *filter, size_t block)
{
	double samples[BLOCK];

	memcpy(samples, filter->samples + block * BLOCK, sizeof(samples));
	return summarize(samples, BLOCK).median;
}

static void report(const struct work *work, const struct filter *filters, size_t n, const struct filter *reference,
		   size_t blocks)
{
	cleanup_free double *ratios = calloc(blocks, sizeof(*ratios));

	printf("%s: bursts of %u, %zu blocks of %u rounds; ratio to '%s' of the same block\n", work->unit, work->burst,
	       blocks, BLOCK, reference->name);
	printf("  %-20s %9s  %-25s %-15s %9s\n", "filter", "ratio", "95 % of the median", "quartiles", "us");
	for (size_t i = 0; ratios && i < n; i++) {
		struct summary ratio;

		for (size_t block = 0; block < blocks; block++)
			ratios[block] = block_median(&filters[i], block) / block_median(reference, block);
		ratio = summarize(ratios, blocks);
		printf("  %-20s %9.4f  %.4f to %.4f          %.3f to %.3f", filters[i].name, ratio.median, ratio.low,
		       ratio.high, ratio.first_quartile, ratio.third_quartile);
		for (size_t block = 0; block < blocks; block++)
			ratios[block] = block_median(&filters[i], block);
		printf(" %9.2f\n", summarize(ratios, blocks).median / 1000);
	}
}

int main(int argc, char **argv)
{
	struct filter filters[MAX_FILTERS];
	const struct filter *reference = NULL;
	const struct work *work = NULL;
	size_t n = argc - 4, blocks = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	char own_cgroup[4096];

	if (argc < 6 || n > MAX_FILTERS || !blocks || !getenv("EJG_CGROUP"))
		return 2;
	for (size_t i = 0; i < ARRAY_SIZE(works); i++)
		if (!strcmp(works[i].name, argv[1]))
			work = &works[i];
	if (!work)
		return 2;
	for (size_t i = 0; i < n; i++) {
		read_filter(argv[4 + i], work->port, &filters[i]);
		filters[i].samples = calloc(blocks, BLOCK * sizeof(double));
		if (!filters[i].samples)
			fail("no memory");
		if (!strcmp(filters[i].name, argv[3]))
			reference = &filters[i];
	}
	if (!reference)
		return 2;
	snprintf(own_cgroup, sizeof(own_cgroup), "%s/client", getenv("EJG_CGROUP"));
	enter_cgroup(own_cgroup);
	enter_netns("/proc/1/ns/net");
	for (size_t i = 0; i < n; i++)
		establish(&filters[i]);
	run_rounds(work, filters, n, blocks * BLOCK);
	report(work, filters, n, reference, blocks);
	return 0;
}
