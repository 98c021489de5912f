/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/verbs/try.h"

#include <errno.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/handle.h"
#include "tools/systemd/wanted.h"

/* If the stack guards cgroups, an apply fails when none exists: in a dry run that is not an error of the stack. */
static int refuse_absent(struct report *report)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);

	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->id)
			return 0;
	if (!handle_has_module(report, NETWORK_GUARD))
		return 0;
	return report_fail(report, -EACCES,
			   "none of the cgroups of %s exists: there is nothing to guard; start the service",
			   report->service);
}

int try_apply(struct report *report)
{
	int r = ejg_try(report->handle);

	return r == 0 ? refuse_absent(report) : r;
}

static void close_handle(struct ejg **handle)
{
	*handle = ejg_close(*handle);
}

/* True if what is in force is what an apply would put in force. */
static bool is_guarded(const struct ejg *handle)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = ejg_finding_get(handle, i)); i++)
		if (finding->severity == EJG_FAILURE || report_is_change(finding))
			return false;
	return true;
}

/* In another handle: the findings of a trial are not those of the verb. */
int try_listeners(struct report *report)
{
	const struct ejg_options options = {
		.size = sizeof(options),
		.service = report->service,
		.confdir = report->arguments->confdir,
		.moduledir = report->arguments->moduledir,
	};
	__attribute__((cleanup(close_handle))) struct ejg *handle = NULL;
	const struct ejg_finding *finding;
	int r = 0;

	handle_progress(report, "comparing the configured listeners with the policy");
	if (ejg_open(&options, &handle) < 0)
		return 0;
	report->guarded_now = ejg_try(handle) == 0 && is_guarded(handle);
	for (size_t i = 0; r == 0 && (finding = ejg_finding_get(handle, i)); i++)
		if (report_is_named(finding, "bind-refused"))
			r = report_note(report, finding);
	return r;
}
