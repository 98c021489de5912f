/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/transaction.h"

#include <errno.h>

#include "libejguard/lock.h"
#include "libejguard/operation.h"
#include "libejguard/util/cleanup.h"

/* One pass over the stack: what its modules have said so far, and the error that the verb will return. */
struct run {
	struct ejg *guard;
	struct tally tally;
	int error;
};

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

/* What the verb fails with: the first failure counts, and the findings from index on are to blame. */
static void run_fail(struct run *run, int error, size_t index)
{
	if (run->error < 0)
		return;
	run->error = transaction_error(error);
	report_blame(run->guard->report, index);
}

/* Adds the result of one module, whose findings begin at index. */
static void run_add(struct run *run, const struct instance *instance, int result, size_t index)
{
	bool failed = run->tally.failed;

	verdict_add(&run->tally, instance->guard->control, instance->mode, result);
	if (run->tally.failed && !failed)
		run_fail(run, result < 0 ? result : -EACCES, index);
}

static bool run_cancelled(struct run *run)
{
	struct report *report = run->guard->report;
	size_t index = report_finding_count(report);

	if (!atomic_load(&run->guard->cancelled))
		return false;
	if (run->error == 0)
		run_fail(run, report_error(report, -ECANCELED, "cancelled", NULL, NULL, "cancelled"), index);
	return true;
}

/* The outcome of a pass that gives verdicts. */
static void run_judge(struct run *run)
{
	struct report *report = run->guard->report;
	size_t index = report_finding_count(report);

	if (run->error == 0 && !verdict_holds(&run->tally))
		run_fail(run,
			 report_error(report, -EACCES, "no-opinion", NULL, NULL,
				      "%s: no guard of the stack applies here", run->guard->service),
			 index);
}

static void finish_all(struct ejg *guard)
{
	for (size_t i = guard->n_instances; i-- > 0;)
		operation_finish(guard, &guard->instances[i]);
}

static bool takes_part(const struct instance *instance)
{
	return instance->selected && !instance->skipped;
}

/* The verdict. A guard that can only confine has none to give: it is never silently left out. */
static int check(struct ejg *guard, struct instance *instance)
{
	if (instance->module->check)
		return operation_call(guard, instance, OPERATION_CHECK);
	return report_error(
		guard->report, -EBADMSG, "confine-only", &instance->guard->module.position, NULL,
		"%s: can only confine the process that becomes the service: whether it holds cannot be seen from here",
		instance->module->name);
}

int transaction_check(struct ejg *guard)
{
	struct run run = { .guard = guard };

	for (size_t i = 0; i < guard->n_instances && !run.tally.stop && !run_cancelled(&run); i++) {
		struct instance *instance = &guard->instances[i];
		size_t index = report_finding_count(guard->report);

		if (takes_part(instance))
			run_add(&run, instance, check(guard, instance), index);
	}
	run_judge(&run);
	finish_all(guard);
	return run.error;
}

int transaction_status(struct ejg *guard)
{
	struct run run = { .guard = guard };

	for (size_t i = 0; i < guard->n_instances && !run_cancelled(&run); i++) {
		struct instance *instance = &guard->instances[i];
		size_t index = report_finding_count(guard->report);
		int r = 0;

		if (!takes_part(instance))
			continue;
		if (instance->module->status)
			r = operation_call(guard, instance, OPERATION_STATUS);
		if (r == 0)
			r = check(guard, instance);
		run_add(&run, instance, r, index);
	}
	run_judge(&run);
	finish_all(guard);
	return run.error;
}

/* Undoes the apply of one instance. */
static int undo(struct ejg *guard, struct instance *instance)
{
	const char *name = instance->module->name;
	int r;

	instance->applied = false;
	r = operation_release(guard, instance, EJG_RELEASE_RUN);
	if (r < 0)
		return report_error(guard->report, r, "release-failed", NULL, NULL,
				    "%s: what this run had applied could not be undone", name);
	report_error(guard->report, 0, "rolled-back", NULL, NULL, "%s: what this run had applied was undone", name);
	return 0;
}

/* In reverse, each once. Whether everything could be undone. */
static bool roll_back(struct ejg *guard)
{
	bool undone = true;

	for (size_t i = guard->n_instances; i-- > 0;) {
		if (guard->instances[i].applied && undo(guard, &guard->instances[i]) < 0)
			undone = false;
	}
	return undone;
}

/* First pass: nothing is touched yet, so that the first failure that counts ends the run. */
static void prepare_all(struct run *run)
{
	struct ejg *guard = run->guard;

	for (size_t i = 0; i < guard->n_instances && run->error == 0 && !run_cancelled(run); i++) {
		struct instance *instance = &guard->instances[i];
		size_t index = report_finding_count(guard->report);
		int r = 0;

		if (!takes_part(instance))
			continue;
		if (!instance->module->check)
			r = check(guard, instance); /* the error that it is */
		else if (instance->module->prepare)
			r = operation_call(guard, instance, OPERATION_PREPARE);
		instance->skipped = r != 0;
		if (r < 0)
			run_add(run, instance, r, index);
	}
}

