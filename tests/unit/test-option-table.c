/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "libejguard/core/option.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

struct config {
	bool strict;
	uint16_t port;
	unsigned int wildcard;
	uint64_t count;
	struct ejg_prefix_list listen;
	struct ejg_word_list words;
};

/* An option of a table below: its name, its type, the member for its value, and more. */
#define OPTION(name_, type_, member, ...)                                                                              \
	{                                                                                                              \
		.name = name_, .type = type_, .offset = offsetof(struct config, member), .help = "help", __VA_ARGS__   \
	}
#define HELPED(help_)                                                                                                  \
	{                                                                                                              \
		.name = "x", .type = EJG_OPTION_BOOL, .offset = 1, .help = help_                                       \
	}
#define PLACED(type_, offset_)                                                                                         \
	{                                                                                                              \
		.name = "x", .type = type_, .offset = offset_, .help = "help"                                          \
	}

static const char *const choices[] = { "allow", "rewrite", "deny", NULL };
static const char *const twice[] = { "a", "b", "a", NULL };
static const char *const empty_choice[] = { "a", "", NULL };
static const char *const no_choice[] = { NULL };

/* Tables of two options; the second one is wrong. */
static const struct {
	struct ejg_option option;
	const char *problem;
} malformed[] = {
	{ OPTION(NULL, EJG_OPTION_PORT, port), "the name of its option 1" },
	{ OPTION("", EJG_OPTION_PORT, port), "the name of its option 1" },
	{ OPTION("Port", EJG_OPTION_PORT, port), "the name of its option 1" },
	{ OPTION("a=b", EJG_OPTION_PORT, port), "the name of its option 1" },
	{ OPTION("a-b", EJG_OPTION_PORT, port), "the name of its option 1" },
	{ OPTION("mode", EJG_OPTION_PORT, port), "declares the option 'mode'" },
	{ OPTION("good", EJG_OPTION_PORT, port), "declares the option 'good' twice" },
	{ OPTION("x", 0, port), "'x' has the unknown type 0" },
	{ OPTION("x", 11, port), "'x' has the unknown type 11" },
	{ OPTION("x", UINT32_MAX, port), "unknown type 4294967295" },
	{ OPTION("x", EJG_OPTION_PORT, port, .flags = 4), "unknown flags 0x4" },
	{ OPTION("x", EJG_OPTION_PORT, port, .flags = EJG_OPTION_REPEATABLE), "repeatable and not a list" },
	{ OPTION("x", EJG_OPTION_PORT, port, .flags = EJG_OPTION_REQUIRED, .fallback = "1"),
	  "required and has a fallback" },
	{ OPTION("x", EJG_OPTION_PORT, port, .max = 9), "has a range" },
	{ OPTION("x", EJG_OPTION_UNSIGNED, count, .min = 9, .max = 8), "the range of its option 'x' is empty" },
	{ HELPED(NULL), "no help" },
	{ HELPED(""), "no help" },
	{ HELPED("a\nb"), "no help" },
	{ OPTION("x", EJG_OPTION_PORT, port, .choices = choices), "has choices" },
	{ OPTION("x", EJG_OPTION_ENUM, wildcard), "has no choices" },
	{ OPTION("x", EJG_OPTION_ENUM, wildcard, .choices = no_choice), "has no choices" },
	{ OPTION("x", EJG_OPTION_ENUM, wildcard, .choices = twice), "the choice 'a' twice" },
	{ OPTION("x", EJG_OPTION_ENUM, wildcard, .choices = empty_choice), "choice 1 of its option 'x'" },
	{ PLACED(EJG_OPTION_PORT, sizeof(struct config)), "outside its config" },
	{ PLACED(EJG_OPTION_PORT, sizeof(struct config) - 1), "outside its config" },
	{ PLACED(EJG_OPTION_PORT, SIZE_MAX), "outside its config" },
	{ PLACED(EJG_OPTION_PORT, 3), "not aligned" },
	{ PLACED(EJG_OPTION_WORDS, offsetof(struct config, words) + 4), "outside its config" },
	{ PLACED(EJG_OPTION_UNSIGNED, 0), "'good' and 'x' overlap" },
	{ PLACED(EJG_OPTION_BOOL, 0), "'good' and 'x' overlap" },
	{ OPTION("x", EJG_OPTION_PORT, port, .fallback = "0"), "the fallback of its option 'x': '0' is not a port" },
	{ OPTION("x", EJG_OPTION_UNSIGNED, count, .min = 2, .fallback = "1"), "the fallback of its option 'x'" },
	{ OPTION("x", EJG_OPTION_ADDRESSES, listen, .fallback = ""), "the list is empty" },
};

static void malformed_tables_are_refused(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		const struct ejg_option options[] = { OPTION("good", EJG_OPTION_BOOL, strict), malformed[i].option };
		const struct ejg_module bad = { EJG_MODULE_HEADER, .name = "bad", .options = options, .n_options = 2,
						.config_size = sizeof(struct config) };
		const char *problem = "none";

		if (option_table_check(scratch->arena, &bad, &problem) != -EBADMSG ||
		    !strstr(problem, malformed[i].problem))
			fail_msg("'%s', not '%s'", problem, malformed[i].problem);
	}
}

static void good_tables_are_accepted(void **state)
{
	static const struct ejg_option options[] = {
		OPTION("strict", EJG_OPTION_BOOL, strict),
		OPTION("port", EJG_OPTION_PORT, port, .fallback = "4369"),
		OPTION("wildcard", EJG_OPTION_ENUM, wildcard, .choices = choices, .fallback = "deny"),
		OPTION("count", EJG_OPTION_UNSIGNED, count, .min = 2, .max = 2, .fallback = "2"),
		OPTION("listen", EJG_OPTION_ADDRESSES, listen, .flags = EJG_OPTION_REQUIRED | EJG_OPTION_REPEATABLE),
		OPTION("words", EJG_OPTION_WORDS, words),
	};
	const struct ejg_module good = { EJG_MODULE_HEADER, .name = "good", .options = options,
					 .n_options = ARRAY_SIZE(options), .config_size = sizeof(struct config) };
	const struct ejg_module none = { EJG_MODULE_HEADER, .name = "none" };
	struct scratch *scratch = *state;
	const char *problem = "none";

	assert_int_equal(option_table_check(scratch->arena, &good, &problem), 0);
	assert_int_equal(option_table_check(scratch->arena, &none, &problem), 0);
	assert_string_equal(problem, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(malformed_tables_are_refused),
		scratch_test(good_tables_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
