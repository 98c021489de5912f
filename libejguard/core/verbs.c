/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs of <ejguard/ejguard.h>: what every verb does first and last, and its arguments. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/applied.h"
#include "libejguard/core/facts.h"
#include "libejguard/core/given.h"
#include "libejguard/core/invoke.h"
#include "libejguard/core/load.h"
#include "libejguard/core/lock.h"
#include "libejguard/core/transaction.h"
#include "libejguard/core/verbs.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/options-copy.h"

static void select_all(struct ejg *handle)
{
	for (size_t i = 0; i < handle->n_instances; i++) {
		handle->instances[i].selected = true;
		handle->instances[i].kept = false;
	}
}

void verb_begin(struct ejg *handle)
{
	report_clear(handle->report);
	handle->error = "";
	handle->no_proof = false;
	handle->trial = false;
	handle->recorded = false;
	handle->forgets = false;
	handle->connections = false;
	handle->kept = false;
	handle_forget_survey(handle);
	handle_unload_parts(handle);
	if (handle->facts)
		*handle->facts = handle->whole_facts;
	select_all(handle);
}

int verb_load(struct ejg *handle)
{
	int r;

	if (handle->stack)
		return 0;
	r = handle_load(handle, NULL);
	select_all(handle);
	return r;
}

/* The message of a failure without a finding: a question that was answered with no. */
static const char *error_text(const struct ejg *handle, int error)
{
	const char *text = report_first_failure(handle->report);
	const struct ejg_answer *answer;

	if (*text)
		return text;
	for (size_t i = 0; (answer = report_answer_at(handle->report, i)); i++) {
		if (!answer->allowed)
			return answer->rule;
	}
	return error == -ENOMEM ? "out of memory" : strerror(-error);
}

static int finish(struct ejg *handle, int r)
{
	/* An incomplete report may lack the finding that decides. */
	if (r == 0 && report_failed(handle->report))
		r = -ENOMEM;
	handle->error = r < 0 ? error_text(handle, r) : "";
	atomic_store(&handle->cancelled, false);
	return r;
}

int verb_end(struct ejg *handle, int r)
{
	handle_forget_survey(handle);
	return finish(handle, r);
}

int verb_invalid(struct ejg *handle, const char *problem)
{
	return report_error(handle->report, -EINVAL, "argument", NULL, NULL, "%s", problem);
}

/* For an image only its files can be checked. */
int verb_refuse_image(struct ejg *handle)
{
	return *handle->root ? verb_invalid(handle, "for an image only check and discover are possible") : 0;
}

static void tell_waiting(struct ejg *handle)
{
	handle_log(handle, EJG_LOG_INFO, "core", "progress: waiting for other runs");
}

/* Runs the transaction again while no apply can run. Where that is impossible, the first result stays, and says why. */
static int repeat_locked(struct ejg *handle, int (*transaction)(struct ejg *handle), int result)
{
	cleanup_fd int lock = -1;
	int r;

	tell_waiting(handle);
	/* Shared: to another check that fails meanwhile this one is no apply. */
	r = lock_share(handle->report, handle->rundir, LOCK_CHECK_PATIENCE, &lock);
	if (r < 0)
		return result;
	verb_begin(handle);
	r = handle_reload(handle);
	if (r < 0)
		return r;
	select_all(handle);
	return transaction(handle);
}

/*
 * Runs a transaction that only looks, and does not wait for an apply. A failure may be what an apply had done half, or
 * come from a stack that is not the newest any more: if there was an apply meanwhile, only a second look is an answer.
 */
static int look_twice(struct ejg *handle, int (*transaction)(struct ejg *handle))
{
	const struct lock_seen before = lock_look(handle->rundir);
	struct lock_seen after;
	int r = verb_load(handle);

	if (r == 0)
		r = transaction(handle);
	if (r == 0 || r == -ECANCELED || *handle->root || !handle->stack)
		return r;
	after = lock_look(handle->rundir);
	return lock_was_held(&before, &after) ? repeat_locked(handle, transaction, r) : r;
}

/* Runs a transaction that can also check an image. */
static int look(struct ejg *handle, int (*transaction)(struct ejg *handle))
{
	verb_begin(handle);
	return verb_end(handle, look_twice(handle, transaction));
}

static int run(struct ejg *handle, int (*transaction)(struct ejg *handle))
{
	int r;

	verb_begin(handle);
	r = verb_refuse_image(handle);
	if (r == 0)
		r = verb_load(handle);
	return verb_end(handle, r < 0 ? r : transaction(handle));
}

int verb_lock_and_load(struct ejg *handle, int *ret_lock)
{
	size_t index = report_finding_count(handle->report);
	cleanup_fd int lock = -1;
	int r = verb_refuse_image(handle);

	if (r < 0)
		return r;
	tell_waiting(handle);
	r = lock_take(handle->report, handle->rundir, LOCK_PATIENCE, &lock);
	if (r < 0)
		report_blame(handle->report, index);
	else
		r = handle->stack ? handle_reload(handle) : handle_load(handle, NULL);
	if (r < 0)
		return r;
	select_all(handle);
	*ret_lock = take_fd(lock);
	return 0;
}

