/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds other programs on the hook lookup that choose a socket for a new connection. Such a choice overrides every
 * refusal of the guard, whichever program runs first (BPF_PROG_SK_LOOKUP_RUN_ARRAY). To learn what such a program does
 * with a stranger's packet to a private port, the kernel runs it on one (BPF_PROG_TEST_RUN), and returns the chosen
 * socket.
 */
#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/foreign.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

#define MAX_TRIED (1 << 18) /* packets; each takes about a microsecond */

struct flow {
	struct policy_address source, destination;
};

struct chooser {
	const struct policy_head *head;
	struct decision d;
	int program;

	struct flow flows[256];
	size_t n_flows;
	unsigned int n_tried;
	bool all; /* false: more flows exist than were tried */

	int found; /* 1, or a negative errno when the test failed */
	/* the first packet for which the program chose a socket */
	struct flow flow;
	uint16_t port;
};

/* Strangers, unless the policy allows them: from networks for documentation and private networks. */
static const struct policy_address strangers[] = {
	{ 0, 0xffffc0000201ULL },     /* 192.0.2.1 */
	{ 0, 0xffffcb007101ULL },     /* 203.0.113.1 */
	{ 0, 0xffff0a00fe01ULL },     /* 10.0.254.1 */
	{ 0x20010db8ffff0000ULL, 1 }, /* 2001:db8:ffff::1 */
	{ 0xfd00ffffffff0000ULL, 1 }, /* fd00:ffff:ffff::1 */
};

static void put6(__u32 to[static 4], const struct policy_address *address)
{
	to[0] = htonl(address->high >> 32);
	to[1] = htonl(address->high);
	to[2] = htonl(address->low >> 32);
	to[3] = htonl(address->low);
}

/* Return: 1 if the program chooses a socket, 0, or a negative errno: EOPNOTSUPP for one of a group (SO_REUSEPORT). */
static int chooses(int program, const struct flow *flow, uint16_t port)
{
	/* The kernel requires ingress_ifindex to be 0 here: range_is_zero() in bpf_prog_test_run_sk_lookup(). */
	struct bpf_sk_lookup in = { .protocol = IPPROTO_TCP, .local_port = port, .remote_port = htons(50000) },
			     out = {};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &in, .ctx_size_in = sizeof(in), .ctx_out = &out,
		    .ctx_size_out = sizeof(out), .repeat = 1);
	int r;

	in.family = is_mapped(&flow->source) ? AF_INET : AF_INET6;
	if (in.family == AF_INET) {
		in.remote_ip4 = htonl(flow->source.low);
		in.local_ip4 = htonl(flow->destination.low);
	} else {
		put6(in.remote_ip6, &flow->source);
		put6(in.local_ip6, &flow->destination);
	}
	r = bpf_prog_test_run_opts(program, &options);
	return r == -EOPNOTSUPP ? 1 : r < 0 ? r : options.retval == SK_PASS && out.cookie;
}

/* An address of an interface that other hosts can reach. Return: true if it is one. */
static bool take_address(const struct ifaddrs *i, struct policy_address *ret)
{
	struct ejg_prefix prefix = { .length = 128 };

	if (!i->ifa_addr || !(i->ifa_flags & IFF_UP))
		return false;
	if (i->ifa_addr->sa_family == AF_INET) {
		memset(prefix.bytes + 10, 0xff, 2);
		memcpy(prefix.bytes + 12, &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr, 4);
	} else if (i->ifa_addr->sa_family == AF_INET6) {
		memcpy(prefix.bytes, &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr, 16);
	} else {
		return false;
	}
	*ret = net_address(&prefix);
	return !is_loopback(ret);
}

static void add_flow(struct chooser *c, const struct policy_address *source, const struct policy_address *destination)
{
	if (is_mapped(source) != is_mapped(destination) ||
	    decide_accept(&c->d, *source, *destination, 0) == POLICY_ALLOWED)
		return;
	if (c->n_flows < ARRAY_SIZE(c->flows))
		c->flows[c->n_flows++] = (struct flow){ *source, *destination };
	else
		c->all = false;
}

