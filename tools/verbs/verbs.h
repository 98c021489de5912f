/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs do. They work on the handle and the report of the run, and print nothing. */
#ifndef EJG_TOOL_VERBS_H
#define EJG_TOOL_VERBS_H

#include "libejguard/util/cleanup.h"
#include "tools/base/report.h"

/*
 * Runs report->verb: names the service, opens the handle, which stays open for the report, and calls what follows.
 *
 * Return: 0 or an errno of <ejguard/ejguard.h>; the handle has the message, or it is set by report_fail().
 */
int verb_run(const struct arguments *arguments, struct report *report);

/* Those that are more than one call of the library: one a file. */
int verb_apply(const struct arguments *arguments, struct report *report);
int verb_check(const struct arguments *arguments, struct report *report);
int verb_disable(const struct arguments *arguments, struct report *report);
int verb_doctor(const struct arguments *arguments, struct report *report);
int verb_enable(const struct arguments *arguments, struct report *report);
int verb_exec(const struct arguments *arguments, struct report *report);
int verb_explain(const struct arguments *arguments, struct report *report);
int verb_modules(const struct arguments *arguments, struct report *report);
int verb_status(const struct arguments *arguments, struct report *report);
int verb_watch(const struct arguments *arguments, struct report *report);

#endif
