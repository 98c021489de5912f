/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The application interface from end to end: stack file, the recording module as a shared object, verbs, report. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/handle-bed.h"

static void the_main_job(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle =
		open_stack(scratch, "required record id=a log=%s/log\noptional record_two id=b log=%s/log\n",
			   scratch->folder, scratch->folder);

	assert_int_equal(ejg_apply(handle, NULL), 0);
	assert_string_equal(ejg_error(handle), "");
	assert_string_equal(recorded(scratch),
			    "a prepare;b prepare;a apply;a check;b apply;b check;b finish;a finish;");
	assert_int_equal(ejg_status(handle), 0);
	assert_string_equal(recorded(scratch), "a status;a check;b status;b check;b finish;a finish;");
	assert_int_equal(ejg_metric_count(handle), 2);
	assert_string_equal(ejg_metric_get(handle, 0)->module, "record");
	assert_string_equal(ejg_metric_get(handle, 0)->labels[0].value, "test");
	assert_int_equal(ejg_metric_get(handle, 0)->value, 0);
	assert_int_equal(ejg_check(handle), 0);
	assert_int_equal(ejg_metric_count(handle), 0);
	assert_int_equal(ejg_confine(handle), 0);
	recorded(scratch);
	assert_int_equal(ejg_release(handle), 0);
	assert_string_equal(recorded(scratch), "b release-all;a release-all;b finish;a finish;");
	assert_string_equal(ejg_module_get(handle, 0)->name, "record");
	assert_null(ejg_module_get(handle, 2));
	assert_string_equal(ejg_facts_get(handle)->service, "test");
	assert_null(ejg_close(handle));
}

static void a_failure_is_told(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(
		scratch, "required record id=a log=%s/log\nrequired record_two id=b log=%s/log check=not-held\n",
		scratch->folder, scratch->folder);

	assert_int_equal(ejg_apply(handle, NULL), -EACCES);
	assert_string_equal(recorded(scratch), "a prepare;b prepare;a apply;a check;b apply;b check;b release-run;"
					       "a release-run;b finish;a finish;");
	assert_string_equal(ejg_error(handle), "told to say so; change the options");
	assert_found(handle, "record_two.not-held", "told to say so");
	assert_found(handle, "core.rolled-back", "record_two");
	assert_int_equal(ejg_release(handle), 0);
	assert_string_equal(ejg_error(handle), "");
	assert_int_equal(ejg_finding_count(handle), 0);
	ejg_close(handle);
}

static void options_are_versioned(void **state)
{
	struct scratch *scratch = *state;
	struct {
		struct ejg_options options;
		size_t more;
	} newer = { .options = { .size = sizeof(newer) } };
	struct ejg_options options = { .size = sizeof(options) };
	struct ejg_apply_options apply = { .size = 3 };
	struct ejg *handle = NULL;

	assert_int_equal(ejg_open(NULL, NULL), -EINVAL);
	assert_int_equal(ejg_open(&newer.options, &handle), 0);
	handle = ejg_close(handle);
	newer.more = 1;
	assert_int_equal(ejg_open(&newer.options, &handle), -EINVAL);
	options.size = 0;
	assert_int_equal(ejg_open(&options, &handle), -EINVAL);
	options.size = SIZE_MAX;
	assert_int_equal(ejg_open(&options, &handle), -EINVAL);
	options.size = offsetof(struct ejg_options, service); /* members behind the size are ignored */
	options.service = "../etc";
	assert_int_equal(ejg_open(&options, &handle), 0);
	handle = ejg_close(handle);
	assert_int_equal(ejg_open(NULL, &handle), 0);
	assert_string_equal(ejg_error(handle), "");
	ejg_close(handle);

	handle = open_stack(scratch, "required record\n");
	assert_int_equal(ejg_apply(handle, &apply), -EINVAL);
	assert_found(handle, "core.argument", "options of apply");
	apply = (struct ejg_apply_options){ .size = sizeof(apply), .n_only = 1 };
	assert_int_equal(ejg_apply(handle, &apply), -EINVAL);
	assert_true(*ejg_error(handle));
	ejg_close(handle);
}

static void service_names_and_folders(void **state)
{
	static const char *const bad[] = {
		"",    "..",  "a/b",	  "A",
		"a b", "a.b", "\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};
	struct ejg_options options = { .size = sizeof(options) };
	struct ejg *handle = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		options.service = bad[i];
		assert_int_equal(ejg_open(&options, &handle), -EINVAL);
	}
	options.service = "my-service_2";
	options.confdir = "relative";
	assert_int_equal(ejg_open(&options, &handle), -EINVAL);
	assert_null(handle);
}

