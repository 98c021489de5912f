/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/verdict.h"

/* The stack fails; a requisite module also ends the run. */
static void fail(struct opinions *opinions, enum control control)
{
	opinions->failed = true;
	if (control == CONTROL_REQUISITE)
		opinions->stop = true;
}

void verdict_add(struct opinions *opinions, enum control control, enum ejg_mode mode, int result)
{
	switch (result) {
	case EJG_NOT_APPLICABLE:
		return;
	case EJG_HELD:
		opinions->any_opinion = true;
		return;
	case EJG_NOT_HELD:
		opinions->any_opinion = true;
		if (control != CONTROL_OPTIONAL && mode != EJG_PERMISSIVE)
			fail(opinions, control);
		return;
	default: /* an errno, or a number that no module may return */
		if (control != CONTROL_OPTIONAL)
			fail(opinions, control);
	}
}

bool verdict_holds(const struct opinions *opinions)
{
	return opinions->any_opinion && !opinions->failed;
}
