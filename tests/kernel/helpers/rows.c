/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rows SET: prints the kernel's counters and records, read from the pins directly, one a line:
 *
 *     counter denial|proof HOOK REASON VALUE				those that are not 0
 *     insider|outsider HOOK REASON ADDRESS PORT UID CGROUP COMMAND PID COUNT FIRST LAST	times in seconds since
 * boot
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bpf/policy-names.h"
#include "libejguard/util/cleanup.h"

static int open_pin(const char *set, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", set, name);
	return bpf_obj_get(path);
}

static int print_counters(const char *set)
{
	cleanup_fd int map = open_pin(set, "counters");
	int n = libbpf_num_possible_cpus();
	cleanup_free uint64_t *values = n > 0 ? calloc(n, sizeof(*values)) : NULL;

	for (uint32_t i = 0; map >= 0 && values && i < POLICY_N_COUNTERS; i++) {
		uint32_t hook = i / POLICY_N_REASONS;
		uint64_t sum = 0;
		int r = bpf_map_lookup_elem(map, &i, values);

		if (r < 0)
			return r;
		for (int cpu = 0; cpu < n; cpu++)
			sum += values[cpu];
		if (sum)
			printf("counter %s %s %s %llu\n", hook < POLICY_N_HOOKS ? "denial" : "proof",
			       policy_hooks[hook % POLICY_N_HOOKS].name, policy_reasons[i % POLICY_N_REASONS],
			       (unsigned long long)sum);
	}
	return map < 0 ? map : values ? 0 : -ENOMEM;
}

static void print_row(const char *word, const struct policy_denial_key *key, const struct policy_denial *row)
{
	const uint64_t words[2] = { htobe64(key->address.high), htobe64(key->address.low) };
	const bool ipv4 = key->address.high == 0 && key->address.low >> 32 == 0xffff;
	char address[INET6_ADDRSTRLEN];

	inet_ntop(ipv4 ? AF_INET : AF_INET6, (const char *)words + (ipv4 ? 12 : 0), address, sizeof(address));
	printf("%s %s %s %s %u %d %llu %.16s %u %llu %llu %llu\n", word, policy_hooks[key->hook % POLICY_N_HOOKS].name,
	       policy_reasons[key->reason % POLICY_N_REASONS], address, key->port, (int)key->uid,
	       (unsigned long long)key->cgroup, row->command[0] ? row->command : "-", row->pid,
	       (unsigned long long)row->count, (unsigned long long)row->first / 1000000000,
	       (unsigned long long)row->last / 1000000000);
}

static int print_rows(const char *set, const char *table, const char *word)
{
	cleanup_fd int map = open_pin(set, table);
	struct policy_denial_key key, *previous = NULL;
	struct policy_denial row;

	if (map < 0)
		return map;
	for (; bpf_map_get_next_key(map, previous, &key) == 0; previous = &key)
		if (bpf_map_lookup_elem(map, &key, &row) == 0)
			print_row(word, &key, &row);
	return 0;
}

int main(int argc, char **argv)
{
	int r = argc == 2 ? print_counters(argv[1]) : -EINVAL;

	if (r == 0)
		r = print_rows(argv[1], "insiders", "insider");
	if (r == 0)
		r = print_rows(argv[1], "outsiders", "outsider");
	if (r < 0)
		fprintf(stderr, "rows: %s\n", strerror(-r));
	return r < 0;
}
