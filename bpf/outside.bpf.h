/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by ingress and lookup: a packet from outside, and the table of refused ones. */
#ifndef EJG_BPF_OUTSIDE_BPF_H
#define EJG_BPF_OUTSIDE_BPF_H

#include "policy.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, POLICY_MAX_DENIALS);
	__type(key, struct policy_denial_key);
	__type(value, struct policy_denial);
} outsiders __weak SEC(".maps");

/* The refused client. */
struct outsider {
	struct policy_address source;
	__u64 cgroup; /* the listener's, 0 when unknown */
	__u16 port;
	bool proof;
};

#define PASSED 0x100 /* with a reason: the policy is permissive, and a refusal is only counted */

/* The decision of one policy. Return: a reason, and PASSED. */
static __always_inline int decide_by(const struct decision *d, const struct policy_address *source,
				     const struct policy_address *destination, __u32 ifindex)
{
	int passed = refusal(d->head) ? PASSED : 0;

	return decide_accept(d, *source, *destination, ifindex) | passed;
}

static __always_inline bool is_allowed(int decision)
{
	return (decision & ~PASSED) == POLICY_ALLOWED;
}

/* Limits the rows that a flood of forged sources can fill: one for each network. */
static __always_inline void fold(struct policy_address *address)
{
	address->low = is_mapped(address) ? address->low & ~0xffULL : 0;
}

/* Counts and records a refusal. Returns the result of the hook. */
static __always_inline int refuse(int decision, enum policy_hook hook, const struct outsider *who)
{
	enum policy_reason reason;
	bool passed;

	/* clang 19 knows what the function returned, and drops the masks; the verifier does not know it. */
	barrier_var(decision);
	reason = decision & ~PASSED;
	passed = decision & PASSED;
	count(who->proof, hook, reason);
	if (!who->proof) {
		__u64 now = bpf_ktime_get_boot_ns();
		struct policy_denial row = { .count = 1, .first = now, .last = now, .passed = passed };
		struct policy_denial_key key = {
			.address = who->source,
			.cgroup = who->cgroup,
			.uid = POLICY_NO_UID,
			.port = who->port,
			.hook = hook,
			.reason = reason,
		};

		if (!passed)
			fold(&key.address);
		record(&outsiders, &key, &row);
	}
	return passed;
}

#endif
