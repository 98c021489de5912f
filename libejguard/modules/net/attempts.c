/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/attempts.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/proof.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/modules/net/wire.h"
#include "libejguard/util/cleanup.h"

/*
 * Addresses for attempts, of documentation and private use; the first that the policy refuses is used. The wire needs
 * two addresses in the same half of the address space.
 */
static const char *const addresses4[] = { "192.0.2.77",	   "198.51.100.77",  "203.0.113.77", "240.0.0.77",
					  "10.111.222.33", "100.127.255.77", "1.2.3.77" };
static const char *const addresses6[] = { "2001:db8::77", "3fff::77", "fd77:7777::77", "2002::77" };

struct net_prover {
	const struct ejg_facts *facts;
	const struct pins *pins;
	struct decision d;
	struct sharing sharing; /* policies of other services; freed when the helper exits */
	bool permissive;
	int wire; /* -1: wire_error says why */
	int wire_error;
	struct in_addr own;	 /* address of this end of the wire */
	struct in_addr stranger; /* sender on the wire */
};

union any_address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static struct policy_address read_address(int family, const char *text)
{
	struct ejg_prefix prefix = { .length = 128 };

	if (family == AF_INET) {
		memset(prefix.bytes + 10, 0xff, 2);
		inet_pton(AF_INET, text, prefix.bytes + 12);
	} else {
		inet_pton(AF_INET6, text, prefix.bytes);
	}
	return net_address(&prefix);
}

static bool refuses(const struct net_prover *p, enum policy_hook hook, struct policy_address address)
{
	if (hook == POLICY_BIND4 || hook == POLICY_BIND6)
		return decide_bind(&p->d, p->facts->epmd_port, address) == POLICY_BIND_ADDRESS;
	return decide_connect(&p->d, p->facts->epmd_port, address) == POLICY_DESTINATION;
}

/* An address that the policy refuses at the hook, with epmd's port. False when it refuses none of the list. */
static bool choose_address(const struct net_prover *p, enum policy_hook hook, int family, union any_address *ret)
{
	const char *const *list = family == AF_INET ? addresses4 : addresses6;
	size_t n = family == AF_INET ? ARRAY_SIZE(addresses4) : ARRAY_SIZE(addresses6);

	*ret = (union any_address){};
	for (size_t i = 0; i < n; i++) {
		if (!refuses(p, hook, read_address(family, list[i])))
			continue;
		if (family == AF_INET) {
			ret->in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(p->facts->epmd_port) };
			inet_pton(AF_INET, list[i], &ret->in.sin_addr);
		} else {
			ret->in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
							  .sin6_port = htons(p->facts->epmd_port) };
			inet_pton(AF_INET6, list[i], &ret->in6.sin6_addr);
		}
		return true;
	}
	return false;
}

/* A socket whose refusals are counted separately. Return: a descriptor or a negative errno. */
static int marked_socket(int family)
{
	cleanup_fd int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	uint32_t mark = POLICY_PROOF_MARK;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) < 0)
		return -errno;
	return take_fd(fd);
}

/* Without a guard, bind fails here with EADDRNOTAVAIL and connect with ENETUNREACH: EPERM comes from the guard. */
static struct prove_record attempt_call(const struct net_prover *p, enum policy_hook hook)
{
	bool bind_hook = hook == POLICY_BIND4 || hook == POLICY_BIND6;
	int family = hook == POLICY_BIND4 || hook == POLICY_CONNECT4 ? AF_INET : AF_INET6, r;
	uint64_t before = proof_count(p->pins, hook);
	cleanup_fd int fd = marked_socket(family);
	union any_address address;
	socklen_t size = family == AF_INET ? sizeof(address.in) : sizeof(address.in6);

	if (fd < 0)
		return proof_unproven(-fd);
	if (!choose_address(p, hook, family, &address))
		return proof_unproven(EADDRNOTAVAIL);
	r = bind_hook ? bind(fd, &address.any, size) : connect(fd, &address.any, size);
	r = r < 0 ? errno : 0;
	return proof_judge(p->permissive, r == EPERM, proof_count(p->pins, hook) > before, r);
}

/*
 * Binds to epmd's port: on every address, or on the wire's if only addresses of `listen` are allowed. If neither is
 * allowed, listen() uses a port of the kernel's choice.
 */
