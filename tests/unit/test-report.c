/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "libejguard/core/report.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/printable.h"
#include "tests/unit/scratch.h"

static const struct {
	const char *text;
	const char *kept;
} texts[] = {
	{ "plain", "plain" },
	{ "", "" },
	{ "two\nlines\r\tand a tab", "two\\x0alines\\x0d\\x09and a tab" },
	{ "\x1b[31mred\x7f", "\\x1b[31mred\\x7f" },
	{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x92", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x92" },
	{ "\xff\xfe", "\\xff\\xfe" },
	{ "cut \xc3", "cut \\xc3" },
	{ "cut \xe2\x82", "cut \\xe2\\x82" },
	{ "cut \xf0\x9f\x94", "cut \\xf0\\x9f\\x94" },
	{ "overlong \xc0\xaf \xe0\x80\xaf \xf0\x80\x80\xaf",
	  "overlong \\xc0\\xaf \\xe0\\x80\\xaf \\xf0\\x80\\x80\\xaf" },
	{ "surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80" },
	{ "too large \xf4\x90\x80\x80", "too large \\xf4\\x90\\x80\\x80" },
	{ "C1 \xc2\x9b"
	  "31m, first after \xc2\xa0",
	  "C1 \\xc2\\x9b31m, first after \xc2\xa0" },
	{ "reordered \xe2\x80\xae"
	  "x",
	  "reordered \\xe2\\x80\\xaex" },
	{ "separated \xe2\x80\xa8 \xe2\x81\xa6", "separated \\xe2\\x80\\xa8 \\xe2\\x81\\xa6" },
};

static void text_is_one_printable_line(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(printable_text(scratch->arena, texts[i].text), texts[i].kept);
}

static void keeps_copies_and_no_null(void **state)
{
	struct scratch *scratch = *state;
	char message[] = "message";
	const struct ejg_finding *finding;

	report_add(scratch->report,
		   &(struct ejg_finding){ .module = "net", .id = "net.x", .message = message, .line = 7 });
	message[0] = 'x';
	finding = report_finding(scratch->report, 0);
	assert_string_equal(finding->message, "message");
	assert_string_equal(finding->subject, "");
	assert_string_equal(finding->remedy, "");
	assert_string_equal(finding->file, "");
	assert_int_equal(finding->line, 7);
	assert_int_equal(finding->severity, EJG_OK);
	assert_null(report_finding(scratch->report, 1));
	assert_null(report_finding(scratch->report, SIZE_MAX));
}

/* Findings that differ in anything are different. */
static void drops_what_was_told_before(void **state)
{
	struct ejg_finding findings[] = {
		{ .module = "m", .id = "m.x", .severity = EJG_FAILURE, .subject = "s", .message = "t", .file = "f", .line = 1 },
		{ .module = "m", .id = "m.y", .severity = EJG_FAILURE, .subject = "s", .message = "t", .file = "f", .line = 1 },
		{ .module = "m", .id = "m.x", .severity = EJG_WARNING, .subject = "s", .message = "t", .file = "f", .line = 1 },
		{ .module = "m", .id = "m.x", .severity = EJG_FAILURE, .subject = "u", .message = "t", .file = "f", .line = 1 },
		{ .module = "m", .id = "m.x", .severity = EJG_FAILURE, .subject = "s", .message = "v", .file = "f", .line = 1 },
		{ .module = "m", .id = "m.x", .severity = EJG_FAILURE, .subject = "s", .message = "t", .file = "f", .line = 2 },
		{ .module = "m", .id = "m.x", .severity = EJG_FAILURE, .subject = "s", .message = "t", .remedy = "r", .file = "f", .line = 1 },
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(findings); i++)
		report_add(scratch->report, &findings[i % ARRAY_SIZE(findings)]);
	/* the first one alone, then all of them */
	report_drop_repeated(scratch->report, 0, 1);
	assert_int_equal(report_finding_count(scratch->report), 2 * ARRAY_SIZE(findings) - 1);
	report_drop_repeated(scratch->report, 0, ARRAY_SIZE(findings));
	assert_int_equal(report_finding_count(scratch->report), ARRAY_SIZE(findings));
	for (size_t i = 0; i < ARRAY_SIZE(findings); i++)
		assert_string_equal(report_finding(scratch->report, i)->message, findings[i].message);
}

static void findings_keep_their_order_and_place(void **state)
{
	struct scratch *scratch = *state;
	const struct ejg_finding *first;

	report_error(scratch->report, 0, "rolled-back", NULL, NULL, "number %d", 0);
	first = report_finding(scratch->report, 0);
	for (int i = 1; i < 1000; i++)
		report_error(scratch->report, 0, "rolled-back", NULL, NULL, "number %d", i);
	assert_int_equal(report_finding_count(scratch->report), 1000);
	assert_string_equal(first->message, "number 0");
	assert_string_equal(report_finding(scratch->report, 999)->message, "number 999");
	report_clear(scratch->report);
	assert_int_equal(report_finding_count(scratch->report), 0);
	assert_false(report_failed(scratch->report));
}

