// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module host: who of this host binds a private port, and who connects to one. The programs stand at the top of the cgroup
 * tree and run for every process; all but those that name a private port leave after a look at two bits.
 *
 * Who asks is told by the process that asks: its real uid (a set-uid program runs for who started it), and its cgroup. The
 * kernel speaks of the uids of the initial user namespace: root in one of its own is the user who made that.
 *
 * Without a policy nothing is refused: unlike the guard of one service, this one would cut off the machine.
 */
#include "inside.bpf.h"

#define AF_INET 2
#define AF_INET6 10
#define EADDRNOTAVAIL 99
#define MAX_LEVELS 32 /* of cgroups that are looked at, from the root down */

struct cgroups_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POLICY_MAX_MEMBERS);
	__type(key, __u64);
	__type(value, __u8);
};

/* The cgroups of the service: a process in or below one is the service. */
struct cgroups_map cgroups SEC(".maps");

/* The same of services that share a port with this one, by the entries of their policies; the first entry is empty. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, POLICY_MAX_OWNERS);
	__type(key, __u32);
	__array(values, struct cgroups_map);
} members SEC(".maps");

/* The network namespaces in which the service lives, by their cookies. In all others nothing is refused. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POLICY_MAX_MEMBERS);
	__type(key, __u64);
	__type(value, __u8);
} networks SEC(".maps");

/* Marks the sockets that the service has bound to a private port which the policy does not know by its number. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u8);
} chosen SEC(".maps");

/* The ports of such sockets, a byte each. None is taken back: whether such a socket listens there now, its mark tells. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE); /* user space sets one byte, whatever is set meanwhile */
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

/* What a network namespace is to the service: enum policy_network, or 0. */
static __always_inline __u8 network_of(__u64 cookie)
{
	const __u8 *network = bpf_map_lookup_elem(&networks, &cookie);

	return network ? *network : 0;
}

/* Whether the process is in one of these cgroups, or below one. */
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

/* Whether the process is the service. */
static __always_inline bool is_member(void)
{
	return is_in(&cgroups);
}

/* Whether the process may bind and reach private ports: one of the users, or the service. */
static __always_inline bool may(const struct policy_head *head)
{
	return user_in(head, bpf_get_current_uid_gid()) || is_member();
}

/*
 * True if the process may by the policy of another service. A global function, which the verifier walks once, and not again
 * for all that leads to it: what is refused can wait for a call.
 */
__noinline bool may_by_owner(__u32 owner, __u32 port)
{
	void *its_cgroups = bpf_map_lookup_elem(&members, &owner);
	struct decision d = {};

	return its_cgroups && get_policy_of(&d, owner) && port_in(d.head->guarded_ports, port) &&
	       (user_in(d.head, bpf_get_current_uid_gid()) || is_in(its_cgroups));
}

/* Whether the process is one of the users of another service that owns the port, too, or that service. */
static __always_inline bool may_by_another(__u32 port)
{
	for (__u32 owner = 1; owner < POLICY_MAX_OWNERS; owner++)
		if (may_by_owner(owner, port))
			return true;
	return false;
}

/* Whether an attempt is about a port that may be private, where the service lives: 0, or what the namespace is to it. */
static __always_inline __u8 concerns(const struct bpf_sock_addr *ctx, struct decision *d)
{
	__u16 port = user_port(ctx);

	if (ctx->type != SOCK_STREAM || !get_policy(d))
		return 0;
	/* A port that the service has chosen may have become public since. */
	if (!port_in(d->head->guarded_ports, port) && !(port_in(d->head->private_ports, port) && is_chosen(port)))
		return 0;
	return network_of(bpf_get_netns_cookie((void *)ctx));
}

/* Proofs are made in a namespace of their own, by which they are known: not every hook is shown the mark of a socket. */
static __always_inline int refuse(__u8 network, const struct decision *d, enum policy_hook hook,
				  const struct policy_address *address, __u16 port)
{
	if (port_in(d->head->guarded_ports, port) && may_by_another(port))
		return 1;
	return refuse_process(network == POLICY_NETWORK_OF_PROOF, d->head, hook, POLICY_USER, address, port);
}

/* Whether what would take a connection there is marked. */
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

/* The source is the destination: a lookup may ask programs that decide who reaches a listener, and this host does. */
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

