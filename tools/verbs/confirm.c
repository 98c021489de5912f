/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard confirm and revert: what apply --confirm has changed stays, or goes. */
#include "tools/confirm/confirm.h"
#include "tools/verbs/verbs.h"

int verb_confirm(const struct arguments *arguments, struct report *report)
{
	return confirm_keep(report);
}

int verb_revert(const struct arguments *arguments, struct report *report)
{
	return confirm_revert(report);
}
