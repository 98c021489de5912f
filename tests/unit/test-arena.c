/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "tests/unit/scratch.h"

static void memory_is_zeroed_and_aligned(void **state)
{
	struct scratch *scratch = *state;

	for (size_t size = 0; size < 200; size++) {
		unsigned char *bytes = arena_alloc(scratch->arena, size);

		assert_non_null(bytes);
		assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, size);
	}
	assert_false(arena_failed(scratch->arena));
}

static void what_cannot_be_had_is_remembered(void **state)
{
	const size_t sizes[][2] = {
		{ SIZE_MAX, 1 }, { SIZE_MAX / 2, 3 }, { SIZE_MAX / 2, 2 }, { 2, SIZE_MAX / 2 + 1 }
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct arena *arena = arena_new();

		assert_non_null(arena);
		assert_false(arena_failed(arena));
		assert_null(arena_array(arena, sizes[i][0], sizes[i][1]));
		assert_true(arena_failed(arena));
		assert_non_null(arena_alloc(arena, 1));
		assert_true(arena_failed(arena));
		assert_null(arena_free(arena));
	}
}

static void growing_keeps_what_is_there(void **state)
{
	struct scratch *scratch = *state;
	unsigned int *items = NULL;

	for (unsigned int n = 0; n < 1000; n++) {
		unsigned int *before = items;

		items = arena_grow(scratch->arena, items, n, sizeof(*items));
		assert_non_null(items);
		if (n >= 4 && (n & (n - 1)) != 0)
			assert_ptr_equal(items, before);
		items[n] = n;
		for (unsigned int i = 0; i <= n; i++)
			assert_int_equal(items[i], i);
	}
}

static void growing_past_all_memory_fails(void **state)
{
	struct scratch *scratch = *state;
	char item = 0;

	assert_null(arena_grow(scratch->arena, &item, (SIZE_MAX >> 1) + 1, 1));
	assert_true(arena_failed(scratch->arena));
}

static void strings_are_copies(void **state)
{
	struct scratch *scratch = *state;
	char text[] = "guard";
	char *copy = arena_strdup(scratch->arena, text);

	text[0] = 'b';
	assert_string_equal(copy, "guard");
	assert_string_equal(arena_strdup(scratch->arena, ""), "");
	assert_string_equal(arena_strndup(scratch->arena, "guard", 2), "gu");
	assert_string_equal(arena_strndup(scratch->arena, "guard", 0), "");
	assert_string_equal(arena_strndup(scratch->arena, "guard", SIZE_MAX), "guard");
	assert_string_equal(arena_strndup(scratch->arena, "gu\0rd", 5), "gu");
}

static void text_is_formatted(void **state)
{
	struct scratch *scratch = *state;
	char *text = arena_printf(scratch->arena, "%s:%05d", "net", 42);

	assert_string_equal(text, "net:00042");
	text = arena_printf(scratch->arena, "%5000s", "x");
	assert_int_equal(strlen(text), 5000);
	assert_string_equal(arena_printf(scratch->arena, "%s", ""), "");
}

static void freeing_nothing_is_fine(void **state)
{
	assert_null(arena_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(memory_is_zeroed_and_aligned), cmocka_unit_test(what_cannot_be_had_is_remembered),
		scratch_test(growing_keeps_what_is_there),  scratch_test(growing_past_all_memory_fails),
		scratch_test(strings_are_copies),	    scratch_test(text_is_formatted),
		cmocka_unit_test(freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
