/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prove, for accept=netns: sends a forbidden packet in each network namespace of the service, because the program must
 * be attached there. The packet goes from a loopback address to an address of the namespace: it never leaves the
 * namespace, with or without a guard. Its destination is no loopback address, so the program treats its source as a
 * stranger. A raw socket sends it, so no rule about connects applies.
 *
 * A service that lives only in namespaces that it can make itself can set them up so that nothing answers, or anything.
 * What an attempt shows there fails no proof, and all of them wait as long together as one of another namespace: they
 * neither undo nor delay an apply.
 */
#include <endian.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/proof.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/modules/net/wire.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

#define ANSWER_TIMEOUT_MS 1000 /* the kernel answers at once, but a busy machine may be slow */

struct attempt {
	const struct pins *pins;
	struct decision d;
	uint16_t port;
	int64_t end; /* until then the answer is waited for */
	struct prove_record record;
};

static struct policy_address mapped(struct in_addr address)
{
	return (struct policy_address){ 0, 0xffff00000000ULL | ntohl(address.s_addr) };
}

static bool is_link_local(const struct sockaddr *address)
{
	return IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static bool get_own(const struct sockaddr *address, struct in_addr *ret)
{
	const struct in_addr own = ((const struct sockaddr_in *)(const void *)address)->sin_addr;
	const struct policy_address found = mapped(own);

	if (is_loopback(&found))
		return false;
	*ret = own;
	return true;
}

/*
 * An address of this namespace that is not loopback. Return: 0, -EADDRNOTAVAIL, -EAFNOSUPPORT when it has only IPv6
 * addresses, for which no source is reserved for proofs; or another negative errno.
 */
static int find_own_address(struct in_addr *ret)
{
	struct ifaddrs *list;
	int r = -EADDRNOTAVAIL;

	if (getifaddrs(&list) < 0)
		return -errno;
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		/* Packets to an address of the loopback device come over that device: they are never a stranger's. */
		if (!i->ifa_addr || (i->ifa_flags & (IFF_UP | IFF_LOOPBACK)) != IFF_UP)
			continue;
		if (i->ifa_addr->sa_family == AF_INET6 && !is_link_local(i->ifa_addr))
			r = r == 0 ? 0 : -EAFNOSUPPORT;
		if (i->ifa_addr->sa_family == AF_INET && get_own(i->ifa_addr, ret))
			r = 0;
	}
	freeifaddrs(list);
	return r;
}

/* Opens a socket for answers to the source of the proof. Return: a descriptor or a negative errno. */
static int open_ear(struct in_addr source)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = source };

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return take_fd(fd);
}

static enum wire_answer wait_for_answer(int ear, struct in_addr own, uint16_t port, int64_t end)
{
	enum wire_answer answer = WIRE_SILENCE;

	for (int64_t left = end - clock_ms(); answer == WIRE_SILENCE && left > 0; left = end - clock_ms()) {
		struct pollfd p = { .fd = ear, .events = POLLIN };

		(void)poll(&p, 1, (int)left);
		answer = wire_answer(ear, own, port);
	}
	return answer;
}

static int send_syn(const struct attempt *attempt, struct in_addr source, struct in_addr own, enum wire_answer *ret)
{
	cleanup_fd int ear = open_ear(source);
	int r = ear < 0 ? ear : wire_send_raw_syn(source, own, attempt->port);

	if (r == 0)
		*ret = wait_for_answer(ear, own, attempt->port, attempt->end);
	return r;
}

/* True if this service or another one allows such a connection. */
static bool is_admitted(const struct attempt *attempt, struct in_addr source, struct in_addr own)
{
	struct sharing sharing;
	bool admits;

	if (decide_accept(&attempt->d, mapped(source), mapped(own), 0) == POLICY_ALLOWED)
		return true;
	sharing = sharing_read(attempt->pins);
	admits = sharing_admits(&sharing, attempt->port, mapped(source), mapped(own), 0);
	sharing_free(&sharing);
	return admits;
}

