/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/core/verdict.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static const struct {
	const char *name;
	enum control control;
	enum ejg_mode mode;
} controls[] = {
	{ "required", CONTROL_REQUIRED, EJG_ENFORCE },
	{ "requisite", CONTROL_REQUISITE, EJG_ENFORCE },
	{ "optional", CONTROL_OPTIONAL, EJG_ENFORCE },
	{ "required-permissive", CONTROL_REQUIRED, EJG_PERMISSIVE },
	{ "requisite-permissive", CONTROL_REQUISITE, EJG_PERMISSIVE },
	{ "optional-permissive", CONTROL_OPTIONAL, EJG_PERMISSIVE },
};

static const struct {
	const char *name;
	int result;
} results[] = {
	{ "held", EJG_HELD }, { "n/a", EJG_NOT_APPLICABLE }, { "not", EJG_NOT_HELD }, { "error", -EIO }, { "odd", 3 },
};

/* Adds CONTROL:RESULT. */
static void add(struct opinions *opinions, char *word)
{
	char *result = strchr(word, ':');
	size_t c = 0, r = 0;

	assert_non_null(result);
	*result++ = '\0';
	while (c < ARRAY_SIZE(controls) && strcmp(controls[c].name, word) != 0)
		c++;
	while (r < ARRAY_SIZE(results) && strcmp(results[r].name, result) != 0)
		r++;
	if (c == ARRAY_SIZE(controls) || r == ARRAY_SIZE(results))
		fail_msg("unknown: %s:%s", word, result);
	verdict_add(opinions, controls[c].control, controls[c].mode, results[r].result);
}

static void run_line(char *line, unsigned int number)
{
	struct opinions opinions = { 0 };
	bool stop_wanted, holds_wanted;
	char *word, *rest = strstr(line, "=>");

	assert_non_null(rest);
	*rest = '\0';
	rest += 2;
	while ((word = strsep(&line, " "))) {
		if (*word)
			add(&opinions, word);
	}
	holds_wanted = strstr(rest, "holds");
	stop_wanted = strstr(rest, "stop");
	assert_true(holds_wanted || strstr(rest, "fails"));
	if (verdict_holds(&opinions) != holds_wanted || opinions.stop != stop_wanted)
		fail_msg("verdict.tbl:%u: %s%s", number, verdict_holds(&opinions) ? "holds" : "fails",
			 opinions.stop ? " stop" : "");
}

static void is_as_the_table_says(void **state)
{
	cleanup_file FILE *file = fopen(TEST_SOURCE_DIR "/stack/verdict.tbl", "re");
	cleanup_free char *line = NULL;
	unsigned int number = 0, n = 0;
	size_t size = 0;

	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		number++;
		if (line[0] == '#' || line[0] == '\n')
			continue;
		run_line(line, number);
		n++;
	}
	assert_true(n > 50);
}

/* For all results: adding a module never makes a failed stack hold, and a stack that stops never holds. */
static void never_forgets_a_failure(void **state)
{
	struct opinions before, opinions;

	for (unsigned int code = 0; code < 30 * 30 * 30; code++) {
		opinions = (struct opinions){ 0 };
		for (unsigned int rest = code, i = 0; i < 3; i++, rest /= 30) {
			before = opinions;
			verdict_add(&opinions, controls[rest % 6].control, controls[rest % 6].mode,
				    results[rest % 30 / 6].result);
			assert_true(opinions.failed || !before.failed);
			assert_true(opinions.stop || !before.stop);
			assert_true(opinions.failed || !opinions.stop);
			assert_true(opinions.any_opinion || !verdict_holds(&opinions));
		}
	}
}

static void numbers_outside_the_set_are_errors(void **state)
{
	static const int odd[] = { 3, 4, 255, INT32_MAX, INT32_MIN, -1, -4096 };

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		struct opinions opinions = { 0 };

		verdict_add(&opinions, CONTROL_REQUIRED, EJG_PERMISSIVE, odd[i]);
		assert_true(opinions.failed);
		assert_false(opinions.any_opinion);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_as_the_table_says),
		cmocka_unit_test(never_forgets_a_failure),
		cmocka_unit_test(numbers_outside_the_set_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
