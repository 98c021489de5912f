/* SPDX-License-Identifier: GPL-2.0-or-later OR LGPL-2.1-or-later */
/*
 * The policy of a service: the only data that the BPF programs and user space share.
 *
 * The whole policy is one array map, made by user space and frozen, which every decision looks up once: no decision
 * sees half a policy. It has one of two shapes. With up to POLICY_CHUNK_RANGES ranges of peers it is small: one struct
 * policy_small, 64 KiB, in the array-of-maps `policy`. Else it is large: 66 equal chunks, 2.6 MiB, in `policy_large`;
 * chunk 0 is a struct policy_head, the others are struct policy_chunk. A decision looks for a small policy first, and
 * only then for a large one: either is put in force by one change of `policy`. There are two shapes, not maps of any
 * length, because the verifier inlines a lookup only if the length is a constant.
 *
 * The first entry of both arrays is for this service. The other entries are the policies of services that share a port
 * with this one, that of epmd: if one of them allows a connection to that port, it is not refused. Peers are disjoint
 * ranges of addresses in ascending order.
 *
 * A port is private or not; a private port whose `guarded` bit is set is also refused as the destination of a connect
 * (epmd and the distribution range, where other nodes listen; a strict policy makes every other port private for
 * listeners, but does not limit where the service connects to).
 *
 * Addresses are two numbers in host order, the first eight bytes and the last; IPv4 is stored IPv4-mapped
 * (::ffff:a.b.c.d). No range of IPv6 peers contains the mapped block, so ::/0 allows no IPv4.
 *
 * Search: chunk i of the peers begins at pivots[i]. Lists of ranges are in ascending order; behind the last one they
 * are filled with the range from the highest to the lowest address, which is empty, so no count is needed. A search
 * steps down from listen_step, chunk_step or range_step, powers of two.
 *
 * After any change here, or to the name or type of a map, increase POLICY_LAYOUT: by the map `meta` user space takes
 * over or refuses pins of another layout. A field may be added without that where sizes and places stay, if a flag says
 * that it is there (POLICY_SHARES).
 */
#ifndef EJG_BPF_POLICY_H
#define EJG_BPF_POLICY_H

#include <linux/types.h>

#define POLICY_LAYOUT 5
/* From this layout on a large policy is the same: it may be shared with a set of such a layout. */
#define POLICY_LAYOUT_LARGE 4

enum policy_limits {
	POLICY_PORT_BYTES = 65536 / 8,
	POLICY_MAX_LISTEN = 32,
	POLICY_MAX_SCOPED = 8,
	POLICY_MAX_USERS = 64,
	POLICY_MAX_MEMBERS = 1024, /* cgroups and network namespaces in the module host, including removed ones */
	POLICY_MAX_FILES = 8,
	POLICY_FILE_SIZE = 512,
	POLICY_CHUNK_RANGES = 1024,
	POLICY_MAX_DENIALS = 4096, /* rows of each table of denials */
	POLICY_MAX_OWNERS = 4,	   /* services that share a port */
	POLICY_MAX_CHUNKS = 128,   /* a power of two, for the search */
	/* The head, and chunks for 65,536 peers, one of which, the widest around IPv4, may be cut in two. */
	POLICY_ENTRIES = 1 + 65536 / POLICY_CHUNK_RANGES + 1,
};

enum policy_wildcard {
	POLICY_WILDCARD_ALLOW, /* ingress still limits access to the listener */
	POLICY_WILDCARD_DENY,
	POLICY_WILDCARD_REWRITE, /* to rewrite4 or rewrite6 of the head */
};

enum policy_flags {
	POLICY_PERMISSIVE = 1 << 0, /* count, do not refuse */
	POLICY_STRICT = 1 << 1,	    /* for messages: every port that is not public is private */
	POLICY_SHARES = 1 << 2, /* shared_port counts; without it, every guarded port is shared (before that field) */
};

enum policy_hook {
	POLICY_BIND4,
	POLICY_BIND6,
	POLICY_CONNECT4,
	POLICY_CONNECT6,
	POLICY_INGRESS,
	POLICY_POST_BIND4,
	POLICY_POST_BIND6,
	POLICY_N_CGROUP_HOOKS,
	POLICY_LOOKUP = POLICY_N_CGROUP_HOOKS, /* of a network namespace */
	POLICY_N_HOOKS,
};

/* The reason of a refusal. */
enum policy_reason {
	POLICY_NO_POLICY,     /* the entry of the policy is empty */
	POLICY_BIND_ADDRESS,  /* bind of a private port to an address that is not in `listen` */
	POLICY_BIND_WILDCARD, /* the same for a wildcard address, with wildcard=deny */
	POLICY_BIND_REWRITE,  /* the same with wildcard=rewrite, where that cannot work: see bind.bpf.c */
	POLICY_DESTINATION,   /* connect to a guarded port at an address that is neither this host's nor a peer's */
	POLICY_SOURCE,	      /* a connection to a private port, not from a peer */
	POLICY_LOCAL_ADDRESS, /* the same from a peer, to an address that is not in `listen` */
	POLICY_MALFORMED,     /* a packet that is neither IPv4 nor IPv6, or IPv6 with an IPv4-mapped source */
	POLICY_USER,	      /* a local user who is not one of `users`, outside of the service's cgroups */
	POLICY_N_REASONS,
	POLICY_ALLOWED = POLICY_N_REASONS,
	POLICY_REWRITTEN, /* allowed, at another address than the caller passed */
};