/*
 * Second pass, one guard: what counts is the verdict of check, also where there is nothing to apply. What holds by its
 * own account then proves it where it can; a proof that does not apply here takes nothing away.
 */
static int apply_and_check(struct ejg *guard, struct instance *instance)
{
	int r;

	if (instance->module->apply) {
		r = operation_call(guard, instance, OPERATION_APPLY);
		if (r != 0) {
			instance->skipped = true;
			return r;
		}
		instance->applied = true;
	}
	r = check(guard, instance);
	if (r != EJG_HELD || !instance->module->prove)
		return r;
	r = operation_call(guard, instance, OPERATION_PROVE);
	return r == EJG_NOT_APPLICABLE ? EJG_HELD : r;
}

static void apply_all(struct run *run)
{
	struct ejg *guard = run->guard;

	for (size_t i = 0; i < guard->n_instances && run->error == 0 && !run_cancelled(run); i++) {
		struct instance *instance = &guard->instances[i];
		size_t index = report_finding_count(guard->report);
		int r;

		if (!takes_part(instance))
			continue;
		r = apply_and_check(guard, instance);
		run_add(run, instance, r, index);
		/* An optional guard that does not hold fails nothing, but no half of it stays either. */
		if (run->error == 0 && instance->applied &&
		    (r < 0 || (r == EJG_NOT_HELD && instance->mode == EJG_ENFORCE)))
			undo(guard, instance);
	}
}

int transaction_apply(struct ejg *guard)
{
	struct run run = { .guard = guard };
	cleanup_fd int lock = -1;
	size_t index;
	int r;

	prepare_all(&run);
	if (run.error == 0) {
		index = report_finding_count(guard->report);
		r = lock_take(guard->report, guard->rundir, LOCK_PATIENCE, &lock);
		if (r < 0) {
			report_blame(guard->report, index);
			run.error = r;
		}
	}
	if (run.error == 0) {
		apply_all(&run);
		run_judge(&run);
		/* A report that is incomplete may lack what made the difference. */
		if (run.error == 0 && report_failed(guard->report))
			run.error = -ENOMEM;
		/* The other errors promise that nothing was applied. */
		if (run.error < 0 && !roll_back(guard))
			run.error = -EACCES;
	}
	finish_all(guard);
	return run.error;
}

int transaction_confine(struct ejg *guard)
{
	struct run run = { .guard = guard };

	for (size_t i = 0; i < guard->n_instances && run.error == 0; i++) {
		struct instance *instance = &guard->instances[i];
		size_t index = report_finding_count(guard->report);

		if (takes_part(instance) && instance->module->confine)
			run_add(&run, instance, operation_call(guard, instance, OPERATION_CONFINE), index);
	}
	finish_all(guard);
	return run.error;
}

static int release_all(struct run *run)
{
	struct ejg *guard = run->guard;
	int r;

	for (size_t i = guard->n_instances; i-- > 0;) {
		struct instance *instance = &guard->instances[i];
		size_t index = report_finding_count(guard->report);

		if (!takes_part(instance) || !instance->module->release)
			continue;
		r = operation_release(guard, instance, EJG_RELEASE_ALL);
		if (r < 0)
			run_fail(run,
				 report_error(guard->report, r, "release-failed", NULL, NULL,
					      "%s: what was applied could not be undone", instance->module->name),
				 index);
	}
	return run->error;
}

int transaction_release(struct ejg *guard)
{
	struct run run = { .guard = guard };
	cleanup_fd int lock = -1;
	int r;

	r = lock_take(guard->report, guard->rundir, LOCK_PATIENCE, &lock);
	if (r < 0)
		return r;
	r = release_all(&run);
	finish_all(guard);
	return r;
}

int transaction_explain(struct ejg *guard, const struct ejg_question *question)
{
	struct run run = { .guard = guard };
	const struct ejg_answer *answer;
	int r;

	for (size_t i = 0; i < guard->n_instances && !run_cancelled(&run); i++) {
		struct instance *instance = &guard->instances[i];
		size_t index = report_finding_count(guard->report);

		if (!takes_part(instance) || !instance->module->explain)
			continue;
		r = operation_explain(guard, instance, question);
		if (r < 0)
			run_add(&run, instance, r, index);
	}
	for (size_t i = 0; (answer = report_answer_at(guard->report, i)); i++) {
		if (run.error == 0 && !answer->allowed)
			run.error = -EACCES;
	}
	if (run.error == 0 && report_answer_count(guard->report) == 0)
		run_judge(&run);
	finish_all(guard);
	return run.error;
}
