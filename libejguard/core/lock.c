/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "libejguard/core/trust.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

enum { POLL_INTERVAL = 20 }; /* milliseconds; flock(2) has no time limit of its own and we install no signal handler */

static const char name[] = "lock";

/* Reports a failed system call. */
static int failed(struct report *report, const char *what, const char *path, int error)
{
	int r = error == EACCES || error == EPERM || error == EROFS ? -EPERM : error == ENOMEM ? -ENOMEM : -EIO;

	return report_error(report, r, "lock-failed", NULL, NULL, "cannot %s '%s': %s", what, path, strerror(error));
}

/* Opens a trusted folder, and creates it if it is missing; its parent must exist. */
static int make_folder(struct arena *arena, struct report *report, const char *path, mode_t mode, int *ret_fd)
{
	const char *slash = strrchr(path, '/'), *parent, *problem = "out of memory";
	cleanup_fd int above = -1;
	int r;

	if (!slash || slash[1] == '\0')
		return report_error(report, -EIO, "lock-failed", NULL, NULL, "'%s' is not the path of a folder", path);
	parent = slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
	r = parent ? trusted_open_folder(arena, parent, &above, &problem) : -ENOMEM;
	if (r == 0) {
		if (mkdirat(above, slash + 1, mode) < 0 && errno != EEXIST)
			return failed(report, "make the folder", path, errno);
		r = trusted_open_folder(arena, path, ret_fd, &problem);
	}
	if (r == 0)
		return 0;
	if (r != -EPERM && r != -ENOMEM)
		r = -EIO;
	return report_error(report, r, "lock-failed", NULL, NULL, "cannot create the lock in '%s': %s", path, problem);
}

/* A trusted folder is not enough: nobody else may be able to hold the lock. */
static int check_folder(struct report *report, int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return failed(report, "look at", path, errno);
	if (st.st_uid != geteuid())
		return report_error(report, -EPERM, "lock-failed", NULL, "run it as that user",
				    "'%s' belongs to user %u: only that user can take the lock", path, st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH)) /* others can write: a sticky folder */
		return report_error(report, -EIO, "lock-failed", NULL, "make it mode 0700",
				    "'%s' may be written by others", path);
	return 0;
}

static int open_folder(struct arena *arena, struct report *report, const char *path, int *ret_fd)
{
	cleanup_fd int above = -1, fd = -1;
	const char *slash = strrchr(path, '/'), *problem, *parent;
	int r;

	r = trusted_open_folder(arena, path, &fd, &problem);
	if (r == -ENOENT && slash && slash != path) {
		parent = arena_strndup(arena, path, (size_t)(slash - path));
		if (!parent)
			return report_error(report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
		r = make_folder(arena, report, parent, 0755, &above);
		if (r < 0)
			return r;
	}
	if (fd < 0) {
		r = make_folder(arena, report, path, 0700, &fd);
		if (r < 0)
			return r;
	}
	r = check_folder(report, fd, path);
	if (r < 0)
		return r;
	*ret_fd = take_fd(fd);
	return 0;
}

static int open_file(struct report *report, int folder, const char *path, int *ret_fd)
{
	cleanup_fd int fd = -1;
	struct stat st;

	fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(report, "open the lock in", path, errno);
	if (fstat(fd, &st) < 0)
		return failed(report, "look at the lock in", path, errno);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
		return report_error(report, -EIO, "lock-failed", NULL, "remove it",
				    "'%s/%s' is not a regular file that only the caller can write", path, name);
	*ret_fd = take_fd(fd);
	return 0;
}

/* True if the file still has that name: a cleaner of /run may have removed it during the wait. */
static bool is_current(int folder, int fd)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && fstatat(folder, name, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* The holder's process id, which the holder wrote to the file. */
static long holder(int fd)
{
	char text[24] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? strtol(text, NULL, 10) : 0;
}

static int busy(struct report *report, int fd, const char *path, unsigned int patience)
{
	char who[48] = "another process";
	long pid = holder(fd);

	/* Who only looks has not signed. */
	if (pid > 0 && flock(fd, LOCK_SH | LOCK_NB) < 0)
		snprintf(who, sizeof(who), "process %ld", pid);
	return report_error(report, -EBUSY, "lock-busy", NULL, NULL, "%s has held the lock '%s/%s' for more than %u s",
			    who, path, name, patience / 1000);
}

/* Writes our process id for those who wait. The lock does not depend on it. */
static void sign(int fd)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) != n)
		(void)!ftruncate(fd, 0);
}

static int take(struct report *report, const char *rundir, int operation, unsigned int patience, int *ret_fd)
{
	const struct timespec pause = { .tv_nsec = POLL_INTERVAL * 1000000L };
	cleanup_arena struct arena *arena = arena_new();
	cleanup_fd int folder = -1;
	const int64_t end = clock_ms() + patience;
	int r;

	if (!arena)
		return report_error(report, -ENOMEM, "out-of-memory", NULL, NULL, "out of memory");
	r = open_folder(arena, report, rundir, &folder);
	if (r < 0)
		return r;
	for (;;) {
		cleanup_fd int fd = -1;

		r = open_file(report, folder, rundir, &fd);
		if (r < 0)
			return r;
		if (flock(fd, operation | LOCK_NB) == 0) {
			if (!is_current(folder, fd))
				continue;
			if (operation == LOCK_EX)
				sign(fd);
			*ret_fd = take_fd(fd);
			return 0;
		}
		if (errno != EWOULDBLOCK && errno != EINTR)
			return failed(report, "lock the file in", rundir, errno);
		if (clock_ms() >= end)
			return busy(report, fd, rundir, patience);
		nanosleep(&pause, NULL);
	}
}

int lock_take(struct report *report, const char *rundir, unsigned int patience, int *ret_fd)
{
	return take(report, rundir, LOCK_EX, patience, ret_fd);
}

int lock_share(struct report *report, const char *rundir, unsigned int patience, int *ret_fd)
{
	return take(report, rundir, LOCK_SH, patience, ret_fd);
}

/* Only the owner can open the file, so nobody else can hold the lock. */
struct lock_seen lock_look(const char *rundir)
{
	cleanup_fd int folder = open(rundir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_fd int fd =
		folder < 0 ? -1 : openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return (struct lock_seen){ 0 };
	return (struct lock_seen){
		.held = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK,
		.holder = holder(fd),
		.since = st.st_mtim,
	};
}

bool lock_was_held(const struct lock_seen *before, const struct lock_seen *after)
{
	return before->held || after->held || before->holder != after->holder ||
	       before->since.tv_sec != after->since.tv_sec || before->since.tv_nsec != after->since.tv_nsec;
}
