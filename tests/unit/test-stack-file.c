/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/stack-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

#define DATA TEST_SOURCE_DIR "/stack/"

static int read_stack(struct scratch *scratch, const struct stack **ret)
{
	const char *confdir = arena_strdup(scratch->arena, scratch_path(scratch, "conf"));
	const char *vendordir = arena_strdup(scratch->arena, scratch_path(scratch, "vendor"));
	const struct stack_source source = { "ejabberd", confdir, vendordir, NULL };

	return stack_read(scratch->arena, scratch->report, &source, ret, NULL);
}

/* --- cases in files, see tests/stack/README --- */

static char *load(struct scratch *scratch, const char *path, size_t *ret_size)
{
	cleanup_file FILE *file = fopen(path, "re");
	size_t room = 4 << 20;
	char *text = arena_alloc(scratch->arena, room);

	if (!file)
		fail_msg("cannot open '%s'", path);
	*ret_size = fread(text, 1, room - 1, file);
	return text;
}

static void copy_file(struct scratch *scratch, const char *from, const char *name)
{
	size_t size;
	char *text = load(scratch, from, &size);

	scratch_write(scratch, name, text, size);
}

/* Copies what the cases may include. */
static void copy_includes(struct scratch *scratch)
{
	cleanup_dir DIR *folder = opendir(DATA "include");
	const struct dirent *entry;

	assert_non_null(folder);
	scratch_mkdir(scratch, "conf");
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] != '.')
			copy_file(scratch, arena_printf(scratch->arena, DATA "include/%s", entry->d_name),
				  arena_printf(scratch->arena, "conf/%s", entry->d_name));
	}
}

/* The contents of a stack, one a line: "set epmd [4369]", "required net [strict=yes]". */
static const char *describe(struct scratch *scratch, const struct stack *stack)
{
	static const char *const controls[] = { "required", "requisite", "optional" };
	struct arena *arena = scratch->arena;
	const char *text = "";

	for (size_t i = 0; i < stack->n_settings; i++) {
		text = arena_printf(arena, "%sset %s", text, stack->settings[i].name.text);
		for (size_t j = 0; j < stack->settings[i].n_values; j++)
			text = arena_printf(arena, "%s [%s]", text, stack->settings[i].values[j].text);
		text = arena_printf(arena, "%s\n", text);
	}
	for (size_t i = 0; i < stack->n_lines; i++) {
		text = arena_printf(arena, "%s%s %s", text, controls[stack->lines[i].control],
				    stack->lines[i].module.text);
		for (size_t j = 0; j < stack->lines[i].n_options; j++)
			text = arena_printf(arena, "%s [%s]", text, stack->lines[i].options[j].text);
		text = arena_printf(arena, "%s\n", text);
	}
	return text;
}

static bool finding_is(const struct ejg_finding *finding, const char *expected)
{
	char place[128], id[64], *message;
	const char *base = strrchr(finding->file, '/');
	int n = 0;

	/* FILE:LINE:COLUMN ID PART OF THE MESSAGE */
	if (sscanf(expected, "%*s %63s %n", id, &n) != 1)
		return false;
	message = strstr(finding->message, expected + n);
	snprintf(place, sizeof(place), "%s:%u:%u ", base ? base + 1 : "", finding->line, finding->column);
	return message && strncmp(expected, place, strlen(place)) == 0 && strstr(finding->id, id);
}

/* All expected errors are found, in their order, and no others. */
static void check_errors(struct scratch *scratch, const char *name, char *expected)
{
	size_t n = 0;
	char *rest = NULL;

	for (char *line = strtok_r(expected, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), n++) {
		const struct ejg_finding *finding = report_finding(scratch->report, n);

		if (!finding)
			fail_msg("%s: nothing more reported, not '%s'", name, line);
		if (!finding_is(finding, line))
			fail_msg("%s: reported '%s:%u:%u %s %s', not '%s'", name, finding->file, finding->line,
				 finding->column, finding->id, finding->message, line);
	}
	if (n == 0 || report_finding_count(scratch->report) != n)
		fail_msg("%s: reported %zu errors, not %zu", name, report_finding_count(scratch->report), n);
}

