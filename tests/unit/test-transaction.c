/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stacks of three recording modules; one of them fails, in every operation, position and way, under every control. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "libejguard/operation.h"
#include "libejguard/transaction.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

enum { N = 3 };

/* What was called, as "a.prepare a.apply ...". */
static char calls[2048];

/* A module's config: what it answers. */
struct script {
	char id;
	int prepare, apply, check, confine, status, release, explain, prove;
	bool cancel;   /* asks for it in its apply */
	bool unsaid;   /* errors without a message, verdicts without a finding */
	bool contrary; /* says held and makes a failure finding */
};

static void record(struct ejg_call *call, const char *operation)
{
	const struct script *script = ejg_call_config(call);
	unsigned int *state = ejg_call_state(call);
	size_t n = strlen(calls);

	snprintf(calls + n, sizeof(calls) - n, "%s%c.%s", n > 0 ? " " : "", script->id, operation);
	++*state;
}

static int answer(struct ejg_call *call, const char *operation, int result)
{
	const struct script *script = ejg_call_config(call);

	record(call, operation);
	if (script->unsaid)
		return result;
	if (result == EJG_NOT_HELD)
		ejg_call_finding(call, "bad", "subject", "told so in %s", operation);
	return result < 0 ? ejg_call_error(call, result, "remedy", "told to fail in %s", operation) : result;
}

static const struct script *script_of(struct ejg_call *call)
{
	return ejg_call_config(call);
}

static int check(struct ejg_call *call)
{
	if (script_of(call)->contrary)
		ejg_call_finding(call, "bad", NULL, "not at all");
	return answer(call, "check", script_of(call)->check);
}

static int prepare(struct ejg_call *call)
{
	return answer(call, "prepare", script_of(call)->prepare);
}

static int apply(struct ejg_call *call)
{
	if (script_of(call)->cancel)
		ejg_cancel(call->guard);
	return answer(call, "apply", script_of(call)->apply);
}

static int confine(struct ejg_call *call)
{
	return answer(call, "confine", script_of(call)->confine);
}

static int status(struct ejg_call *call)
{
	ejg_call_metric(call, "calls", NULL, 0, *(unsigned int *)ejg_call_state(call));
	return answer(call, "status", script_of(call)->status);
}

static int release(struct ejg_call *call, enum ejg_release_scope scope)
{
	return answer(call, scope == EJG_RELEASE_RUN ? "undo" : "release", script_of(call)->release);
}

static int explain(struct ejg_call *call, const struct ejg_question *question)
{
	record(call, "explain");
	if (script_of(call)->explain < 0)
		return -EIO;
	if (script_of(call)->explain > 0)
		ejg_call_answer(call, script_of(call)->explain == 1, NULL, 0, "rule of %c", script_of(call)->id);
	return 0;
}

static int prove(struct ejg_call *call)
{
	return answer(call, "prove", script_of(call)->prove);
}

static void finish(struct ejg_call *call)
{
	record(call, "finish");
}

static const struct ejg_finding_info findings[] = { { "bad", EJG_FAILURE, "bad", "mend it" } };
static const struct ejg_metric_info metrics[] = { { "calls", 1, "calls" } };

static const struct ejg_module full = {
	.name = "recorder",
	.findings = findings,
	.n_findings = 1,
	.metrics = metrics,
	.n_metrics = 1,
	.state_size = sizeof(unsigned int),
	.check = check,
	.prepare = prepare,
	.apply = apply,
	.confine = confine,
	.status = status,
	.release = release,
	.explain = explain,
	.finish = finish,
};

/* A handle whose stack is three recorders, a b c. */
struct bed {
	struct ejg guard;
	struct ejg_module modules[N];
	struct guard lines[N];
	struct instance instances[N];
	struct script scripts[N];
	unsigned int states[N];
};

