/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/transaction.h"

#include <errno.h>

#include "libejguard/core/invoke.h"
#include "libejguard/core/pass.h"

/* Gives the verdict. A module that can only confine has no check: it is reported, never silently left out. */
static int check(struct ejg *handle, struct instance *instance)
{
	if (*handle->root && !(instance->module->flags & EJG_MODULE_IMAGES)) {
		report_error(handle->report, 0, "image-unseen", NULL, NULL,
			     "%s: cannot be checked in an image, only on the running system", instance->module->name);
		return EJG_NOT_APPLICABLE;
	}
	if (instance->module->check)
		return operation_call(handle, instance, OPERATION_CHECK);
	return report_error(handle->report, -EBADMSG, "confine-only", &instance->line->module.position, NULL,
			    "%s: acts only on the process that becomes the service: it cannot be checked from here",
			    instance->module->name);
}

/* True for a module that must guard while the service runs, and by its mode refuses nothing. */
static bool refuses_nothing(const struct instance *instance)
{
	return instance->module->status && instance->mode == EJG_PERMISSIVE &&
	       instance->line->control != CONTROL_OPTIONAL;
}

/*
 * Looks at what is in force: a service whose guard refuses nothing is not guarded, whatever else is right. An apply
 * only warns of it: the mode is for trying a stack, and the service has to start.
 */
static void look(struct run *run, struct instance *instance, int r, size_t index)
{
	run_add(run, instance, r, index);
	if (r < 0 || r == EJG_NOT_APPLICABLE || run->handle->trial || !refuses_nothing(instance))
		return;
	index = report_finding_count(run->handle->report);
	run_fail(run,
		 report_error(run->handle->report, -EACCES, "refuses-nothing", &instance->line->module.position, NULL,
			      "%s: mode=permissive refuses nothing", instance->module->name),
		 index);
}

static void warn_permissive(struct ejg *handle, const struct instance *instance)
{
	if (refuses_nothing(instance))
		report_error(handle->report, 0, "permissive", &instance->line->module.position, NULL,
			     "%s: mode=permissive refuses nothing", instance->module->name);
}

/* A file whose writer has failed looks like that, and so the cluster would fall apart at the next apply. */
static void warn_no_peers(struct ejg *handle)
{
	const struct ejg_facts *facts = handle->facts;
	struct position position;

	if (!facts || facts->n_peers > 0 || facts->peers_origin.kind != EJG_ORIGIN_STACK)
		return;
	position = (struct position){ .file = facts->peers_origin.file, .line = facts->peers_origin.line };
	report_error(handle->report, 0, "peers-empty", &position, NULL,
		     "the files of 'set peers' name no peer: every other host is refused");
}

int transaction_check(struct ejg *handle)
{
	struct run run = { .handle = handle };

	for (size_t i = 0; i < handle->n_instances && !run.opinions.stop && !run_cancelled(&run); i++) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);

		if (!run_takes_part(instance))
			continue;
		look(&run, instance, check(handle, instance), index);
		if (handle->trial)
			warn_permissive(handle, instance);
	}
	warn_no_peers(handle);
	run_judge(&run, "applies here");
	run_finish(handle);
	return run.error;
}

int transaction_status(struct ejg *handle)
{
	struct run run = { .handle = handle };

	for (size_t i = 0; i < handle->n_instances && !run_cancelled(&run); i++) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);
		int r = 0;

		if (!run_takes_part(instance))
			continue;
		if (instance->module->status)
			r = operation_call(handle, instance, OPERATION_STATUS);
		if (r == 0) {
			const size_t again = report_finding_count(handle->report);

			r = check(handle, instance);
			report_drop_repeated(handle->report, index, again);
		}
		look(&run, instance, r, index);
	}
	run_judge(&run, "applies here");
	run_finish(handle);
	return run.error;
}

/* Undoes the apply of one instance. */
static int undo(struct ejg *handle, struct instance *instance)
{
	const char *name = instance->module->name;
	int r;

	instance->applied = false;
	r = operation_release(handle, instance, EJG_RELEASE_RUN);
	if (r < 0)
		return report_error(handle->report, r, "release-failed", NULL, NULL,
				    "%s: the changes of this run could not be undone", name);
	instance->kept = r == EJG_NOT_APPLICABLE;
	handle->kept |= instance->kept;
	if (r == EJG_NOT_APPLICABLE)
		report_error(handle->report, 0, "kept", NULL, NULL,
			     "%s: not rolled back: undoing it would leave the service less protected", name);
	else
		report_error(handle->report, 0, "rolled-back", NULL, NULL, "%s: the changes of this run were undone",
			     name);
	return 0;
}

