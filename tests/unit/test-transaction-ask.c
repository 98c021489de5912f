/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The passes that apply nothing, and the results for modules that break the rules. */
#include <errno.h>
#include <string.h>

#include "tests/unit/stack-bed.h"

static void confine_stops_at_the_first_failure(void **state)
{
	struct bed bed;

	bed_make(&bed, *state);
	bed.scripts[1].confine = -EINVAL;
	assert_int_equal(bed_run(&bed, transaction_confine), -EACCES);
	assert_calls("a.confine b.confine b.finish a.finish");
	bed.lines[1].control = CONTROL_OPTIONAL;
	assert_int_equal(bed_run(&bed, transaction_confine), 0);
	bed.scripts[2].confine = EJG_NOT_APPLICABLE;
	assert_int_equal(bed_run(&bed, transaction_confine), 0);
	bed.scripts[2].confine = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_confine), -EACCES);
}

static void release_runs_all_whatever_fails(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	bed.scripts[2].release = -EPERM;
	bed.scripts[1].release = -EIO;
	assert_int_equal(bed_run(&bed, transaction_release), -EPERM);
	assert_calls("c.release b.release a.release c.finish b.finish a.finish");
	assert_reported(scratch->report, "release-failed", "recorder");
}

static void status_needs_check_to_hold(void **state)
{
	struct bed bed;

	bed_make(&bed, *state);
	bed.scripts[1].status = -EOPNOTSUPP;
	assert_int_equal(bed_run(&bed, transaction_status), -EOPNOTSUPP);
	assert_calls("a.status a.check b.status c.status c.check c.finish b.finish a.finish");
	bed.scripts[1].status = 0;
	bed.scripts[2].check = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_status), -EACCES);
	bed.modules[2].status = NULL;
	bed.scripts[2].check = EJG_HELD;
	assert_int_equal(bed_run(&bed, transaction_status), 0);
	assert_int_equal(report_metric_count(bed.handle.report), 2);
}

static void silence_is_explained(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	for (int i = 0; i < N; i++)
		bed.scripts[i].unsaid = true;
	bed.scripts[0].apply = -ENOENT;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_reported(scratch->report, "module-failed", "recorder: apply failed: No such file or directory");
	bed.scripts[0].check = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "module-contract", "does not say why");
	bed.scripts[0].check = 77;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "module-contract", "check returned 77, which is not one of its results");
	bed.scripts[0].check = INT32_MIN;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "module-contract", "not an errno");
}

static void a_failure_finding_is_never_held(void **state)
{
	struct bed bed;

	bed_make(&bed, *state);
	bed.scripts[1].contrary = true;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	bed.scripts[1].check = EJG_NOT_APPLICABLE;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
}

static int break_contract(struct ejg_call *call)
{
	const struct script *script = ejg_call_config(call);

	switch (script->prepare) {
	case 0:
		assert_int_equal(ejg_call_finding(call, "undeclared", NULL, "x"), EJG_FAILURE);
		return EJG_HELD;
	case 1:
		ejg_call_finding(call, "ba", NULL, "x");
		return EJG_HELD;
	case 2:
		assert_int_equal(ejg_call_finding(call, NULL, NULL, "x"), EJG_FAILURE);
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

	bed_make(&bed, scratch);
	bed.modules[1].check = break_contract;
	for (int i = 0; i <= 6; i++) {
		bed.scripts[1].prepare = i;
		assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
		assert_reported(scratch->report, "module-contract", "recorder");
	}
	bed.modules[1].check = bed_check;
	bed.modules[1].status = undeclared_metric;
	assert_int_equal(bed_run(&bed, transaction_status), -EACCES);
	assert_reported(scratch->report, "module-contract", "undeclared");
}

static int n_made, n_dropped;

/* The module b fails to make its shared object; c expects another type than a's. */
static int make_shared(struct ejg_call *call, void *object)
{
	const struct script *script = ejg_call_config(call);

	n_made++;
	*(int *)object = script->id;
	return script->prove;
}

static void drop_shared(void *object)
{
	assert_int_equal(*(int *)object, 'a');
	n_dropped++;
}

static int share(struct ejg_call *call)
{
	const struct script *script = ejg_call_config(call);
	const void *object = NULL;
	int r = ejg_call_shared(call, script->prove ? "other" : "one", script->contrary ? 1 : sizeof(int), make_shared,
				drop_shared, &object);

	assert_int_equal(object != NULL, r == 0);
	if (r == 0)
		assert_int_equal(*(const int *)object, 'a');
	return r;
}

static void what_is_shared_is_made_once(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	for (int i = 0; i < N; i++)
		bed.modules[i].check = share;
	assert_int_equal(bed_run(&bed, transaction_check), 0);
	assert_int_equal(n_made, 1);
	assert_int_equal(n_dropped, 0);
	handle_forget_survey(&bed.handle);
	assert_int_equal(n_dropped, 1);

	/* one that could not be made is tried again, and never dropped */
	bed.scripts[1].prove = bed.scripts[2].prove = -EIO;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_int_equal(n_made, 4);
	handle_forget_survey(&bed.handle);
	assert_int_equal(n_dropped, 2);

	bed.scripts[1].prove = bed.scripts[2].prove = 0;
	bed.scripts[2].contrary = true;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "module-contract", "another size");
	handle_forget_survey(&bed.handle);
	assert_int_equal(n_dropped, 3);
}

