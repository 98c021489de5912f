/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: does the set that is pinned stand for the policy of the stack? */
#ifndef EJG_NET_INSPECT_H
#define EJG_NET_INSPECT_H

#include "libejguard/modules/net/pins.h"

struct inspection {
	struct ejg_call *call;
	const struct net_policy *policy; /* that shall be in force */
	bool trial; /* the stack is judged as it would be after an apply */
	bool failed;
	uint32_t hooks; /* that an apply would give the set, as bits */
	/* Whether a set with these hooks is what the stack says; NULL: only one with `hooks` is. */
	bool (*hooks_fit)(struct ejg_call *call, uint32_t hooks);
	/* Looks at the links of the set. Return: 0, or a negative errno, set on the call. */
	int (*links)(struct inspection *check, const struct pins *pins);
};

/* Reports a failure. */
void inspection_fail(struct inspection *check, const char *id, const char *subject, const char *message);

/* The same, but for a stack that is tried: an apply would mend it, which is said instead. */
void inspection_fail_or_change(struct inspection *check, const char *id, const char *subject, const char *message,
			       const char *change);

/* Looks at the set: its state, its policy, its links. Return: 0, or a negative errno, set on the call. */
int inspect_pins(struct inspection *check);

#endif
