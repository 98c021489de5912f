/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prove: makes forbidden attempts at each hook, as a user who is not one of `users`, from a cgroup that is not the
 * service's, in a new network namespace of the helper. During the attempts the set treats that namespace as the
 * service's.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/proof.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/modules/net/wire.h"
#include "libejguard/util/child.h"
#include "libejguard/util/cleanup.h"

/* limit on users to try for one who is not allowed: one more than can be allowed */
#define MAX_TRIED (POLICY_MAX_OWNERS * POLICY_MAX_USERS + 1)

struct host_prover {
	const struct pins *pins;
	const struct policy_head *head;
	struct sharing sharing; /* users that other services allow */
	uint16_t port;		/* epmd's */
};

static bool may(const struct host_prover *p, uid_t uid)
{
	bool may = user_in(p->head, uid);

	for (size_t i = 0; !may && i < p->sharing.n; i++)
		may = user_in(&p->sharing.others[i].chunks->head, uid);
	return may;
}

/* A user who is not allowed: nobody, or a lower uid. Return: 0 when none is found. */
static uid_t stranger(const struct host_prover *p)
{
	for (uid_t uid = 65534; uid > 65534 - MAX_TRIED; uid--)
		if (!may(p, uid))
			return uid;
	return 0;
}

/* Makes the kernel choose exactly this port for a bind to port 0. */
static int offer_only(uint16_t port)
{
	cleanup_fd int fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY | O_CLOEXEC);
	char text[32];
	int n = snprintf(text, sizeof(text), "%u %u", port, port);

	return fd < 0 || write(fd, text, (size_t)n) != n ? -errno : 0;
}

/* The attempt at a hook: returns 0 or an errno. Without a guard a connect here fails with ECONNREFUSED. */
static int attempt(const struct host_prover *p, enum policy_hook hook)
{
	const bool ipv4 = hook == POLICY_BIND4 || hook == POLICY_CONNECT4 || hook == POLICY_POST_BIND4;
	const bool connects = hook == POLICY_CONNECT4 || hook == POLICY_CONNECT6;
	const bool chosen = hook == POLICY_POST_BIND4 || hook == POLICY_POST_BIND6;
	const in_port_t port = chosen ? 0 : htons(p->port);
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = {};
	socklen_t size = ipv4 ? sizeof(address.in) : sizeof(address.in6);
	cleanup_fd int fd = socket(ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return errno;
	if (ipv4)
		address.in = (struct sockaddr_in){ AF_INET, port, { htonl(INADDR_LOOPBACK) }, {} };
	else
		address.in6 = (struct sockaddr_in6){ AF_INET6, port, 0, IN6ADDR_LOOPBACK_INIT, 0 };
	r = connects ? connect(fd, &address.any, size) : bind(fd, &address.any, size);
	return r < 0 ? errno : 0;
}

/* Runs in a child process: it cannot become root again, and root must read the counters. */
static int attempt_as(const struct host_prover *p, enum policy_hook hook, uid_t uid)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
			_exit(255);
		_exit(attempt(p, hook));
	}
	if (child < 0 || child_wait(child, &status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 255)
		return -ECHILD;
	return WEXITSTATUS(status);
}

/* Without IPv6 there are no such sockets; and without ::1 the kernel refuses the bind before post_bind runs. */
static bool lacks_family(enum policy_hook hook, int error)
{
	return error == EAFNOSUPPORT ||
	       (error == EADDRNOTAVAIL && (hook == POLICY_POST_BIND4 || hook == POLICY_POST_BIND6));
}

static struct prove_record try(const struct host_prover *p, enum policy_hook hook)
{
	uint64_t before = proof_count(p->pins, hook);
	uid_t uid = stranger(p);
	int r = uid ? 0 : -EUSERS;

	if (r == 0 && (hook == POLICY_POST_BIND4 || hook == POLICY_POST_BIND6))
		r = offer_only(p->port);
	if (r == 0)
		r = attempt_as(p, hook, uid);
	if (r < 0 || lacks_family(hook, r))
		return proof_unproven(abs(r));
	return proof_judge(p->head->flags & POLICY_PERMISSIVE, r == EPERM, proof_count(p->pins, hook) > before, r);
}

static void make_attempts(const void *data, const struct ejg_cgroup *top, int out)
{
	const uint8_t value = POLICY_NETWORK_OF_PROOF;
	const struct host_prover *p = data;
	uint64_t cookie;
	int r;

	/* The attempts need a new network namespace: without one the helper reports nothing, which is a failure. */
	if (unshare(CLONE_NEWNET) < 0 || wire_loopback_up() < 0 || network_cookie(&cookie) < 0 ||
	    bpf_map_update_elem(p->pins->maps[SET_NETWORKS], &cookie, &value, BPF_ANY) < 0)
		return;
	r = proof_enter(top);
	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1)) {
		struct prove_record record = r < 0 ? proof_unproven(-r) : try(p, hook);

		record.hook = hook;
		if (write(out, &record, sizeof(record)) != sizeof(record))
			break;
	}
	(void)bpf_map_delete_elem(p->pins->maps[SET_NETWORKS], &cookie);
}

static int prove_current(struct ejg_call *call, const struct pins *pins)
{
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy policy = {};
	struct host_prover prover = { .pins = pins, .port = ejg_call_facts(call)->epmd_port };
	const struct proof_attempts attempts = { make_attempts, &prover };
	struct ejg_cgroup top;
	int r = fd < 0 ? fd : pins_read_policy(fd, &policy);

	if (r < 0)
		return ejg_call_error(call, -EIO, "run: ejguard apply", "cannot read the policy below %s: %s",
				      pins->path, strerror(-r));
	prover.head = &policy.chunks->head;
	prover.sharing = sharing_read(pins);
	r = host_find_top(call, &top);
	if (r == 0)
		r = proof_run(call, &top, &attempts);
	sharing_free(&prover.sharing);
	net_policy_free(&policy);
	return r;
}

int host_prove(struct ejg_call *call)
{
	return prove_set(call, prove_current);
}