static int bind_on_wire(const struct net_prover *p, int fd)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(p->facts->epmd_port) };
	struct policy_address own = { 0, 0xffff00000000ULL | ntohl(p->own.s_addr) };
	int on = 1;

	/* The lookup program decides about epmd's port before the cgroup's programs run. */
	if (pins_has(p->pins, POLICY_LOOKUP))
		return 0;
	if (p->d.head->wildcard != POLICY_WILDCARD_ALLOW) {
		if (decide_bind(&p->d, p->facts->epmd_port, own) != POLICY_ALLOWED)
			return 0;
		address.sin_addr = p->own;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

/* Makes a listener that is reachable over the wire. Return: a descriptor and its port, or a negative errno. */
static int listen_on_wire(const struct net_prover *p, uint16_t *ret_port)
{
	cleanup_fd int fd = marked_socket(AF_INET);
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	int r;

	if (fd < 0)
		return fd;
	r = bind_on_wire(p, fd);
	if (r < 0)
		return r;
	if (listen(fd, 8) < 0 || getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return -errno;
	*ret_port = ntohs(address.sin_port);
	return take_fd(fd);
}

static struct prove_record attempt_ingress(const struct net_prover *p)
{
	uint64_t before = proof_count(p->pins, POLICY_INGRESS);
	cleanup_fd int fd = -1;
	uint16_t port = 0;
	int r;

	if (p->wire < 0)
		return proof_unproven(p->wire_error);
	fd = listen_on_wire(p, &port);
	if (fd < 0)
		return proof_unproven(-fd);
	if (!port_in(p->d.head->private_ports, port))
		return (struct prove_record){ .result = PROVE_NOTHING };
	(void)wire_has_answer(p->wire); /* drains packets of an earlier attempt */
	/* The kernel processes the packet completely, with the answer, before write() returns. */
	r = wire_send_syn(p->wire, p->stranger, p->own, port);
	if (r < 0)
		return proof_unproven(-r);
	return proof_judge(p->permissive, !wire_has_answer(p->wire), proof_count(p->pins, POLICY_INGRESS) > before, 0);
}

/* Chooses both ends of the wire: an address of `listen`, if there is one, and one of the same half that is no peer. */
static int choose_wire(struct net_prover *p)
{
	uint32_t own = ntohl(inet_addr(addresses4[0]));

	for (uint32_t i = 0; i < p->d.head->n_listen; i++) {
		struct policy_address first = p->d.head->listen[i].first;

		if (is_mapped(&first) && !is_loopback(&first)) {
			own = first.low;
			break;
		}
	}
	p->own.s_addr = htonl(own);
	for (size_t i = 0; i < ARRAY_SIZE(addresses4); i++) {
		struct policy_address stranger = read_address(AF_INET, addresses4[i]);

		if ((own ^ (uint32_t)stranger.low) >> 31 || own == (uint32_t)stranger.low ||
		    find_peer(&p->d, &stranger, 0) ||
		    sharing_admits(&p->sharing, p->facts->epmd_port, stranger,
				   (struct policy_address){ 0, 0xffff00000000ULL | own }, 0))
			continue;
		p->stranger.s_addr = htonl(stranger.low);
		return 0;
	}
	return -EADDRNOTAVAIL;
}

static void prove_cgroup(const struct net_prover *p, const struct ejg_cgroup *cgroup, int out)
{
	int r = proof_enter(cgroup);

	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1)) {
		struct prove_record record = proof_unproven(-r);

		/* Decisions of the namespace are tried in prove-lookup.c. */
		if (!pins_has(p->pins, hook) || hook == POLICY_LOOKUP)
			record.result = PROVE_NOTHING;
		else if (r == 0)
			record = hook == POLICY_INGRESS ? attempt_ingress(p) : attempt_call(p, hook);
		else if (r == -ENOENT || r == -ENODEV)
			record.result = PROVE_GONE;
		record.hook = hook;
		if (write(out, &record, sizeof(record)) != sizeof(record))
			return;
	}
}

/* Attaches the guard in the helper's namespace too: otherwise check would rightly report it during the proof. */
static int attach_lookup(const struct pins *pins)
{
	int netns;

	if (!pins_has(pins, POLICY_LOOKUP))
		return 0;
	netns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	/* The link ends with the process. */
	return netns < 0 ? -errno : bpf_link_create(pins->programs[POLICY_LOOKUP], netns, BPF_SK_LOOKUP, NULL);
}

void prove_in_helper(const struct ejg_facts *facts, const struct ejg_cgroup *cgroup, const struct pins *pins,
		     const struct net_policy *policy, int out)
{
	struct net_prover p = {
		.facts = facts,
		.pins = pins,
		.d = net_decision(policy),
		.sharing = sharing_read(pins),
		.wire = -1,
	};
	int r;

	p.permissive = p.d.head->flags & POLICY_PERMISSIVE;
	/* The attempts need a new network namespace: without one the helper reports nothing, which is a failure. */
	if (unshare(CLONE_NEWNET) < 0 || wire_loopback_up() < 0 || attach_lookup(pins) < 0)
		return;
	r = choose_wire(&p);
	if (r == 0)
		r = p.wire = wire_open(p.own);
	p.wire_error = r < 0 ? -r : 0;
	prove_cgroup(&p, cgroup, out);
}