static void make(struct bed *bed, struct scratch *scratch)
{
	*bed = (struct bed){ 0 };
	bed->guard.service = "test";
	bed->guard.rundir = arena_printf(scratch->arena, "%s/run", scratch->folder);
	bed->guard.report = scratch->report;
	bed->guard.instances = bed->instances;
	bed->guard.n_instances = N;
	for (int i = 0; i < N; i++) {
		bed->modules[i] = full;
		bed->lines[i].module.position = (struct position){ "/stack", (uint32_t)i + 1, 1 };
		bed->scripts[i].id = (char)('a' + i);
		bed->instances[i] = (struct instance){
			.module = &bed->modules[i],
			.guard = &bed->lines[i],
			.config = &bed->scripts[i],
			.state = &bed->states[i],
		};
	}
}

/* Runs a verb as the library does. */
static int run(struct bed *bed, int (*verb)(struct ejg *guard))
{
	report_clear(bed->guard.report);
	atomic_store(&bed->guard.cancelled, false);
	calls[0] = '\0';
	for (int i = 0; i < N; i++)
		bed->instances[i].selected = true;
	return verb(&bed->guard);
}

static void assert_calls(const char *wanted)
{
	assert_string_equal(calls, wanted);
}

static void everything_holds(void **state)
{
	struct bed bed;

	make(&bed, *state);
	assert_int_equal(run(&bed, transaction_apply), 0);
	assert_calls("a.prepare b.prepare c.prepare a.apply a.check b.apply b.check c.apply c.check "
		     "c.finish b.finish a.finish");
	assert_int_equal(run(&bed, transaction_check), 0);
	assert_calls("a.check b.check c.check c.finish b.finish a.finish");
	assert_int_equal(run(&bed, transaction_status), 0);
	assert_calls("a.status a.check b.status b.check c.status c.check c.finish b.finish a.finish");
	assert_int_equal(report_metric_at(bed.guard.report, 2)->value, 0);
	assert_int_equal(run(&bed, transaction_release), 0);
	assert_calls("c.release b.release a.release c.finish b.finish a.finish");
	assert_int_equal(run(&bed, transaction_confine), 0);
	assert_calls("a.confine b.confine c.confine c.finish b.finish a.finish");
	assert_int_equal(report_finding_count(bed.guard.report), 0);
	for (int i = 0; i < N; i++)
		assert_int_equal(bed.states[i], 0);
}

static const struct {
	const char *operation;
	size_t offset;
	int max;
} operations[] = {
	{ "prepare", offsetof(struct script, prepare), EJG_NOT_APPLICABLE },
	{ "apply", offsetof(struct script, apply), EJG_NOT_APPLICABLE },
	{ "check", offsetof(struct script, check), EJG_NOT_HELD },
};

static const struct {
	int result;
	int public; /* what a verb makes of it when it fails the stack */
} faults[] = {
	{ EJG_NOT_APPLICABLE, 0 }, { EJG_NOT_HELD, -EACCES }, { -EIO, -EACCES },
	{ -ENOENT, -EACCES },	   { -EBADMSG, -EBADMSG },    { -EOPNOTSUPP, -EOPNOTSUPP },
	{ -EPERM, -EPERM },	   { -ENOMEM, -ENOMEM },      { -ECANCELED, -EACCES },
	{ 77, -EACCES },	   { INT32_MIN, -EACCES },
};

/* How often a call was made. */
static int count(char id, const char *operation)
{
	char call[32];
	int n = 0;

	snprintf(call, sizeof(call), "%c.%s", id, operation);
	for (const char *at = calls; (at = strstr(at, call)); at += strlen(call))
		n++;
	return n;
}

/* Where the last call was made, -1 when never. */
static long where(char id, const char *operation)
{
	const char *last = NULL;
	char call[32];

	snprintf(call, sizeof(call), "%c.%s", id, operation);
	for (const char *at = calls; (at = strstr(at, call)); at++)
		last = at;
	return last ? last - calls : -1;
}

