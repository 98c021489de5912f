/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "libejguard/core/descriptor.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

struct config {
	uint64_t number;
	uint64_t other;
};

static int held(struct ejg_call *call)
{
	return EJG_HELD;
}

static int undo(struct ejg_call *call, enum ejg_release_scope scope)
{
	return 0;
}

static int open_watch(struct ejg_call *call, int *ret_fd)
{
	return 0;
}

/* A correct descriptor with its tables, for tests to modify. */
struct sample {
	struct ejg_module module;
	struct ejg_option options[2];
	struct ejg_finding_info findings[2];
	struct ejg_metric_info metrics[2];
};

static void make(struct sample *s)
{
	*s = (struct sample){
		.module = { EJG_MODULE_HEADER, .name = "good", .summary = "a good one", .n_options = 2, .n_findings = 2,
			    .n_metrics = 2, .config_size = sizeof(struct config), .check = held },
		.options = { { .name = "number", .type = EJG_OPTION_UNSIGNED, .help = "a number" },
			     { .name = "other", .type = EJG_OPTION_UNSIGNED, .offset = 8, .help = "another" } },
		.findings = { { "fine", EJG_OK, "all is fine", NULL }, { "bad", EJG_FAILURE, "is bad", "mend it" } },
		.metrics = { { "calls", 1, "how many" }, { "level", 0, "how high" } },
	};
	s->module.options = s->options;
	s->module.findings = s->findings;
	s->module.metrics = s->metrics;
}

static void spoil_major(struct sample *s)
{
	s->module.abi_major = 2;
}

static void spoil_major_and_size(struct sample *s)
{
	s->module.abi_major = 0;
	s->module.size = 0;
}

static void spoil_minor(struct sample *s)
{
	s->module.abi_minor = EJG_ABI_MINOR + 1;
	s->module.flags = EJG_MODULE_NEEDS_MINOR;
}

static void spoil_size_short(struct sample *s)
{
	s->module.size = offsetof(struct ejg_module, check);
}

static void spoil_size_odd(struct sample *s)
{
	s->module.size -= 1;
}

static void spoil_size_huge(struct sample *s)
{
	s->module.size = UINT32_MAX - 7;
}

static void spoil_flags(struct sample *s)
{
	s->module.flags = 1ULL << 63;
}

static void spoil_name(struct sample *s)
{
	s->module.name = "goo";
}

static void spoil_no_name(struct sample *s)
{
	s->module.name = NULL;
}

static void spoil_summary(struct sample *s)
{
	s->module.summary = "two\nlines";
}

static void spoil_no_summary(struct sample *s)
{
	s->module.summary = NULL;
}

static void spoil_nothing_to_do(struct sample *s)
{
	s->module.check = NULL;
}

static void spoil_apply_without_release(struct sample *s)
{
	s->module.apply = held;
}

static void spoil_apply_without_check(struct sample *s)
{
	s->module.check = NULL;
	s->module.confine = s->module.apply = held;
	s->module.release = undo;
}

static void spoil_release_without_apply(struct sample *s)
{
	s->module.release = undo;
}

static void spoil_watch(struct sample *s)
{
	s->module.watch = open_watch;
}

static void spoil_config_size(struct sample *s)
{
	s->module.config_size = SIZE_MAX;
}

static void spoil_state_size(struct sample *s)
{
	s->module.state_size = 1024 * 1024 + 1;
}

static void spoil_options_null(struct sample *s)
{
	s->module.options = NULL;
}

static void spoil_options_many(struct sample *s)
{
	s->module.n_options = UINT32_MAX;
}

static void spoil_option_stride_zero(struct sample *s)
{
	s->module.option_size = 0;
}

static void spoil_option_stride_odd(struct sample *s)
{
	s->module.option_size = sizeof(struct ejg_option) + 1;
}

static void spoil_option_stride_huge(struct sample *s)
{
	s->module.option_size = UINT32_MAX - 7;
}

static void spoil_option_duplicate(struct sample *s)
{
	s->options[1].name = "number";
}

static void spoil_option_mode(struct sample *s)
{
	s->options[1].name = "mode";
}

static void spoil_option_outside(struct sample *s)
{
	s->options[1].offset = 12;
}

static void spoil_finding_id(struct sample *s)
{
	s->findings[1].id = "good.bad";
}

static void spoil_finding_no_id(struct sample *s)
{
	s->findings[1].id = NULL;
}

static void spoil_finding_long_id(struct sample *s)
{
	s->findings[1].id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
}

static void spoil_finding_duplicate(struct sample *s)
{
	s->findings[1].id = "fine";
}

static void spoil_finding_severity(struct sample *s)
{
	s->findings[1].severity = 4;
}

static void spoil_finding_summary(struct sample *s)
{
	s->findings[1].summary = "";
}

static void spoil_finding_remedy(struct sample *s)
{
	s->findings[1].remedy = NULL;
}

static void spoil_metric_name(struct sample *s)
{
	s->metrics[0].name = "a-b";
}

static void spoil_metric_duplicate(struct sample *s)
{
	s->metrics[1].name = "calls";
}

static void spoil_metric_kind(struct sample *s)
{
	s->metrics[1].counter = 2;
}

static void spoil_metric_help(struct sample *s)
{
	s->metrics[1].help = NULL;
}

