/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/verbs/verbs.h"

#include "tools/base/handle.h"

static int release(const struct arguments *arguments, struct report *report)
{
	return ejg_release(report->handle);
}

static int discover(const struct arguments *arguments, struct report *report)
{
	int r = ejg_discover(report->handle);

	report->surveyed = r == 0;
	return r;
}

static int (*const runs[N_VERBS])(const struct arguments *arguments, struct report *report) = {
	[VERB_CHECK] = verb_check,
	[VERB_APPLY] = verb_apply,
	[VERB_STATUS] = verb_status,
	[VERB_RELEASE] = release,
	[VERB_EXEC] = verb_exec,
	[VERB_EXPLAIN] = verb_explain,
	[VERB_WATCH] = verb_watch,
	[VERB_DISCOVER] = discover,
	[VERB_DOCTOR] = verb_doctor,
	[VERB_MODULES] = verb_modules,
	[VERB_ENABLE] = verb_enable,
	[VERB_DISABLE] = verb_disable,
};

int verb_run(const struct arguments *arguments, struct report *report)
{
	int r;

	if (!report->verb->of_no_service)
		report->service = arguments->operand ? arguments->operand : DEFAULT_SERVICE;
	r = handle_open(arguments, report);
	return r < 0 ? r : runs[verb_id(report->verb)](arguments, report);
}
