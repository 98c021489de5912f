/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decision: the result of a stack, from the control and the result of each of its modules. A pure function. */
#ifndef EJG_CORE_VERDICT_H
#define EJG_CORE_VERDICT_H

#include <ejguard/module.h>

enum control {
	CONTROL_REQUIRED,  /* all are run; a failure fails the stack */
	CONTROL_REQUISITE, /* a failure stops the stack at once */
	CONTROL_OPTIONAL,  /* reported, never fails the stack */
};

struct opinions {
	bool any_opinion; /* an enforced or permissive module returned held or not held */
	bool failed;	  /* the outcome is "not held", whatever follows */
	bool stop;	  /* run no further module */
};

/*
 * Adds the result of one module: a verdict of enum ejg_verdict or a negative errno; anything else is an error. An error
 * of an optional module is no opinion; "not held" of a permissive module is an opinion and no failure, but its error
 * fails the stack: it could not check.
 */
void verdict_add(struct opinions *opinions, enum control control, enum ejg_mode mode, int result);

/* True if the stack holds: nothing failed, and at least one module had an opinion. */
bool verdict_holds(const struct opinions *opinions);

#endif
