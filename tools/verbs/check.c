/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard check: does every guard hold, now and after the next start? */
#include "tools/confirm/advice.h"
#include "tools/confirm/pending.h"
#include "tools/systemd/dropin.h"
#include "tools/verbs/verbs.h"

int verb_check(const struct arguments *arguments, struct report *report)
{
	int result, r;

	if (arguments->nagios + arguments->html + report->json > 1)
		return report_fail_usage(report, "only one of --json, --nagios and --html can be used");
	if (arguments->file) {
		r = ejg_load(report->handle, arguments->file);
		if (r < 0)
			return r;
	}
	if (arguments->detailed && !arguments->file)
		return report_fail_usage(report, "--detailed-exitcode needs --file");
	result = arguments->file ? ejg_try(report->handle) : ejg_check(report->handle);
	if (!arguments->file && !arguments->root)
		pending_show(report);
	/* A service that is guarded now may start without its guard. Nothing of an image starts on this host. */
	if (arguments->file && !arguments->root && result == 0)
		dropin_foresee(report);
	if (arguments->file)
		return report_end_trial(report, arguments->detailed, result);
	if (arguments->root)
		return result;
	result = dropin_judge(report, result);
	r = advice_after_revert(report);
	return r < 0 ? r : result;
}
