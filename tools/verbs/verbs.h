/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs. They use the handle and the report of the run, and print nothing. */
#ifndef EJG_TOOL_VERBS_H
#define EJG_TOOL_VERBS_H

#include "libejguard/util/cleanup.h"
#include "tools/base/report.h"
#include "tools/base/verb.h"

/*
 * Runs report->verb: sets the service, opens the handle, which stays open for the report, and calls the verb's
 * function.
 *
 * Return: 0 or an errno of <ejguard/ejguard.h>; the handle has the message, or it is set by report_fail().
 */
int verb_run(const struct arguments *arguments, struct report *report);

/* verb_check() and so on, from the list in verb.h: a verb of more than one library call has its own file. */
#define VERB_FUNCTION(id, name) int verb_##name(const struct arguments *arguments, struct report *report);
VERBS_THAT_RUN(VERB_FUNCTION)
#undef VERB_FUNCTION

#endif
