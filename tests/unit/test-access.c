/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/access/access.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/acl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/scratch.h"
#include "tests/unit/valgrind.h"

enum { SERVICE = 4242, STRANGER = 4343, READERS = 4444, OTHERS = 4545 };

static const uid_t trusted_users[] = { SERVICE };
static const gid_t trusted_groups[] = { SERVICE, READERS };
static const struct access_trust trust = { trusted_users, 1, trusted_groups, 2 };

static void need_root(void)
{
	if (geteuid() != 0) {
		print_message("only root can give files to others\n");
		skip();
	}
}

static void give(struct scratch *scratch, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
	assert_int_equal(chown(scratch_path(scratch, name), uid, gid), 0);
	assert_int_equal(chmod(scratch_path(scratch, name), mode), 0);
}

/* A private folder's tests have nothing above them that a stranger may write, /tmp excepted, which is sticky. */
static void walk(struct scratch *scratch, const char *name, unsigned int flags, struct access_path *path)
{
	const char *problem = "none";
	int r = access_walk(scratch->arena, NULL, name[0] == '/' ? name : scratch_path(scratch, name), flags, &trust, path,
			    &problem);

	if (r < 0)
		fail_msg("%s: %d, %s", name, r, problem);
}

static void set_acl(struct scratch *scratch, const char *name, acl_type_t type, const char *text)
{
	acl_t acl = acl_from_text(text);

	assert_non_null(acl);
	assert_int_equal(acl_set_file(scratch_path(scratch, name), type, acl), 0);
	acl_free(acl);
}

static unsigned int exposed(struct scratch *scratch, const char *name)
{
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL;

	walk(scratch, name, 0, &path);
	return access_exposed(&path.access, &path.reach, &trust);
}

static void rights_come_from_the_mode(void **state)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		mode_t mode;
		unsigned int rights;
	} rows[] = {
		{ SERVICE, SERVICE, 0600, 0 },
		{ SERVICE, SERVICE, 0660, 0 },
		{ SERVICE, SERVICE, 0664, 4 },
		{ SERVICE, OTHERS, 0640, 4 },
		{ SERVICE, OTHERS, 0620, 2 },
		{ SERVICE, OTHERS, 0600, 0 },
		{ SERVICE, READERS, 0660, 0 },
		{ STRANGER, SERVICE, 0400, 7 },
		{ 0, 0, 0660, 0 },
		{ 0, 0, 0666, 6 },
		{ SERVICE, SERVICE, 0711, 1 },
	};
	struct scratch *scratch = *state;

	need_root();
	scratch_text(scratch, "file", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		give(scratch, "file", rows[i].uid, rows[i].gid, rows[i].mode);
		give(scratch, ".", 0, 0, 0755);
		assert_int_equal(exposed(scratch, "file"), rows[i].rights);
		give(scratch, ".", 0, 0, 0700);
		assert_int_equal(exposed(scratch, "file"), 0);
	}
}

static void rights_come_from_the_acl(void **state)
{
	static const struct {
		const char *acl;
		unsigned int rights;
		const char *who;
	} rows[] = {
		{ "u::rw,g::r,o::-", 0, NULL },
		{ "u::rw,g::-,u:4343:r,m::r,o::-", 4, "user 4343 (ACL)" },
		{ "u::rw,g::-,u:4343:rw,m::r,o::-", 4, "user 4343 (ACL)" },
		{ "u::rw,g::rw,u:4343:rw,m::-,o::-", 0, NULL },
		{ "u::rw,g::-,g:4545:rw,m::rw,o::-", 6, "group 4545 (ACL)" },
		{ "u::rw,g::-,g:4444:rw,u:4242:rw,m::rw,o::-", 0, NULL },
		{ "u::rw,g::-,g:4545:r,u:4343:r,m::r,o::r", 4, "everybody" },
	};
	struct scratch *scratch = *state;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_text(scratch, "file", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
		const char *who;

		give(scratch, "file", SERVICE, SERVICE, 0600);
		set_acl(scratch, "file", ACL_TYPE_ACCESS, rows[i].acl);
		walk(scratch, "file", 0, &path);
		assert_int_equal(access_exposed(&path.access, &path.reach, &trust), rows[i].rights);
		who = access_describe(scratch->arena, &path.access, &path.reach, &trust, ACCESS_READ | ACCESS_WRITE);
		if (rows[i].who)
			assert_string_equal(who, rows[i].who);
		else
			assert_null(who);
	}
}

