/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/remedy.h"

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static void commands_are_for_the_image(void **state)
{
	static const struct {
		const char *remedy, *there;
	} rows[] = {
		{ "run: chmod 0640 /etc/a", "in the image, run: chmod 0640 /etc/a" },
		{ "run: chgrp a /b && chmod 0640 /b", "in the image, run: chgrp a /b && chmod 0640 /b" },
		{ "run: systemctl stop a && rm /b && ejguard apply a && systemctl start a",
		  "in the image, run: systemctl stop a && rm /b && ejguard apply a && systemctl start a" },
		{ "run: systemctl edit epmd.socket\nwrite there: [Socket]",
		  "in the image, run: systemctl edit epmd.socket\nwrite there: [Socket]" },
		{ "run: ejguard apply", "in the image, run: ejguard apply" },
		{ "run: chmod 0640 /etc/a\nedit: /etc/b:2: add c\nrun: chmod 0600 /d",
		  "in the image, run: chmod 0640 /etc/a\nedit: /etc/b:2: add c\nin the image, run: chmod 0600 /d" },
		{ "run: install -D -m 0644 /stacks/a " EJG_CONFDIR "/a",
		  "run: install -D -m 0644 /stacks/a " EJG_CONFDIR "/a" },
		{ "run: install -D /stacks/a " EJG_CONFDIR "/a && rm /b",
		  "in the image, run: install -D /stacks/a " EJG_CONFDIR "/a && rm /b" },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(commands_are_for_the_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
