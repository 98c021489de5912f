/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A table of attempts to bypass the guard, and the requirements of each: see attempts.tbl and local.tbl for the words.
 *
 * An attempt has two ends. The subject's end makes its sockets in the guarded cgroup; the other end is somebody on the
 * wire, or another process of the host.
 */
#ifndef EJG_TESTS_ATTEMPTS_H
#define EJG_TESTS_ATTEMPTS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/policy.h"
#include "libejguard/util/cleanup.h"

enum verb {
	VERB_BIND,
	VERB_CONNECT,
	VERB_ACCEPT,
};

/* The ways in which an end acts; bits of a mask, by way_find(). */
enum way {
	/* type of socket */
	WAY_MPTCP,
	WAY_UDP,
	WAY_SMC,
	/* owner of the socket */
	WAY_LEFT,
	WAY_PASSED,
	WAY_OUTSIDE,
	WAY_RECEIVED,
	WAY_EARLY,
	WAY_CONNECTING,
	WAY_MOVED,
	WAY_BELOW,
	WAY_THREADED,
	WAY_UNSHARED,
	/* system call */
	WAY_THREAD,
	WAY_URING,
	WAY_URING_ASYNC,
	WAY_URING_SQPOLL,
	WAY_URING_FIXED,
	WAY_UNSPEC,
	WAY_SHORT,
	WAY_LONG,
	WAY_FLOW,
	/* options of the socket */
	WAY_REUSEADDR,
	WAY_REUSEPORT,
	WAY_FREEBIND,
	WAY_TRANSPARENT,
	WAY_DEVICE,
	WAY_DEVICE_LATER,
	WAY_V6ONLY,
	WAY_DUAL,
	WAY_NO_PORT,
	WAY_PORT_RANGE,
	WAY_DEFER,
	WAY_IPOPTS,
	WAY_SOURCE_ROUTE,
	WAY_DSTOPTS,
	WAY_HOPOPTS,
	WAY_TFO,
	/* type of connect */
	WAY_NONBLOCK,
	WAY_TFO_SENDTO,
	WAY_TFO_SENDMSG,
	WAY_TFO_CONNECT,
	WAY_RECONNECT,
	WAY_ADDRFORM,
	WAY_BOUND,
	WAY_BOUND4,
	WAY_JOIN,
	WAY_ANNOUNCED,
	WAY_REPAIR,
	WAY_BEFORE,
	/* another end */
	WAY_MAPPED,
	N_WAYS,
};

#define WAY_BIT(way) (1ULL << (way))
/* Of a client. */
#define WAYS_FAST_OPEN (WAY_BIT(WAY_TFO_SENDTO) | WAY_BIT(WAY_TFO_SENDMSG) | WAY_BIT(WAY_TFO_CONNECT))

/* The guard's configurations in which the table is run. */
enum variant {
	VARIANT_DEFAULT,
	VARIANT_STRICT,
	VARIANT_DENY,
	VARIANT_REWRITE,
	N_COLUMNS,
	VARIANT_NETNS = N_COLUMNS, /* accept=netns: its results follow from the first column, or are in the last one */
	VARIANT_NETNS_STRICT,	   /* the same and the second column */
	N_EXPECTED,
	VARIANT_PERMISSIVE = N_EXPECTED, /* the results of the first column, counted but not refused */
	VARIANT_NETNS_PERMISSIVE,	 /* the same for accept=netns */
	N_VARIANTS,
};

extern const char *const variant_names[N_VARIANTS];

/* An address by its name in the table. */
struct place {
	const char *name;
	int family;
	struct in6_addr address; /* IPv4 is stored IPv4-mapped */
	bool link_local;
	enum {
		ON_REMOTE, /* on the wire */
		ON_HOST,   /* the guarded host's own */
		ON_JOINER, /* a host on the wire whose MPTCP connections get a second subflow */
	} where;
};

struct expectation {
	int error; /* 0, EPERM, ETIMEDOUT or ECONNREFUSED */
	bool counted;
	enum policy_hook hook; /* the hook that counts it, and the reason */
	enum policy_reason reason;
};

/* A process that makes an attempt on the module host. */
struct person {
	const char *name;
	uid_t real, effective;
	bool member;	/* in the service's cgroup */
	bool user_root; /* root of a new user namespace */
};

struct attempt {
	unsigned int line;
	char text[160]; /* its name: verb, family, heading, and the other columns that describe it */
	enum verb verb;
	int family; /* of the subject's socket */
	uint64_t ways;
	uint64_t client_ways;
	const struct place *address; /* NULL: listen without bind */
	uint16_t port;
	const struct place *from, *to; /* of the client, VERB_ACCEPT only */
	const struct person *person;   /* in a local table, else NULL */
	struct expectation expected[N_EXPECTED];
};