int ejg_load(struct ejg *handle, const char *file)
{
	verb_begin(handle);
	if (handle->stack)
		return verb_end(handle, verb_invalid(handle, "a stack is already loaded: open another handle"));
	return verb_end(handle, handle_load(handle, file));
}

int ejg_load_modules(struct ejg *handle)
{
	verb_begin(handle);
	return verb_end(handle, modules_get_all(handle->modules, handle->report));
}

int ejg_check(struct ejg *handle)
{
	return look(handle, transaction_check);
}

static int try(struct ejg *handle)
{
	handle->trial = true;
	return transaction_check(handle);
}

int ejg_try(struct ejg *handle)
{
	return look(handle, try);
}

int ejg_confine(struct ejg *handle)
{
	return run(handle, transaction_confine);
}

static int status(struct ejg *handle)
{
	applied_report(handle->report, handle->rundir);
	return transaction_status(handle);
}

int ejg_status(struct ejg *handle)
{
	int r;

	verb_begin(handle);
	r = verb_refuse_image(handle);
	return verb_end(handle, r < 0 ? r : look_twice(handle, status));
}

int verb_release_all(struct ejg *handle)
{
	int r = transaction_release(handle);

	if (r == 0)
		applied_forget(handle->rundir);
	return r < 0 ? r : given_write(handle->report, handle->rundir, &(struct given){});
}

int ejg_release(struct ejg *handle)
{
	cleanup_fd int lock = -1;
	int r;

	verb_begin(handle);
	handle->forgets = true;
	r = verb_lock_and_load(handle, &lock);
	return verb_end(handle, r < 0 ? r : verb_release_all(handle));
}

int ejg_prove(struct ejg *handle)
{
	return run(handle, transaction_prove);
}

static int doctor(struct ejg *handle)
{
	int r = verb_refuse_image(handle);

	if (r < 0)
		return r;
	if (handle->stack)
		return transaction_doctor(handle);
	r = handle_load_parts(handle);
	if (r < 0)
		return r;
	select_all(handle);
	r = transaction_doctor(handle);
	handle_unload_parts(handle);
	return r;
}

int ejg_doctor(struct ejg *handle)
{
	verb_begin(handle);
	return verb_end(handle, doctor(handle));
}

static int cancelled(struct ejg *handle)
{
	if (!atomic_load(&handle->cancelled))
		return 0;
	return report_error(handle->report, -ECANCELED, "cancelled", NULL, NULL, "cancelled");
}

/* Lets modules judge the survey for contradictions, whether or not the stack names them. */
static int judge_survey(struct ejg *handle)
{
	struct load load = { .handle = handle, .arena = handle->survey_arena };
	size_t n;
	int r;

	r = load_surveyors(&load, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		operation_call(handle, &load.instances[i], OPERATION_CHECK);
		operation_finish(handle, &load.instances[i]);
	}
	return r;
}

static int discover(struct ejg *handle)
{
	const struct ejg_survey *survey;
	int r = handle->stack ? 0 : handle_load_parts(handle);

	if (r == 0)
		r = cancelled(handle);
	if (r < 0)
		return r;
	survey = handle_survey(handle);
	if (!survey)
		return -ENOMEM;
	r = cancelled(handle);
	return r < 0 ? r : judge_survey(handle);
}

int ejg_discover(struct ejg *handle)
{
	int r;

	verb_begin(handle);
	handle->connections = true;
	r = finish(handle, discover(handle));
	if (r < 0)
		handle_forget_survey(handle);
	return r;
}

static int explain(struct ejg *handle, const struct ejg_question *theirs)
{
	struct ejg_question question = { 0 };
	const char *problem = NULL;
	struct ejg_prefix prefix;
	int r;

	if (!theirs || options_copy(&question, sizeof(question), theirs) < 0)
		return verb_invalid(
			handle, "the question has an unknown size, or asks something that this library cannot answer");
	question.size = sizeof(question);
	if (question.action > EJG_ACCEPT)
		return verb_invalid(handle, "the question has an unknown action");
	if (!question.address || strchr(question.address, '/') || prefix_parse(question.address, &prefix, &problem) < 0)
		return report_error(handle->report, -EINVAL, "argument", NULL,
				    "write an address; names are not resolved here",
				    "'%s' is not an IPv4 or IPv6 address", question.address ? question.address : "");
	if (question.port == 0)
		return verb_invalid(handle, "the port of the question is not from 1 to 65535");
	r = verb_refuse_image(handle);
	if (r == 0)
		r = verb_load(handle);
	/* A stack file of the caller is judged as it would be after an apply. */
	handle->trial = handle->stack_file != NULL;
	return r < 0 ? r : transaction_explain(handle, &question);
}

int ejg_explain(struct ejg *handle, const struct ejg_question *question)
{
	verb_begin(handle);
	return verb_end(handle, explain(handle, question));
}

void ejg_cancel(struct ejg *handle)
{
	atomic_store(&handle->cancelled, true);
}