static void default_acls_are_for_new_files(void **state)
{
	struct scratch *scratch = *state;
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL;

	need_root();
	scratch_mkdir(scratch, "a");
	set_acl(scratch, "a", ACL_TYPE_DEFAULT, "u::rwx,g::-,u:4343:r,m::r,o::-");
	walk(scratch, "a", 0, &path);
	assert_int_equal(access_exposed_new(&path.access, &trust), ACCESS_READ);
	assert_true(path.access.acl);
}

/* Who passes the folders decides; who is in two groups is taken to exist. */
static void folders_decide_who_gets_there(void **state)
{
	static const struct {
		gid_t above, below;
		mode_t mode_above, mode_below;
		unsigned int rights;
	} rows[] = {
		{ 0, 0, 0755, 0755, 4 },
		{ 0, 0, 0755, 0700, 0 },
		{ 0, 0, 0700, 0755, 0 },
		{ OTHERS, 0, 0750, 0755, 4 },
		{ OTHERS, 0, 0750, 0700, 0 },
		{ READERS, 0, 0750, 0755, 0 },
		{ OTHERS, READERS, 0750, 0750, 0 },
		{ 0, OTHERS, 0755, 0740, 0 },
		{ 0, OTHERS, 0711, 0710, 4 },
		{ OTHERS, OTHERS + 1, 0750, 0750, 4 },
	};
	struct scratch *scratch = *state;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_mkdir(scratch, "a");
	scratch_mkdir(scratch, "a/b");
	scratch_text(scratch, "a/b/file", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		give(scratch, "a", 0, rows[i].above, rows[i].mode_above);
		give(scratch, "a/b", 0, rows[i].below, rows[i].mode_below);
		if (exposed(scratch, "a/b/file") != rows[i].rights)
			fail_msg("row %zu", i);
		assert_int_equal(exposed(scratch, "a/../a/./b//file"), rows[i].rights);
	}
}

static void paths_are_walked_by_component(void **state)
{
	struct scratch *scratch = *state;
	cleanup_access_path struct access_path root = ACCESS_PATH_NULL, here = ACCESS_PATH_NULL,
					       none = ACCESS_PATH_NULL;
	cleanup_access_path struct access_path link = ACCESS_PATH_NULL, followed = ACCESS_PATH_NULL;
	const char *problem = NULL;

	scratch_mkdir(scratch, "a");
	scratch_text(scratch, "a/file", "");
	assert_int_equal(symlink("a/../a", scratch_path(scratch, "link")), 0);
	assert_int_equal(symlink("loop", scratch_path(scratch, "loop")), 0);
	walk(scratch, "/", 0, &root);
	assert_string_equal(root.path, "/");
	assert_int_equal(root.n_steps, 0);
	assert_true(S_ISDIR(root.access.mode));
	walk(scratch, "a/.", 0, &here);
	assert_string_equal(here.path, scratch_path(scratch, "a"));
	walk(scratch, "none/file", 0, &none);
	assert_int_equal(none.fd, -1);
	assert_string_equal(none.path, scratch_path(scratch, "none/file"));
	assert_string_equal(none.steps[none.n_steps - 1].next, "none");
	assert_false(none.steps[none.n_steps - 1].next_exists);
	walk(scratch, "link", 0, &link);
	assert_true(S_ISLNK(link.access.mode));
	walk(scratch, "link/file", ACCESS_FOLLOW, &followed);
	assert_string_equal(followed.path, scratch_path(scratch, "a/file"));
	assert_int_equal(
		access_walk(scratch->arena, NULL, scratch_path(scratch, "loop"), ACCESS_FOLLOW, &trust, &none, &problem),
		-ELOOP);
	assert_non_null(strstr(problem, "loop"));
	assert_int_equal(access_walk(scratch->arena, NULL, scratch_path(scratch, "a/file/x"), 0, &trust, &none, &problem),
			 -ENOTDIR);
	assert_int_equal(access_walk(scratch->arena, NULL, scratch_path(scratch, "a/file/"), 0, &trust, &none, &problem),
			 -ENOTDIR);
	assert_int_equal(access_walk(scratch->arena, NULL, "a/file", 0, &trust, &none, &problem), -EINVAL);
}