/* The expected result of an attempt; the control, N_VARIANTS, and permissive mode allow everything. */
static inline struct expectation attempt_expectation(const struct attempt *attempt, enum variant variant)
{
	return variant < N_EXPECTED ? attempt->expected[variant] : (struct expectation){};
}

/* --- table.c: reading the table ------------------------------------------------------------------------------- */

/* Return: the attempts, to be freed, or NULL after a message on stderr. */
struct attempt *table_read(const char *path, bool local, size_t *ret_n);
/* Keeps those with the shell pattern somewhere in their names. Return: how many; 0 after a message with all names. */
size_t table_select(struct attempt *attempts, size_t n, const char *pattern);
const char *hook_name(enum policy_hook hook);
const char *reason_name(enum policy_reason reason);

/* --- place.c -------------------------------------------------------------------------------------------------- */

const struct place *place_find(const char *name);
/* The address for a socket of a family; link-local ones with the scope of eth0 in the current network namespace. */
const struct person *person_find(const char *name);
socklen_t place_sockaddr(const struct place *place, int family, uint16_t port, struct sockaddr_storage *ret);

/* --- ways.c --------------------------------------------------------------------------------------------------- */

/* The way of a name, or -1. */
int way_find(const char *name);
/* Sets the socket options of its ways. Return: 0 or a positive errno. */
int ways_set_options(int fd, uint64_t ways);
/* What this kernel does not have for an attempt, or NULL. */
const char *ways_lacking(const struct attempt *attempt);
/* Checks that a connection really used the way: 0, or EPROTO when it silently used another one. */
int ways_verify(int fd, uint64_t ways);
/* The number of subflows of a connection in addition to the first. */
unsigned int ways_subflows(int fd);

/* --- end.c: the life of one end -------------------------------------------------------------------------------- */

struct world;

struct end {
	const struct world *world;
	uint64_t ways;
	int family;
	const char *netns;
	const char *cgroup;		    /* the cgroup of its sockets */
	const struct place *local, *remote; /* or NULL */
	uint16_t local_port, remote_port;
	bool waits_for_join; /* a server that answers when the connection has a second subflow */
	bool verify;	     /* the control: check that it really used the way */
	int timeout_ms;
	const struct person *person; /* the identity that it assumes before it uses its socket; NULL: stays root */
	enum variant variant;	     /* to be applied by WAY_BEFORE; N_VARIANTS: none */
};

static inline bool has(const struct end *end, enum way way)
{
	return end->ways & WAY_BIT(way);
}

/* Each runs in a child process. Return: 0 or a positive errno. */
int end_bind(const struct end *end);
int end_call(const struct end *end);
/* Returns on failure only; writes its port to report_fd. */
int end_serve(const struct end *end, int report_fd);

/* Makes a socket with its options. Return: a descriptor, or -1 and errno. */
int end_socket(const struct end *end);
/* bind or connect, by the ways of the end. Return: 0 or a positive errno. */
int end_bind_socket(const struct end *end, int fd, const struct place *place, uint16_t port);
int end_connect_socket(const struct end *end, int fd, const struct place *place, uint16_t port);
int end_listen(const struct end *end, int fd);
/* Assumes the identity for the attempt. Return: 0 or a positive errno. */
int end_become(const struct end *end);
int enter_cgroup(const char *path);
/* Makes the kernel choose ports from a private port on, or not. Return: 0 or a positive errno. */
int set_ephemeral_range(bool with_private);

/* --- uring.c --------------------------------------------------------------------------------------------------- */

struct io_uring_sqe;
/* Does one operation. Return: its result, or a negative errno. */
int uring_do(const struct end *end, const struct io_uring_sqe *sqe);
bool uring_can(int operation);

/* --- guard.c: the guard, put on and off by the tool ------------------------------------------------------------ */

/* What this kernel does not have for a variant, or NULL. */
const char *guard_lacking(enum variant variant);
int guard_apply(const struct world *world, enum variant variant);
int guard_release(const struct world *world);
/* The counters of refusals. All are 0 without a guard. Return: 0 or a positive errno. */
int guard_counters(const struct world *world, uint64_t ret[POLICY_N_HOOKS * POLICY_N_REASONS]);

/* --- run.c: one attempt, both its ends ------------------------------------------------------------------------- */

/* The environment of the attempts: see attempts.sh. */
struct world {
	const char *host, *remote, *joiner;	   /* network namespaces, as files */
	const char *guarded, *control, *elsewhere; /* cgroups */
	const char *tool, *modules, *conf;
	bool local; /* the table is of the module host: see local.tbl */
};

/* The variant N_VARIANTS is the control. Return: 0, EPERM, ETIMEDOUT, or the error with which it ended otherwise. */
int run_attempt(const struct world *world, const struct attempt *attempt, enum variant variant);

#endif
