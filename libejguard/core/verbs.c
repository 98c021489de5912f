/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs of <ejguard/ejguard.h>: the frame around each, its arguments, and the watches. */
#include <errno.h>
#include <string.h>

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

static void select_all(struct ejg *guard)
{
	for (size_t i = 0; i < guard->n_instances; i++)
		guard->instances[i].selected = true;
}

void verb_begin(struct ejg *guard)
{
	report_clear(guard->report);
	guard->error = "";
	guard->no_proof = false;
	guard->trial = false;
	guard->forgets = false;
	guard->kept = false;
	handle_forget_survey(guard);
	handle_unload_parts(guard);
	if (guard->facts)
		*guard->facts = guard->whole_facts;
	select_all(guard);
}

static int load_once(struct ejg *guard)
{
	int r;

	if (guard->stack)
		return 0;
	r = handle_load(guard, NULL);
	select_all(guard);
	return r;
}

/* The message of a failure that made no finding: a question that was answered with no. */
static const char *error_text(const struct ejg *guard, int error)
{
	const char *text = report_first_failure(guard->report);
	const struct ejg_answer *answer;

	if (*text)
		return text;
	for (size_t i = 0; (answer = report_answer_at(guard->report, i)); i++) {
		if (!answer->allowed)
			return answer->rule;
	}
	return error == -ENOMEM ? "out of memory" : strerror(-error);
}

static int finish(struct ejg *guard, int r)
{
	/* A report that is incomplete may lack what made the difference. */
	if (r == 0 && report_failed(guard->report))
		r = -ENOMEM;
	guard->error = r < 0 ? error_text(guard, r) : "";
	atomic_store(&guard->cancelled, false);
	return r;
}

int verb_end(struct ejg *guard, int r)
{
	handle_forget_survey(guard);
	return finish(guard, r);
}

int verb_invalid(struct ejg *guard, const char *problem)
{
	return report_error(guard->report, -EINVAL, "argument", NULL, NULL, "%s", problem);
}

/* Of an image only what its files say can be told. */
static int refuse_image(struct ejg *guard)
{
	return *guard->root ? verb_invalid(guard, "an image is looked at: only check and discover can be asked") : 0;
}

/* A transaction that can look at an image, too. */
static int look(struct ejg *guard, int (*transaction)(struct ejg *guard))
{
	int r;

	verb_begin(guard);
	r = load_once(guard);
	return verb_end(guard, r < 0 ? r : transaction(guard));
}

static int run(struct ejg *guard, int (*transaction)(struct ejg *guard))
{
	int r;

	verb_begin(guard);
	r = refuse_image(guard);
	if (r == 0)
		r = load_once(guard);
	return verb_end(guard, r < 0 ? r : transaction(guard));
}

int verb_lock_and_load(struct ejg *guard, int *ret_lock)
{
	size_t index = report_finding_count(guard->report);
	cleanup_fd int lock = -1;
	int r = refuse_image(guard);

	if (r < 0)
		return r;
	r = lock_take(guard->report, guard->rundir, LOCK_PATIENCE, &lock);
	if (r < 0)
		report_blame(guard->report, index);
	else
		r = guard->stack ? handle_reload(guard) : handle_load(guard, NULL);
	if (r < 0)
		return r;
	select_all(guard);
	*ret_lock = take_fd(lock);
	return 0;
}

int ejg_load(struct ejg *guard, const char *file)
{
	verb_begin(guard);
	if (guard->stack)
		return verb_end(guard, verb_invalid(guard, "a stack was loaded already: open another handle"));
	return verb_end(guard, handle_load(guard, file));
}

int ejg_load_modules(struct ejg *guard)
{
	verb_begin(guard);
	return verb_end(guard, loader_get_all(guard->loader, guard->report));
}

int ejg_check(struct ejg *guard)
{
	return look(guard, transaction_check);
}

static int try(struct ejg *guard)
{
	guard->trial = true;
	return transaction_check(guard);
}

int ejg_try(struct ejg *guard)
{
	return look(guard, try);
}

int ejg_confine(struct ejg *guard)
{
	return run(guard, transaction_confine);
}

int ejg_status(struct ejg *guard)
{
	return run(guard, transaction_status);
}

static int release(struct ejg *guard)
{
	int r = transaction_release(guard);

	return r < 0 ? r : given_write(guard->report, guard->rundir, &(struct given){});
}

int ejg_release(struct ejg *guard)
{
	cleanup_fd int lock = -1;
	int r;

	verb_begin(guard);
	guard->forgets = true;
	r = verb_lock_and_load(guard, &lock);
	return verb_end(guard, r < 0 ? r : release(guard));
}

int ejg_prove(struct ejg *guard)
{
	return run(guard, transaction_prove);
}

static int diagnose(struct ejg *guard)
{
	int r = refuse_image(guard);

	if (r < 0)
		return r;
	if (guard->stack)
		return transaction_diagnose(guard);
	r = handle_load_parts(guard);
	if (r < 0)
		return r;
	select_all(guard);
	r = transaction_diagnose(guard);
	handle_unload_parts(guard);
	return r;
}

int ejg_diagnose(struct ejg *guard)
{
	verb_begin(guard);
	return verb_end(guard, diagnose(guard));
}

