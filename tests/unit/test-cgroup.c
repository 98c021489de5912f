/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* On folders that represent a cgroup tree; tests/kernel has the real one. */
#include "libejguard/util/cgroup.h"

#include <errno.h>
#include <sys/stat.h>

#include "tests/unit/facts-fixture.h"

enum { STRANGER = 4242 };

static struct cgroup_mount mount_of(struct fixture *f)
{
	struct cgroup_mount mount;

	assert_int_equal(cgroup_find_mount(f->scratch->arena, &f->source.cgroup, &mount), 0);
	return mount;
}

static void assert_problem(const char *what, const char *problem, const char *expected)
{
	if (!problem || !strstr(problem, expected))
		fail_msg("%s: '%s', not '%s'", what, problem, expected);
}

static uint64_t inode(struct fixture *f, const char *name)
{
	struct stat st;

	assert_int_equal(stat(scratch_path(f->scratch, name), &st), 0);
	return st.st_ino;
}

static void write_mountinfo(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void write_mountinfo(struct fixture *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	scratch_text(f->scratch, "mountinfo", arena_vprintf(f->scratch->arena, format, ap));
	va_end(ap);
}

static void test_mount(void **state)
{
	struct cgroup_mount mount;
	struct fixture f;
	const char *dir;

	fixture_init(&f, state);
	dir = f.scratch->folder;
	scratch_mkdir(f.scratch, "a b\\c");
	scratch_mkdir(f.scratch, "part");

	/* hybrid: cgroup1 first, then cgroup2 elsewhere; optional fields or none */
	write_mountinfo(&f,
			"31 23 0:28 / %s rw - tmpfs tmpfs rw\n32 31 0:29 / %s/part rw - cgroup cgroup rw,cpu\n"
			"41 31 0:38 / %s/cgroup rw master:1 propagate_from:2 - cgroup2 cgroup2 rw\n",
			dir, dir, dir);
	mount = mount_of(&f);
	assert_string_equal(mount.path, fixture_path(f.scratch, "cgroup"));
	assert_string_equal(mount.root, "/");

	/* the one that shows most cgroups, then the first; escapes */
	write_mountinfo(&f,
			"1 2 0:1 /x/y %s/part rw - cgroup2 c rw\n1 2 0:1 /x %s/a\\040b\\134c rw - cgroup2 c rw\n"
			"1 2 0:1 /z %s/cgroup rw - cgroup2 c rw\n",
			dir, dir, dir);
	mount = mount_of(&f);
	assert_string_equal(mount.path, fixture_path(f.scratch, "a b\\c"));
	assert_string_equal(mount.root, "/x");

	/* one of an outer cgroup namespace comes last */
	write_mountinfo(&f, "1 2 0:1 /.. %s/part rw - cgroup2 c rw\n1 2 0:1 /x/y/z %s/cgroup rw - cgroup2 c rw\n", dir,
			dir);
	assert_string_equal(mount_of(&f).root, "/x/y/z");
	write_mountinfo(&f, "1 2 0:1 /../.. %s/part rw - cgroup2 c rw", dir);
	assert_string_equal(mount_of(&f).root, "/../..");
}

static void test_no_mount(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"cgroup2\n",
		"1 2 3\n",
		"1 2 0:1 / /nonexistent rw - cgroup2 c rw\n",
		"1 2 0:1 / / rw -\n",
		"1 2 0:1 / / rw - \n",
		"1 2 0:1 / / rw cgroup2 cgroup2\n",
		"1 2 0:1 / /proc rw - cgroup2 c rw\n", /* hidden by a mount on top of it */
	};
	struct cgroup_mount mount;
	struct fixture f;

	fixture_init(&f, state);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		scratch_text(f.scratch, "mountinfo", texts[i]);
		assert_int_equal(cgroup_find_mount(f.scratch->arena, &f.source.cgroup, &mount), -EOPNOTSUPP);
	}
	assert_int_equal(fixture_collect(&f, ""), -EOPNOTSUPP);
	assert_reported(f.scratch->report, "no-cgroup2", "not mounted");
	f.source.cgroup.mountinfo = "/nonexistent";
	assert_int_equal(cgroup_find_mount(f.scratch->arena, &f.source.cgroup, &mount), -EIO);
}

static int find_unit(struct fixture *f, const char *unit, struct cgroup_place *ret, const char **ret_problem)
{
	const struct cgroup_mount mount = mount_of(f);

	return cgroup_find_unit(f->scratch->arena, &f->source.cgroup, &mount, unit, ret, ret_problem);
}

