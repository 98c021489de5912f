/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/applied.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/facts-fixture.h"

static const struct stack *parse(struct scratch *scratch, const char *text)
{
	const struct stack_source source = { .service = "ejabberd",
					     .file = arena_strdup(scratch->arena, scratch_path(scratch, "stack")),
					     .confdir = arena_strdup(scratch->arena, scratch_path(scratch, "conf")) };
	const struct stack *stack = NULL;

	scratch_text(scratch, "stack", text);
	assert_int_equal(stack_read(scratch->arena, scratch->report, &source, &stack, NULL), 0);
	return stack;
}

static void assert_same_words(const struct word *a, size_t n_a, const struct word *b, size_t n_b)
{
	assert_int_equal(n_a, n_b);
	for (size_t i = 0; i < n_a; i++)
		assert_string_equal(a[i].text, b[i].text);
}

/* Every word, and every character that the grammar uses; included files become part of the text. */
static void a_stack_comes_back_as_it_was(void **state)
{
	static const struct ejg_facts facts = { .peer_size = sizeof(struct ejg_peer) };
	struct scratch *scratch = *state;
	const struct stack *stack, *again;

	scratch_mkdir(scratch, "conf");
	scratch_text(scratch, "conf/more", "optional node\nset dist 4370-4375 # a comment\n");
	stack = parse(scratch, "set cgroups a.service \"b c.service\" \"d#e\" \"\"\n"
			       "set peers 198.51.100.7 \\\n  2001:db8::/64 node.example\n"
			       "set epmd auto\ninclude more\n"
			       "required net strict=yes \"listen=a\\\"b\\\\c\"\nrequisite files mode=permissive\n");
	again = parse(scratch, applied_format(scratch->arena, stack, &facts));
	assert_int_equal(again->n_settings, 4);
	assert_int_equal(again->n_lines, 3);
	for (size_t i = 0; i < stack->n_settings; i++) {
		assert_string_equal(stack->settings[i].name.text, again->settings[i].name.text);
		assert_same_words(stack->settings[i].values, stack->settings[i].n_values, again->settings[i].values,
				  again->settings[i].n_values);
	}
	for (size_t i = 0; i < stack->n_lines; i++) {
		assert_int_equal(stack->lines[i].control, again->lines[i].control);
		assert_string_equal(stack->lines[i].module.text, again->lines[i].module.text);
		assert_same_words(stack->lines[i].options, stack->lines[i].n_options, again->lines[i].options,
				  again->lines[i].n_options);
	}
}

static void a_file_of_peers_is_in_it(void **state)
{
	struct fixture f;
	const char *text;

	fixture_init(&f, state);
	scratch_text(f.scratch, "peers", "198.51.100.7\nnode.example # a name\nfe80::1%lo\n");
	text = arena_printf(f.scratch->arena, "peers @%s/peers 2001:db8::/64", f.scratch->folder);
	assert_int_equal(fixture_collect(&f, text), 0);
	text = applied_format(f.scratch->arena, fixture_stack(&f, text), f.facts);
	assert_string_equal(strchr(text, '\n') + 1, "set peers 198.51.100.7 node.example fe80::1%lo 2001:db8::/64\n");
	scratch_text(f.scratch, "peers", "# none\n");
	text = arena_printf(f.scratch->arena, "peers @%s/peers", f.scratch->folder);
	assert_int_equal(fixture_collect(&f, text), 0);
	text = applied_format(f.scratch->arena, fixture_stack(&f, text), f.facts);
	assert_string_equal(strchr(text, '\n') + 1, "set peers auto\n");
}

static bool holds(struct scratch *scratch, const char *wanted)
{
	cleanup_file FILE *file = fopen(scratch_path(scratch, "run/applied"), "re");
	char text[640] = "";

	if (!file)
		return !*wanted;
	assert_int_not_equal(fread(text, 1, sizeof(text) - 1, file), 0);
	assert_int_equal(strncmp(text, "# By ", 5), 0);
	assert_non_null(strchr(text, '\n'));
	return strcmp(strchr(text, '\n') + 1, wanted) == 0;
}

/* More words than a line of a stack may have. */
static const char *long_line(struct scratch *scratch)
{
	char *text = arena_alloc(scratch->arena, 2 * STACK_MAX_WORDS + 4);

	assert_non_null(text);
	for (size_t i = 0; i <= STACK_MAX_WORDS; i++)
		memcpy(text + 2 * i, "a ", 3);
	return strcat(text, "\n");
}

static void what_is_kept_is_what_is_in_force(void **state)
{
	struct scratch *scratch = *state;
	const char *folder;
	struct stat first, second;

	scratch_mkdir(scratch, "run");
	folder = arena_strdup(scratch->arena, scratch_path(scratch, "run"));
	applied_keep(scratch->report, folder, "one", false);
	assert_true(holds(scratch, ""));
	applied_keep(scratch->report, folder, "one", true);
	assert_true(holds(scratch, "one"));
	assert_int_equal(stat(scratch_path(scratch, "run/applied"), &first), 0);
	assert_int_equal(first.st_mode & 07777, 0600);
	applied_keep(scratch->report, folder, "one", false);
	applied_keep(scratch->report, folder, "one", true);
	assert_int_equal(stat(scratch_path(scratch, "run/applied"), &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	applied_keep(scratch->report, folder, "one more", true);
	assert_true(holds(scratch, "one more"));
	applied_keep(scratch->report, folder, "a part", false);
	assert_true(holds(scratch, ""));
	applied_keep(scratch->report, folder, "two", true);
	assert_true(holds(scratch, "two"));
	applied_keep(scratch->report, folder, long_line(scratch), true);
	assert_true(holds(scratch, ""));
	applied_keep(scratch->report, folder, "two", true);
	applied_forget(folder);
	assert_true(holds(scratch, ""));
	assert_int_equal(report_finding_count(scratch->report), 0);
}

static void what_cannot_be_kept_is_told(void **state)
{
	struct scratch *scratch = *state;
	const struct ejg_finding *finding;

	applied_keep(scratch->report, scratch_path(scratch, "absent"), "one", true);
	finding = report_finding(scratch->report, 0);
	assert_non_null(finding);
	assert_string_equal(finding->id, "core.applied-unkept");
	assert_int_equal(finding->severity, EJG_WARNING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_stack_comes_back_as_it_was),
		scratch_test(a_file_of_peers_is_in_it),
		scratch_test(what_is_kept_is_what_is_in_force),
		scratch_test(what_cannot_be_kept_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