static void loading_reports_all_that_is_wrong(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle =
		open_stack(scratch, "required recrd\nrequired record chek=ok\nrequired record_two check=no\n");

	assert_int_equal(ejg_check(handle), -EBADMSG);
	assert_found(handle, "core.module-missing", "did you mean 'record'?");
	assert_found(handle, "core.option-unknown", "check");
	assert_found(handle, "core.option-value", "no");
	assert_int_equal(ejg_finding_get(handle, 0)->line, 2);
	assert_non_null(strstr(ejg_error(handle), "conf/test:2:10: "));
	assert_null(ejg_facts_get(handle));
	/* after the error is corrected, the same handle can try again */
	scratch_text(scratch, "conf/test", "required record\n");
	assert_int_equal(ejg_load(handle, NULL), 0);
	assert_int_equal(ejg_load(handle, NULL), -EINVAL);
	assert_found(handle, "core.argument", "already loaded");
	assert_int_equal(ejg_check(handle), 0);
	ejg_close(handle);
}

static void a_stack_that_is_not_there(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required record\n");

	assert_int_equal(unlink(scratch_path(scratch, "conf/test")), 0);
	assert_int_equal(ejg_apply(handle, NULL), -ENOENT);
	assert_found(handle, "core.stack-missing", "test");
	scratch_text(scratch, "trial", "required good\n");
	assert_int_equal(ejg_load(handle, scratch_path(scratch, "trial")), 0);
	assert_int_equal(ejg_check(handle), 0);
	ejg_close(handle);
}

static void what_cannot_be_undone_stands_last(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required irreversible\nrequired record\n");

	assert_int_equal(ejg_load(handle, NULL), -EBADMSG);
	assert_found(handle, "core.stack-order", "record comes after irreversible");
	assert_int_equal(ejg_finding_get(handle, 0)->line, 3);
	ejg_close(handle);
	handle = open_stack(scratch, "required record\nrequired irreversible\n");
	assert_int_equal(ejg_check(handle), 0);
	ejg_close(handle);
}

static void only_some(void **state)
{
	static const char *const one[] = { "record", "record" }, *const unknown[] = { "good", "net" };
	struct ejg_apply_options options = { .size = sizeof(options), .only = one, .n_only = 2 };
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required record log=%s/log\nrequired good\n", scratch->folder);

	assert_int_equal(ejg_apply(handle, &options), 0);
	assert_string_equal(recorded(scratch), "record prepare;record apply;record check;record finish;");
	options.only = unknown;
	assert_int_equal(ejg_apply(handle, &options), -EBADMSG);
	assert_found(handle, "core.only-unknown", "'net' is not in the stack");
	options.n_only = 1;
	assert_int_equal(ejg_apply(handle, &options), 0);
	assert_string_equal(recorded(scratch), "");
	assert_int_equal(ejg_check(handle), 0);
	assert_string_equal(recorded(scratch), "record check;record finish;");
	ejg_close(handle);
}

static void questions(void **state)
{
	struct scratch *scratch = *state;
	struct ejg_question question = { .size = sizeof(question), .action = EJG_BIND, .address = "::1", .port = 4369 };
	struct ejg *handle = open_stack(scratch, "required record answer=yes\n");

	assert_int_equal(ejg_explain(handle, &question), 0);
	assert_string_equal(ejg_answer_get(handle, 0)->rule, "port 4369");
	assert_string_equal(ejg_answer_get(handle, 0)->file, "/etc/rules");
	assert_null(ejg_answer_get(handle, 1));
	question.address = "10.0.0.0/8";
	assert_int_equal(ejg_explain(handle, &question), -EINVAL);
	assert_int_equal(ejg_answer_count(handle), 0);
	question.address = NULL;
	assert_int_equal(ejg_explain(handle, &question), -EINVAL);
	question.address = "localhost";
	assert_int_equal(ejg_explain(handle, &question), -EINVAL);
	question.address = "127.0.0.1";
	question.port = 0;
	assert_int_equal(ejg_explain(handle, &question), -EINVAL);
	question.port = 1;
	question.action = EJG_ACCEPT + 1;
	assert_int_equal(ejg_explain(handle, &question), -EINVAL);
	assert_int_equal(ejg_explain(handle, NULL), -EINVAL);
	ejg_close(handle);

	question.action = EJG_ACCEPT;
	handle = open_stack(scratch, "required record answer=no\n");
	assert_int_equal(ejg_explain(handle, &question), -EACCES);
	assert_string_equal(ejg_error(handle), "port 1");
	ejg_close(handle);
}

