/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proof and diagnosis from end to end; a diagnosis also of what cannot be loaded. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/handle-bed.h"

static void apply_without_the_proof(void **state)
{
	struct ejg_apply_options options = { .size = sizeof(options), .no_proof = true };
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required record_proof log=%s/log prove=not-held\n", scratch->folder);

	assert_int_equal(ejg_apply(handle, NULL), -EACCES);
	assert_string_equal(recorded(scratch),
			    "record prepare;record apply;record check;record prove;record release-run;record finish;");
	assert_int_equal(ejg_apply(handle, &options), 0);
	assert_string_equal(recorded(scratch), "record prepare;record apply;record check;record finish;");
	options.size = offsetof(struct ejg_apply_options, no_proof); /* a program that does not know this member */
	assert_int_equal(ejg_apply(handle, &options), -EACCES);
	ejg_close(handle);
}

static void proof_by_itself(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle =
		open_stack(scratch, "required record\nrequired record_proof log=%s/log\n", scratch->folder);

	assert_int_equal(ejg_prove(handle), 0);
	assert_string_equal(recorded(scratch), "record prove;record finish;");
	assert_string_equal(ejg_error(handle), "");
	ejg_close(handle);
	handle = open_stack(scratch, "required record\n");
	assert_int_equal(ejg_prove(handle), -EACCES);
	assert_found(handle, "core.no-opinion", "passed the self-test");
	ejg_close(handle);
	handle = open_stack(scratch, "required absent\n");
	assert_int_equal(ejg_prove(handle), -EBADMSG);
	ejg_close(handle);
}

static void diagnosis_of_a_good_stack(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle =
		open_stack(scratch, "required record_proof id=b log=%s/log doctor=not-held\n", scratch->folder);

	assert_int_equal(ejg_doctor(handle), -EACCES);
	assert_string_equal(recorded(scratch), "b doctor;b finish;");
	assert_non_null(ejg_facts_get(handle));
	assert_int_equal(ejg_load(handle, NULL), -EINVAL); /* already loaded */
	assert_int_equal(ejg_check(handle), 0);
	ejg_close(handle);
}

/* Stacks that cannot be applied. With its default options the module writes no log. */
static void diagnosis_of_a_broken_stack(void **state)
{
	static const struct {
		const char *stack; /* after %s, the folder */
		const char *calls;
	} cases[] = {
		{ "required absent\nrequired record_proof id=b log=%s/log\n", "b doctor;b finish;" },
		{ "set epmd 99999\nrequired record_proof id=b log=%s/log\n", "b doctor;b finish;" },
		{ "required record_proof id=b log=%s/log bogus=1\n", "" },
		{ "requierd record_proof id=b log=%s/log\n", "" },
		{ "required irreversible\nrequired record_proof id=b log=%s/log\n", "b doctor;b finish;" },
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = arena_strdup(scratch->arena, cases[i].stack);
		char *folder = strstr(text, "%s");
		struct ejg *handle;

		*folder = '\0';
		handle = open_stack(scratch, "%s%s%s", text, scratch->folder, folder + 2);
		assert_int_equal(ejg_doctor(handle), -EACCES);
		assert_true(*ejg_error(handle));
		assert_string_equal(recorded(scratch), cases[i].calls);
		assert_null(ejg_facts_get(handle));
		assert_int_equal(ejg_apply(handle, NULL), -EBADMSG);
		assert_int_equal(ejg_doctor(handle), -EACCES); /* again */
		recorded(scratch);
		ejg_close(handle);
	}
}

static void diagnosis_without_a_stack(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required record\n");

	assert_int_equal(unlink(scratch_path(scratch, "conf/test")), 0);
	assert_int_equal(ejg_doctor(handle), -EACCES);
	assert_int_equal(ejg_finding_count(handle), 1); /* the finding that the stack is missing */
	assert_int_equal(ejg_check(handle), -ENOENT);
	ejg_close(open_stack(scratch, "required record\n"));
	assert_int_equal(ejg_check(handle), 0); /* it was repaired */
	ejg_close(handle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(apply_without_the_proof),	 scratch_test(proof_by_itself),
		scratch_test(diagnosis_of_a_good_stack), scratch_test(diagnosis_of_a_broken_stack),
		scratch_test(diagnosis_without_a_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
