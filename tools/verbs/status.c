/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard status: shows what is guarded now, and whether it is intact. */
#include <errno.h>

#include "tools/confirm/advice.h"
#include "tools/confirm/pending.h"
#include "tools/systemd/dropin.h"
#include "tools/verbs/verbs.h"

/* The proof comes first: afterwards the handle's report is the status, with its metrics. */
static int prove(struct report *report)
{
	int proof, r;

	proof = ejg_prove(report->handle);
	if (proof < 0 && proof != -EACCES)
		return proof;
	r = report_keep(report);
	if (r == 0)
		r = ejg_status(report->handle);
	return r < 0 ? r : proof;
}

int verb_status(const struct arguments *arguments, struct report *report)
{
	int result, r;

	if (arguments->openmetrics + arguments->prometheus + report->json > 1)
		return report_fail_usage(report, "only one of --json, --openmetrics and --prometheus can be used");
	report->openmetrics = arguments->openmetrics;
	report->prometheus = arguments->prometheus;
	pending_show(report);
	result = dropin_judge(report, arguments->prove ? prove(report) : ejg_status(report->handle));
	r = advice_after_revert(report);
	return r < 0 ? r : result;
}
