/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard confirm and revert: keeps or undoes a change made with apply --confirm. */
#include "tools/confirm/advice.h"
#include "tools/confirm/confirm.h"
#include "tools/verbs/known.h"
#include "tools/verbs/verbs.h"

int verb_confirm(const struct arguments *arguments, struct report *report)
{
	int r = known_check(report);

	return r < 0 ? r : confirm_keep(report);
}

int verb_revert(const struct arguments *arguments, struct report *report)
{
	int result, r = known_check(report);

	if (r < 0)
		return r;
	result = confirm_revert(report);
	r = advice_of_revert(report);
	return r < 0 ? r : result;
}