static void errors_have_what_is_declared(void **state)
{
	struct scratch *scratch = *state;
	const struct position position = { "/etc/ejguard/x", 3, 9 };
	const struct ejg_finding *finding;

	assert_int_equal(report_error(scratch->report, -EBADMSG, "stack-syntax", &position, NULL, "bad %s", "word"),
			 -EBADMSG);
	finding = report_finding(scratch->report, 0);
	assert_string_equal(finding->module, "core");
	assert_string_equal(finding->id, "core.stack-syntax");
	assert_int_equal(finding->severity, EJG_FAILURE);
	assert_string_equal(finding->message, "bad word");
	assert_string_equal(finding->remedy, "see ejguard.conf(5)");
	assert_string_equal(finding->file, "/etc/ejguard/x");
	assert_int_equal(finding->line, 3);
	assert_int_equal(finding->column, 9);
	report_error(scratch->report, -EIO, "rolled-back", NULL, "do this", "x");
	assert_int_equal(report_finding(scratch->report, 1)->severity, EJG_INFO);
	assert_string_equal(report_finding(scratch->report, 1)->remedy, "do this");
}

static void tells_the_first_failure_that_counts(void **state)
{
	struct scratch *scratch = *state;
	const struct position whole = { "f", 3, 9 }, line = { "f", 3, 0 }, file = { "f", 0, 0 };

	assert_string_equal(report_first_failure(scratch->report), "");
	report_error(scratch->report, 0, "rolled-back", NULL, NULL, "no failure");
	assert_string_equal(report_first_failure(scratch->report), "");
	report_error(scratch->report, -1, "stack-syntax", &whole, "mend it", "one");
	report_error(scratch->report, -1, "stack-syntax", &line, "", "two");
	report_error(scratch->report, -1, "stack-syntax", &file, "mend it", "three");
	report_error(scratch->report, -1, "stack-syntax", NULL, "mend it", "four");
	assert_string_equal(report_first_failure(scratch->report), "f:3:9: one; mend it");
	report_blame(scratch->report, 2);
	assert_string_equal(report_first_failure(scratch->report), "f:3: two");
	report_blame(scratch->report, 3);
	assert_string_equal(report_first_failure(scratch->report), "f: three; mend it");
	report_blame(scratch->report, 4);
	assert_string_equal(report_first_failure(scratch->report), "four; mend it");
	report_clear(scratch->report);
	report_error(scratch->report, -1, "stack-syntax", NULL, "", "anew");
	assert_string_equal(report_first_failure(scratch->report), "anew");
}

static void metrics_answers_and_events_are_copied(void **state)
{
	struct scratch *scratch = *state;
	struct ejg_label labels[] = { { "a\n", NULL }, { "b", "2" } };
	const struct ejg_metric *metric;

	report_metric(scratch->report, &(struct ejg_metric){ .module = "net",
							     .name = "denials",
							     .help = "how many",
							     .counter = true,
							     .labels = labels,
							     .n_labels = 2,
							     .value = UINT64_MAX });
	report_metric(scratch->report, &(struct ejg_metric){ .module = "net", .name = "bare" });
	labels[1].value = "3";
	metric = report_metric_at(scratch->report, 0);
	assert_int_equal(metric->n_labels, 2);
	assert_string_equal(metric->labels[0].name, "a\\x0a");
	assert_string_equal(metric->labels[0].value, "");
	assert_string_equal(metric->labels[1].value, "2");
	assert_true(metric->counter && metric->value == UINT64_MAX);
	assert_int_equal(report_metric_at(scratch->report, 1)->n_labels, 0);
	assert_null(report_metric_at(scratch->report, 2));
	assert_int_equal(report_metric_count(scratch->report), 2);

	report_answer(scratch->report, &(struct ejg_answer){ .module = "net", .allowed = true, .line = 4 });
	assert_true(report_answer_at(scratch->report, 0)->allowed);
	assert_string_equal(report_answer_at(scratch->report, 0)->rule, "");
	assert_null(report_answer_at(scratch->report, 1));
	assert_int_equal(report_answer_count(scratch->report), 1);

	assert_null(report_last_event(scratch->report));
	report_event(scratch->report, &(struct ejg_event){ .module = "net", .message = "one", .time_ns = 1 });
	report_event(scratch->report,
		     &(struct ejg_event){ .module = "net", .message = "two", .labels = labels, .n_labels = 1 });
	assert_string_equal(report_last_event(scratch->report)->message, "two");
	report_clear(scratch->report);
	assert_null(report_last_event(scratch->report));
	assert_int_equal(report_metric_count(scratch->report) + report_answer_count(scratch->report), 0);
}

/* The table is part of the interface: `ejguard modules core` prints it. */
static void core_findings_are_well_formed(void **state)
{
	const struct ejg_finding_info *info;

	for (size_t i = 0; i < report_n_core_findings; i++) {
		info = &report_core_findings[i];
		assert_true(*info->id && info->id[strspn(info->id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0');
		assert_true(info->severity <= EJG_FAILURE);
		assert_true(info->summary && *info->summary);
		assert_true(info->severity < EJG_WARNING || (info->remedy && *info->remedy));
		if (i > 0)
			assert_true(strcmp(report_core_findings[i - 1].id, info->id) < 0);
	}
}

static void impossible_sizes_are_remembered(void **state)
{
	struct scratch *scratch = *state;

	report_metric(scratch->report, &(struct ejg_metric){ .module = "net", .n_labels = SIZE_MAX });
	assert_true(report_failed(scratch->report));
	assert_int_equal(report_metric_count(scratch->report), 0);
	assert_null(report_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(text_is_one_printable_line),	   scratch_test(keeps_copies_and_no_null),
		scratch_test(drops_what_was_told_before),
		scratch_test(findings_keep_their_order_and_place), scratch_test(errors_have_what_is_declared),
		scratch_test(tells_the_first_failure_that_counts), scratch_test(metrics_answers_and_events_are_copied),
		scratch_test(core_findings_are_well_formed),	   scratch_test(impossible_sizes_are_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