/* What must be true of every apply in which at most the instance `bad` fails, in `operation`. */
static void assert_rules(const struct bed *bed, int r, int bad, const char *operation)
{
	long last_undo = 0;
	int undone;

	for (int i = 0; i < N; i++) {
		char id = bed->scripts[i].id;
		bool applied = count(id, "apply") == 1 && !(i == bad && strcmp(operation, "apply") == 0);

		assert_int_equal(count(id, "prepare") <= 1 && count(id, "apply") <= 1 && count(id, "check") <= 1, true);
		assert_int_equal(count(id, "release"), 0);
		/* finish: once, last of all, exactly where anything was called */
		assert_int_equal(count(id, "finish"), where(id, "prepare") >= 0);
		undone = count(id, "undo");
		assert_true(undone <= (applied ? 1 : 0));
		if (r < 0)
			assert_int_equal(undone, applied);
		else
			assert_true(undone == 0 || i == bad);
		assert_int_equal(bed->states[i], 0);
		/* nothing is applied before all are prepared */
		for (int j = 0; j < N; j++)
			assert_true(where(id, "apply") < 0 ||
				    where(bed->scripts[j].id, "prepare") < where(id, "apply"));
	}
	for (int i = N - 1; i >= 0; i--) { /* in reverse */
		if (count(bed->scripts[i].id, "undo") == 0)
			continue;
		assert_true(where(bed->scripts[i].id, "undo") > last_undo);
		last_undo = where(bed->scripts[i].id, "undo");
	}
}

/* One run with one fault. */
static void run_fault(struct scratch *scratch, unsigned int controls, int bad, size_t operation, size_t fault)
{
	struct bed bed;
	int r, wanted;

	make(&bed, scratch);
	for (int i = 0; i < N; i++, controls /= 3)
		bed.lines[i].control = controls % 3;
	*(int *)((char *)&bed.scripts[bad] + operations[operation].offset) = faults[fault].result;
	wanted = bed.lines[bad].control == CONTROL_OPTIONAL ? 0 : faults[fault].public;
	if (faults[fault].result == EJG_NOT_HELD && operations[operation].max < EJG_NOT_HELD && wanted < 0)
		wanted = -EACCES;
	r = run(&bed, transaction_apply);
	if (r != wanted)
		fail_msg("%s %d, bad %d: %d instead of %d: %s", operations[operation].operation, faults[fault].result,
			 bad, r, wanted, calls);
	assert_rules(&bed, r, bad, operations[operation].operation);
	if (r < 0) {
		assert_true(*report_first_failure(scratch->report));
		/* whoever stands behind the failure was not touched */
		for (int i = bad + 1; i < N; i++)
			assert_int_equal(count(bed.scripts[i].id, "apply"), 0);
	}
	if (r == 0 && faults[fault].result != EJG_NOT_APPLICABLE &&
	    strcmp(operations[operation].operation, "check") == 0)
		assert_int_equal(count(bed.scripts[bad].id, "undo"), 1);
}

static void one_fault_anywhere(void **state)
{
	for (unsigned int controls = 0; controls < 27; controls++)
		for (int bad = 0; bad < N; bad++)
			for (size_t operation = 0; operation < ARRAY_SIZE(operations); operation++)
				for (size_t fault = 0; fault < ARRAY_SIZE(faults); fault++)
					run_fault(*state, controls, bad, operation, fault);
}

static void a_failure_is_undone_in_reverse(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	bed.scripts[2].check = EJG_NOT_HELD;
	assert_int_equal(run(&bed, transaction_apply), -EACCES);
	assert_calls(
		"a.prepare b.prepare c.prepare a.apply a.check b.apply b.check c.apply c.check c.undo b.undo a.undo "
		"c.finish b.finish a.finish");
	assert_string_equal(report_first_failure(scratch->report), "told so in check; mend it");
	assert_reported(scratch->report, "rolled-back", "recorder");
	bed.scripts[1].release = -EIO;
	bed.scripts[2].check = -EPERM;
	assert_int_equal(run(&bed, transaction_apply), -EACCES);
	assert_reported(scratch->report, "release-failed", "recorder");
	assert_int_equal(count('a', "undo") + count('b', "undo") + count('c', "undo"), 3);
}

