/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service's cgroups, from the stack and as limited by the caller. */
#include <errno.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/facts-fixture.h"

static int choose(struct fixture *f, bool own, const char *a, const char *b)
{
	const char *const paths[] = { a, b };
	const struct ejg_apply_options options = {
		.size = sizeof(options), .own = own, .cgroups = paths, .n_cgroups = !!a + !!b
	};

	report_clear(f->scratch->report);
	return facts_choose_cgroups_from(f->scratch->arena, f->scratch->report, f->facts, &options, &f->source);
}

static void test_defaults(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "system.slice/epmd.socket");
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(f.facts->cgroup_mount, fixture_path(f.scratch, "cgroup"));
	assert_int_equal(f.facts->n_cgroups, 3);
	assert_string_equal(f.facts->cgroups[0].name, "ejabberd.service");
	assert_null(f.facts->cgroups[0].path);
	assert_int_equal(f.facts->cgroups[0].id, 0);
	assert_string_equal(f.facts->cgroups[1].name, "epmd.service");
	assert_string_equal(f.facts->cgroups[2].name, "epmd.socket");
	assert_non_null(f.facts->cgroups[2].path);
	assert_int_equal(f.facts->cgroups_origin.kind, EJG_ORIGIN_DEFAULT);
	assert_int_equal(fixture_collect_for(&f, "epmd", "cgroups auto"), 0);
	assert_int_equal(f.facts->n_cgroups, 2);
}

static void test_set_cgroups(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "system.slice/x.service");
	fixture_make(&f, "guard");
	assert_int_equal(fixture_collect(&f, "cgroups x.service /guard a-b@c:1\\x2d.scope /gone"), 0);
	assert_int_equal(f.facts->n_cgroups, 4);
	assert_non_null(f.facts->cgroups[0].path);
	assert_string_equal(f.facts->cgroups[1].path, fixture_path(f.scratch, "cgroup/guard"));
	assert_null(f.facts->cgroups[3].path);
	assert_int_equal(f.facts->cgroups_origin.line, 1);
	fixture_refused(&f, "cgroups x.slice", "fact-value", "neither");
	fixture_refused(&f, "cgroups ejabberd", "fact-value", "neither");
	fixture_refused(&f, "cgroups .service", "fact-value", "neither");
	fixture_refused(&f, "cgroups a/b.service", "fact-value", "neither");
	fixture_refused(&f, "cgroups ../b.service", "fact-value", "neither");
	fixture_refused(&f, "cgroups *.service", "fact-value", "neither");
	fixture_refused(&f, "cgroups x.service x.service", "fact-value", "same as x.service at stack:1:9");
	fixture_refused(&f, "cgroups x.service /system.slice/x.service", "fact-value",
			"same as x.service at stack:1:9");
	fixture_refused(&f, "cgroups /guard/../guard", "fact-cgroup", "..");
	fixture_refused(&f, "cgroups /", "fact-cgroup", "root");
}

/* Links a name in the folder of units. */
static void link_unit(struct fixture *f, const char *target, const char *name)
{
	const char *path = arena_printf(f->scratch->arena, "root/etc/systemd/system/%s", name);

	assert_int_equal(symlink(target, scratch_path(f->scratch, path)), 0);
}

static void test_aliases(void **state)
{
	static const char *const folders[] = { "root", "root/etc", "root/etc/systemd", "root/etc/systemd/system" };
	struct settings_source settings = { .hostname = "host" };
	struct fixture f;

	fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		scratch_mkdir(f.scratch, folders[i]);
	settings.root = fixture_path(f.scratch, "root");
	f.source.settings = &settings;
	scratch_text(f.scratch, "root/etc/systemd/system/real.service", "[Service]\n");
	scratch_text(f.scratch, "root/etc/systemd/system/real@.service", "[Service]\n");
	link_unit(&f, "real.service", "x.service");
	link_unit(&f, "x.service", "y.service");
	link_unit(&f, "real@.service", "z.service");
	link_unit(&f, "/dev/null", "masked.service");
	fixture_make(&f, "system.slice/real.service");
	assert_int_equal(fixture_collect(&f, "cgroups x.service masked.service gone.service z.service"), 0);
	assert_string_equal(f.facts->cgroups[0].name, "x.service");
	assert_string_equal(f.facts->cgroups[0].path, fixture_path(f.scratch, "cgroup/system.slice/real.service"));
	assert_int_not_equal(f.facts->cgroups[0].id, 0);
	for (size_t i = 1; i < 4; i++)
		assert_null(f.facts->cgroups[i].path);
	assert_int_equal(fixture_collect(&f, "cgroups y.service"), 0);
	assert_non_null(f.facts->cgroups[0].path);
	/* An instance of a template that is a link. */
	link_unit(&f, "real@.service", "w@.service");
	fixture_make(&f, "system.slice/system-real.slice/real@a.service");
	assert_int_equal(fixture_collect(&f, "cgroups w@a.service w@b.service"), 0);
	assert_non_null(f.facts->cgroups[0].path);
	assert_null(f.facts->cgroups[1].path);
	/* Several names of one unit are one, under its own name if that is among them. */
	assert_int_equal(fixture_collect(&f, "cgroups x.service real.service gone.service y.service"), 0);
	assert_int_equal(f.facts->n_cgroups, 2);
	assert_string_equal(f.facts->cgroups[0].name, "real.service");
	assert_non_null(f.facts->cgroups[0].path);
	assert_string_equal(f.facts->cgroups[1].name, "gone.service");
	assert_int_equal(fixture_collect(&f, "cgroups real.service x.service"), 0);
	assert_int_equal(f.facts->n_cgroups, 1);
	assert_string_equal(f.facts->cgroups[0].name, "real.service");
	assert_int_equal(fixture_collect(&f, "cgroups x.service y.service"), 0);
	assert_int_equal(f.facts->n_cgroups, 1);
	assert_string_equal(f.facts->cgroups[0].name, "x.service");
	assert_non_null(f.facts->cgroups[0].path);
	assert_int_equal(fixture_collect(&f, "cgroups w@a.service w@b.service real@a.service"), 0);
	assert_int_equal(f.facts->n_cgroups, 2);
	assert_string_equal(f.facts->cgroups[0].name, "real@a.service");
	assert_string_equal(f.facts->cgroups[1].name, "w@b.service");
	assert_int_equal(fixture_collect(&f, "cgroups masked.service gone.service other.service"), 0);
	assert_int_equal(f.facts->n_cgroups, 3);
	/* A cgroup of its own goes before. */
	fixture_make(&f, "system.slice/x.service");
	assert_int_equal(fixture_collect(&f, "cgroups x.service"), 0);
	assert_string_equal(f.facts->cgroups[0].path, fixture_path(f.scratch, "cgroup/system.slice/x.service"));
	/* Both run, since before the link: both are guarded. */
	assert_int_equal(fixture_collect(&f, "cgroups x.service real.service"), 0);
	assert_int_equal(f.facts->n_cgroups, 2);
}