/* Runs every case of a folder: NAME and, with the expected result, NAME.expect. Returns how many. */
static size_t for_each_case(struct scratch *scratch, const char *folder,
			    void (*run)(struct scratch *scratch, const char *name, char *expected))
{
	cleanup_dir DIR *dir = opendir(folder);
	const struct dirent *entry;
	size_t n = 0, size;

	assert_non_null(dir);
	copy_includes(scratch);
	while ((entry = readdir(dir))) {
		const char *path;

		if (entry->d_name[0] == '.' || strstr(entry->d_name, ".expect"))
			continue;
		path = arena_printf(scratch->arena, "%s/%s", folder, entry->d_name);
		copy_file(scratch, path, "conf/ejabberd");
		report_clear(scratch->report);
		run(scratch, entry->d_name, load(scratch, arena_printf(scratch->arena, "%s.expect", path), &size));
		n++;
	}
	return n;
}

static void run_good(struct scratch *scratch, const char *name, char *expected)
{
	const struct stack *stack = NULL;

	if (read_stack(scratch, &stack) != 0)
		fail_msg("%s: refused: %s", name, report_first_failure(scratch->report));
	if (strcmp(describe(scratch, stack), expected) != 0)
		fail_msg("%s: read\n%snot\n%s", name, describe(scratch, stack), expected);
	assert_string_equal(stack->file, scratch_path(scratch, "conf/ejabberd"));
	assert_int_equal(report_finding_count(scratch->report), 0);
}

static void run_bad(struct scratch *scratch, const char *name, char *expected)
{
	const struct stack *stack = (void *)1;

	if (read_stack(scratch, &stack) != -EBADMSG)
		fail_msg("%s: not refused", name);
	assert_ptr_equal(stack, (void *)1);
	check_errors(scratch, name, expected);
}

static void valid_files_are_read(void **state)
{
	assert_in_range(for_each_case(*state, DATA "good", run_good), 5, 1000);
}

static void malformed_files_are_refused(void **state)
{
	assert_in_range(for_each_case(*state, DATA "bad", run_bad), 5, 1000);
}

/* Undoes \n \r \t \\ \xNN in place. Returns the size. */
static size_t unescape(char *text)
{
	static const char letters[] = "n\nr\rt\t\\\\";
	char *to = text;

	for (const char *from = text; *from; to++) {
		const char *letter;
		unsigned int byte;

		if (*from != '\\') {
			*to = *from++;
		} else if (sscanf(from, "\\x%2x", &byte) == 1) {
			*to = (char)byte;
			from += 4;
		} else {
			letter = strchr(letters, from[1]);
			if (!letter || !from[1])
				fail_msg("unknown escape '%s'", from);
			*to = letter[1];
			from += 2;
		}
	}
	return (size_t)(to - text);
}

