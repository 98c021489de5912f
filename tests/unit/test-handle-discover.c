/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejg_discover() from end to end, on whatever system this is; also with a stack that cannot be loaded. */
#include <ejguard/ejguard.h>
#include <ejguard/facts.h>
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/handle-bed.h"

static void survey_of_a_good_stack(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "set epmd 1\nrequired record_proof log=%s/log\n", scratch->folder);
	const struct ejg_survey *survey;

	install_module(scratch, "record_survey");
	assert_null(ejg_survey_get(handle));
	assert_int_equal(ejg_discover(handle), 0);
	assert_string_equal(recorded(scratch), ""); /* only modules that judge a survey are called */
	assert_found(handle, "record_survey.not-held", "told to say so");
	assert_string_equal(ejg_error(handle), "");
	survey = ejg_survey_get(handle);
	assert_non_null(survey);
	assert_int_equal(survey->size, sizeof(*survey));
	assert_non_null(survey->epmd_note);
	assert_non_null(ejg_facts_get(handle));

	/* it belongs to the verb that made it */
	assert_int_equal(ejg_check(handle), 0);
	assert_null(ejg_survey_get(handle));
	assert_int_equal(ejg_discover(handle), 0);
	assert_int_equal(ejg_discover(handle), 0);
	assert_non_null(ejg_survey_get(handle));
	ejg_close(handle);
}

/* Once, with the options of the stack. */
static void survey_of_a_stack_that_judges(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle =
		open_stack(scratch, "set epmd 1\nrequired record_survey check=ok log=%s/log\n", scratch->folder);

	install_module(scratch, "record_survey");
	assert_int_equal(ejg_discover(handle), 0);
	assert_string_equal(recorded(scratch), "record check;record finish;");
	assert_int_equal(ejg_finding_count(handle), 0);
	ejg_close(handle);
}

static void survey_of_a_broken_stack(void **state)
{
	static const struct {
		const char *stack;
		const char *id;
	} cases[] = {
		{ "required absent\n", "core.module-missing" },
		{ "set epmd 99999\nrequired record\n", "core.fact-value" },
		{ "requierd record\n", "core.stack-unknown" },
		{ "", "core.stack-empty" },
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ejg *handle = open_stack(scratch, "%s", cases[i].stack);

		assert_int_equal(ejg_discover(handle), 0);
		assert_found(handle, cases[i].id, "");
		assert_non_null(ejg_survey_get(handle));
		assert_non_null(ejg_facts_get(handle));
		assert_true(ejg_check(handle) < 0);
		assert_null(ejg_survey_get(handle));
		assert_null(ejg_facts_get(handle));
		assert_int_equal(ejg_discover(handle), 0);
		ejg_close(handle);
	}
}

static void cancelled_survey(void **state)
{
	struct ejg *handle = open_stack(*state, "set epmd 1\nrequired record\n");

	ejg_cancel(handle);
	assert_int_equal(ejg_discover(handle), -ECANCELED);
	assert_found(handle, "core.cancelled", "cancelled");
	assert_null(ejg_survey_get(handle));
	assert_int_equal(ejg_discover(handle), 0);
	ejg_close(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(survey_of_a_good_stack),
		scratch_test(survey_of_a_stack_that_judges),
		scratch_test(survey_of_a_broken_stack),
		scratch_test(cancelled_survey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
