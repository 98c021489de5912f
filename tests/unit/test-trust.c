/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"
#include "tests/unit/swapper.h"

enum { STRANGER = 4242 };

/* Opens a path below the scratch folder; on failure the problem must contain the text. */
static int open_file(struct scratch *scratch, const char *name, const char *problem)
{
	cleanup_fd int fd = -1;
	const char *why = "none";
	int r = trusted_open(scratch->arena, name[0] == '/' ? name : scratch_path(scratch, name), &fd, &why);

	if (r == 0) {
		assert_true(fd >= 0);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	} else {
		assert_int_equal(fd, -1);
	}
	if (!strstr(why, problem))
		fail_msg("'%s': '%s', not '%s'", name, why, problem);
	return r;
}

static int open_folder(struct scratch *scratch, const char *name, const char *problem)
{
	cleanup_fd int fd = -1;
	const char *why = "none";
	int r = trusted_open_folder(scratch->arena, name[0] == '/' ? name : scratch_path(scratch, name), &fd, &why);

	assert_int_equal(r == 0, fd >= 0);
	if (!strstr(why, problem))
		fail_msg("'%s': '%s', not '%s'", name, why, problem);
	return r;
}

static void set_mode(struct scratch *scratch, const char *name, mode_t mode)
{
	assert_int_equal(chmod(scratch_path(scratch, name), mode), 0);
}

static void make_link(struct scratch *scratch, const char *target, const char *name)
{
	assert_int_equal(symlink(target, scratch_path(scratch, name)), 0);
}

static void need_root(void)
{
	if (geteuid() != 0) {
		print_message("only root can give files to others\n");
		skip();
	}
}

static void ordinary_files_are_opened(void **state)
{
	struct scratch *scratch = *state;
	const char *why;
	char text[8] = "";
	int fd = -1;

	scratch_mkdir(scratch, "a");
	scratch_text(scratch, "a/file", "text");
	assert_int_equal(trusted_open(scratch->arena, scratch_path(scratch, "a/file"), &fd, &why), 0);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	close(fd);
	assert_int_equal(open_file(scratch, "./a/.//file", "none"), 0);
	assert_int_equal(open_file(scratch, "a/../a/file", "none"), 0);
	assert_int_equal(open_file(scratch, "../../../../..//tmp/../etc/passwd", "none"), 0);
	assert_int_equal(open_folder(scratch, "a", "none"), 0);
	assert_int_equal(open_folder(scratch, "a/", "none"), 0);
	assert_int_equal(open_folder(scratch, "a/..", "none"), 0);
	assert_int_equal(open_folder(scratch, "/", "none"), 0);
	assert_int_equal(open_folder(scratch, "/..", "none"), 0);
}

static void what_is_missing_is_missing(void **state)
{
	struct scratch *scratch = *state;

	scratch_text(scratch, "file", "");
	assert_int_equal(open_file(scratch, "none", "/none' does not exist"), -ENOENT);
	assert_int_equal(open_file(scratch, "none/file", "/none' does not exist"), -ENOENT);
	assert_int_equal(open_folder(scratch, "none", "/none' does not exist"), -ENOENT);
	assert_int_equal(open_file(scratch, "file/file", "is not a folder"), -EBADMSG);
}

