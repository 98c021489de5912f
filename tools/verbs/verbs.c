/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/verbs/verbs.h"

#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/handle.h"
#include "tools/confirm/confirm.h"
#include "tools/confirm/pending.h"

/* A stack that has become invalid, or is gone, must not keep its guard in force. */
static int load_what_is_in_force(struct report *report)
{
	cleanup_free char *applied = pending_path(report, "applied");
	int r = ejg_load(report->handle, NULL);

	if (r == 0 || !applied || access(applied, F_OK) < 0)
		return r;
	return ejg_load(report->handle, applied);
}

int verb_release(const struct arguments *arguments, struct report *report)
{
	int r = load_what_is_in_force(report);

	if (r == 0)
		r = ejg_release(report->handle);
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
