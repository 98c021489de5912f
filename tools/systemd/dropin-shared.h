/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units whose drop-in belongs to another service of ejguard, such as an epmd that two services share. */
#ifndef EJG_DROPIN_SHARED_H
#define EJG_DROPIN_SHARED_H

#include "tools/base/report.h"

/* After a failed dropin_plan() of enable: names the way out, if there is one. Return: r, or -ENOMEM. */
int dropin_shared_explain(struct report *report, const struct unit *unit, int r);

/*
 * The message and the remedy of a finding about a unit with an owner, which the caller frees. Return: 0, -ENOMEM with
 * the message of the report set.
 */
int dropin_shared_words(struct report *report, const struct unit *unit, char **ret_message, char **ret_remedy);

#endif
