/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stacks of three recording modules; one of them fails, in every operation, position and way, under every control. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/stack-bed.h"

static void everything_holds(void **state)
{
	struct bed bed;

	bed_make(&bed, *state);
	assert_int_equal(bed_run(&bed, transaction_apply), 0);
	assert_calls("a.prepare b.prepare c.prepare a.apply a.check b.apply b.check c.apply c.check "
		     "c.finish b.finish a.finish");
	assert_int_equal(bed_run(&bed, transaction_check), 0);
	assert_calls("a.check b.check c.check c.finish b.finish a.finish");
	assert_int_equal(bed_run(&bed, transaction_status), 0);
	assert_calls("a.status a.check b.status b.check c.status c.check c.finish b.finish a.finish");
	assert_int_equal(report_metric_at(bed.handle.report, 2)->value, 0);
	assert_int_equal(bed_run(&bed, transaction_release), 0);
	assert_calls("c.release b.release a.release c.finish b.finish a.finish");
	assert_int_equal(bed_run(&bed, transaction_confine), 0);
	assert_calls("a.confine b.confine c.confine c.finish b.finish a.finish");
	assert_int_equal(report_finding_count(bed.handle.report), 0);
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
	int public; /* the verb's result when it fails the stack */
} faults[] = {
	{ EJG_NOT_APPLICABLE, 0 }, { EJG_NOT_HELD, -EACCES }, { -EIO, -EACCES },
	{ -ENOENT, -EACCES },	   { -EBADMSG, -EBADMSG },    { -EOPNOTSUPP, -EOPNOTSUPP },
	{ -EPERM, -EPERM },	   { -ENOMEM, -ENOMEM },      { -ECANCELED, -EACCES },
	{ 77, -EACCES },	   { INT32_MIN, -EACCES },
};

/* Conditions for every apply in which at most the instance `bad` fails, in `operation`. */
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

	bed_make(&bed, scratch);
	for (int i = 0; i < N; i++, controls /= 3)
		bed.lines[i].control = controls % 3;
	*(int *)((char *)&bed.scripts[bad] + operations[operation].offset) = faults[fault].result;
	wanted = bed.lines[bad].control == CONTROL_OPTIONAL ? 0 : faults[fault].public;
	if (faults[fault].result == EJG_NOT_HELD && operations[operation].max < EJG_NOT_HELD && wanted < 0)
		wanted = -EACCES;
	r = bed_run(&bed, transaction_apply);
	if (r != wanted)
		fail_msg("%s %d, bad %d: %d instead of %d: %s", operations[operation].operation, faults[fault].result,
			 bad, r, wanted, calls);
	assert_rules(&bed, r, bad, operations[operation].operation);
	if (r < 0) {
		assert_true(*report_first_failure(scratch->report));
		/* modules after the failed one were not changed */
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

	bed_make(&bed, scratch);
	bed.scripts[2].check = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_calls(
		"a.prepare b.prepare c.prepare a.apply a.check b.apply b.check c.apply c.check c.undo b.undo a.undo "
		"c.finish b.finish a.finish");
	assert_string_equal(report_first_failure(scratch->report), "told so in check; mend it");
	assert_reported(scratch->report, "rolled-back", "recorder");
	bed.scripts[1].release = -EIO;
	bed.scripts[2].check = -EPERM;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_reported(scratch->report, "release-failed", "recorder");
	assert_int_equal(count('a', "undo") + count('b', "undo") + count('c', "undo"), 3);
}

static void a_failure_does_not_stop_those_that_keep(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	bed.modules[2].flags = EJG_MODULE_KEEPS;
	bed.scripts[0].check = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_calls("a.prepare b.prepare c.prepare a.apply a.check c.apply c.check c.undo a.undo c.finish b.finish "
		     "a.finish");
	assert_string_equal(report_first_failure(scratch->report), "told so in check; mend it");
	bed.scripts[0].apply = -EPERM;
	assert_int_equal(bed_run(&bed, transaction_apply), -EPERM);
	assert_calls("a.prepare b.prepare c.prepare a.apply c.apply c.check c.undo c.finish b.finish a.finish");
	bed.scripts[2].lax = true;
	assert_int_equal(bed_run(&bed, transaction_apply), -EPERM);
	assert_calls("a.prepare b.prepare c.prepare a.apply c.apply c.finish b.finish a.finish");
	bed.scripts[2].lax = false;
	/* -EPERM would say that nothing was applied */
	bed.scripts[2].release = EJG_NOT_APPLICABLE;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_reported(scratch->report, "kept", "recorder");
	bed.scripts[2].release = 0;
	bed.handle.kept = false;
	bed.lines[0].control = CONTROL_REQUISITE;
	assert_int_equal(bed_run(&bed, transaction_apply), -EPERM);
	assert_calls("a.prepare b.prepare c.prepare a.apply c.finish b.finish a.finish");
	bed.lines[0].control = CONTROL_REQUIRED;
	bed.scripts[0].prepare = -EPERM;
	assert_int_equal(bed_run(&bed, transaction_apply), -EPERM);
	assert_int_equal(count('c', "apply"), 0);
}

static void blames_the_guard_that_failed_the_stack(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	bed.lines[0].control = CONTROL_OPTIONAL;
	bed.scripts[0].check = EJG_NOT_HELD;
	bed.scripts[1].apply = -EBADMSG;
	assert_int_equal(bed_run(&bed, transaction_apply), -EBADMSG);
	assert_string_equal(report_first_failure(scratch->report),
			    "/stack:2:1: recorder: told to fail in apply; remedy");
}

