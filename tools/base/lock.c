/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

enum { PAUSE = 20 }; /* milliseconds */

static int open_file(struct report *report, const char *path, int *ret_fd)
{
	cleanup_fd int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return report_fail(report, errno == EACCES || errno == EPERM || errno == EROFS ? -EPERM : -EIO,
				   "cannot open the lock %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & (S_IRWXG | S_IRWXO))
		return report_fail(report, -EIO, "%s is not a regular file that only the caller can open; remove it",
				   path);
	*ret_fd = take_fd(fd);
	return 0;
}

/* True if the file still has that name: who removes /run/ejguard may have removed it during the wait. */
static bool is_current(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && lstat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

static int wait_until(struct report *report, int fd, const char *path, unsigned int patience, int64_t end)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000000L };

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return report_fail(report, -EIO, "cannot lock %s: %s", path, strerror(errno));
		if (clock_ms() >= end)
			return report_fail(
				report, -EBUSY,
				"another process has held the lock %s for more than %u s; to see which, run: lslocks",
				path, patience);
		nanosleep(&pause, NULL);
	}
	return 0;
}

int lock_wait(struct report *report, int fd, const char *path, unsigned int patience)
{
	return wait_until(report, fd, path, patience, clock_ms() + (int64_t)patience * 1000);
}

int lock_take_file(struct report *report, const char *path, unsigned int patience, int *ret_fd)
{
	const int64_t end = clock_ms() + (int64_t)patience * 1000;

	for (;;) {
		cleanup_fd int fd = -1;
		int r = open_file(report, path, &fd);

		if (r == 0)
			r = wait_until(report, fd, path, patience, end);
		if (r < 0)
			return r;
		if (!is_current(fd, path))
			continue;
		*ret_fd = take_fd(fd);
		return 0;
	}
}
