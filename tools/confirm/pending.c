/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/confirm/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"
#include "tools/base/lock.h"
#include "tools/confirm/timer.h"

enum { PATIENCE = 60 }; /* seconds: an apply with its proof on a busy machine */

static int failed(struct report *report, const char *what, const char *path, int error)
{
	if (error == ENOMEM)
		return report_fail(report, -ENOMEM, "out of memory");
	return report_fail(report, error == EACCES || error == EPERM ? -EPERM : -EIO, "cannot %s %s: %s", what,
			   path ? path : EJG_RUNDIR, strerror(error));
}

char *pending_path(const struct report *report, const char *name)
{
	char *path;

	return asprintf(&path, EJG_RUNDIR "/%s/%s", report->service, name) < 0 ? NULL : path;
}

/* Same modes as in the library's lock. */
static int make_folder(struct report *report)
{
	cleanup_free char *path = pending_path(report, "");

	if (!path)
		return failed(report, "make", NULL, ENOMEM);
	if ((mkdir(EJG_RUNDIR, 0755) < 0 && errno != EEXIST) || (mkdir(path, 0700) < 0 && errno != EEXIST))
		return failed(report, "make the folder", path, errno);
	return 0;
}

static int lock_file(struct report *report, const char *name, int *ret_fd)
{
	cleanup_free char *path = pending_path(report, name);
	int r = make_folder(report);

	if (r < 0)
		return r;
	return path ? lock_take_file(report, path, PATIENCE, ret_fd) : failed(report, "open", NULL, ENOMEM);
}

int pending_lock(struct report *report, int *ret_fd)
{
	return lock_file(report, "confirm.lock", ret_fd);
}

int pending_read(struct report *report, struct pending *ret)
{
	cleanup_free char *path = pending_path(report, PENDING_NAME);
	cleanup_file FILE *file = path ? fopen(path, "re") : NULL;
	struct pending pending = {};
	int former = 0;

	if (!path)
		return failed(report, "read", NULL, ENOMEM);
	if (!file && (errno == ENOENT || errno == EACCES))
		return 0;
	if (!file || fscanf(file, "until %" SCNu64 " former %d", &pending.until, &former) != 2)
		return report_fail(report, -EIO,
				   "cannot read %s: it does not say which change waits to be confirmed; remove it, "
				   "then apply the stack that you want",
				   path);
	pending.former = former;
	*ret = pending;
	return 1;
}

unsigned int pending_left(const struct pending *pending)
{
	const uint64_t now = (uint64_t)clock_ms();

	return pending->until > now ? (unsigned int)((pending->until - now + 999) / 1000) : 0;
}

/* Refuses if the policy in force is unknown: a restored one could guard less. */
static int refuse_unknown(struct report *report)
{
	static const char *const ends[] = { "", ":host" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		cleanup_free char *path = NULL;

		if (asprintf(&path, "/sys/fs/bpf/ejguard/%s%s", report->service, ends[i]) < 0) {
			path = NULL;
			return failed(report, "look at", NULL, ENOMEM);
		}
		if (access(path, F_OK) == 0)
			return report_fail(
				report, -EACCES,
				"it is not known which stack is in force, so it could not come back; apply the former "
				"stack once without --confirm, or the new one, if that names more than 4000 peers");
	}
	return 0;
}

int pending_keep_former(struct report *report, struct pending *pending)
{
	cleanup_free char *applied = pending_path(report, "applied"), *former = pending_path(report, FORMER_NAME);
	cleanup_fd int lock = -1;
	int r;

	if (!applied || !former)
		return failed(report, "keep the former stack in", NULL, ENOMEM);
	if (unlink(former) < 0 && errno != ENOENT)
		return failed(report, "remove", former, errno);
	/* The library's own: what an apply has put in force is then in the file. */
	r = lock_file(report, "lock", &lock);
	if (r < 0)
		return r;
	/* An apply writes a new file instead of changing this one, so the target of the link stays the same. */
	pending->former = link(applied, former) == 0;
	if (!pending->former)
		return errno == ENOENT ? refuse_unknown(report) : failed(report, "keep", applied, errno);
	return 0;
}

int pending_write(struct report *report, const struct pending *pending)
{
	cleanup_free char *path = pending_path(report, PENDING_NAME),
			  *new_path = pending_path(report, PENDING_NAME ".new");
	cleanup_file FILE *file = path && new_path ? fopen(new_path, "we") : NULL;
	int r;

	if (!path || !new_path)
		return failed(report, "write", NULL, ENOMEM);
	if (!file)
		return failed(report, "write", new_path, errno);
	fprintf(file, "until %" PRIu64 "\nformer %d\n", pending->until, pending->former);
	if (fflush(file) == 0 && !ferror(file) && rename(new_path, path) == 0)
		return 0;
	r = failed(report, "write", new_path, errno);
	(void)unlink(new_path);
	return r;
}

int pending_remove(struct report *report)
{
	cleanup_free char *path = pending_path(report, PENDING_NAME), *former = pending_path(report, FORMER_NAME);

	if (!path || !former)
		return failed(report, "remove", NULL, ENOMEM);
	if (unlink(path) < 0 && errno != ENOENT)
		return failed(report, "remove", path, errno);
	(void)unlink(former); /* it has no effect any more */
	pending_set_started(report, false);
	return 0;
}

static void set_mark(const struct report *report, const char *name, bool there)
{
	cleanup_free char *path = pending_path(report, name);
	int fd;

	if (!path)
		return;
	if (!there) {
		(void)unlink(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
}

static bool has_mark(const struct report *report, const char *name)
{
	cleanup_free char *path = pending_path(report, name);

	return path && access(path, F_OK) == 0;
}

void pending_set_reverted(const struct report *report, bool reverted)
{
	set_mark(report, "reverted", reverted);
}

bool pending_is_reverted(const struct report *report)
{
	return has_mark(report, "reverted");
}

bool pending_reverted_at(const struct report *report, struct timespec *ret)
{
	cleanup_free char *path = pending_path(report, "reverted");
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return false;
	*ret = st.st_mtim;
	return true;
}

void pending_set_started(const struct report *report, bool started)
{
	set_mark(report, "started", started);
}

bool pending_is_started(const struct report *report)
{
	return has_mark(report, "started");
}

bool pending_is_applied(const struct report *report)
{
	static const char *const places[][2] = { { EJG_RUNDIR "/", "/applied" },
						 { "/sys/fs/bpf/ejguard/", "" },
						 { "/sys/fs/bpf/ejguard/", ":host" } };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		cleanup_free char *path = NULL;

		if (asprintf(&path, "%s%s%s", places[i][0], report->service, places[i][1]) < 0) {
			path = NULL;
			return true;
		}
		if (access(path, F_OK) == 0 || errno != ENOENT)
			return true;
	}
	return false;
}

void pending_show(struct report *report)
{
	struct pending pending;
	int r = pending_read(report, &pending);

	report->pending.waits = r > 0;
	if (r > 0) {
		report->pending.seconds = pending_left(&pending);
		report->pending.former = pending.former;
		report->pending.timer = timer_runs(report->service);
	} else if (r < 0) {
		report_forget_failure(report);
	}
}
