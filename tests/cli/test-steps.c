/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remedies as steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/print/steps.h"

static void test_next(void **state)
{
	const char *remedy = "edit: /etc/ejguard/ejabberd:3: add rotate=weak\nrun: ejguard apply\nsee who it was";
	struct step step;

	assert_true(step_next(&remedy, &step));
	assert_int_equal(step.kind, STEP_EDIT);
	assert_int_equal(step.n, strlen("/etc/ejguard/ejabberd:3: add rotate=weak"));
	assert_true(step_next(&remedy, &step));
	assert_int_equal(step.kind, STEP_RUN);
	assert_memory_equal(step.text, "ejguard apply\n", step.n + 1);
	assert_true(step_next(&remedy, &step));
	assert_int_equal(step.kind, STEP_WORDS);
	assert_memory_equal(step.text, "see who it was", step.n + 1);
	assert_false(step_next(&remedy, &step));
	assert_false(step_next(&remedy, &step));
}

/* A step without a known prefix is plain text. */
static void test_odd(void **state)
{
	static const char *const words[] = { "run:", "run: ", "Run: ls", "running: late", "edit", ": " };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *remedy = words[i];
		struct step step;

		assert_true(step_next(&remedy, &step));
		assert_int_equal(step.kind, STEP_WORDS);
		assert_int_equal(step.n, strlen(words[i]));
	}
}

static void test_join(void **state)
{
	static const struct {
		const char *remedy, *line;
	} cases[] = {
		{ "", "" },
		{ "\n\n", "" },
		{ "run: ls", "run: ls" },
		{ "edit: a:1: b\nrun: ls\nx", "edit: a:1: b; run: ls; x" },
		{ "\na\n\nb\n", "a; b" },
		{ "a\nb\nc\nd\ne", "a; b; c; d; e" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *line = steps_join(cases[i].remedy);

		assert_string_equal(line, cases[i].line);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
