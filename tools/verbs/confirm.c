/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard confirm and revert: keeps or undoes a change made with apply --confirm. */
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