static void permissive_refuses_nothing(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	bed.instances[1].mode = EJG_PERMISSIVE;
	bed.scripts[1].check = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_apply), 0);
	assert_int_equal(count('b', "undo"), 0);
	assert_reported(scratch->report, "permissive", "recorder");
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_reported(scratch->report, "refuses-nothing", "recorder");
	assert_int_equal(bed_run(&bed, transaction_status), -EACCES);
	bed.scripts[1].check = EJG_HELD;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	bed.handle.trial = true;
	assert_int_equal(bed_run(&bed, transaction_check), 0);
	assert_reported(scratch->report, "permissive", "recorder");
	bed.handle.trial = false;
	bed.scripts[1].check = EJG_NOT_APPLICABLE;
	assert_int_equal(bed_run(&bed, transaction_check), 0);
	bed.scripts[1].check = EJG_NOT_HELD;
	bed.lines[1].control = CONTROL_OPTIONAL;
	assert_int_equal(bed_run(&bed, transaction_check), 0);
	bed.lines[1].control = CONTROL_REQUIRED;
	bed.scripts[1].check = -EIO;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
}

static void nobody_has_an_opinion(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	for (int i = 0; i < N; i++)
		bed.scripts[i].check = EJG_NOT_APPLICABLE;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_reported(scratch->report, "no-opinion", "test");
	assert_true(where('c', "undo") > 0 && where('c', "undo") < where('a', "undo"));
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_int_equal(bed_run(&bed, transaction_status), -EACCES);
	bed.handle.n_instances = 0;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
}

static void check_runs_all_that_are_required(void **state)
{
	struct bed bed;

	bed_make(&bed, *state);
	bed.scripts[0].check = EJG_NOT_HELD;
	bed.scripts[1].check = -EPERM;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_calls("a.check b.check c.check c.finish b.finish a.finish");
	bed.lines[0].control = CONTROL_REQUISITE;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_calls("a.check a.finish");
	bed.scripts[0].check = EJG_HELD;
	assert_int_equal(bed_run(&bed, transaction_check), -EPERM);
	/* A module without privilege does not hide another one's failure. */
	bed.scripts[2].check = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_string_equal(report_first_failure(((struct scratch *)*state)->report), "told so in check; mend it");
}

static void a_guard_that_can_only_confine(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	bed.modules[2] =
		(struct ejg_module){ .name = "confiner", .confine = bed_confine, .state_size = sizeof(unsigned int) };
	assert_int_equal(bed_run(&bed, transaction_apply), -EBADMSG);
	assert_reported(scratch->report, "confine-only", "confiner");
	assert_int_equal(count('a', "apply"), 0);
	assert_int_equal(bed_run(&bed, transaction_check), -EBADMSG);
	bed.lines[2].control = CONTROL_OPTIONAL;
	assert_int_equal(bed_run(&bed, transaction_apply), 0);
	assert_reported(scratch->report, "confine-only", "confiner");
	assert_int_equal(bed_run(&bed, transaction_confine), 0);
	assert_calls("a.confine b.confine c.confine b.finish a.finish");
}

static void apply_asks_for_the_proof(void **state)
{
	struct bed bed;

	bed_make(&bed, *state);
	bed.modules[1].prove = bed_prove;
	assert_int_equal(bed_run(&bed, transaction_apply), 0);
	assert_calls("a.prepare b.prepare c.prepare a.apply a.check b.apply b.check b.prove c.apply c.check "
		     "c.finish b.finish a.finish");
	bed.scripts[1].prove = EJG_NOT_APPLICABLE;
	assert_int_equal(bed_run(&bed, transaction_apply), 0);
	bed.scripts[1].prove = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_int_equal(count('a', "undo") + count('b', "undo"), 2);
	bed.handle.no_proof = true;
	assert_int_equal(bed_run(&bed, transaction_apply), 0);
	assert_int_equal(count('b', "prove"), 0);
	bed.handle.no_proof = false;
	bed.scripts[1].check = EJG_NOT_HELD;
	assert_int_equal(bed_run(&bed, transaction_apply), -EACCES);
	assert_int_equal(count('b', "prove"), 0);
	assert_int_equal(bed_run(&bed, transaction_check), -EACCES);
	assert_int_equal(count('b', "prove"), 0);
}

static void cancelling_undoes(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	bed.scripts[1].cancel = true;
	assert_int_equal(bed_run(&bed, transaction_apply), -ECANCELED);
	assert_calls("a.prepare b.prepare c.prepare a.apply a.check b.apply b.check b.undo a.undo c.finish b.finish "
		     "a.finish");
	assert_string_equal(report_first_failure(scratch->report), "cancelled; run it again");
	bed.scripts[1].check = -ECANCELED;
	assert_int_equal(bed_run(&bed, transaction_apply), -ECANCELED);
	assert_int_equal(count('a', "undo") + count('b', "undo"), 2);
}

static void those_not_selected_are_left_alone(void **state)
{
	struct scratch *scratch = *state;
	struct bed bed;

	bed_make(&bed, scratch);
	report_clear(scratch->report);
	calls[0] = '\0';
	bed.instances[1].selected = true;
	bed.modules[2].check = NULL; /* would be an error */
	assert_int_equal(transaction_apply(&bed.handle), 0);
	assert_calls("b.prepare b.apply b.check b.finish");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(everything_holds),
		scratch_test(one_fault_anywhere),
		scratch_test(a_failure_is_undone_in_reverse),
		scratch_test(a_failure_does_not_stop_those_that_keep),
		scratch_test(blames_the_guard_that_failed_the_stack),
		scratch_test(permissive_refuses_nothing),
		scratch_test(nobody_has_an_opinion),
		scratch_test(check_runs_all_that_are_required),
		scratch_test(a_guard_that_can_only_confine),
		scratch_test(apply_asks_for_the_proof),
		scratch_test(cancelling_undoes),
		scratch_test(those_not_selected_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
