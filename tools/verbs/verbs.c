/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/verbs/verbs.h"

#include "tools/base/handle.h"
#include "tools/confirm/confirm.h"

int verb_release(const struct arguments *arguments, struct report *report)
{
	int r = ejg_release(report->handle);

	if (r == 0)
		confirm_forget(report);
	return r;
}

#define VERB_RUN(id, name) [VERB_##id] = verb_##name,
static int (*const runs[N_VERBS])(const struct arguments *arguments,
				  struct report *report) = { VERBS_THAT_RUN(VERB_RUN) };

int verb_run(const struct arguments *arguments, struct report *report)
{
	int r;

	if (report->verb->reads_service)
		return runs[verb_id(report->verb)](arguments, report);
	if (!report->verb->of_no_service)
		report->service = arguments->operand ? arguments->operand : DEFAULT_SERVICE;
	r = handle_open(arguments, report);
	return r < 0 ? r : runs[verb_id(report->verb)](arguments, report);
}
