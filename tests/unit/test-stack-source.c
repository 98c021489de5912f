/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/core/stack-file.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static int read_stack(struct scratch *scratch, const struct stack **ret)
{
	const char *confdir = arena_strdup(scratch->arena, scratch_path(scratch, "conf"));
	const char *vendordir = arena_strdup(scratch->arena, scratch_path(scratch, "vendor"));
	const struct stack_source source = { "ejabberd", confdir, vendordir, NULL };

	return stack_read(scratch->arena, scratch->report, &source, ret, NULL);
}

/* The modules of the stack, with a blank behind each. */
static const char *modules(struct scratch *scratch, const struct stack *stack)
{
	const char *text = "";

	for (size_t i = 0; i < stack->n_lines; i++)
		text = arena_printf(scratch->arena, "%s%s ", text, stack->lines[i].module.text);
	return text;
}

static void make_folders(struct scratch *scratch)
{
	scratch_mkdir(scratch, "conf");
	scratch_mkdir(scratch, "vendor");
}

static void the_administrators_file_hides_the_shipped_one(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack;

	make_folders(scratch);
	scratch_text(scratch, "vendor/ejabberd", "required shipped\ninclude part\n");
	scratch_text(scratch, "vendor/part", "required shipped_part\n");
	assert_int_equal(read_stack(scratch, &stack), 0);
	assert_string_equal(modules(scratch, stack), "shipped shipped_part ");
	assert_string_equal(stack->file, scratch_path(scratch, "vendor/ejabberd"));
	scratch_text(scratch, "conf/part", "required own_part\n");
	assert_int_equal(read_stack(scratch, &stack), 0);
	assert_string_equal(modules(scratch, stack), "shipped own_part ");
	scratch_text(scratch, "conf/ejabberd", "required own");
	assert_int_equal(read_stack(scratch, &stack), 0);
	assert_string_equal(modules(scratch, stack), "own ");
	assert_string_equal(stack->file, scratch_path(scratch, "conf/ejabberd"));
}

static void nothing_but_absence_falls_back(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;

	make_folders(scratch);
	scratch_text(scratch, "vendor/ejabberd", "required shipped\n");
	scratch_text(scratch, "conf/ejabberd", "");
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-empty", "no module");

	assert_int_equal(chmod(scratch_path(scratch, "conf/ejabberd"), 0666), 0);
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-untrusted", "/conf/ejabberd' may be written by other users");

	assert_int_equal(unlink(scratch_path(scratch, "conf/ejabberd")), 0);
	assert_int_equal(symlink("none", scratch_path(scratch, "conf/ejabberd")), 0);
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-untrusted", "/conf/ejabberd' is a symbolic link");

	assert_int_equal(unlink(scratch_path(scratch, "conf/ejabberd")), 0);
	assert_int_equal(chmod(scratch_path(scratch, "conf"), 0777), 0);
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-untrusted", "/conf' may be written by other users");

	assert_int_equal(rmdir(scratch_path(scratch, "conf")), 0);
	assert_int_equal(read_stack(scratch, &stack), 0);
	assert_int_equal(symlink("/none", scratch_path(scratch, "conf")), 0);
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-untrusted", "/conf' is a symbolic link whose target does not exist");
}

static void a_missing_stack_says_where_it_was_sought(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;
	struct stack_source source = { "ejabberd", "/none/conf", NULL, NULL };

	assert_int_equal(read_stack(scratch, &stack), -ENOENT);
	assert_reported(scratch->report, "stack-missing", "there is no stack 'ejabberd' in ");
	assert_reported(scratch->report, "stack-missing", "/vendor");
	report_clear(scratch->report);
	assert_int_equal(stack_read(scratch->arena, scratch->report, &source, &stack, NULL), -ENOENT);
	assert_reported(scratch->report, "stack-missing", "'/none' does not exist");
	source.file = "/none/file";
	assert_int_equal(stack_read(scratch->arena, scratch->report, &source, &stack, NULL), -ENOENT);
	assert_null(stack);
}

