/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

static void make_link(struct scratch *scratch, const char *target, const char *name)
{
	assert_int_equal(symlink(target, scratch_path(scratch, name)), 0);
}

static void make_tree(struct scratch *scratch)
{
	scratch_mkdir(scratch, "root");
	scratch_mkdir(scratch, "root/a");
	scratch_mkdir(scratch, "root/a/b");
	scratch_text(scratch, "root/a/b/file", "");
	scratch_text(scratch, "outside", "");
	make_link(scratch, "/a/b", "root/absolute");
	make_link(scratch, "../../../a/b", "root/a/up");
	make_link(scratch, ".", "root/a/here");
	make_link(scratch, "/", "root/a/top");
	make_link(scratch, "file", "root/a/b/link");
	make_link(scratch, "loop", "root/loop");
	make_link(scratch, "absent", "root/dangling");
}

/* The visited entries, as "PATH[@] PATH..."; @: a link, !: does not exist. */
struct record {
	char text[1024];
	const char *stop; /* at this path */
};

static int note(void *data, const struct walk_entry *entry)
{
	struct record *record = data;
	const size_t n = strlen(record->text);

	assert_int_equal(entry->fd < 0, !entry->st);
	snprintf(record->text + n, sizeof(record->text) - n, "%s%s%s", n ? " " : "", entry->path,
		 !entry->st		       ? "!"
		 : S_ISLNK(entry->st->st_mode) ? "@"
					       : "");
	return record->stop && strcmp(entry->path, record->stop) == 0 ? WALK_HERE : WALK_ON;
}

static const struct {
	const char *path;
	const char *visited;
	const char *end; /* with ! when it does not exist */
} rows[] = {
	{ "/", "/", "/" },
	{ "//./", "/", "/" },
	{ "/../..", "/", "/" },
	{ "/a/b/file", "/ /a /a/b /a/b/file", "/a/b/file" },
	{ "//a/./b//file", "/ /a /a/b /a/b/file", "/a/b/file" },
	{ "/a/b/.", "/ /a /a/b", "/a/b" },
	{ "/a/b/..", "/ /a /a/b /a", "/a" },
	{ "/a/../../a/b", "/ /a / /a /a/b", "/a/b" },
	{ "/absolute/file", "/ /absolute@ / /a /a/b /a/b/file", "/a/b/file" },
	{ "/a/up/file", "/ /a /a/up@ / /a /a/b /a/b/file", "/a/b/file" },
	{ "/a/here", "/ /a /a/here@", "/a" },
	{ "/a/here/b", "/ /a /a/here@ /a/b", "/a/b" },
	{ "/a/top", "/ /a /a/top@ /", "/" },
	{ "/a/b/link", "/ /a /a/b /a/b/link@ /a/b/file", "/a/b/file" },
	{ "/absent", "/ /absent!", "/absent!" },
	{ "/a/absent/x/y", "/ /a /a/absent!", "/a/absent/x/y!" },
	{ "/dangling", "/ /dangling@ /absent!", "/absent!" },
};

static void test_visits(void **state)
{
	struct scratch *scratch = *state;
	const char *root;

	make_tree(scratch);
	root = arena_strdup(scratch->arena, scratch_path(scratch, "root"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_walk_end struct walk_end end = WALK_END_NULL;
		struct record record = { 0 };
		const char *failed = "none";
		char text[256];

		assert_int_equal(walk_path(scratch->arena, root, rows[i].path, note, &record, &end, &failed), 0);
		assert_null(failed);
		assert_string_equal(record.text, rows[i].visited);
		snprintf(text, sizeof(text), "%s%s", end.path, end.fd < 0 ? "!" : "");
		assert_string_equal(text, rows[i].end);
		assert_int_equal(end.folder < 0, !end.name);
	}
}

static void test_stops_where_told(void **state)
{
	cleanup_walk_end struct walk_end end = WALK_END_NULL;
	struct record record = { .stop = "/a/b/link" };
	struct scratch *scratch = *state;
	const char *failed;
	struct stat st;

	make_tree(scratch);
	assert_int_equal(
		walk_path(scratch->arena, scratch_path(scratch, "root"), "/a/b/link", note, &record, &end, &failed), 0);
	assert_string_equal(end.path, "/a/b/link");
	assert_string_equal(end.name, "link");
	assert_int_equal(fstat(end.fd, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(fcntl(end.fd, F_GETFD), FD_CLOEXEC);
}

static int refuse(void *data, const struct walk_entry *entry)
{
	(void)data;
	return strcmp(entry->path, "/a") == 0 ? -ECANCELED : WALK_ON;
}

static void test_failures(void **state)
{
	struct walk_end end = WALK_END_NULL;
	struct scratch *scratch = *state;
	struct arena *arena = scratch->arena;
	const char *root, *failed = NULL;

	make_tree(scratch);
	root = arena_strdup(arena, scratch_path(scratch, "root"));
	assert_int_equal(walk_path(arena, root, "a", NULL, NULL, &end, &failed), -EINVAL);
	assert_string_equal(failed, "a");
	assert_int_equal(walk_path(arena, root, "/loop", NULL, NULL, &end, &failed), -ELOOP);
	assert_string_equal(failed, "/loop");
	assert_int_equal(walk_path(arena, root, "/a/b/file/x", NULL, NULL, &end, &failed), -ENOTDIR);
	assert_string_equal(failed, "/a/b/file");
	assert_int_equal(walk_path(arena, root, "/a/b/link/", NULL, NULL, &end, &failed), -ENOTDIR);
	assert_int_equal(walk_path(arena, "/none/at/all", "/a", NULL, NULL, &end, &failed), -ENOENT);
	assert_string_equal(failed, "/none/at/all");
	assert_int_equal(walk_path(arena, root, "/a/b", refuse, NULL, &end, &failed), -ECANCELED);
	assert_null(failed);
	assert_int_equal(end.fd, -1);
}

/* Moves the current folder of the walk out of the root. */
static int move_out(void *data, const struct walk_entry *entry)
{
	struct scratch *scratch = data;
	char from[64];

	snprintf(from, sizeof(from), "%s/root/a/b", scratch->folder);
	if (strcmp(entry->path, "/a/b") == 0)
		assert_int_equal(rename(from, scratch_path(scratch, "b")), 0);
	return WALK_ON;
}

static void test_never_leaves_the_root(void **state)
{
	cleanup_walk_end struct walk_end end = WALK_END_NULL, control = WALK_END_NULL;
	struct scratch *scratch = *state;
	const char *root, *failed;

	make_tree(scratch);
	root = arena_strdup(scratch->arena, scratch_path(scratch, "root"));
	assert_int_equal(walk_path(scratch->arena, root, "/a/b/../outside", move_out, scratch, &end, &failed), 0);
	assert_int_equal(end.fd, -1);
	assert_string_equal(end.path, "/a/outside");
	/* the result of the kernel's own ".." */
	assert_int_equal(access(scratch_path(scratch, "b/../outside"), F_OK), 0);
	assert_int_equal(
		walk_path(scratch->arena, NULL, scratch_path(scratch, "b/../outside"), NULL, NULL, &control, &failed),
		0);
	assert_true(control.fd >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_visits),
		scratch_test(test_stops_where_told),
		scratch_test(test_failures),
		scratch_test(test_never_leaves_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
