/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: does the set that is pinned stand for the policy of the stack? */
#ifndef EJG_NET_INSPECT_H
#define EJG_NET_INSPECT_H

#include "libejguard/modules/net/pins.h"

struct inspection {
	struct ejg_call *call;
	const struct net_policy *policy; /* that shall be in force */
	bool trial;			 /* the stack is judged as it would be after an apply */
	bool failed;
	const char *set; /* while inspect_pins() runs: the folder of the set that it looks at; NULL: there is none */
	uint32_t hooks;	 /* that an apply would give the set, as bits */
	/* Whether a set with these hooks is what the stack says; NULL: only one with `hooks` is. */
	bool (*hooks_fit)(struct ejg_call *call, uint32_t hooks);
	/* Looks at the links of the set. Return: 0, or a negative errno, set on the call. */
	int (*links)(struct inspection *check, const struct pins *pins);
	/* Says what would be attached where there is no set yet. Return: as links(). */
	int (*absent)(struct inspection *check);
};

/* Makes a finding; one without a subject is about the set. The declared severity decides whether the guard holds. */
void inspection_say(struct inspection *check, const char *id, const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same of a failure that an apply would mend: of a stack that is tried, what it would change is said instead. */
void inspection_fail_or_change(struct inspection *check, const char *id, const char *subject, const char *message,
			       const char *change);

/* Looks at the set: its state, its policy, its links. Return: 0, or a negative errno, set on the call. */
int inspect_pins(struct inspection *check);

#endif
