/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: does the pinned set match the policy of the stack? */
#ifndef EJG_NET_INSPECT_H
#define EJG_NET_INSPECT_H

#include "libejguard/modules/net/pins.h"

struct inspection {
	struct ejg_call *call;
	const struct net_policy *policy; /* the policy that should be in force */
	bool trial;			 /* the stack is checked as it would be after an apply */
	bool failed;
	struct pins pins; /* PINS_NULL before inspect_pins(), which opens them for the rest of the check */
	enum pins_state state;
	const char *set; /* folder of the set that inspect_pins() checks; NULL: no set */
	uint32_t hooks;	 /* the hooks of an apply, as bits */
	/* True if a set with these hooks matches the stack; NULL: only `hooks` match. */
	bool (*hooks_fit)(struct ejg_call *call, uint32_t hooks);
	/* Checks the links of the set. Return: 0, or a negative errno, set on the call. */
	int (*links)(struct inspection *check, const struct pins *pins);
	/* Reports what would be attached if no set exists yet. Return: as links(). */
	int (*absent)(struct inspection *check);
};

/* Makes a finding; without a subject it is about the set. Its declared severity decides whether the module holds. */
void inspection_say(struct inspection *check, const char *id, const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Reports a failure that an apply would correct; in a dry run it reports the change instead. */
void inspection_fail_or_change(struct inspection *check, const char *id, const char *subject, const char *message,
			       const char *change);

/*
 * Checks the set: its state, its policy, its links. Return: 0, or a negative errno, set on the call; close the pins in
 * either case.
 */
int inspect_pins(struct inspection *check);

#endif