static const struct {
	void (*spoil)(struct sample *sample);
	const char *problem;
} cases[] = {
	{ spoil_major, "is made for module ABI 2, this libejguard has 1.0: rebuild the module" },
	{ spoil_major_and_size, "is made for module ABI 0" },
	{ spoil_minor, "needs module ABI 1.1, this libejguard has 1.0: update libejguard" },
	{ spoil_size_short, "size of" },
	{ spoil_size_odd, "size of" },
	{ spoil_size_huge, "size of" },
	{ spoil_flags, "flags 0x8000000000000000 that this libejguard does not know" },
	{ spoil_name, "calls itself 'goo'" },
	{ spoil_no_name, "calls itself ''" },
	{ spoil_summary, "no summary of one line" },
	{ spoil_no_summary, "no summary of one line" },
	{ spoil_nothing_to_do, "neither check nor confine" },
	{ spoil_apply_without_release, "apply without release" },
	{ spoil_apply_without_check, "apply without check" },
	{ spoil_release_without_apply, "release without apply" },
	{ spoil_watch, "watch without watch_next" },
	{ spoil_config_size, "more than 1 MiB" },
	{ spoil_state_size, "more than 1 MiB" },
	{ spoil_options_null, "table of options has 2 elements and is NULL" },
	{ spoil_options_many, "may have 256" },
	{ spoil_option_stride_zero, "elements of 0 bytes" },
	{ spoil_option_stride_odd, "which cannot be" },
	{ spoil_option_stride_huge, "which cannot be" },
	{ spoil_option_duplicate, "twice" },
	{ spoil_option_mode, "'mode'" },
	{ spoil_option_outside, "outside its config" },
	{ spoil_finding_id, "id of its finding 1" },
	{ spoil_finding_no_id, "id of its finding 1" },
	{ spoil_finding_long_id, "id of its finding 1" },
	{ spoil_finding_duplicate, "finding 'fine' twice" },
	{ spoil_finding_severity, "unknown severity" },
	{ spoil_finding_summary, "'bad' has no summary" },
	{ spoil_finding_remedy, "'bad' has no remedy" },
	{ spoil_metric_name, "name of its metric 0" },
	{ spoil_metric_duplicate, "metric 'calls' twice" },
	{ spoil_metric_kind, "neither a counter nor a gauge" },
	{ spoil_metric_help, "'level' has no help" },
};

static void each_fault_is_told(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ejg_module untouched = { .summary = "untouched" };
		const char *problem = NULL;
		struct sample sample;

		make(&sample);
		cases[i].spoil(&sample);
		if (descriptor_read(scratch->arena, &sample.module, "good", &untouched, &problem) != -EBADMSG)
			fail_msg("accepted, case %zu: %s", i, cases[i].problem);
		if (!strstr(problem, cases[i].problem))
			fail_msg("'%s' does not say '%s'", problem, cases[i].problem);
		assert_string_equal(untouched.summary, "untouched");
	}
}

static void a_good_one_is_copied(void **state)
{
	struct scratch *scratch = *state;
	struct ejg_module module;
	const char *problem;
	struct sample sample;

	make(&sample);
	assert_int_equal(descriptor_read(scratch->arena, &sample.module, "good", &module, &problem), 0);
	assert_ptr_equal(module.check, held);
	assert_ptr_not_equal(module.options, sample.options);
	assert_string_equal(module.options[1].name, "other");
	assert_string_equal(module.findings[1].remedy, "mend it");
	assert_string_equal(module.metrics[1].help, "how high");
}

/* A module of an older minor version: members beyond the end of its descriptor are zero. */
static void a_shorter_one_is_filled(void **state)
{
	struct scratch *scratch = *state;
	struct ejg_module module;
	const char *problem;
	struct sample sample;

	make(&sample);
	sample.module.size = offsetof(struct ejg_module, prepare);
	sample.module.apply = held;
	assert_int_equal(descriptor_read(scratch->arena, &sample.module, "good", &module, &problem), 0);
	assert_null(module.apply);
	assert_int_equal(module.size, sizeof(module));
}

/* A module of a newer minor version: longer, as are the elements of its tables. */
static void a_longer_one_is_cut(void **state)
{
	struct scratch *scratch = *state;
	struct {
		struct ejg_finding_info info;
		void *more;
	} findings[2] = { { { "one", EJG_OK, "one", NULL }, held }, { { "two", EJG_INFO, "two", NULL }, held } };
	struct {
		struct ejg_module module;
		void *more[9];
	} newer = { 0 };
	struct ejg_module module;
	const char *problem;
	struct sample sample;

	make(&sample);
	newer.module = sample.module;
	newer.module.size = sizeof(newer);
	newer.module.abi_minor = 9;
	newer.module.findings = (const void *)findings;
	newer.module.finding_size = sizeof(findings[0]);
	assert_int_equal(descriptor_read(scratch->arena, &newer.module, "good", &module, &problem), 0);
	assert_string_equal(module.findings[1].id, "two");
	assert_int_equal(module.abi_minor, 9);
}

/* Elements that end early: their last members are zero, which is accepted only if zero is allowed. */
static void shorter_elements_are_filled(void **state)
{
	struct scratch *scratch = *state;
	struct {
		const char *id;
		uint64_t severity;
		const char *summary;
	} findings[2] = { { "one", EJG_OK, "one" }, { "two", EJG_INFO, "two" } };
	struct ejg_module module;
	const char *problem;
	struct sample sample;

	make(&sample);
	sample.module.findings = (const void *)findings;
	sample.module.finding_size = sizeof(findings[0]);
	assert_int_equal(descriptor_read(scratch->arena, &sample.module, "good", &module, &problem), 0);
	assert_string_equal(module.findings[1].summary, "two");
	assert_null(module.findings[0].remedy);
	findings[1].severity = EJG_FAILURE;
	assert_int_equal(descriptor_read(scratch->arena, &sample.module, "good", &module, &problem), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(each_fault_is_told),	   scratch_test(a_good_one_is_copied),
		scratch_test(a_shorter_one_is_filled),	   scratch_test(a_longer_one_is_cut),
		scratch_test(shorter_elements_are_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