static void whoever_mistyped_a_service_sees_which_there_are(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;

	make_folders(scratch);
	scratch_text(scratch, "conf/rabbitmq", "required net\n");
	scratch_text(scratch, "conf/couchdb", "required net\n");
	scratch_text(scratch, "conf/couchdb.bak", "required net\n");
	scratch_text(scratch, "vendor/couchdb", "required net\n");
	scratch_text(scratch, "vendor/emqx", "required net\n");
	scratch_mkdir(scratch, "vendor/folder");
	assert_int_equal(read_stack(scratch, &stack), -ENOENT);
	assert_reported(scratch->report, "stack-missing", "/vendor; there are: couchdb, emqx, rabbitmq");
	report_clear(scratch->report);
	scratch_text(scratch, "conf/ejaberd", "required net\n");
	assert_int_equal(read_stack(scratch, &stack), -ENOENT);
	assert_reported(scratch->report, "stack-missing",
			"/vendor; did you mean 'ejaberd'? There are: couchdb, ejaberd, emqx, rabbitmq");
}

static void a_file_may_be_tried_before_it_is_installed(void **state)
{
	struct scratch *scratch = *state;
	const char *confdir = arena_strdup(scratch->arena, scratch_path(scratch, "conf"));
	struct stack_source source = { "ejabberd", confdir, NULL, NULL };
	const struct stack *stack = NULL;
	cleanup_fd int here = open(".", O_PATH | O_CLOEXEC);

	make_folders(scratch);
	scratch_text(scratch, "conf/ejabberd", "required installed\n");
	scratch_text(scratch, "conf/part", "required part\n");
	scratch_text(scratch, "new", "required new\ninclude part\n");
	source.file = arena_strdup(scratch->arena, scratch_path(scratch, "new"));
	assert_int_equal(stack_read(scratch->arena, scratch->report, &source, &stack, NULL), 0);
	assert_string_equal(modules(scratch, stack), "new part ");
	assert_int_equal(chdir(scratch->folder), 0);
	source.file = "vendor/../new";
	assert_int_equal(stack_read(scratch->arena, scratch->report, &source, &stack, NULL), 0);
	assert_string_equal(stack->file, scratch_path(scratch, "vendor/../new"));
	source.file = "";
	assert_int_equal(stack_read(scratch->arena, scratch->report, &source, &stack, NULL), -EBADMSG);
	assert_int_equal(fchdir(here), 0);
	/* Once installed, it would include itself. */
	scratch_text(scratch, "new", "required new\ninclude ejabberd\n");
	source.file = arena_strdup(scratch->arena, scratch_path(scratch, "new"));
	assert_int_equal(stack_read(scratch->arena, scratch->report, &source, &stack, NULL), -EBADMSG);
	assert_reported(scratch->report, "stack-include", "would include itself: ejabberd -> ejabberd");
}

static void an_untrusted_include_is_an_error_of_its_line(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;
	const struct ejg_finding *finding;

	make_folders(scratch);
	scratch_text(scratch, "conf/ejabberd", "required net\n\n  include part\n");
	scratch_text(scratch, "conf/part", "optional node\n");
	scratch_text(scratch, "vendor/part", "optional node\n");
	assert_int_equal(chmod(scratch_path(scratch, "conf/part"), 0664), 0);
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_int_equal(report_finding_count(scratch->report), 1);
	assert_reported(scratch->report, "stack-untrusted", "cannot include 'part': '");
	finding = report_finding(scratch->report, 0);
	assert_int_equal(finding->line, 3);
	assert_int_equal(finding->column, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(the_administrators_file_hides_the_shipped_one),
		scratch_test(nothing_but_absence_falls_back),
		scratch_test(a_missing_stack_says_where_it_was_sought),
		scratch_test(whoever_mistyped_a_service_sees_which_there_are),
		scratch_test(a_file_may_be_tried_before_it_is_installed),
		scratch_test(an_untrusted_include_is_an_error_of_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
