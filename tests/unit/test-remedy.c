/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/remedy.h"

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static void commands_run_in_the_image(void **state)
{
	static const struct {
		const char *remedy, *there;
	} rows[] = {
		{ "run: chmod 0640 /etc/a", "run: chroot /image chmod 0640 /etc/a" },
		{ "run: chgrp a /b && chmod 0640 /b", "run: chroot /image sh -c 'chgrp a /b && chmod 0640 /b'" },
		{ "run: chmod 0640 '/a b'", "run: chroot /image chmod 0640 '/a b'" },
		{ "run: echo x >/etc/a", "run: chroot /image sh -c 'echo x >/etc/a'" },
		{ "run: chmod 0640 /etc/a\nedit: /etc/b:2: add c\nrun: chmod 0600 /d",
		  "run: chroot /image chmod 0640 /etc/a\nedit: /etc/b:2: add c\nrun: chroot /image chmod 0600 /d" },
		{ "run: ejguard check", "run: ejguard check" },
		{ "correct it", "correct it" },
		{ "", "" },
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(remedy_in_root(scratch->arena, "/image", rows[i].remedy), rows[i].there);
		assert_string_equal(remedy_in_root(scratch->arena, "", rows[i].remedy), rows[i].remedy);
		assert_string_equal(remedy_in_root(scratch->arena, NULL, rows[i].remedy), rows[i].remedy);
	}
	assert_null(remedy_in_root(scratch->arena, "/image", NULL));
}

static void the_folder_is_quoted(void **state)
{
	struct scratch *scratch = *state;

	assert_string_equal(remedy_in_root(scratch->arena, "/an image", "run: chmod 0 /a"), "run: chroot '/an image' chmod 0 /a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(commands_run_in_the_image),
		scratch_test(the_folder_is_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