static void watching(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required good\nrequired record log=%s/log\n", scratch->folder);
	const struct ejg_event *event = (void *)scratch;
	struct pollfd poll_fd = { .fd = -77, .events = POLLIN };
	int again = -1;

	assert_int_equal(ejg_watch_next(handle, "record", &event), -EINVAL);
	assert_ptr_equal(event, scratch);
	assert_int_equal(ejg_watch(handle, "net", &poll_fd.fd), -EINVAL);
	assert_int_equal(ejg_watch(handle, "good", &poll_fd.fd), -EOPNOTSUPP);
	assert_int_equal(poll_fd.fd, -77);
	assert_int_equal(ejg_watch(handle, "record", &poll_fd.fd), 0);
	assert_int_equal(ejg_watch(handle, "record", &again), 0);
	assert_int_equal(again, poll_fd.fd);
	assert_int_equal(poll(&poll_fd, 1, 1000), 1);
	/* other verbs do not end it */
	assert_int_equal(ejg_check(handle), 0);
	assert_int_equal(ejg_watch_next(handle, "record", &event), 0);
	assert_string_equal(event->message, "an event");
	assert_string_equal(event->labels[0].value, "203.0.113.9");
	assert_int_equal(ejg_watch_next(handle, "record", &event), 0);
	assert_null(event);
	ejg_close(handle);
	assert_string_equal(
		recorded(scratch),
		"record watch;record check;record finish;record watch_next;record watch_next;record finish;");
}

static void cancelled_before_it_began(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required record log=%s/log\n", scratch->folder);

	ejg_cancel(handle);
	assert_int_equal(ejg_apply(handle, NULL), -ECANCELED);
	assert_string_equal(recorded(scratch), "");
	assert_found(handle, "core.cancelled", "cancelled");
	assert_int_equal(ejg_apply(handle, NULL), 0);
	ejg_close(handle);
}

struct lines {
	unsigned int n;
	bool seen;
};

static void receive(void *data, enum ejg_log_level level, const char *module, const char *message)
{
	struct lines *lines = data;

	lines->n++;
	lines->seen |=
		level == EJG_LOG_INFO && strcmp(module, "record") == 0 && strcmp(message, "check is called") == 0;
	assert_null(strchr(message, '\n'));
}

static void logging(void **state)
{
	struct ejg *handle = open_stack(*state, "required record\n");
	struct lines lines = { 0 };

	ejg_set_log(handle, receive, &lines, EJG_LOG_WARNING);
	assert_int_equal(ejg_check(handle), 0);
	assert_int_equal(lines.n, 0);
	ejg_set_log(handle, receive, &lines, EJG_LOG_DEBUG);
	assert_int_equal(ejg_check(handle), 0);
	assert_true(lines.seen);
	lines.n = 0;
	ejg_set_log(handle, NULL, NULL, EJG_LOG_DEBUG);
	assert_int_equal(ejg_check(handle), 0);
	assert_int_equal(lines.n, 0);
	ejg_close(handle);
}

static void listing_the_modules(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, "required record\nrequired good\n");

	assert_int_equal(ejg_load(handle, NULL), 0);
	assert_string_equal(ejg_module_get(handle, 0)->name, "record");
	assert_int_equal(ejg_load_modules(handle), 0);
	assert_string_equal(ejg_module_get(handle, 0)->name, "good");
	assert_string_equal(ejg_module_get(handle, 1)->name, "irreversible");
	assert_string_equal(ejg_module_path(handle, 2), scratch_path(scratch, "modules/record.so"));
	assert_string_equal(ejg_module_get(handle, 3)->name, "record_proof");
	assert_string_equal(ejg_module_get(handle, 4)->name, "record_two");
	assert_null(ejg_module_path(handle, 5));
	scratch_text(scratch, "modules/broken.so", "");
	assert_int_equal(ejg_load_modules(handle), -EBADMSG);
	assert_found(handle, "core.module-malformed", "broken.so");
	assert_int_equal(ejg_check(handle), 0);
	ejg_close(handle);
}

/* A handle for each thread: they share nothing. */
static void *check_often(void *data)
{
	struct ejg *handle = data;
	intptr_t failed = 0;

	for (int i = 0; i < 50; i++)
		failed |= ejg_apply(handle, NULL) | ejg_check(handle) | ejg_release(handle);
	return (void *)failed;
}

static void two_threads(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handles[2];
	pthread_t threads[2];
	void *failed;

	for (int i = 0; i < 2; i++)
		handles[i] = open_stack(scratch, "required record\n");
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, check_often, handles[i]), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
		ejg_close(handles[i]);
	}
}

static void names(void **state)
{
	assert_string_equal(ejg_severity_name(EJG_OK), "ok");
	assert_string_equal(ejg_severity_name(EJG_FAILURE), "failure");
	assert_string_equal(ejg_severity_name(EJG_FAILURE + 1), "unknown");
	assert_string_equal(ejg_severity_name(UINT32_MAX), "unknown");
	assert_true(ejg_version()[0] >= '0' && ejg_version()[0] <= '9');
	assert_null(ejg_close(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(the_main_job),
		scratch_test(a_failure_is_told),
		scratch_test(options_are_versioned),
		scratch_test(service_names_and_folders),
		scratch_test(loading_reports_all_that_is_wrong),
		scratch_test(a_stack_that_is_not_there),
		scratch_test(what_cannot_be_undone_stands_last),
		scratch_test(only_some),
		scratch_test(questions),
		scratch_test(watching),
		scratch_test(cancelled_before_it_began),
		scratch_test(logging),
		scratch_test(listing_the_modules),
		scratch_test(two_threads),
		scratch_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