/* Tries every flow with one port before the next port: a search that ends early has not skipped a flow. */
static void try_port(struct chooser *c, uint16_t port)
{
	for (size_t i = 0; i < c->n_flows && !c->found; i++) {
		c->n_tried++;
		c->found = chooses(c->program, &c->flows[i], port);
		c->flow = c->flows[i];
		c->port = port;
	}
}

/* Runs in the namespace, and reads its addresses. Return: 1, 0 or a negative errno. */
static int try_program(void *data)
{
	struct chooser *c = data;
	struct ifaddrs *list;

	if (getifaddrs(&list) < 0)
		return -errno;
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		struct policy_address destination;

		if (!take_address(i, &destination))
			continue;
		for (size_t s = 0; s < ARRAY_SIZE(strangers); s++)
			add_flow(c, &strangers[s], &destination);
	}
	freeifaddrs(list);
	for (uint32_t port = 1; port < 65536 && !c->found; port++) {
		if (!port_in(c->head->guarded_ports, port))
			continue;
		if (c->n_tried + c->n_flows > MAX_TRIED) {
			c->all = false;
			break;
		}
		try_port(c, port);
	}
	return c->found;
}

static const char *text_of(const struct policy_address *address, char text[static EJG_PREFIX_TEXT_SIZE])
{
	const uint64_t words[] = { htobe64(address->high), htobe64(address->low) };
	struct ejg_prefix prefix = { .length = 128 };

	memcpy(prefix.bytes, words, sizeof(words));
	return ejg_prefix_format(&prefix, text);
}

static void report_chooser(struct ejg_call *call, const struct chooser *c, const char *where, const char *name)
{
	char source[EJG_PREFIX_TEXT_SIZE], to[EJG_PREFIX_TEXT_SIZE];

	if (c->found == 0)
		ejg_call_finding(call, "lookup-untried", where,
				 "%s is attached to lookup too; with %u packets to ports up to %u it gave no socket to "
				 "a stranger, "
				 "and more were not tried",
				 name, c->n_tried, c->port);
	else
		ejg_call_finding(
			call, "lookup-overridden", where,
			"%s gives a socket to a stranger (from %s to %s, port %u): the guard refuses nothing there",
			name, text_of(&c->flow.source, source), text_of(&c->flow.destination, to), c->port);
}

/* Return: true if the program overrides a refusal, or if that is unknown. */
static bool check_program(struct ejg_call *call, const struct net_policy *policy, const struct netns *netns,
			  uint32_t id)
{
	cleanup_fd int program = bpf_prog_get_fd_by_id(id);
	struct chooser c = {
		.head = &policy->chunks->head, .d = net_decision(policy), .program = program, .all = true
	};
	char name[BPF_OBJ_NAME_LEN], where[NETNS_NAME_SIZE];
	int r;

	if (program == -ENOENT) /* removed during the check */
		return false;
	r = program < 0 ? program : netns_run(netns, try_program, &c);
	foreign_name(id, name);
	if (r < 0)
		ejg_call_finding(
			call, "lookup-overridden", netns_name(netns, where),
			"%s is attached to lookup too, and whether it gives a socket to strangers cannot be tried: %s",
			name, strerror(-r));
	else if (r > 0 || !c.all)
		report_chooser(call, &c, netns_name(netns, where), name);
	return r != 0;
}

bool net_check_choosers(struct ejg_call *call, const struct net_policy *policy, const struct netns *netns)
{
	uint32_t ids[LOOKUPS_MAX];
	int n = ejg_call_mode(call) == EJG_ENFORCE ? lookup_programs(netns, ids) : 0;
	char where[NETNS_NAME_SIZE];
	bool overridden = n < 0;

	if (n < 0)
		ejg_call_finding(call, "lookup-overridden", netns_name(netns, where),
				 "whether other programs are attached to lookup cannot be read: %s", strerror(-n));
	for (int i = 0; i < n; i++)
		if (!foreign_is_of_set(ids[i], POLICY_LOOKUP) && check_program(call, policy, netns, ids[i]))
			overridden = true;
	return overridden;
}