static void only_regular_files_are_files(void **state)
{
	struct scratch *scratch = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	scratch_mkdir(scratch, "a");
	scratch_text(scratch, "file", "");
	assert_int_equal(mkfifo(scratch_path(scratch, "fifo"), 0644), 0);
	strcpy(address.sun_path, scratch_path(scratch, "socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(open_file(scratch, "a", "is a folder"), -EBADMSG);
	assert_int_equal(open_file(scratch, "a/", "is a folder"), -EBADMSG);
	assert_int_equal(open_file(scratch, "a/.", "is a folder"), -EBADMSG);
	assert_int_equal(open_file(scratch, "a/..", "is a folder"), -EBADMSG);
	assert_int_equal(open_file(scratch, "/", "is a folder"), -EBADMSG);
	assert_int_equal(open_file(scratch, "file/", "is not a folder"), -EBADMSG);
	assert_int_equal(open_file(scratch, "file/.", "is not a folder"), -EBADMSG);
	assert_int_equal(open_file(scratch, "fifo", "is not a regular file"), -EBADMSG);
	assert_int_equal(open_file(scratch, "socket", "is not a regular file"), -EBADMSG);
	assert_int_equal(open_file(scratch, "/dev/null", "is not a regular file"), -EBADMSG);
	assert_int_equal(open_folder(scratch, "file", "is not a folder"), -EBADMSG);
	assert_int_equal(open_folder(scratch, "fifo", "is not a folder"), -EBADMSG);
}

static void paths_are_absolute(void **state)
{
	struct scratch *scratch = *state;
	cleanup_fd int fd = -1;
	const char *why = "";

	assert_int_equal(trusted_open(scratch->arena, "", &fd, &why), -EBADMSG);
	assert_int_equal(trusted_open(scratch->arena, "etc/passwd", &fd, &why), -EBADMSG);
	assert_non_null(strstr(why, "'etc/passwd' is not an absolute path"));
}

static void what_others_may_write_is_refused(void **state)
{
	static const mode_t modes[] = { 0622, 0620, 0602, 0666, 0646, 0664, 0020, 0002 };
	struct scratch *scratch = *state;

	scratch_mkdir(scratch, "a");
	scratch_mkdir(scratch, "a/b");
	scratch_text(scratch, "a/b/file", "");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		char mode[16];

		snprintf(mode, sizeof(mode), "(mode %04o)", modes[i]);
		set_mode(scratch, "a/b/file", modes[i]);
		assert_int_equal(open_file(scratch, "a/b/file", mode), -EBADMSG);
	}
	set_mode(scratch, "a/b/file", 0644);
	set_mode(scratch, "a/b", 0775);
	assert_int_equal(open_file(scratch, "a/b/file", "/a/b' may be written by other users"), -EBADMSG);
	assert_int_equal(open_folder(scratch, "a/b", "/a/b' may be written by other users"), -EBADMSG);
	set_mode(scratch, "a/b", 0755);
	set_mode(scratch, "a", 0757);
	assert_int_equal(open_file(scratch, "a/b/file", "/a' may be written by other users"), -EBADMSG);
	assert_int_equal(open_file(scratch, "a/none", "/a' may be written by other users"), -EBADMSG);
	set_mode(scratch, "a", 01777);
	assert_int_equal(open_file(scratch, "a/b/file", geteuid() == 0 ? "none" : "mode 1777"),
			 geteuid() == 0 ? 0 : -EBADMSG);
	/* The sticky bit matters for folders only. */
	set_mode(scratch, "a", 0755);
	set_mode(scratch, "a/b/file", 01646);
	assert_int_equal(open_file(scratch, "a/b/file", "mode 1646"), -EBADMSG);
}

static void what_belongs_to_others_is_refused(void **state)
{
	struct scratch *scratch = *state;

	need_root();
	scratch_mkdir(scratch, "a");
	scratch_text(scratch, "a/file", "");
	assert_int_equal(chown(scratch_path(scratch, "a/file"), STRANGER, 0), 0);
	assert_int_equal(open_file(scratch, "a/file", "/a/file' belongs to user 4242, not to root"), -EBADMSG);
	assert_int_equal(chown(scratch->path, 0, STRANGER), 0);
	assert_int_equal(open_file(scratch, "a/file", "none"), 0);
	assert_int_equal(chown(scratch_path(scratch, "a"), STRANGER, 0), 0);
	assert_int_equal(open_file(scratch, "a/file", "/a' belongs to user 4242"), -EBADMSG);
	set_mode(scratch, "a", 01777);
	assert_int_equal(open_file(scratch, "a/file", "/a' belongs to user 4242"), -EBADMSG);
}

static void links_at_the_end_are_refused(void **state)
{
	struct scratch *scratch = *state;

	scratch_mkdir(scratch, "a");
	scratch_text(scratch, "file", "");
	make_link(scratch, "file", "link");
	make_link(scratch, "none", "dangling");
	make_link(scratch, "a", "folder");
	assert_int_equal(open_file(scratch, "link", "/link' is a symbolic link"), -EBADMSG);
	assert_int_equal(open_file(scratch, "dangling", "/dangling' is a symbolic link"), -EBADMSG);
	assert_int_equal(open_folder(scratch, "folder", "/folder' is a symbolic link"), -EBADMSG);
	assert_int_equal(open_folder(scratch, "folder//", "/folder' is a symbolic link"), -EBADMSG);
	assert_int_equal(open_file(scratch, "/proc/self/fd/0", "symbolic link"), -EBADMSG);
}

static void links_in_the_middle_are_walked(void **state)
{
	struct scratch *scratch = *state;

	scratch_mkdir(scratch, "a");
	scratch_mkdir(scratch, "a/b");
	scratch_text(scratch, "a/b/file", "");
	make_link(scratch, "a/b", "relative");
	make_link(scratch, "..", "a/b/up");
	make_link(scratch, scratch->folder, "a/absolute");
	make_link(scratch, "a/absolute/relative/", "twice");
	make_link(scratch, "/none/at/all", "dangling");
	make_link(scratch, "a/file", "to-file");
	assert_int_equal(open_file(scratch, "relative/file", "none"), 0);
	assert_int_equal(open_file(scratch, "a/b/up/b/file", "none"), 0);
	assert_int_equal(open_file(scratch, "a/absolute/a/b/file", "none"), 0);
	assert_int_equal(open_file(scratch, "twice/file", "none"), 0);
	assert_int_equal(open_file(scratch, "twice/../b/file", "none"), 0);
	/* Only a missing target behind an existing link is absent; a dangling link is an error. */
	assert_int_equal(open_file(scratch, "twice/none", "/a/b/none' does not exist"), -ENOENT);
	assert_int_equal(open_file(scratch, "dangling/file", "' is a symbolic link whose target does not exist"),
			 -EBADMSG);
	assert_int_equal(open_file(scratch, "to-file/file", "symbolic link whose target does not exist"), -EBADMSG);
	/* The target of a link must follow the same rule. */
	set_mode(scratch, "a", 0777);
	assert_int_equal(open_file(scratch, "relative/file", "/a' may be written by other users"), -EBADMSG);
}

static void links_of_others_are_refused(void **state)
{
	struct scratch *scratch = *state;

	need_root();
	scratch_mkdir(scratch, "a");
	scratch_text(scratch, "a/file", "");
	make_link(scratch, "a", "link");
	assert_int_equal(open_file(scratch, "link/file", "none"), 0);
	assert_int_equal(lchown(scratch_path(scratch, "link"), STRANGER, 0), 0);
	assert_int_equal(open_file(scratch, "link/file", "/link' belongs to user 4242"), -EBADMSG);
}

static void circles_of_links_end(void **state)
{
	struct scratch *scratch = *state;
	char name[16], target[16];

	make_link(scratch, "circle", "circle");
	assert_int_equal(open_file(scratch, "circle/file", "more than 40 symbolic links"), -EBADMSG);

	scratch_mkdir(scratch, "0");
	scratch_text(scratch, "0/file", "");
	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "%d", i);
		snprintf(target, sizeof(target), "%d", i - 1);
		make_link(scratch, target, name);
	}
	assert_int_equal(open_file(scratch, "40/file", "none"), 0);
	assert_int_equal(open_file(scratch, "41/file", "more than 40 symbolic links"), -EBADMSG);
}

