// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module host: decides which local processes bind a private port, and which connect to one. The programs are at the
 * top of the cgroup tree and run for every process; all calls that name no private port return after a test of one
 * bit.
 *
 * The process is identified by its real uid (a set-uid program runs for the user who started it) and by its cgroup. The
 * kernel uses uids of the initial user namespace: root in another user namespace is the user who made it.
 *
 * Without a policy nothing is refused: unlike the guard of one service, this one would cut off the machine.
 */
#include "inside.bpf.h"

#define EADDRNOTAVAIL 99
#define MAX_LEVELS 32 /* limit on cgroup levels, from the root down */

struct cgroups_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POLICY_MAX_MEMBERS);
	__type(key, __u64);
	__type(value, __u8);
};

/* The cgroups of the service: a process in or below one belongs to the service. */
struct cgroups_map cgroups SEC(".maps");

/* The same for services that share a port with this one, by the index of their policies; the first entry is empty. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, POLICY_MAX_OWNERS);
	__type(key, __u32);
	__array(values, struct cgroups_map);
} members SEC(".maps");

/* The network namespaces of the service, by their cookies. In all others nothing is refused. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POLICY_MAX_MEMBERS);
	__type(key, __u64);
	__type(value, __u8);
} networks SEC(".maps");

/* Marks sockets that the service has bound to a private port that is not in the policy. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u8);
} chosen SEC(".maps");

/* The ports of such sockets, one byte each. They are never cleared: a socket's mark shows if it still listens there. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE); /* user space sets single bytes, so concurrent changes are kept */
	__type(key, __u32);
	__type(value, struct policy_ports);
} ports SEC(".maps");

static __always_inline struct policy_ports *get_ports(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&ports, &zero);
}

static __always_inline bool is_chosen(__u16 port)
{
	const struct policy_ports *chosen_ports = get_ports();

	return chosen_ports && chosen_ports->chosen[port];
}

/* The role of a network namespace for the service: enum policy_network, or 0. */
static __always_inline __u8 network_of(__u64 cookie)
{
	const __u8 *network = bpf_map_lookup_elem(&networks, &cookie);

	return network ? *network : 0;
}

/* True if the process is in one of these cgroups, or below one. */
static __always_inline bool is_in(void *of)
{
	for (int level = 1; level < MAX_LEVELS; level++) {
		__u64 id = bpf_get_current_ancestor_cgroup_id(level);

		if (!id)
			return false;
		if (bpf_map_lookup_elem(of, &id))
			return true;
	}
	return false;
}

/* True if the process belongs to the service. */
static __always_inline bool is_member(void)
{
	return is_in(&cgroups);
}

/* True if the process may bind and reach private ports: one of the users, or the service. */
static __always_inline bool may(const struct policy_head *head)
{
	return user_in(head, bpf_get_current_uid_gid()) || is_member();
}

/*
 * True if the policy of another service allows the process. A global function: the verifier checks it once, and not for
 * every path that leads to it; a refused process may take the time of a call.
 */
__noinline bool may_by_owner(__u32 owner, __u32 port)
{
	void *its_cgroups = bpf_map_lookup_elem(&members, &owner);
	struct decision d = {};

	return its_cgroups && get_policy_of(&d, owner) && shares_port(d.head, port) &&
	       (user_in(d.head, bpf_get_current_uid_gid()) || is_in(its_cgroups));
}

/* True for one of the users of another service that shares the port, and for that service itself. */
static __always_inline bool may_by_another(__u32 port)
{
	for (__u32 owner = 1; owner < POLICY_MAX_OWNERS; owner++)
		if (may_by_owner(owner, port))
			return true;
	return false;
}

/* The role of the namespace if an attempt names a port that may be private; else 0. */
static __always_inline __u8 concerns(const struct bpf_sock_addr *ctx, struct decision *d)
{
	__u16 port = user_port(ctx);

	if (ctx->type != SOCK_STREAM || !get_policy(d))
		return 0;
	/* First what most processes end at: every guarded port is private. */
	if (!port_in(d->head->private_ports, port))
		return 0;
	if (!port_in(d->head->guarded_ports, port) && !is_chosen(port))
		return 0;
	return network_of(bpf_get_netns_cookie((void *)ctx));
}

