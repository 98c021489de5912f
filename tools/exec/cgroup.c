/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "libejguard/util/cgroup-path.h"
#include "libejguard/util/cleanup.h"
#include "tools/exec/exec.h"

void exec_cgroup_done(struct exec_cgroup *cgroup)
{
	free(cgroup->path);
	free(cgroup->home);
	ejg_close_fd(&cgroup->fd);
	*cgroup = EXEC_CGROUP_NULL;
}

/* The absolute path for a path below the mount, which may include the mount. Return: NULL without memory. */
static char *absolute(const char *mount, const char *path)
{
	size_t length = strlen(mount);
	char *whole;

	if (strncmp(path, mount, length) == 0 && path[length] == '/')
		return strdup(path);
	return asprintf(&whole, "%s/%s", mount, path + strspn(path, "/")) < 0 ? NULL : whole;
}

/* The folder of this process's current cgroup. NULL when it is not below the mount. */
static char *find_home(const char *mount)
{
	cleanup_free char *path = NULL;
	char *home;

	if (cgroup_path_read("/proc/self/cgroup", &path) < 0 || cgroup_path_is_outside(path))
		return NULL;
	return asprintf(&home, "%s%s", mount, strcmp(path, "/") == 0 ? "" : path) < 0 ? NULL : home;
}

int exec_cgroup_make(const char *mount, const char *path, struct report *report, struct exec_cgroup *ret)
{
	struct exec_cgroup cgroup = EXEC_CGROUP_NULL;

	if (!mount)
		return report_fail(report, -EOPNOTSUPP,
				   "no cgroup2 file system is mounted; run: mount -t cgroup2 cgroup2 /sys/fs/cgroup");
	cgroup.path = absolute(mount, path);
	cgroup.home = find_home(mount);
	if (!cgroup.path)
		return report_fail(report, -ENOMEM, "out of memory");
	if (mkdir(cgroup.path, 0755) == 0) {
		cgroup.made = true;
	} else if (errno != EEXIST) {
		int error = errno;

		report_fail(report, 0, "cannot create the cgroup %s: %s; %s", cgroup.path, strerror(error),
			    error == ENOENT ? "create the folders above it first"
					    : "run it as root, or name another one with --cgroup");
		exec_cgroup_done(&cgroup);
		return error == EACCES || error == EPERM || error == EROFS ? -EPERM : -EIO;
	}
	cgroup.fd = open(cgroup.path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (cgroup.fd < 0) {
		report_fail(report, 0, "cannot open the cgroup %s: %s; name another one with --cgroup", cgroup.path,
			    strerror(errno));
		exec_cgroup_remove(&cgroup);
		exec_cgroup_done(&cgroup);
		return -EIO;
	}
	*ret = cgroup;
	return 0;
}

static int move(int cgroup)
{
	cleanup_fd int fd = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, "0", 1) < 0 ? -errno : 0;
}

static int go_home(const struct exec_cgroup *cgroup)
{
	cleanup_fd int fd = cgroup->home ? open(cgroup->home, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	return fd < 0 ? -ENOENT : move(fd);
}

int exec_cgroup_enter(struct exec_cgroup *cgroup, struct report *report)
{
	int r = move(cgroup->fd);

	if (r < 0)
		return report_fail(report, r == -EACCES || r == -EPERM ? -EPERM : -EIO,
				   "cannot enter the cgroup %s: %s; name another one with --cgroup", cgroup->path,
				   strerror(-r));
	cgroup->inside = true;
	return 0;
}

/* After the last process has ended, the kernel needs a moment before the cgroup can be removed. */
void exec_cgroup_remove(const struct exec_cgroup *cgroup)
{
	for (int tries = 0; cgroup->made && tries < 100 && rmdir(cgroup->path) < 0 && errno == EBUSY; tries++)
		nanosleep(&(const struct timespec){ .tv_nsec = 10000000 }, NULL);
}

void exec_cgroup_undo(struct exec_cgroup *cgroup)
{
	uid_t real, effective, saved;

	/* exec_user_switch() left this id for it */
	if (cgroup->inside && getresuid(&real, &effective, &saved) == 0 && saved == 0 && setresuid(-1, 0, -1) < 0)
		return;
	if (cgroup->inside && go_home(cgroup) == 0)
		cgroup->inside = false;
	if (!cgroup->inside)
		exec_cgroup_remove(cgroup);
}
