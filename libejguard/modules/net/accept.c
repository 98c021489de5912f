/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/accept.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/util/cleanup.h"

const char *const net_accept_words[] = {
	[NET_ACCEPT_AUTO] = "auto",
	[NET_ACCEPT_NETNS] = "netns",
	[NET_ACCEPT_CGROUP] = "cgroup",
	NULL,
};

#define BIT(hook) (1U << (hook))
#define CALLS (BIT(POLICY_BIND4) | BIT(POLICY_BIND6) | BIT(POLICY_CONNECT4) | BIT(POLICY_CONNECT6))

/*
 * In a namespace only ports with a known number can be private, because others listen there too. With strict=yes every
 * other port of the service is private too, and these are recognised by the cgroup.
 */
static uint32_t hooks_of(const struct net_config *config, bool netns)
{
	return CALLS | (netns ? BIT(POLICY_LOOKUP) : 0) | (!netns || config->strict ? BIT(POLICY_INGRESS) : 0);
}

/* Loads a program that only reads the device. */
static bool netns_works(void)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W,
		  .dst_reg = 0,
		  .src_reg = 1,
		  .off = offsetof(struct bpf_sk_lookup, ingress_ifindex) },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = SK_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_SK_LOOKUP);
	cleanup_fd int fd =
		bpf_prog_load(BPF_PROG_TYPE_SK_LOOKUP, "ejg_probe", "GPL", program, ARRAY_SIZE(program), &options);

	return fd >= 0;
}

/* True if the address of listen= at `index` is an IPv4 address other than loopback. */
static bool get_listen4(const struct net_config *config, size_t index, struct sockaddr_in *ret)
{
	const struct policy_address first = net_address(&config->listen.items[index]);

	*ret = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(first.low) };
	return is_mapped(&first) && !is_loopback(&first);
}

static int new_socket(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static bool is_here(const struct sockaddr_in *address)
{
	const struct sockaddr_in any_port = { .sin_family = AF_INET, .sin_addr = address->sin_addr };
	cleanup_fd int fd = new_socket();

	return fd >= 0 && bind(fd, (const struct sockaddr *)&any_port, sizeof(any_port)) == 0;
}

/* The source address that the kernel would use for an address: connecting a datagram socket sends nothing. */
static bool find_source(const struct sockaddr_in *address, struct sockaddr_in *ret)
{
	cleanup_fd int fd = new_socket();
	socklen_t size = sizeof(*ret);

	return fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 &&
	       getsockname(fd, (struct sockaddr *)ret, &size) == 0;
}

struct sources {
	struct ejg_call *call;
	bool say;
	bool found;
};

/* Runs in the namespace. For IPv6 the kernel uses the same address as source (RFC 6724, rule 1). */
static int ask_sources(void *data)
{
	struct sources *s = data;
	const struct net_config *config = ejg_call_config(s->call);

	for (size_t i = 0; i < config->listen.n; i++) {
		char to[INET_ADDRSTRLEN], from[INET_ADDRSTRLEN];
		struct sockaddr_in address, source;

		if (!get_listen4(config, i, &address) || !is_here(&address) || !find_source(&address, &source) ||
		    source.sin_addr.s_addr == address.sin_addr.s_addr)
			continue;
		s->found = true;
		if (s->say)
			ejg_call_finding(s->call, "local-refused",
					 inet_ntop(AF_INET, &address.sin_addr, to, sizeof(to)),
					 "programs of this host connect to it from %s, and are refused",
					 inet_ntop(AF_INET, &source.sin_addr, from, sizeof(from)));
	}
	return 0;
}

bool accept_other_sources(struct ejg_call *call, const struct netns_list *networks, bool say)
{
	struct sources sources = { .call = call, .say = say };

	for (size_t i = 0; i < networks->n; i++)
		if (net_relies_on(networks, &networks->items[i]))
			(void)netns_run(&networks->items[i], ask_sources, &sources);
	return sources.found;
}

/* True if all namespaces of the service were made by users. */
static bool are_made_by_users(const struct netns_list *networks)
{
	for (size_t i = 0; i < networks->n; i++)
		if (net_lives_in(networks, &networks->items[i]) && !networks->items[i].made_by_user)
			return false;
	return true;
}

/* True if the set in force decides in the namespace. */
static bool decides_there(struct ejg_call *call)
{
	struct pins pins = PINS_NULL;
	enum pins_state state;
	bool there = pins_open(call, ejg_call_facts(call)->service, &pins, &state) == 0 && state == PINS_CURRENT &&
		     pins_has(&pins, POLICY_LOOKUP);

	pins_close(&pins);
	return there;
}

/*
 * Searches the namespaces only if there is an address to ask for. Where the service could have set up all of them,
 * nothing that it does there takes away what guards them.
 */
static int reaches_itself(struct ejg_call *call, bool *ret)
{
	const struct net_config *config = ejg_call_config(call);
	struct netns_list networks = {};
	struct sockaddr_in address;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < config->listen.n; i++)
		n += get_listen4(config, i, &address);
	*ret = true;
	if (!n)
		return 0;
	r = net_find_homes(call, &networks);
	if (r < 0)
		return r;
	*ret = !accept_other_sources(call, &networks, false) || (are_made_by_users(&networks) && decides_there(call));
	netns_free(&networks);
	return 0;
}

bool accept_wants_netns(struct ejg_call *call)
{
	const struct net_config *config = ejg_call_config(call);

	return config->accept != NET_ACCEPT_CGROUP && netns_works();
}

int accept_choose(struct ejg_call *call, uint32_t *ret_hooks)
{
	const struct net_config *config = ejg_call_config(call);
	bool netns = accept_wants_netns(call);
	int r;

	if (config->accept == NET_ACCEPT_NETNS && !netns)
		return ejg_call_error(call, -EOPNOTSUPP, "use accept=auto, or Linux 5.17 or newer, and run it as root",
				      "accept=netns: this kernel cannot decide in the network namespace");
	r = netns && config->accept == NET_ACCEPT_AUTO ? reaches_itself(call, &netns) : 0;
	if (r < 0)
		return r;
	*ret_hooks = hooks_of(config, netns);
	return 0;
}

bool accept_fits(struct ejg_call *call, uint32_t hooks)
{
	const struct net_config *config = ejg_call_config(call);

	return (config->accept != NET_ACCEPT_CGROUP && hooks == hooks_of(config, true)) ||
	       (config->accept != NET_ACCEPT_NETNS && hooks == hooks_of(config, false));
}