/* Proofs are recognised by their own network namespace: not every hook can see the mark of a socket. */
static __always_inline int refuse(__u8 network, const struct decision *d, enum policy_hook hook,
				  const struct policy_address *address, __u16 port)
{
	if (port_in(d->head->guarded_ports, port) && may_by_another(port))
		return 1;
	return refuse_process(network == POLICY_NETWORK_OF_PROOF, d->head, hook, POLICY_USER, address, port);
}

/* True if the socket that would accept the connection is marked. */
static __always_inline bool finds_chosen(struct bpf_sock_addr *ctx, struct bpf_sock_tuple *tuple, __u32 size)
{
	struct bpf_sock *sk = bpf_sk_lookup_tcp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	bool found;

	if (!sk)
		return false;
	found = bpf_sk_storage_get(&chosen, sk, 0, 0);
	bpf_sk_release(sk);
	return found;
}

/* Source and destination are equal: a lookup may run programs that decide who reaches a listener, and this host may. */
static __always_inline bool finds_chosen4(struct bpf_sock_addr *ctx, __be32 ip)
{
	struct bpf_sock_tuple tuple = {};

	tuple.ipv4.saddr = tuple.ipv4.daddr = ip ? ip : bpf_htonl(0x7f000001);
	tuple.ipv4.dport = ctx->user_port;
	return finds_chosen(ctx, &tuple, sizeof(tuple.ipv4));
}

static __always_inline bool finds_chosen6(struct bpf_sock_addr *ctx, const struct policy_address *address)
{
	struct bpf_sock_tuple tuple = {};
	__be32 *to = tuple.ipv6.daddr, *from = tuple.ipv6.saddr;

	if (is_mapped(address))
		return finds_chosen4(ctx, bpf_htonl(address->low));
	to[0] = from[0] = bpf_htonl(address->high >> 32);
	to[1] = from[1] = bpf_htonl(address->high);
	to[2] = from[2] = bpf_htonl(address->low >> 32);
	to[3] = from[3] = bpf_htonl(is_wildcard(address) ? 1 : address->low);
	tuple.ipv6.dport = ctx->user_port;
	return finds_chosen(ctx, &tuple, sizeof(tuple.ipv6));
}

/* True if the service listens on the port at the address, or at a loopback address. */
static __always_inline bool serves_chosen(struct bpf_sock_addr *ctx, const struct policy_address *address)
{
	const struct policy_address loopback6 = { 0, 1 };

	return finds_chosen4(ctx, 0) || finds_chosen6(ctx, &loopback6) || finds_chosen6(ctx, address);
}

/*
 * True if an address is local, by the kernel's own table, which is always current: a bind of the socket to another
 * host's address fails. The socket keeps the address: this is done only where it is refused then, and in permissive
 * mode. Unclear cases count as local: a link-local address, whose interface the hook does not see; any address on an
 * IPv6 socket that is bound to a port already, or where foreign addresses may be bound (IP_FREEBIND,
 * net.ipv4.ip_nonlocal_bind). Addresses that are local only by an IPv6 route, or in a VRF, cannot be bound: the policy
 * has them as `listen`.
 */
static __always_inline bool is_own4(struct bpf_sock_addr *ctx)
{
	struct {
		__u16 family;
		__be16 port;
		__be32 address;
		__u8 zero[8];
	} own = { .family = AF_INET, .address = ctx->user_ip4 };

	return bpf_bind(ctx, (struct sockaddr *)&own, sizeof(own)) != -EADDRNOTAVAIL;
}

static __always_inline bool is_own6(struct bpf_sock_addr *ctx)
{
	struct {
		__u16 family;
		__be16 port;
		__be32 flow;
		__be32 address[4];
		__u32 scope;
	} own = { .family = AF_INET6 };

	own.address[0] = ctx->user_ip6[0];
	own.address[1] = ctx->user_ip6[1];
	own.address[2] = ctx->user_ip6[2];
	own.address[3] = ctx->user_ip6[3];
	return bpf_bind(ctx, (struct sockaddr *)&own, sizeof(own)) != -EADDRNOTAVAIL;
}