static void blames_the_guard_that_failed_the_stack(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	bed.lines[0].control = CONTROL_OPTIONAL;
	bed.scripts[0].check = EJG_NOT_HELD;
	bed.scripts[1].apply = -EBADMSG;
	assert_int_equal(run(&bed, transaction_apply), -EBADMSG);
	assert_string_equal(report_first_failure(scratch->report),
			    "/stack:2:1: recorder: told to fail in apply; remedy");
}

static void permissive_refuses_nothing(void **state)
{
	struct bed bed;

	make(&bed, *state);
	bed.instances[1].mode = EJG_PERMISSIVE;
	bed.scripts[1].check = EJG_NOT_HELD;
	assert_int_equal(run(&bed, transaction_apply), 0);
	assert_int_equal(count('b', "undo"), 0);
	assert_int_equal(run(&bed, transaction_check), 0);
	bed.scripts[1].check = -EIO;
	assert_int_equal(run(&bed, transaction_apply), -EACCES);
}

static void nobody_has_an_opinion(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	for (int i = 0; i < N; i++)
		bed.scripts[i].check = EJG_NOT_APPLICABLE;
	assert_int_equal(run(&bed, transaction_apply), -EACCES);
	assert_reported(scratch->report, "no-opinion", "test");
	assert_true(where('c', "undo") > 0 && where('c', "undo") < where('a', "undo"));
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	assert_int_equal(run(&bed, transaction_status), -EACCES);
	bed.guard.n_instances = 0;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
}

static void check_runs_all_that_are_required(void **state)
{
	struct bed bed;

	make(&bed, *state);
	bed.scripts[0].check = EJG_NOT_HELD;
	bed.scripts[1].check = -EPERM;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	assert_calls("a.check b.check c.check c.finish b.finish a.finish");
	bed.lines[0].control = CONTROL_REQUISITE;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	assert_calls("a.check a.finish");
	bed.scripts[0].check = EJG_HELD;
	assert_int_equal(run(&bed, transaction_check), -EPERM);
}

static void a_guard_that_can_only_confine(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	bed.modules[2] =
		(struct ejg_module){ .name = "confiner", .confine = confine, .state_size = sizeof(unsigned int) };
	assert_int_equal(run(&bed, transaction_apply), -EBADMSG);
	assert_reported(scratch->report, "confine-only", "confiner");
	assert_int_equal(count('a', "apply"), 0);
	assert_int_equal(run(&bed, transaction_check), -EBADMSG);
	bed.lines[2].control = CONTROL_OPTIONAL;
	assert_int_equal(run(&bed, transaction_apply), 0);
	assert_reported(scratch->report, "confine-only", "confiner");
	assert_int_equal(run(&bed, transaction_confine), 0);
	assert_calls("a.confine b.confine c.confine b.finish a.finish");
}

static void confine_stops_at_the_first_failure(void **state)
{
	struct bed bed;

	make(&bed, *state);
	bed.scripts[1].confine = -EINVAL;
	assert_int_equal(run(&bed, transaction_confine), -EACCES);
	assert_calls("a.confine b.confine b.finish a.finish");
	bed.lines[1].control = CONTROL_OPTIONAL;
	assert_int_equal(run(&bed, transaction_confine), 0);
	bed.scripts[2].confine = EJG_NOT_APPLICABLE;
	assert_int_equal(run(&bed, transaction_confine), 0);
	bed.scripts[2].confine = EJG_NOT_HELD;
	assert_int_equal(run(&bed, transaction_confine), -EACCES);
}

static void release_runs_all_whatever_fails(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	bed.scripts[2].release = -EPERM;
	bed.scripts[1].release = -EIO;
	assert_int_equal(run(&bed, transaction_release), -EPERM);
	assert_calls("c.release b.release a.release c.finish b.finish a.finish");
	assert_reported(scratch->report, "release-failed", "recorder");
}