/* Whether the service serves the port on the address, or on a loopback, where it is looked for. */
static __always_inline bool serves_chosen(struct bpf_sock_addr *ctx, const struct policy_address *address)
{
	const struct policy_address loopback6 = { 0, 1 };

	return finds_chosen4(ctx, 0) || finds_chosen6(ctx, &loopback6) || finds_chosen6(ctx, address);
}

/*
 * Whether an address is one of this host's, by the kernel's own table of them, which is never stale: a bind of the socket to
 * it fails when it is not. The socket keeps the address: where it is refused then, and in permissive mode. What cannot be
 * told counts as this host's: a link-local address, of which the hook is not shown the interface; any, on an IPv6 socket that
 * is bound to a port already, or where addresses of others may be bound (IP_FREEBIND, net.ipv4.ip_nonlocal_bind). What is this
 * host's by a route of IPv6 alone, or in a VRF, cannot be bound: the policy has it as `listen`.
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

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	struct policy_address address = user_address4(ctx);
	struct decision d = {};
	__u8 network = concerns(ctx, &d);

	if (!network || may(d.head))
		return 1;
	if (!port_in(d.head->guarded_ports, user_port(ctx)) && !serves_chosen(ctx, &address))
		return 1;
	return refuse(network, &d, POLICY_BIND4, &address, user_port(ctx));
}

SEC("cgroup/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	struct policy_address address = user_address6(ctx);
	struct decision d = {};
	__u8 network = concerns(ctx, &d);

	if (!network || may(d.head))
		return 1;
	if (!port_in(d.head->guarded_ports, user_port(ctx)) && !serves_chosen(ctx, &address))
		return 1;
	return refuse(network, &d, POLICY_BIND6, &address, user_port(ctx));
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct policy_address address = user_address4(ctx);
	struct decision d = {};
	__u8 network = concerns(ctx, &d);
	bool guarded;

	if (!network || may(d.head))
		return 1;
	guarded = port_in(d.head->guarded_ports, user_port(ctx));
	if (!guarded && !finds_chosen4(ctx, ctx->user_ip4))
		return 1;
	if (!(guarded ? is_guarded_place(&d, &address) : is_loopback(&address)) && !find_listen(d.head, &address) &&
	    !is_own4(ctx))
		return 1;
	return refuse(network, &d, POLICY_CONNECT4, &address, user_port(ctx));
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	struct policy_address address = user_address6(ctx);
	struct decision d = {};
	__u8 network = concerns(ctx, &d);
	bool guarded;

	if (!network || may(d.head))
		return 1;
	guarded = port_in(d.head->guarded_ports, user_port(ctx));
	if (!guarded && !finds_chosen6(ctx, &address))
		return 1;
	if (!(guarded ? is_guarded_place(&d, &address) : is_loopback(&address)) && !find_listen(d.head, &address) &&
	    !is_own6(ctx))
		return 1;
	return refuse(network, &d, POLICY_CONNECT6, &address, user_port(ctx));
}

/*
 * After a bind the port is known, whoever chose it. A user's that is private is given back. The service's that is private,
 * but not by its number, is marked.
 */
static __always_inline int after_bind(struct bpf_sock *sk, enum policy_hook hook, const struct policy_address *address)
{
	struct decision d = {};
	__u16 port = sk->src_port;
	struct policy_ports *chosen_ports;
	__u8 network;
	bool guarded;

	if (sk->type != SOCK_STREAM || !get_policy(&d))
		return 1;
	guarded = port_in(d.head->guarded_ports, port);
	if (!guarded && !port_in(d.head->private_ports, port))
		return 1;
	network = network_of(bpf_get_netns_cookie(sk));
	if (!network)
		return 1;
	if (guarded)
		return may(d.head) ? 1 : refuse(network, &d, hook, address, port);
	chosen_ports = get_ports();
	if (is_member() && chosen_ports && bpf_sk_storage_get(&chosen, sk, 0, BPF_SK_STORAGE_GET_F_CREATE))
		chosen_ports->chosen[port] = 1;
	return 1;
}

SEC("cgroup/post_bind4")
int post_bind4(struct bpf_sock *sk)
{
	struct policy_address address = from_ipv4(sk->src_ip4);

	return after_bind(sk, POLICY_POST_BIND4, &address);
}

SEC("cgroup/post_bind6")
int post_bind6(struct bpf_sock *sk)
{
	struct policy_address address = from_ipv6(sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2], sk->src_ip6[3]);

	return after_bind(sk, POLICY_POST_BIND6, &address);
}

char _license[] SEC("license") = "GPL";
