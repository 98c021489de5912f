/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/verdict.h"

/* The stack fails; a requisite guard also ends the run. */
static void fail(struct tally *tally, enum control control)
{
	tally->failed = true;
	if (control == CONTROL_REQUISITE)
		tally->stop = true;
}

void verdict_add(struct tally *tally, enum control control, enum ejg_mode mode, int result)
{
	switch (result) {
	case EJG_NOT_APPLICABLE:
		return;
	case EJG_HELD:
		tally->any_opinion = true;
		return;
	case EJG_NOT_HELD:
		tally->any_opinion = true;
		if (control != CONTROL_OPTIONAL && mode != EJG_PERMISSIVE)
			fail(tally, control);
		return;
	default: /* an errno, or a number that no module may return */
		if (control != CONTROL_OPTIONAL)
			fail(tally, control);
	}
}

bool verdict_holds(const struct tally *tally)
{
	return tally->any_opinion && !tally->failed;
}