static void writable_folders_are_found(void **state)
{
	static const struct {
		uid_t owner;
		gid_t group;
		mode_t mode;
		uid_t file; /* owner of it; -1: it does not exist */
		bool replaceable;
	} rows[] = {
		{ 0, 0, 0755, 0, false },	  { SERVICE, SERVICE, 0770, SERVICE, false },
		{ 0, 0, 0777, 0, true },	  { 0, OTHERS, 0775, 0, true },
		{ 0, READERS, 0775, 0, false },	  { 0, 0, 0722, 0, false }, /* nobody gets in to write */
		{ 0, 0, 01777, SERVICE, false },  { 0, 0, 01777, STRANGER, true },
		{ 0, 0, 01777, (uid_t)-1, true }, { STRANGER, 0, 0755, 0, true },
		{ STRANGER, 0, 01755, 0, true },  { 0, 0, 0755, (uid_t)-1, false },
		{ 0, 0, 0755, STRANGER, false },
	};
	struct scratch *scratch = *state;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_mkdir(scratch, "a");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
		const struct access_step *step;

		unlink(scratch_path(scratch, "a/file"));
		if (rows[i].file != (uid_t)-1) {
			scratch_text(scratch, "a/file", "");
			give(scratch, "a/file", rows[i].file, 0, 0644);
		}
		give(scratch, "a", rows[i].owner, rows[i].group, rows[i].mode);
		walk(scratch, "a/file", ACCESS_FOLLOW, &path);
		step = access_replaceable(&path, &trust);
		if (!!step != rows[i].replaceable)
			fail_msg("row %zu: %s", i, step ? step->path : "not replaceable");
		if (step)
			assert_string_equal(step->path, scratch_path(scratch, "a"));
	}
}

static void links_lead_through_writable_folders(void **state)
{
	struct scratch *scratch = *state;
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL, again = ACCESS_PATH_NULL;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_mkdir(scratch, "safe");
	scratch_mkdir(scratch, "open");
	scratch_text(scratch, "safe/file", "");
	assert_int_equal(symlink("../safe/file", scratch_path(scratch, "open/link")), 0);
	give(scratch, "open", 0, 0, 0777);
	walk(scratch, "open/link", ACCESS_FOLLOW, &path);
	assert_string_equal(path.path, scratch_path(scratch, "safe/file"));
	assert_string_equal(access_replaceable(&path, &trust)->path, scratch_path(scratch, "open"));
	walk(scratch, "safe/file", ACCESS_FOLLOW, &again);
	assert_null(access_replaceable(&again, &trust));
}