/* True if the policy names the address: in `listen`, or for a port that is guarded there, too, as a peer. */
static __always_inline bool is_known_place(const struct decision *d, bool guarded, const struct policy_address *address)
{
	return (guarded && find_peer(d, address, 0)) || find_listen(d->head, address);
}

/* After the tests for a loopback address: see forget(). */
static __always_inline bool is_known_place6(const struct decision *d, bool guarded, struct policy_address address)
{
	forget(&address, d->head);
	return is_known_place(d, guarded, &address);
}

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	struct policy_address address;
	struct decision d = {};
	__u8 network = concerns(ctx, &d);

	if (!network || may(d.head))
		return 1;
	address = user_address4(ctx);
	if (!port_in(d.head->guarded_ports, user_port(ctx)) && !serves_chosen(ctx, &address))
		return 1;
	return refuse(network, &d, POLICY_BIND4, &address, user_port(ctx));
}

SEC("cgroup/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	struct policy_address address;
	struct decision d = {};
	__u8 network = concerns(ctx, &d);

	if (!network || may(d.head))
		return 1;
	address = user_address6(ctx);
	if (!port_in(d.head->guarded_ports, user_port(ctx)) && !serves_chosen(ctx, &address))
		return 1;
	return refuse(network, &d, POLICY_BIND6, &address, user_port(ctx));
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct policy_address address;
	struct decision d = {};
	__u8 network = concerns(ctx, &d);
	bool guarded;

	if (!network || may(d.head))
		return 1;
	address = user_address4(ctx);
	guarded = port_in(d.head->guarded_ports, user_port(ctx));
	if (!guarded && !finds_chosen4(ctx, ctx->user_ip4))
		return 1;
	if (!is_loopback(&address) && !is_known_place(&d, guarded, &address) && !is_own4(ctx))
		return 1;
	return refuse(network, &d, POLICY_CONNECT4, &address, user_port(ctx));
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	struct policy_address address;
	struct decision d = {};
	__u8 network = concerns(ctx, &d);
	bool guarded;

	if (!network || may(d.head))
		return 1;
	address = user_address6(ctx);
	guarded = port_in(d.head->guarded_ports, user_port(ctx));
	if (!guarded && !finds_chosen6(ctx, &address))
		return 1;
	if (!is_loopback(&address) && !is_known_place6(&d, guarded, address) && !is_own6(ctx))
		return 1;
	return refuse(network, &d, POLICY_CONNECT6, &address, user_port(ctx));
}

static __always_inline struct policy_address bound_address(const struct bpf_sock *sk, enum policy_hook hook)
{
	if (hook == POLICY_POST_BIND4)
		return from_ipv4(sk->src_ip4);
	return from_ipv6(sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2], sk->src_ip6[3]);
}

/*
 * After a bind the port is known, also if the kernel chose it. A user's private port is refused again. A private port
 * of the service that is not in the policy is marked.
 */
static __always_inline int after_bind(struct bpf_sock *sk, enum policy_hook hook)
{
	struct policy_address address;
	struct policy_ports *chosen_ports;
	struct decision d = {};
	__u16 port = sk->src_port;
	__u8 network;

	if (sk->type != SOCK_STREAM || !get_policy(&d) || !port_in(d.head->private_ports, port))
		return 1;
	network = network_of(bpf_get_netns_cookie(sk));
	if (!network)
		return 1;
	if (port_in(d.head->guarded_ports, port)) {
		if (may(d.head))
			return 1;
		address = bound_address(sk, hook);
		return refuse(network, &d, hook, &address, port);
	}
	chosen_ports = get_ports();
	if (is_member() && chosen_ports && bpf_sk_storage_get(&chosen, sk, 0, BPF_SK_STORAGE_GET_F_CREATE))
		chosen_ports->chosen[port] = 1;
	return 1;
}

SEC("cgroup/post_bind4")
int post_bind4(struct bpf_sock *sk)
{
	return after_bind(sk, POLICY_POST_BIND4);
}

SEC("cgroup/post_bind6")
int post_bind6(struct bpf_sock *sk)
{
	return after_bind(sk, POLICY_POST_BIND6);
}

char _license[] SEC("license") = "GPL";
