/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One enable or disable at a time: what decides which drop-ins there are is read under the lock of their folder. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"

enum {
	PATIENCE = 30 * 1000, /* milliseconds */
	PAUSE = 20,
};

int dropin_lock(struct report *report, const char *unitdir, int *ret_fd)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000000L };
	cleanup_fd int fd = open(unitdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) /* there is nothing to change yet, or its absence is told later */
		return 0;
	if (fd < 0)
		return report_fail(report, dropin_errno(errno), "cannot open the folder %s: %s", unitdir,
				   strerror(errno));
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += PAUSE) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return report_fail(report, -EIO, "cannot lock the folder %s: %s", unitdir, strerror(errno));
		if (waited >= PATIENCE)
			return report_fail(report, -EBUSY,
					   "another process has held the lock of %s for more than %d s; to see which, "
					   "run: lslocks",
					   unitdir, PATIENCE / 1000);
		nanosleep(&pause, NULL);
	}
	*ret_fd = take_fd(fd);
	return 0;
}