static void names_may_be_too_long(void **state)
{
	struct scratch *scratch = *state;
	char path[70000], name[300];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(path, sizeof(path), "/tmp/%s", name);
	assert_int_equal(open_file(scratch, path, "File name too long"), -EBADMSG);
	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(open_folder(scratch, path, "none"), 0);
	for (size_t i = 0; i + 3 < sizeof(path); i += 3)
		memcpy(path + i, "/..", 3);
	assert_int_equal(open_folder(scratch, path, "none"), 0);
}

/* Runs the second half of a test as another user; the exit status is its result. */
static void as_stranger(struct scratch *scratch, bool (*run)(struct scratch *scratch))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(setgid(STRANGER) == 0 && setuid(STRANGER) == 0 && run(scratch) ? 0 : 1);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static bool opens(struct scratch *scratch, const char *name, int expected, const char *problem)
{
	cleanup_fd int fd = -1;
	const char *why = "none";
	int r = trusted_open(scratch->arena, scratch_path(scratch, name), &fd, &why);

	if (r == expected && strstr(why, problem))
		return true;
	print_error("%s: %d, %s\n", name, r, why);
	return false;
}

static bool opens_own_files(struct scratch *scratch)
{
	return opens(scratch, "own", 0, "none") && opens(scratch, "roots", 0, "none") &&
	       opens(scratch, "others", -EBADMSG, "belongs to user 4243, neither to root nor to user 4242") &&
	       opens(scratch, "secret", -EPERM, "no permission to open") &&
	       opens(scratch, "closed/file", -EPERM, "no permission to open");
}

