/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/unit/files.h"

#include "tests/unit/settings-fixture.h"

#define FOLDER "/etc/systemd/system/"

/* Of many drop-ins the last one still decides: none is left out. */
static void test_many_dropins(void **state)
{
	struct scratch *scratch = *state;
	struct settings_source source = { .hostname = "host.example.org" };
	struct unit_file_list files;

	scratch_mkdir(scratch, "root");
	make_file(scratch, &(struct file){ FOLDER "a-b.service", "" });
	for (unsigned int i = 0; i < 300; i++) {
		const char *one = arena_printf(scratch->arena, FOLDER "a-b.service.d/%03u.conf", i);
		const char *all = arena_printf(scratch->arena, FOLDER "service.d/%03u-x.conf", i);

		make_file(scratch, &(struct file){ one, "" });
		make_file(scratch, &(struct file){ all, "" });
	}
	make_file(scratch, &(struct file){ FOLDER "a-.service.d/999.conf", "" });
	source.root = arena_strdup(scratch->arena, scratch_path(scratch, "root"));
	assert_int_equal(unit_files(scratch->arena, &source, "a-b.service", &files), 0);
	assert_int_equal(files.n, 1 + 2 * 300 + 1);
	assert_null(files.problem);
	assert_string_equal(files.items[0].path, FOLDER "a-b.service");
	assert_string_equal(files.items[1].path, FOLDER "service.d/000-x.conf");
	assert_string_equal(files.items[2].path, FOLDER "a-b.service.d/000.conf");
	assert_string_equal(files.items[files.n - 1].path, FOLDER "a-.service.d/999.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_many_dropins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