static void status_needs_check_to_hold(void **state)
{
	struct bed bed;

	make(&bed, *state);
	bed.scripts[1].status = -EOPNOTSUPP;
	assert_int_equal(run(&bed, transaction_status), -EOPNOTSUPP);
	assert_calls("a.status a.check b.status c.status c.check c.finish b.finish a.finish");
	bed.scripts[1].status = 0;
	bed.scripts[2].check = EJG_NOT_HELD;
	assert_int_equal(run(&bed, transaction_status), -EACCES);
	bed.modules[2].status = NULL;
	bed.scripts[2].check = EJG_HELD;
	assert_int_equal(run(&bed, transaction_status), 0);
	assert_int_equal(report_metric_count(bed.guard.report), 2);
}

static void apply_asks_for_the_proof(void **state)
{
	struct bed bed;

	make(&bed, *state);
	bed.modules[1].prove = prove;
	assert_int_equal(run(&bed, transaction_apply), 0);
	assert_calls("a.prepare b.prepare c.prepare a.apply a.check b.apply b.check b.prove c.apply c.check "
		     "c.finish b.finish a.finish");
	bed.scripts[1].prove = EJG_NOT_APPLICABLE;
	assert_int_equal(run(&bed, transaction_apply), 0);
	bed.scripts[1].prove = EJG_NOT_HELD;
	assert_int_equal(run(&bed, transaction_apply), -EACCES);
	assert_int_equal(count('a', "undo") + count('b', "undo"), 2);
	bed.scripts[1].check = EJG_NOT_HELD;
	assert_int_equal(run(&bed, transaction_apply), -EACCES);
	assert_int_equal(count('b', "prove"), 0);
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	assert_int_equal(count('b', "prove"), 0);
}

static void cancelling_undoes(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	bed.scripts[1].cancel = true;
	assert_int_equal(run(&bed, transaction_apply), -ECANCELED);
	assert_calls("a.prepare b.prepare c.prepare a.apply a.check b.apply b.check b.undo a.undo c.finish b.finish "
		     "a.finish");
	assert_string_equal(report_first_failure(scratch->report), "cancelled; run it again");
	bed.scripts[1].check = -ECANCELED;
	assert_int_equal(run(&bed, transaction_apply), -ECANCELED);
	assert_int_equal(count('a', "undo") + count('b', "undo"), 2);
}

static void silence_is_explained(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	for (int i = 0; i < N; i++)
		bed.scripts[i].unsaid = true;
	bed.scripts[0].apply = -ENOENT;
	assert_int_equal(run(&bed, transaction_apply), -EACCES);
	assert_reported(scratch->report, "module-failed", "recorder: apply failed: No such file or directory");
	bed.scripts[0].check = EJG_NOT_HELD;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "module-contract", "does not say why");
	bed.scripts[0].check = 77;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "module-contract", "check returned 77, which is not one of its results");
	bed.scripts[0].check = INT32_MIN;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "module-contract", "no errno");
}

static void a_failure_finding_is_never_held(void **state)
{
	struct bed bed;

	make(&bed, *state);
	bed.scripts[1].contrary = true;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
	bed.scripts[1].check = EJG_NOT_APPLICABLE;
	assert_int_equal(run(&bed, transaction_check), -EACCES);
}

static int break_contract(struct ejg_call *call)
{
	const struct script *script = ejg_call_config(call);

	switch (script->prepare) {
	case 0:
		ejg_call_finding(call, "undeclared", NULL, "x");
		return EJG_HELD;
	case 1:
		ejg_call_finding(call, "ba", NULL, "x");
		return EJG_HELD;
	case 2:
		ejg_call_finding(call, NULL, NULL, "x");
		return EJG_HELD;
	case 3:
		ejg_call_metric(call, "calls", NULL, 0, 1);
		return EJG_HELD;
	case 4:
		ejg_call_answer(call, true, NULL, 0, "x");
		return EJG_HELD;
	case 5:
		ejg_call_event(call, 0, NULL, 0, "x");
		return EJG_HELD;
	default:
		ejg_call_error(call, -EIO, NULL, "x");
		return EJG_HELD;
	}
}

