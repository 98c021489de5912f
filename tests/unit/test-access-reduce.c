/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rights that access_reduce() removes, and files that it refuses to change. */
#include "libejguard/modules/lib/access/access.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/access-bed.h"
#include "tests/unit/swapper.h"
#include "tests/unit/valgrind.h"

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

/* Every mode, some limits, trusted and untrusted groups: the result has the bits that were there and that may stay. */
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

/* A file of the service and one of root are exchanged at one path. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(nothing_is_ever_loosened),
		scratch_test(acls_are_narrowed),
		scratch_test(default_acls_are_narrowed),
		scratch_test(what_is_not_the_services_is_refused),
	};
	const struct CMUnitTest races[] = {
		scratch_test(a_file_that_is_swapped_in_is_never_reduced),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	/* valgrind runs one thread at a time, and the one that swaps would hardly stop. */
	return is_under_valgrind() ? failed : failed + cmocka_run_group_tests(races, NULL, NULL);
}
