/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Only one enable or disable runs at a time: it reads the existing drop-ins while it holds a lock. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/lock.h"
#include "tools/systemd/dropin.h"

#define ROOTS_LOCK EJG_RUNDIR "/units.lock"

enum { PATIENCE = 30 }; /* seconds */

/*
 * The lock of the folder itself, for a folder of the caller; root's folder can be opened, and so locked, by everybody.
 */
static int lock_folder(struct report *report, const char *unitdir, int *ret_fd)
{
	cleanup_fd int fd = open(unitdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return report_fail(report, dropin_errno(errno), "cannot open the folder %s: %s", unitdir,
				   strerror(errno));
	r = lock_wait(report, fd, unitdir, PATIENCE);
	if (r == 0)
		*ret_fd = take_fd(fd);
	return r;
}

static int lock_roots(struct report *report, int *ret_fd)
{
	if (mkdir(EJG_RUNDIR, 0755) < 0 && errno != EEXIST)
		return report_fail(report, dropin_errno(errno), "cannot make the folder %s: %s", EJG_RUNDIR,
				   strerror(errno));
	return lock_take_file(report, ROOTS_LOCK, PATIENCE, ret_fd);
}

int dropin_lock(struct report *report, const char *unitdir, int *ret_fd)
{
	if (access(unitdir, F_OK) < 0 &&
	    errno == ENOENT) /* there is nothing to change yet, or its absence is told later */
		return 0;
	return geteuid() == 0 ? lock_roots(report, ret_fd) : lock_folder(report, unitdir, ret_fd);
}