struct policy_address {
	__u64 high;
	__u64 low;
};

/* Addresses first to last, and the file and line that allow them: files[file] of the head. */
struct policy_range {
	struct policy_address first;
	struct policy_address last;
	__u32 line;
	__u32 file;
};

/* A link-local range that applies to one interface only. */
struct policy_scoped {
	struct policy_range range;
	__u32 ifindex;
	__u32 pad;
};

struct policy_head {
	__u32 layout;
	__u32 flags;
	__u16 wildcard;
	__u16 shared_port; /* the port of epmd, where other services may listen, or 0 */
	__u32 n_listen;
	__u32 n_scoped;
	__u32 n_ranges;
	__u32 listen_step;		/* highest power of two below the number of listen ranges, or 0 */
	__u32 chunk_step;		/* the same for the chunks */
	__u32 range_step;		/* the same for the ranges of the fullest chunk */
	__u32 zero;			/* always 0: the start of searches, but not a constant for the verifier */
	__u32 n_users;			/* of the module host */
	__u32 users[POLICY_MAX_USERS];	/* may bind and reach guarded ports from outside of the service's cgroups */
	__u32 ipv6only_byte;		/* position of IPV6_V6ONLY in this kernel's struct sock, for wildcard=rewrite */
	__u32 ipv6only_mask;		/* its bit there; 0: unknown */
	struct policy_address rewrite4; /* the addresses that replace wildcards; all zero: none */
	struct policy_address rewrite6;
	__u8 private_ports[POLICY_PORT_BYTES];
	__u8 guarded_ports[POLICY_PORT_BYTES];
	struct policy_range listen[POLICY_MAX_LISTEN];
	struct policy_scoped scoped[POLICY_MAX_SCOPED];
	struct policy_address pivots[POLICY_MAX_CHUNKS];
	char files[POLICY_MAX_FILES][POLICY_FILE_SIZE];
};

struct policy_chunk {
	union {
		struct policy_head head;
		struct policy_range ranges[POLICY_CHUNK_RANGES];
	};
};

/* The only entry of a small policy's map. */
struct policy_small {
	struct policy_head head;
	struct policy_range ranges[POLICY_CHUNK_RANGES];
};

/*
 * Marks the sockets with which apply proves the guard (SO_MARK, which needs CAP_NET_ADMIN): their refusals are counted
 * separately and add no row. "ejgp".
 */
#define POLICY_PROOF_MARK 0x656a6770

/*
 * The same for the lookup of a listener, which does not see marks: the source of a proof's packet, 127.101.106.103
 * ("ejg"). An answer to it never leaves this host.
 */
#define POLICY_PROOF_SOURCE 0x7f656a67

/* Index of a counter: refusals, then those of proofs, each by hook and reason. */
#define POLICY_N_COUNTERS (2 * POLICY_N_HOOKS * POLICY_N_REASONS)
#define POLICY_COUNTER(proof, hook, reason) (((proof)*POLICY_N_HOOKS + (hook)) * POLICY_N_REASONS + (reason))

/*
 * A distinct denial. For attempts from inside: the process's cgroup and uid, and the address that it named. For packets
 * from outside: the listener's cgroup and the packet's source, reduced to its /24 or /64 if it is refused, and whole if
 * it is let through (permissive), because a stack is made from it. A lookup has no cgroup, because the listener is not
 * known yet.
 */
struct policy_denial_key {
	struct policy_address address;
	__u64 cgroup; /* 0: unknown */
	__u32 uid;    /* POLICY_NO_UID for packets from outside */
	__u16 port;
	__u8 hook;
	__u8 reason;
};

#define POLICY_NO_UID 0xffffffff

/* The data of a denial. Times are CLOCK_BOOTTIME, in nanoseconds. pid and command are those of the last one. */
struct policy_denial {
	__u64 count;
	__u64 first;
	__u64 last;
	__u32 pid;
	__u32 passed; /* 1: the last one was let through, because the policy was permissive */
	char command[16];
};

/* The module host: the role of a network namespace for the service, by its cookie. */
enum policy_network {
	POLICY_NETWORK_OF_SERVICE = 1,
	POLICY_NETWORK_OF_PROOF,
};

/* The module host: a byte for each port, not 0 if the service bound a socket to it and the policy does not list it. */
struct policy_ports {
	__u8 chosen[65536];
};

/* The version of the pins: one entry of the map `meta`, written once. */
struct policy_meta {
	__u32 layout;
	__u32 hooks;	  /* bit HOOK for each program of the set */
	__u64 build;	  /* digest of the object with the programs */
	char version[24]; /* of the library that made the pins */
};

#endif