static int cancelled(struct ejg *guard)
{
	if (!atomic_load(&guard->cancelled))
		return 0;
	return report_error(guard->report, -ECANCELED, "cancelled", NULL, NULL, "cancelled");
}

/* What contradicts what: modules judge it, whether the stack names them or not. */
static int judge_survey(struct ejg *guard)
{
	struct load load = { .guard = guard, .arena = guard->survey_arena };
	size_t n;
	int r;

	r = load_surveyors(&load, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		operation_call(guard, &load.instances[i], OPERATION_CHECK);
		operation_finish(guard, &load.instances[i]);
	}
	return r;
}

static int discover(struct ejg *guard)
{
	const struct ejg_survey *survey;
	int r = guard->stack ? 0 : handle_load_parts(guard);

	if (r == 0)
		r = cancelled(guard);
	if (r < 0)
		return r;
	survey = handle_survey(guard);
	if (!survey)
		return -ENOMEM;
	r = cancelled(guard);
	return r < 0 ? r : judge_survey(guard);
}

int ejg_discover(struct ejg *guard)
{
	int r;

	verb_begin(guard);
	r = finish(guard, discover(guard));
	if (r < 0)
		handle_forget_survey(guard);
	return r;
}

static int explain(struct ejg *guard, const struct ejg_question *theirs)
{
	struct ejg_question question = { 0 };
	const char *problem = NULL;
	struct ejg_prefix prefix;
	int r;

	if (!theirs || options_copy(&question, sizeof(question), theirs) < 0)
		return verb_invalid(guard,
				    "the question is of an unknown size, or asks what this library cannot answer");
	question.size = sizeof(question);
	if (question.action > EJG_ACCEPT)
		return verb_invalid(guard, "the question is about an unknown action");
	if (!question.address || strchr(question.address, '/') || prefix_parse(question.address, &prefix, &problem) < 0)
		return verb_invalid(guard, "the address of the question is not an IPv4 or IPv6 address");
	if (question.port == 0)
		return verb_invalid(guard, "the port of the question is not one of 1 to 65535");
	r = refuse_image(guard);
	if (r == 0)
		r = load_once(guard);
	/* A stack file of the caller's own is judged as it would be after an apply. */
	guard->trial = guard->stack_file != NULL;
	return r < 0 ? r : transaction_explain(guard, &question);
}

int ejg_explain(struct ejg *guard, const struct ejg_question *question)
{
	verb_begin(guard);
	return verb_end(guard, explain(guard, question));
}

static struct watch *find_watch(const struct ejg *guard, const char *module)
{
	struct watch *watch = guard->watches;

	while (watch && strcmp(watch->instance.module->name, module) != 0)
		watch = watch->next;
	return watch;
}

/* The first line of the stack that names the module, or NULL. */
static const struct instance *find_instance(const struct ejg *guard, const char *module)
{
	for (size_t i = 0; i < guard->n_instances; i++) {
		if (strcmp(guard->instances[i].module->name, module) == 0)
			return &guard->instances[i];
	}
	return NULL;
}

static int watch_open(struct ejg *guard, const struct instance *instance)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return report_error(guard->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	watch->instance = *instance;
	watch->instance.state = calloc(1, instance->module->state_size + 1);
	if (!watch->instance.state) {
		free(watch);
		return report_error(guard->report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	}
	r = operation_watch(guard, &watch->instance, &watch->fd);
	if (r < 0) {
		watch_free(guard, watch);
		return transaction_error(r);
	}
	watch->next = guard->watches;
	guard->watches = watch;
	return 0;
}

static int watch(struct ejg *guard, const char *module, int *ret_fd)
{
	const struct instance *instance;
	int r;

	if (!module || !ret_fd)
		return verb_invalid(guard, "watch needs the name of a module and room for a descriptor");
	r = refuse_image(guard);
	if (r == 0)
		r = load_once(guard);
	if (r < 0)
		return r;
	instance = find_instance(guard, module);
	if (!instance)
		return report_error(guard->report, -EINVAL, "argument", NULL, NULL, "'%s' is not in the stack '%s'",
				    module, guard->stack->file);
	if (!instance->module->watch)
		return report_error(guard->report, -EOPNOTSUPP, "argument", NULL, "watch another module",
				    "the module '%s' has no live events", module);
	if (!find_watch(guard, module)) {
		r = watch_open(guard, instance);
		if (r < 0)
			return r;
	}
	*ret_fd = find_watch(guard, module)->fd;
	return 0;
}

int ejg_watch(struct ejg *guard, const char *module, int *ret_fd)
{
	verb_begin(guard);
	return verb_end(guard, watch(guard, module, ret_fd));
}

int ejg_watch_next(struct ejg *guard, const char *module, const struct ejg_event **ret)
{
	struct watch *open;
	int r;

	verb_begin(guard);
	open = module ? find_watch(guard, module) : NULL;
	if (!open || !ret)
		return verb_end(guard, verb_invalid(guard, "no watch of that module was opened"));
	r = operation_call(guard, &open->instance, OPERATION_WATCH_NEXT);
	r = verb_end(guard, r < 0 ? transaction_error(r) : 0);
	if (r == 0)
		*ret = report_last_event(guard->report);
	return r;
}

void ejg_cancel(struct ejg *guard)
{
	atomic_store(&guard->cancelled, true);
}
