/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/pass.h"

#include <errno.h>

#include "libejguard/core/invoke.h"
#include "libejguard/core/transaction.h"

int transaction_error(int error)
{
	switch (error) {
	case -EBADMSG:
	case -EOPNOTSUPP:
	case -EPERM:
	case -ENOMEM:
	case -ECANCELED:
		return error;
	default:
		return -EACCES;
	}
}

void run_fail(struct run *run, int error, size_t index)
{
	if (run->error < 0)
		return;
	run->error = transaction_error(error);
	report_blame(run->handle->report, index);
}

void run_add(struct run *run, const struct instance *instance, int result, size_t index)
{
	struct opinions own = {};

	verdict_add(&own, instance->line->control, instance->mode, result);
	verdict_add(&run->opinions, instance->line->control, instance->mode, result);
	if (!own.failed)
		return;
	if (run->error == -EPERM && transaction_error(result) != -EPERM)
		run->error = 0;
	run_fail(run, result < 0 ? result : -EACCES, index);
}

bool run_cancelled(struct run *run)
{
	struct report *report = run->handle->report;
	size_t index = report_finding_count(report);

	if (!atomic_load(&run->handle->cancelled))
		return false;
	if (run->error == 0)
		run_fail(run, report_error(report, -ECANCELED, "cancelled", NULL, NULL, "cancelled"), index);
	return true;
}

void run_judge(struct run *run, const char *nobody)
{
	struct report *report = run->handle->report;
	size_t index = report_finding_count(report);

	if (run->error == 0 && !verdict_holds(&run->opinions))
		run_fail(run,
			 report_error(report, -EACCES, "no-opinion", NULL, NULL, "%s: no module of the stack %s",
				      run->handle->service, nobody),
			 index);
}

void run_finish(struct ejg *handle)
{
	for (size_t i = handle->n_instances; i-- > 0;)
		operation_finish(handle, &handle->instances[i]);
}

bool run_takes_part(const struct instance *instance)
{
	return instance->selected && !instance->skipped;
}