/* Runs in the namespace. Return: 0, or a negative errno when the attempt could not be made. */
static int try_namespace(void *data)
{
	struct attempt *attempt = data;
	const struct in_addr source = { htonl(POLICY_PROOF_SOURCE) };
	bool permissive = attempt->d.head->flags & POLICY_PERMISSIVE, counted;
	enum wire_answer answer = WIRE_SILENCE;
	struct in_addr own = {};
	uint64_t before = proof_count(attempt->pins, POLICY_LOOKUP);
	int r = find_own_address(&own);

	/* Only a namespace with an address can be reached from outside; and a policy may allow every address. */
	attempt->record.result = PROVE_NOTHING;
	if (r == -EADDRNOTAVAIL || (r == 0 && is_admitted(attempt, source, own)))
		return 0;
	if (r == 0)
		r = send_syn(attempt, source, own, &answer);
	if (r < 0)
		return r;
	counted = proof_count(attempt->pins, POLICY_LOOKUP) > before;
	/* A port without a listener refuses too: the counter shows whether the guard did. */
	attempt->record.result = !permissive && answer == WIRE_ACCEPTED ? PROVE_PASSED
				 : counted				? PROVE_REFUSED
									: PROVE_UNCOUNTED;
	return 0;
}

struct lookups {
	struct ejg_call *call;
	const struct pins *pins;
	const struct net_policy *policy;
	const struct netns_list *networks;
	int verdict;
};

static void report(struct lookups *lookups, const struct netns *netns, const struct prove_record *record)
{
	char name[NETNS_NAME_SIZE];
	int r;

	netns_name(netns, name);
	if (netns->made_by_user && (record->result == PROVE_UNCOUNTED || record->result == PROVE_PASSED)) {
		ejg_call_finding(lookups->call, "unproven", name,
				 "%s: a user has set up this namespace, and the attempt shows nothing",
				 policy_hooks[POLICY_LOOKUP].name);
		return;
	}
	r = proof_report(lookups->call, name, record, 1);
	lookups->verdict = r == EJG_NOT_APPLICABLE || lookups->verdict == EJG_NOT_HELD ? lookups->verdict : r;
}

/* Tries the namespaces that users made, or all others. */
static void try_all(struct lookups *lookups, bool made_by_user)
{
	const struct netns_list *networks = lookups->networks;
	int64_t end = clock_ms() + ANSWER_TIMEOUT_MS;

	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		struct attempt attempt = {
			.pins = lookups->pins,
			.d = net_decision(lookups->policy),
			.port = ejg_call_facts(lookups->call)->epmd_port,
			.end = made_by_user ? end : clock_ms() + ANSWER_TIMEOUT_MS,
			.record = { .hook = POLICY_LOOKUP },
		};
		int r;

		/* Without a link of this set it is the namespace of another proof, or check reports it. */
		if (netns->made_by_user != made_by_user || !net_relies_on(networks, netns) ||
		    lookup_state(lookups->pins, netns) == LINK_ABSENT)
			continue;
		r = made_by_user && clock_ms() >= end ? -ETIMEDOUT : netns_run(netns, try_namespace, &attempt);
		if (r < 0)
			attempt.record = (struct prove_record){ POLICY_LOOKUP, PROVE_UNPROVEN, -r };
		report(lookups, netns, &attempt.record);
	}
}

int net_prove_lookups(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy)
{
	struct netns_list networks = {};
	struct lookups lookups = { call, pins, policy, &networks, EJG_NOT_APPLICABLE };
	int r;

	if (!pins_has(pins, POLICY_LOOKUP))
		return EJG_NOT_APPLICABLE;
	r = net_find_networks(call, &networks);
	if (r < 0)
		return r;
	listening_mark(call, pins, &networks);
	try_all(&lookups, false);
	try_all(&lookups, true);
	netns_free(&networks);
	return lookups.verdict;
}
