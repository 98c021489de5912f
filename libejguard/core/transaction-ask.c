/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The passes that change nothing: explain, prove and doctor. */
#include <errno.h>

#include "libejguard/core/invoke.h"
#include "libejguard/core/lock.h"
#include "libejguard/core/pass.h"
#include "libejguard/core/transaction.h"
#include "libejguard/util/cleanup.h"

/* Where no module answers for a user, none is refused. */
static const struct ejg_answer nobody_refused = {
	.module = "core",
	.allowed = true,
	.rule = "no module of the stack refuses local users; to try one, add: optional host mode=permissive",
};

int transaction_explain(struct ejg *handle, const struct ejg_question *question)
{
	struct run run = { .handle = handle };
	const struct ejg_answer *answer;
	int r;

	for (size_t i = 0; i < handle->n_instances && !run_cancelled(&run); i++) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);

		if (!run_takes_part(instance) || !instance->module->explain)
			continue;
		r = operation_explain(handle, instance, question);
		if (r < 0)
			run_add(&run, instance, r, index);
	}
	if (run.error == 0 && question->by_user && report_answer_count(handle->report) == 0)
		report_answer(handle->report, &nobody_refused);
	for (size_t i = 0; (answer = report_answer_at(handle->report, i)); i++) {
		if (run.error == 0 && !answer->allowed)
			run.error = -EACCES;
	}
	if (run.error == 0 && report_answer_count(handle->report) == 0)
		run_judge(&run, "applies here");
	run_finish(handle);
	return run.error;
}

int transaction_prove(struct ejg *handle)
{
	struct run run = { .handle = handle };
	cleanup_fd int lock = -1;
	int r;

	r = lock_take(handle->report, handle->rundir, LOCK_PATIENCE, &lock);
	if (r < 0)
		return r;
	for (size_t i = 0; i < handle->n_instances && !run.opinions.stop && !run_cancelled(&run); i++) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);

		if (run_takes_part(instance) && instance->module->prove)
			run_add(&run, instance, operation_call(handle, instance, OPERATION_PROVE), index);
	}
	run_judge(&run, "passed the self-test");
	run_finish(handle);
	return run.error;
}

/* Diagnoses are advice: the result depends on their findings only, not on the control of the line. */
int transaction_doctor(struct ejg *handle)
{
	struct run run = { .handle = handle };
	const struct ejg_finding *finding;

	for (size_t i = 0; i < handle->n_instances && !run_cancelled(&run); i++) {
		struct instance *instance = &handle->instances[i];

		if (run_takes_part(instance) && instance->module->doctor)
			operation_call(handle, instance, OPERATION_DOCTOR);
	}
	run_finish(handle);
	for (size_t i = 0; (finding = report_finding(handle->report, i)); i++) {
		if (finding->severity == EJG_FAILURE)
			run_fail(&run, -EACCES, i);
	}
	return run.error;
}
