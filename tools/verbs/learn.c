/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard learn: a stack for what is seen, and for nothing else. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "tools/learn/learn.h"
#include "tools/verbs/verbs.h"

enum { RECORDS_MS = 5000 }; /* a module hands its records out within a fraction of that */

static int take_records(struct learn *learn, const char *module)
{
	const struct ejg_event *event = NULL;
	struct pollfd fd = { .events = POLLIN };
	int r = ejg_watch_recorded(learn->report->handle, module, &fd.fd);

	if (r == -EOPNOTSUPP) { /* the module refuses nothing here, and has let nothing through */
		report_forget_failure(learn->report);
		return 0;
	}
	if (r < 0)
		return r;
	if (poll(&fd, 1, RECORDS_MS) <= 0)
		return report_fail(learn->report, -EIO,
				   "the module %s does not hand out its records; see ejguard status", module);
	do {
		r = ejg_watch_next(learn->report->handle, module, &event);
		if (r == 0 && event)
			r = learn_record(learn, event);
	} while (r == 0 && event);
	return r;
}

static int look(struct learn *learn)
{
	struct ejg *handle = learn->report->handle;
	const struct ejg_module *module;
	int r = 0;

	while (learn->n_modules < LEARN_MAX_MODULES && (module = ejg_module_get(handle, learn->n_modules)))
		learn->modules[learn->n_modules++] = module;
	for (size_t i = 0; r == 0 && i < learn->n_modules; i++)
		if (learn->modules[i]->watch)
			r = take_records(learn, learn->modules[i]->name);
	if (r == 0)
		r = ejg_discover(handle);
	learn->facts = ejg_facts_get(handle);
	learn->survey = ejg_survey_get(handle);
	if (r == 0 && (!learn->facts || !learn->survey))
		r = report_fail(learn->report, -EIO, "the service was not surveyed");
	return r;
}

int verb_learn(const struct arguments *arguments, struct report *report)
{
	struct learn learn = { .report = report };
	int r = ejg_load(report->handle, NULL);

	if (r == 0)
		r = look(&learn);
	if (r == 0)
		r = learn_judge_nodes(&learn);
	if (r == 0)
		r = learn_hosts(&learn);
	if (r == 0)
		r = learn_users(&learn);
	if (r == 0)
		r = learn_propose(&learn, &report->learned);
	report->has_learned = r == 0;
	learn_free(&learn);
	return r;
}