static void lines_are_as_the_table_says(void **state)
{
	struct scratch *scratch = *state;
	size_t size, n = 0;
	char *table = load(scratch, DATA "lines.tbl", &size), *rest = NULL;

	copy_includes(scratch);
	for (char *line = strtok_r(table, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *expected = strstr(line, " => "), *name;
		const struct stack *stack;
		int r;

		if (line[0] == '#')
			continue;
		name = arena_strdup(scratch->arena, line);
		if (!expected)
			fail_msg("no => in '%s'", name);
		*expected = '\0';
		expected += strlen(" => ");
		scratch_write(scratch, "conf/ejabberd", line, unescape(line));
		report_clear(scratch->report);
		r = read_stack(scratch, &stack);
		if (strcmp(expected, "ok") == 0 && r != 0)
			fail_msg("%s: refused: %s", name, report_first_failure(scratch->report));
		if (strcmp(expected, "ok") != 0) {
			if (r != -EBADMSG)
				fail_msg("%s: not refused", name);
			check_errors(scratch, name, arena_printf(scratch->arena, "ejabberd:%s", expected));
		}
		n++;
	}
	assert_in_range(n, 20, 10000);
}

static void make_folders(struct scratch *scratch)
{
	scratch_mkdir(scratch, "conf");
	scratch_mkdir(scratch, "vendor");
}

/* --- limits --- */

static void includes_are_limited_in_depth(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;

	make_folders(scratch);
	scratch_text(scratch, "conf/ejabberd", "include d1\n");
	for (int i = 1; i <= STACK_MAX_DEPTH; i++)
		scratch_text(
			scratch, arena_printf(scratch->arena, "conf/d%d", i),
			arena_printf(scratch->arena, i < STACK_MAX_DEPTH ? "include d%d\n" : "required d%d\n", i + 1));
	assert_int_equal(read_stack(scratch, &stack), 0);
	assert_string_equal(describe(scratch, stack), "required d17\n");
	scratch_text(scratch, "conf/d16", "include d17\n");
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-limit", "more than 16 nested includes: ejabberd -> d1 -> d2");
}

static void includes_in_a_circle_are_refused(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;

	make_folders(scratch);
	scratch_text(scratch, "conf/ejabberd", "required net\ninclude a\n");
	scratch_text(scratch, "conf/a", "include b\n");
	scratch_text(scratch, "conf/b", "include a\ninclude b\ninclude ejabberd\n");
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_int_equal(report_finding_count(scratch->report), 3);
	assert_reported(scratch->report, "stack-include", "itself: ejabberd -> a -> b -> a");
	assert_reported(scratch->report, "stack-include", "itself: ejabberd -> a -> b -> b");
	assert_reported(scratch->report, "stack-include", "itself: ejabberd -> a -> b -> ejabberd");
}

static void files_are_limited_in_size(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;
	size_t size = STACK_MAX_FILE;
	char *text = arena_alloc(scratch->arena, size + 1);

	make_folders(scratch);
	memset(text, '\n', size + 1);
	memcpy(text + size - 12, "required net", 12);
	scratch_write(scratch, "conf/ejabberd", text, size);
	assert_int_equal(read_stack(scratch, &stack), 0);
	assert_int_equal(stack->lines[0].module.position.line, size - 11);
	scratch_write(scratch, "conf/ejabberd", text, size + 1);
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-limit", "has more than 1048576 bytes");
}

static void guards_are_limited(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;
	const char *text = "";

	make_folders(scratch);
	for (int i = 0; i < STACK_MAX_MODULES; i++)
		text = arena_printf(scratch->arena, "%soptional m%d\n", text, i);
	scratch_text(scratch, "conf/ejabberd", text);
	assert_int_equal(read_stack(scratch, &stack), 0);
	assert_int_equal(stack->n_lines, STACK_MAX_MODULES);
	scratch_text(scratch, "conf/ejabberd", arena_printf(scratch->arena, "%srequired net\nrequired host\n", text));
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-limit", "more than 64 modules");
	assert_int_equal(report_finding_count(scratch->report), 1);
}

static void errors_are_counted_past_the_limit(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;
	const char *text = "";

	make_folders(scratch);
	for (int i = 0; i < STACK_MAX_ERRORS + 7; i++)
		text = arena_printf(scratch->arena, "%swrong\n", text);
	scratch_text(scratch, "conf/ejabberd", text);
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_int_equal(report_finding_count(scratch->report), STACK_MAX_ERRORS + 1);
	assert_reported(scratch->report, "stack-limit", "7 more errors are not shown");
}

static void long_words_are_shown_in_part(void **state)
{
	struct scratch *scratch = *state;
	const struct stack *stack = NULL;
	char word[1000];

	make_folders(scratch);
	for (size_t i = 0; i + 2 < sizeof(word); i += 2)
		memcpy(word + i, "\xc3\xa4", 3);
	word[sizeof(word) - 2] = '\0';
	/* Cut between two characters, wherever the limit is. */
	scratch_text(scratch, "conf/ejabberd", arena_printf(scratch->arena, "%s\nx%s\n", word, word));
	assert_int_equal(read_stack(scratch, &stack), -EBADMSG);
	assert_reported(scratch->report, "stack-unknown", "\xc3\xa4...'");
	assert_in_range(strlen(report_finding(scratch->report, 0)->message), 80, 200);
	assert_null(strstr(report_finding(scratch->report, 1)->message, "\\x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(valid_files_are_read),
		scratch_test(malformed_files_are_refused),
		scratch_test(lines_are_as_the_table_says),
		scratch_test(includes_are_limited_in_depth),
		scratch_test(includes_in_a_circle_are_refused),
		scratch_test(files_are_limited_in_size),
		scratch_test(guards_are_limited),
		scratch_test(errors_are_counted_past_the_limit),
		scratch_test(long_words_are_shown_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