/* In reverse order, each once. Return: true if everything was undone. */
static bool roll_back(struct ejg *handle)
{
	bool undone = true;

	for (size_t i = handle->n_instances; i-- > 0;) {
		if (handle->instances[i].applied && undo(handle, &handle->instances[i]) < 0)
			undone = false;
	}
	return undone;
}

/* First pass: nothing is changed yet, so the first failure that counts ends the run. */
static void prepare_all(struct run *run)
{
	struct ejg *handle = run->handle;

	for (size_t i = 0; i < handle->n_instances && run->error == 0 && !run_cancelled(run); i++) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);
		int r = 0;

		if (!run_takes_part(instance))
			continue;
		if (!instance->module->check)
			r = check(handle, instance); /* gives the verdict, or the error */
		else if (instance->module->prepare)
			r = operation_call(handle, instance, OPERATION_PREPARE);
		instance->skipped = r != 0;
		if (r < 0)
			run_add(run, instance, r, index);
	}
}

/*
 * Second pass, one module: the verdict of check decides, also if the module has nothing to apply. If it holds, the
 * module then proves it if it can, unless the caller skips the proof; a proof that does not apply here changes
 * nothing.
 */
static int apply_and_check(struct ejg *handle, struct instance *instance)
{
	const size_t first = report_finding_count(handle->report);
	size_t again;
	int r;

	if (instance->module->apply) {
		r = operation_call(handle, instance, OPERATION_APPLY);
		if (r != 0) {
			instance->skipped = true;
			return r;
		}
		instance->applied = true;
	}
	again = report_finding_count(handle->report);
	r = check(handle, instance);
	report_drop_repeated(handle->report, first, again);
	if (r != EJG_HELD || !instance->module->prove || handle->no_proof)
		return r;
	r = operation_call(handle, instance, OPERATION_PROVE);
	return r == EJG_NOT_APPLICABLE ? EJG_HELD : r;
}

/*
 * After a failure, only modules that keep a policy that refuses more: a service that can make a module before them fail
 * could otherwise keep its former policy. A requisite module ends the run.
 */
static bool may_apply(const struct run *run, const struct instance *instance)
{
	return run_takes_part(instance) && (run->error == 0 || instance->module->flags & EJG_MODULE_KEEPS);
}

static void apply_all(struct run *run)
{
	struct ejg *handle = run->handle;

	for (size_t i = 0; i < handle->n_instances && !run->opinions.stop && !run_cancelled(run); i++) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);
		int r;

		if (!may_apply(run, instance))
			continue;
		handle->failed = run->error < 0;
		r = apply_and_check(handle, instance);
		run_add(run, instance, r, index);
		warn_permissive(handle, instance);
		/* An optional module that does not hold is no failure, but its partial changes are undone. */
		if (run->error == 0 && instance->applied &&
		    (r < 0 || (r == EJG_NOT_HELD && instance->mode == EJG_ENFORCE)))
			undo(handle, instance);
	}
}

int transaction_apply(struct ejg *handle)
{
	struct run run = { .handle = handle };

	prepare_all(&run);
	handle->failed = false;
	if (run.error == 0) {
		apply_all(&run);
		run_judge(&run, "applies here");
		/* An incomplete report may lack the finding that decides. */
		if (run.error == 0 && report_failed(handle->report))
			run.error = -ENOMEM;
		/* Other errors than these guarantee that nothing was applied. */
		if (run.error < 0 && (!roll_back(handle) || (handle->kept && run.error != -ECANCELED)))
			run.error = -EACCES;
	}
	run_finish(handle);
	return run.error;
}

int transaction_confine(struct ejg *handle)
{
	struct run run = { .handle = handle };

	for (size_t i = 0; i < handle->n_instances && run.error == 0; i++) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);

		if (run_takes_part(instance) && instance->module->confine)
			run_add(&run, instance, operation_call(handle, instance, OPERATION_CONFINE), index);
	}
	run_finish(handle);
	return run.error;
}

static int release_all(struct run *run)
{
	struct ejg *handle = run->handle;
	int r;

	for (size_t i = handle->n_instances; i-- > 0;) {
		struct instance *instance = &handle->instances[i];
		size_t index = report_finding_count(handle->report);

		if (!run_takes_part(instance) || !instance->module->release)
			continue;
		r = operation_release(handle, instance, EJG_RELEASE_ALL);
		if (r != 0)
			run_fail(run,
				 report_error(handle->report, r, "release-failed", NULL, NULL,
					      "%s: could not be released", instance->module->name),
				 index);
	}
	return run->error;
}

int transaction_release(struct ejg *handle)
{
	struct run run = { .handle = handle };
	int r;

	r = release_all(&run);
	run_finish(handle);
	return r;
}