static void callers_without_privilege_trust_themselves(void **state)
{
	struct scratch *scratch = *state;

	need_root();
	set_mode(scratch, ".", 0755);
	scratch_text(scratch, "own", "");
	assert_int_equal(chown(scratch_path(scratch, "own"), STRANGER, 0), 0);
	scratch_text(scratch, "roots", "");
	scratch_text(scratch, "others", "");
	assert_int_equal(chown(scratch_path(scratch, "others"), STRANGER + 1, 0), 0);
	scratch_text(scratch, "secret", "");
	set_mode(scratch, "secret", 0600);
	scratch_mkdir(scratch, "closed");
	set_mode(scratch, "closed", 0700);
	as_stranger(scratch, opens_own_files);
}

/* A trusted and an untrusted file are exchanged at one path. */
static void a_file_that_is_swapped_is_never_opened_untrusted(void **state)
{
	struct scratch *scratch = *state;
	struct swapper swapper = { .stop = false };
	pthread_t thread;

	scratch_text(scratch, "good", "");
	scratch_text(scratch, "bad", "");
	set_mode(scratch, "bad", 0666);
	strcpy(swapper.a, scratch_path(scratch, "good"));
	strcpy(swapper.b, scratch_path(scratch, "bad"));
	assert_int_equal(pthread_create(&thread, NULL, swap, &swapper), 0);
	for (int i = 0; i < 3000; i++) {
		cleanup_fd int fd = -1;
		const char *why = "";
		struct stat st;
		int r = trusted_open(scratch->arena, swapper.a, &fd, &why);

		assert_true(r == 0 || r == -EBADMSG);
		if (r == 0) {
			assert_int_equal(fstat(fd, &st), 0);
			assert_int_equal(st.st_mode & 07777, 0644);
		}
	}
	atomic_store(&swapper.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(ordinary_files_are_opened),
		scratch_test(what_is_missing_is_missing),
		scratch_test(only_regular_files_are_files),
		scratch_test(paths_are_absolute),
		scratch_test(what_others_may_write_is_refused),
		scratch_test(what_belongs_to_others_is_refused),
		scratch_test(links_at_the_end_are_refused),
		scratch_test(links_in_the_middle_are_walked),
		scratch_test(links_of_others_are_refused),
		scratch_test(circles_of_links_end),
		scratch_test(names_may_be_too_long),
		scratch_test(callers_without_privilege_trust_themselves),
		scratch_test(a_file_that_is_swapped_is_never_opened_untrusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