static void test_unit(void **state)
{
	struct cgroup_place place;
	const char *problem;
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "system.slice/ejabberd.service");
	fixture_make(&f, "system.slice/system-epmd.slice/system-epmd-x.slice/epmd.socket");
	fixture_make(&f, "system.slice/other.service/epmd.service"); /* inside another unit */
	fixture_make(&f, "user.slice/epmd.service");
	fixture_make(&f, "system.slice/empty.slice");
	assert_int_equal(find_unit(&f, "ejabberd.service", &place, &problem), 0);
	assert_string_equal(place.path, fixture_path(f.scratch, "cgroup/system.slice/ejabberd.service"));
	assert_int_equal(place.id, inode(&f, "cgroup/system.slice/ejabberd.service"));
	assert_int_equal(find_unit(&f, "epmd.socket", &place, &problem), 0);
	assert_non_null(strstr(place.path, "system-epmd-x.slice/epmd.socket"));
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), -ENOENT);
	fixture_make(&f, "ejabberd.slice/epmd.service"); /* by Slice= of the unit */
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), 0);
	assert_non_null(strstr(place.path, "ejabberd.slice/epmd.service"));
	fixture_make(&f, "system.slice/empty.slice/ejabberd.service");
	assert_int_equal(find_unit(&f, "ejabberd.service", &place, &problem), -EBADMSG);
	assert_problem("twice", problem, "is twice");
}

static void test_unit_of_others(void **state)
{
	struct cgroup_place place;
	const char *problem;
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "system.slice/open.slice/epmd.service");
	assert_int_equal(chmod(scratch_path(f.scratch, "cgroup/system.slice/open.slice"), 0775), 0);
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), -ENOENT);
	fixture_make(&f, "system.slice/epmd.service");
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), 0);
	assert_int_equal(chmod(scratch_path(f.scratch, "cgroup/system.slice/epmd.service"), 0757), 0);
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), -EBADMSG);
	assert_problem("mode", problem, "mode 0757");
	if (geteuid() == 0) {
		assert_int_equal(chmod(f.scratch->path, 0755), 0);
		assert_int_equal(chown(f.scratch->path, STRANGER, 0), 0);
		assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), -EBADMSG);
		assert_problem("owner", problem, "owner 4242");
	}
	assert_int_equal(rmdir(f.scratch->path), 0);
	assert_int_equal(symlink("open.slice/epmd.service", f.scratch->path), 0);
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), -EBADMSG);
	assert_problem("link", problem, "is not a cgroup");
	assert_int_equal(chmod(scratch_path(f.scratch, "cgroup"), 0777), 0);
	assert_int_equal(find_unit(&f, "ejabberd.service", &place, &problem), -EBADMSG);
	assert_problem("mount", problem, "other users than root");
}

/* systemd as the first process of a container that shows the host's cgroup tree, or a part of it. */
static void test_unit_in_container(void **state)
{
	struct cgroup_place place;
	const char *problem;
	struct fixture f;

	fixture_init(&f, state);
	fixture_make(&f, "docker/0123/system.slice/epmd.service");
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), -ENOENT);
	scratch_text(f.scratch, "init", "1:name=systemd:/x\n0::/docker/0123/init.scope\n");
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), 0);
	assert_non_null(strstr(place.path, "cgroup/docker/0123/system.slice/epmd.service"));
	write_mountinfo(&f, "1 2 0:1 /docker/0123 %s/cgroup/docker/0123 rw - cgroup2 c rw\n", f.scratch->folder);
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), 0);
	assert_non_null(strstr(place.path, "cgroup/docker/0123/system.slice/epmd.service"));
	/* no information: the mount itself */
	scratch_text(f.scratch, "init", "0::/../../init.scope\n");
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), 0);
	unlink(scratch_path(f.scratch, "init"));
	assert_int_equal(find_unit(&f, "epmd.service", &place, &problem), 0);
}

static int find_path(struct fixture *f, const char *path, struct cgroup_place *ret, const char **ret_problem)
{
	const struct cgroup_mount mount = mount_of(f);

	return cgroup_find_path(f->scratch->arena, &f->source.cgroup, &mount, path, ret, ret_problem);
}

