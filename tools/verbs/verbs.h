/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs do. They work on the handle and the report of the run, and print nothing. */
#ifndef EJG_TOOL_VERBS_H
#define EJG_TOOL_VERBS_H

#include "libejguard/util/cleanup.h"
#include "tools/base/report.h"
#include "tools/base/verb.h"

/*
 * Runs report->verb: names the service, opens the handle, which stays open for the report, and calls what follows.
 *
 * Return: 0 or an errno of <ejguard/ejguard.h>; the handle has the message, or it is set by report_fail().
 */
int verb_run(const struct arguments *arguments, struct report *report);

/* verb_check() and its like, of the list in verb.h: those that are more than one call of the library are one a file. */
#define VERB_FUNCTION(id, name) int verb_##name(const struct arguments *arguments, struct report *report);
VERBS_THAT_RUN(VERB_FUNCTION)
#undef VERB_FUNCTION

#endif