static void test_no_cgroups(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "guard");
	assert_int_equal(fixture_collect(&f, "cgroups none"), 0);
	assert_int_equal(f.facts->n_cgroups, 0);
	assert_int_equal(choose(&f, false, "/guard", NULL), 0);
	assert_int_equal(f.facts->n_cgroups, 1);
	fixture_refused(&f, "cgroups none x.service", "fact-value", "none is neither");
}

static void test_choose_own(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "system.slice/own.service/sub");
	fixture_make(&f, "system.slice/epmd.socket");
	assert_int_equal(fixture_collect(&f, "cgroups own.service epmd.socket gone.service"), 0);
	assert_int_equal(choose(&f, false, NULL, NULL), 0);
	assert_false(f.facts->cgroups[0].own);
	assert_int_equal(choose(&f, true, NULL, NULL), 0);
	assert_int_equal(f.facts->n_cgroups, 3);
	assert_true(f.facts->cgroups[0].own);
	assert_false(f.facts->cgroups[1].own);
	assert_false(f.facts->cgroups[2].own);
	/* exactly the unit: no cgroup below it, and no other name with the same beginning */
	scratch_text(f.scratch, "self", "0::/system.slice/own.service/sub\n");
	assert_int_equal(choose(&f, true, NULL, NULL), -EBADMSG);
	assert_reported(f.scratch->report, "own-cgroup", "/sub is not one of the service's: own.service (");
	assert_reported(f.scratch->report, "own-cgroup", "gone.service (not there now)");
	scratch_text(f.scratch, "self", "0::/system.slice/own.service (deleted)\n");
	assert_int_equal(choose(&f, true, NULL, NULL), -EBADMSG);
	scratch_text(f.scratch, "self", "0::/system.slice/own.service/.control\n");
	assert_int_equal(choose(&f, true, NULL, NULL), -EBADMSG);
	assert_reported(f.scratch->report, "own-cgroup", "systemd's helpers");
	f.source.cgroup.self_cgroup = "/nonexistent";
	assert_int_equal(choose(&f, true, NULL, NULL), -EIO);
	assert_true(f.facts->cgroups[0].own); /* untouched by failures */
}

static void test_choose_given(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "system.slice/own.service");
	fixture_make(&f, "guard");
	assert_int_equal(fixture_collect(&f, "cgroups x.service"), 0);
	assert_int_equal(choose(&f, false, "/gone", NULL), -EBADMSG);
	assert_reported(f.scratch->report, "fact-cgroup", "cgroup /gone: it does not exist");
	assert_int_equal(choose(&f, false, "guard", NULL), -EBADMSG);
	assert_int_equal(choose(&f, false, "x.service", NULL), -EBADMSG);
	assert_int_equal(choose(&f, false, "/guard", "//guard/"), -EBADMSG);
	assert_reported(f.scratch->report, "fact-cgroup", "twice");
	assert_int_equal(choose(&f, true, "/guard", NULL), -EBADMSG);
	assert_int_equal(f.facts->n_cgroups, 1);
	assert_string_equal(f.facts->cgroups[0].name, "x.service");
	assert_int_equal(choose(&f, true, "/guard", "/system.slice/own.service"), 0);
	assert_int_equal(f.facts->n_cgroups, 2);
	assert_string_equal(f.facts->cgroups[0].name, "/guard");
	assert_int_equal(f.facts->cgroups_origin.kind, EJG_ORIGIN_CALLER);
	assert_false(f.facts->cgroups[0].own);
	assert_true(f.facts->cgroups[1].own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_defaults),   scratch_test(test_set_cgroups), scratch_test(test_aliases),
		scratch_test(test_no_cgroups), scratch_test(test_choose_own),  scratch_test(test_choose_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