static enum access_result reduce(struct scratch *scratch, const char *name, mode_t allowed, unsigned int flags,
				 struct access_change *change)
{
	cleanup_fd int fd = open(scratch_path(scratch, name), O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int r;

	assert_true(fd >= 0);
	r = access_reduce(fd, allowed, &trust, flags, change);
	assert_true(r >= 0);
	return (enum access_result)r;
}

static mode_t mode_of(struct scratch *scratch, const char *name)
{
	struct stat st;

	assert_int_equal(lstat(scratch_path(scratch, name), &st), 0);
	return st.st_mode & 07777;
}

/* Every mode, some limits, trusted and untrusted groups: what is left is what was there and what may stay. */
static void nothing_is_ever_loosened(void **state)
{
	static const mode_t limits[] = { 0, 0600, 0640, 0770, 0775, 0750, 07777 };
	static const gid_t groups[] = { SERVICE, OTHERS };
	struct scratch *scratch = *state;
	struct access_change change;

	need_root();
	scratch_text(scratch, "file", "");
	for (mode_t mode = 0; mode <= 07777; mode++) {
		mode_t limit = limits[mode % ARRAY_SIZE(limits)];
		gid_t group = groups[mode / 7 % 2];
		mode_t kept = group == SERVICE ? limit : limit & ~(070U & ~((limit & 7) << 3));

		give(scratch, "file", SERVICE, group, mode);
		assert_int_equal(reduce(scratch, "file", limit, 0, &change),
				 mode & ~kept ? ACCESS_REDUCED : ACCESS_UNCHANGED);
		assert_int_equal(mode_of(scratch, "file"), mode & kept);
		assert_int_equal(change.before, mode);
		assert_int_equal(change.after, mode & kept);
	}
}

static void acls_are_narrowed(void **state)
{
	static const struct {
		const char *before;
		mode_t allowed;
		const char *after; /* NULL: it is left alone */
	} rows[] = {
		{ "u::rw-,u:4343:r--,g::---,m::r--,o::---", 0770, "user::rw-\ngroup::---\nother::---\n" },
		{ "u::rw-,u:4343:r--,g::rw-,m::r--,o::---", 0770, "user::rw-\ngroup::r--\nother::---\n" },
		{ "u::rw-,u:4343:r--,g::r--,g:4444:rw-,m::rw-,o::r--", 0770,
		  "user::rw-\nuser:4343:---\ngroup::r--\ngroup:4444:rw-\nmask::rw-\nother::---\n" },
		{ "u::rw-,g::r--,g:4444:rw-,m::rw-,o::---", 0770, NULL },
		{ "u::rw-,u:4343:rw-,g::r--,m::rw-,o::r--", 0775,
		  "user::rw-\nuser:4343:r--\ngroup::r--\nmask::rw-\nother::r--\n" },
		{ "u::rw-,u:4343:rw-,g::rw-,m::---,o::---", 0770, NULL },
		{ "u::rw-,u:4343:rw-,g::rw-,m::rw-,o::---", 0600,
		  "user::rw-\nuser:4343:rw-\ngroup::rw-\nmask::---\nother::---\n" },
	};
	struct scratch *scratch = *state;

	need_root();
	scratch_text(scratch, "file", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct access_change change;
		enum access_result result;
		acl_t acl;
		char *text;

		give(scratch, "file", SERVICE, SERVICE, 0600);
		set_acl(scratch, "file", ACL_TYPE_ACCESS, rows[i].before);
		assert_int_equal(reduce(scratch, "file", rows[i].allowed, ACCESS_DRY, &change),
				 rows[i].after ? ACCESS_REDUCED : ACCESS_UNCHANGED);
		result = reduce(scratch, "file", rows[i].allowed, 0, &change);
		assert_int_equal(result, rows[i].after ? ACCESS_REDUCED : ACCESS_UNCHANGED);
		acl = acl_get_file(scratch_path(scratch, "file"), ACL_TYPE_ACCESS);
		text = acl_to_text(acl, NULL);
		if (rows[i].after && !strstr(text, "#effective"))
			assert_string_equal(text, rows[i].after);
		acl_free(text);
		acl_free(acl);
		assert_int_equal(reduce(scratch, "file", rows[i].allowed, 0, &change), ACCESS_UNCHANGED);
	}
}

static void default_acls_are_narrowed(void **state)
{
	struct scratch *scratch = *state;
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
	struct access_change change;

	need_root();
	scratch_mkdir(scratch, "a");
	set_acl(scratch, "a", ACL_TYPE_DEFAULT, "u::rwx,g::r-x,u:4343:r,m::rwx,o::r-x");
	give(scratch, "a", SERVICE, SERVICE, 02750);
	assert_int_equal(reduce(scratch, "a", 07770, 0, &change), ACCESS_REDUCED);
	assert_true(change.acl);
	assert_int_equal(mode_of(scratch, "a"), 02750);
	walk(scratch, "a", 0, &path);
	assert_int_equal(access_exposed_new(&path.access, &trust), 0);
	assert_int_equal(reduce(scratch, "a", 07770, 0, &change), ACCESS_UNCHANGED);
}

static void what_is_not_the_services_is_refused(void **state)
{
	struct scratch *scratch = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct access_change change;

	need_root();
	scratch_text(scratch, "file", "");
	give(scratch, "file", STRANGER, SERVICE, 0644);
	assert_int_equal(reduce(scratch, "file", 0600, 0, &change), ACCESS_REFUSED_OWNER);
	give(scratch, "file", 0, 0, 0644);
	assert_int_equal(reduce(scratch, "file", 0600, 0, &change), ACCESS_REFUSED_OWNER);
	assert_int_equal(reduce(scratch, "file", 0600, ACCESS_ROOT_TOO | ACCESS_DRY, &change), ACCESS_REDUCED);
	assert_int_equal(mode_of(scratch, "file"), 0644);
	give(scratch, "file", SERVICE, SERVICE, 0644);
	char other[256];

	snprintf(other, sizeof(other), "%s", scratch_path(scratch, "other"));
	assert_int_equal(link(scratch_path(scratch, "file"), other), 0);
	assert_int_equal(reduce(scratch, "file", 0600, 0, &change), ACCESS_REFUSED_LINKS);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(symlink("file", other), 0);
	assert_int_equal(reduce(scratch, "other", 0600, 0, &change), ACCESS_REFUSED_TYPE);
	assert_int_equal(mkfifo(scratch_path(scratch, "fifo"), 0666), 0);
	assert_int_equal(reduce(scratch, "fifo", 0600, 0, &change), ACCESS_REFUSED_TYPE);
	strcpy(address.sun_path, scratch_path(scratch, "socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	give(scratch, "socket", SERVICE, SERVICE, 0666);
	assert_int_equal(reduce(scratch, "socket", 0600, 0, &change), ACCESS_REFUSED_TYPE);
	assert_int_equal(reduce(scratch, "socket", 0600, ACCESS_SOCKETS, &change), ACCESS_REDUCED);
	assert_int_equal(mode_of(scratch, "socket"), 0600);
	assert_int_equal(mode_of(scratch, "file"), 0644);
}

/* Puts a file of the service and one of another user into one place, again and again. */
struct swapper {
	char a[256];
	char b[256];
	atomic_bool stop;
};

static void *swap(void *data)
{
	struct swapper *swapper = data;

	while (!atomic_load(&swapper->stop))
		renameat2(AT_FDCWD, swapper->a, AT_FDCWD, swapper->b, RENAME_EXCHANGE);
	return NULL;
}

static void a_file_that_is_swapped_in_is_never_reduced(void **state)
{
	struct scratch *scratch = *state;
	struct swapper swapper = { .stop = false };
	size_t n_reduced = 0;
	pthread_t thread;

	need_root();
	scratch_text(scratch, "service", "");
	scratch_text(scratch, "roots", "");
	give(scratch, "roots", 0, 0, 0644);
	snprintf(swapper.a, sizeof(swapper.a), "%s", scratch_path(scratch, "service"));
	snprintf(swapper.b, sizeof(swapper.b), "%s", scratch_path(scratch, "roots"));
	assert_int_equal(chown(swapper.a, SERVICE, SERVICE), 0);
	assert_int_equal(pthread_create(&thread, NULL, swap, &swapper), 0);
	for (int i = 0; i < 3000; i++) {
		cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
		struct access_change change;
		struct stat st;

		walk(scratch, "service", 0, &path);
		assert_int_equal(fstat(path.fd, &st), 0);
		n_reduced += access_reduce(path.fd, 0600, &trust, 0, &change) == ACCESS_REDUCED;
		assert_int_equal(fstat(path.fd, &st), 0);
		assert_int_equal(st.st_mode & 07777, st.st_uid == SERVICE ? 0600 : 0644);
	}
	atomic_store(&swapper.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(n_reduced, 1);
}

static void many_who_pass_are_everybody(void **state)
{
	struct access_entry entries[ACCESS_REACH_MAX + 1];
	struct access folder = { .entries = entries, .n_entries = ARRAY_SIZE(entries) };
	struct access_reach reach = access_reach_all();

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i] = (struct access_entry){ ACCESS_USER, 5000 + (uint32_t)i, ACCESS_EXECUTE };
	assert_true(access_reach_enter(&reach, &folder, &trust).everybody);
	folder.n_entries--;
	assert_false(access_reach_enter(&reach, &folder, &trust).everybody);
	assert_int_equal(access_reach_enter(&reach, &folder, &trust).n, ACCESS_REACH_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(rights_come_from_the_mode),
		scratch_test(rights_come_from_the_acl),
		scratch_test(default_acls_are_for_new_files),
		scratch_test(folders_decide_who_gets_there),
		scratch_test(paths_are_walked_by_component),
		scratch_test(writable_folders_are_found),
		scratch_test(links_lead_through_writable_folders),
		scratch_test(nothing_is_ever_loosened),
		scratch_test(acls_are_narrowed),
		scratch_test(default_acls_are_narrowed),
		scratch_test(what_is_not_the_services_is_refused),
		scratch_test(many_who_pass_are_everybody),
	};
	const struct CMUnitTest races[] = {
		scratch_test(a_file_that_is_swapped_in_is_never_reduced),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	/* It runs one thread at a time, and the one that swaps hardly lets go. */
	return is_under_valgrind() ? failed : failed + cmocka_run_group_tests(races, NULL, NULL);
}