static int ask(struct ejg *handle)
{
	const struct ejg_question question = { .size = sizeof(question), .address = "127.0.0.1", .port = 4369 };

	return transaction_explain(handle, &question);
}

static void explain_asks_everyone(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	assert_int_equal(bed_run(&bed, ask), -EACCES);
	assert_reported(scratch->report, "no-opinion", "test");
	bed.scripts[1].explain = 1;
	assert_int_equal(bed_run(&bed, ask), 0);
	assert_string_equal(report_answer_at(scratch->report, 0)->rule, "rule of b");
	bed.scripts[0].explain = 2;
	assert_int_equal(bed_run(&bed, ask), -EACCES);
	assert_int_equal(report_answer_count(scratch->report), 2);
	bed.scripts[0].explain = -1;
	assert_int_equal(bed_run(&bed, ask), -EACCES);
	bed.lines[0].control = CONTROL_OPTIONAL;
	assert_int_equal(bed_run(&bed, ask), 0);
}

static void a_proof_is_asked_for(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	assert_int_equal(bed_run(&bed, transaction_prove), -EACCES); /* none has a proof */
	assert_reported(scratch->report, "no-opinion", "test: no module of the stack passed the self-test");
	assert_calls("");
	bed.modules[0].prove = bed.modules[2].prove = bed_prove;
	assert_int_equal(bed_run(&bed, transaction_prove), 0);
	assert_calls("a.prove c.prove c.finish a.finish");
	bed.scripts[0].prove = EJG_NOT_APPLICABLE;
	assert_int_equal(bed_run(&bed, transaction_prove), 0);
	bed.scripts[0].prove = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_prove), -EACCES);
	assert_calls("a.prove c.prove c.finish a.finish");
	assert_string_equal(report_first_failure(scratch->report), "told so in prove; mend it");
	bed.lines[0].control = CONTROL_REQUISITE;
	assert_int_equal(bed_run(&bed, transaction_prove), -EACCES);
	assert_calls("a.prove a.finish");
	bed.lines[0].control = CONTROL_OPTIONAL;
	assert_int_equal(bed_run(&bed, transaction_prove), 0);
	bed.scripts[2].prove = -EPERM;
	assert_int_equal(bed_run(&bed, transaction_prove), -EPERM);
}

static void a_proof_waits_for_the_lock(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	bed.modules[0].prove = bed_prove;
	scratch_text(scratch, "run", "not a folder");
	assert_int_equal(bed_run(&bed, transaction_prove), -EIO);
	assert_calls("");
}

static int cancel_and_prove(struct ejg_call *call)
{
	ejg_cancel(call->handle);
	return bed_prove(call);
}

static void a_proof_can_be_cancelled(void **state)
{
	struct bed bed;

	bed_make(&bed, *state);
	bed.modules[0].prove = cancel_and_prove;
	bed.modules[1].prove = bed_prove;
	assert_int_equal(bed_run(&bed, transaction_prove), -ECANCELED);
	assert_calls("a.prove a.finish");
}

static void a_diagnosis_goes_on(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	assert_int_equal(bed_run(&bed, transaction_doctor), 0);
	assert_calls("");
	for (int i = 0; i < N; i++)
		bed.modules[i].doctor = bed_doctor;
	bed.lines[0].control = CONTROL_REQUISITE;
	assert_int_equal(bed_run(&bed, transaction_doctor), 0);
	bed.scripts[0].doctor = -EPERM;
	assert_int_equal(bed_run(&bed, transaction_doctor), -EACCES);
	assert_calls("a.doctor b.doctor c.doctor c.finish b.finish a.finish");
	bed.scripts[0].doctor = 0;
	bed.lines[2].control = CONTROL_OPTIONAL;
	bed.scripts[2].contrary = true;
	assert_int_equal(bed_run(&bed, transaction_doctor), -EACCES);
	assert_string_equal(report_first_failure(scratch->report), "in the way; mend it");
	bed.scripts[2].contrary = false;
	bed.scripts[1].doctor = EJG_NOT_APPLICABLE; /* not a valid result */
	assert_int_equal(bed_run(&bed, transaction_doctor), -EACCES);
	assert_reported(scratch->report, "module-contract", "doctor returned 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(confine_stops_at_the_first_failure),
		scratch_test(release_runs_all_whatever_fails),
		scratch_test(status_needs_check_to_hold),
		scratch_test(silence_is_explained),
		scratch_test(a_failure_finding_is_never_held),
		scratch_test(breaking_the_contract_fails),
		scratch_test(what_is_shared_is_made_once),
		scratch_test(explain_asks_everyone),
		scratch_test(a_proof_is_asked_for),
		scratch_test(a_proof_waits_for_the_lock),
		scratch_test(a_proof_can_be_cancelled),
		scratch_test(a_diagnosis_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