static int undeclared_metric(struct ejg_call *call)
{
	ejg_call_metric(call, "undeclared", NULL, 0, 1);
	return 0;
}

static void breaking_the_contract_fails(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	bed.modules[1].check = break_contract;
	for (int i = 0; i <= 6; i++) {
		bed.scripts[1].prepare = i;
		assert_int_equal(run(&bed, transaction_check), -EACCES);
		assert_reported(scratch->report, "module-contract", "recorder");
	}
	bed.modules[1].check = check;
	bed.modules[1].status = undeclared_metric;
	assert_int_equal(run(&bed, transaction_status), -EACCES);
	assert_reported(scratch->report, "module-contract", "undeclared");
}

static int ask(struct ejg *guard)
{
	const struct ejg_question question = { .size = sizeof(question), .address = "127.0.0.1", .port = 4369 };

	return transaction_explain(guard, &question);
}

static void explain_asks_everyone(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	assert_int_equal(run(&bed, ask), -EACCES);
	assert_reported(scratch->report, "no-opinion", "test");
	bed.scripts[1].explain = 1;
	assert_int_equal(run(&bed, ask), 0);
	assert_string_equal(report_answer_at(scratch->report, 0)->rule, "rule of b");
	bed.scripts[0].explain = 2;
	assert_int_equal(run(&bed, ask), -EACCES);
	assert_int_equal(report_answer_count(scratch->report), 2);
	bed.scripts[0].explain = -1;
	assert_int_equal(run(&bed, ask), -EACCES);
	bed.lines[0].control = CONTROL_OPTIONAL;
	assert_int_equal(run(&bed, ask), 0);
}

static void a_second_run_waits_for_the_lock(void **state)
{
	struct scratch *scratch = *state;
	cleanup_fd int lock = -1;
	struct bed bed;

	make(&bed, scratch);
	scratch_text(scratch, "run", "not a folder");
	assert_int_equal(run(&bed, transaction_apply), -EIO);
	assert_calls("a.prepare b.prepare c.prepare c.finish b.finish a.finish");
	assert_int_equal(run(&bed, transaction_release), -EIO);
	assert_calls("");
	assert_int_equal(unlink(scratch_path(scratch, "run")), 0);
	assert_int_equal(run(&bed, transaction_apply), 0);
	/* and it is free again */
	lock = open(scratch_path(scratch, "run/lock"), O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
}

static void those_not_selected_are_left_alone(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	make(&bed, scratch);
	report_clear(scratch->report);
	calls[0] = '\0';
	bed.instances[1].selected = true;
	bed.modules[2].check = NULL; /* would be an error */
	assert_int_equal(transaction_apply(&bed.guard), 0);
	assert_calls("b.prepare b.apply b.check b.finish");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(everything_holds),
		scratch_test(one_fault_anywhere),
		scratch_test(a_failure_is_undone_in_reverse),
		scratch_test(blames_the_guard_that_failed_the_stack),
		scratch_test(permissive_refuses_nothing),
		scratch_test(nobody_has_an_opinion),
		scratch_test(check_runs_all_that_are_required),
		scratch_test(a_guard_that_can_only_confine),
		scratch_test(confine_stops_at_the_first_failure),
		scratch_test(release_runs_all_whatever_fails),
		scratch_test(status_needs_check_to_hold),
		scratch_test(apply_asks_for_the_proof),
		scratch_test(cancelling_undoes),
		scratch_test(silence_is_explained),
		scratch_test(a_failure_finding_is_never_held),
		scratch_test(breaking_the_contract_fails),
		scratch_test(explain_asks_everyone),
		scratch_test(a_second_run_waits_for_the_lock),
		scratch_test(those_not_selected_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