static void test_path(void **state)
{
	static const struct {
		const char *path;
		int result;
		const char *problem;
	} table[] = {
		{ "/guard/node", 0, NULL },
		{ "//guard/./node/", 0, NULL },
		{ "/guard/gone", -ENOENT, NULL },
		{ "/gone/gone", -ENOENT, NULL },
		{ "guard/node", -EBADMSG, "absolute" },
		{ "", -EBADMSG, "absolute" },
		{ "/", -EBADMSG, "root of the cgroup tree" },
		{ "/.", -EBADMSG, "root of the cgroup tree" },
		{ "/guard/../guard/node", -EBADMSG, "contains .." },
		{ "/..", -EBADMSG, "contains .." },
		{ "/guard/node/.control", -EBADMSG, "systemd's helpers" },
		{ "/.control", -EBADMSG, "systemd's helpers" },
		{ "/guard/node/.control/", -EBADMSG, "systemd's helpers" },
		{ "/guard/x.control", -ENOENT, NULL },
		{ "/guard/..node", -ENOENT, NULL },
		{ "/guard/cgroup.procs", -EBADMSG, "is not a cgroup" },
		{ "/guard/link", -EBADMSG, "is not a cgroup" },
		{ "/link/node", -EBADMSG, "is not a cgroup" },
		{ "/open/node", -EBADMSG, "other users than root" },
		{ "/open/shut/node", -EBADMSG, "other users than root" },
	};
	struct cgroup_place place;
	struct fixture f;
	char *inside;

	fixture_init(&f, state);
	fixture_make(&f, "guard/node");
	fixture_make(&f, "open/node");
	fixture_make(&f, "open/shut/node");
	assert_int_equal(chmod(scratch_path(f.scratch, "cgroup/open"), 0777), 0);
	scratch_text(f.scratch, "cgroup/guard/cgroup.procs", "");
	assert_int_equal(symlink("node", scratch_path(f.scratch, "cgroup/guard/link")), 0);
	assert_int_equal(symlink("guard", scratch_path(f.scratch, "cgroup/link")), 0);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *problem = NULL;
		const int r = find_path(&f, table[i].path, &place, &problem);

		if (r != table[i].result)
			fail_msg("'%s': %d, not %d (%s)", table[i].path, r, table[i].result, problem);
		if (table[i].problem)
			assert_problem(table[i].path, problem, table[i].problem);
		if (r == 0)
			assert_string_equal(place.path, fixture_path(f.scratch, "cgroup/guard/node"));
		if (r == 0)
			assert_int_equal(place.id, inode(&f, "cgroup/guard/node"));
	}
	/* with the mount in front of it; the mount alone is the root */
	inside = arena_printf(f.scratch->arena, "%s/cgroup//guard/node", f.scratch->folder);
	assert_int_equal(find_path(&f, inside, &place, &(const char *){ NULL }), 0);
	assert_int_equal(find_path(&f, fixture_path(f.scratch, "cgroup"), &place, &(const char *){ NULL }), -EBADMSG);
}

static void test_other_file_system(void **state)
{
	const struct cgroup_mount mount = { .path = "/proc", .root = "/" };
	struct cgroup_place place;
	const char *problem;
	struct fixture f;

	fixture_init(&f, state);
	f.source.cgroup.owner = 0;
	assert_int_equal(cgroup_find_path(f.scratch->arena, &f.source.cgroup, &mount, "/sys", &place, &problem),
			 -EBADMSG);
	assert_problem("/proc", problem, "not a cgroup of cgroup2");
}

static void test_own(void **state)
{
	static const struct {
		const char *text;
		const char *root;
		const char *path; /* below the mount, or NULL */
		const char *problem;
	} table[] = {
		{ "0::/a/b.service\n", "/", "/a/b.service", NULL },
		{ "12:cpu:/x\n1:name=systemd:/y\n0::/a/b.service\n", "/", "/a/b.service", NULL },
		{ "0::/a/b.service", "/", "/a/b.service", NULL },
		{ "0::/a:b/c\n", "/", "/a:b/c", NULL },
		{ "0::/box/a\n", "/box", "/a", NULL },
		{ "0::/a..b/c\n", "/", "/a..b/c", NULL },
		{ "0::/box\n", "/box", NULL, "root of the cgroup tree" },
		{ "0::/boxer/a\n", "/box", NULL, "cannot be seen" },
		{ "0::/other/a\n", "/box", NULL, "cannot be seen" },
		{ "0::/a\n", "/..", NULL, "cannot be seen" },
		{ "0::/\n", "/", NULL, "root of the cgroup tree" },
		{ "0::/..\n", "/", NULL, "namespace" },
		{ "0::/../a.service\n", "/", NULL, "namespace" },
		{ "0::/a/../b\n", "/", NULL, "namespace" },
		{ "0::/a/b.service/.control\n", "/", NULL, "systemd's helpers" },
		{ "12:cpu:/x\n", "/", NULL, "no cgroup of cgroup2" },
		{ "", "/", NULL, "no cgroup of cgroup2" },
	};
	struct fixture f;

	fixture_init(&f, state);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct cgroup_mount mount = { .path = "/sys/fs/cgroup", .root = table[i].root };
		const char *path = NULL, *problem = NULL;
		int r;

		scratch_text(f.scratch, "self", table[i].text);
		r = cgroup_find_own(f.scratch->arena, &f.source.cgroup, &mount, &path, &problem);
		if (r != (table[i].path ? 0 : -EBADMSG))
			fail_msg("'%s': %d", table[i].text, r);
		if (table[i].path)
			assert_string_equal(path + strlen(mount.path), table[i].path);
		else
			assert_problem(table[i].text, problem, table[i].problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_mount),
		scratch_test(test_no_mount),
		scratch_test(test_unit),
		scratch_test(test_unit_of_others),
		scratch_test(test_unit_in_container),
		scratch_test(test_path),
		scratch_test(test_other_file_system),
		scratch_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
