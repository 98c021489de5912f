/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes and removes drop-ins: each atomically, by rename(2); all of them or, after an error, none. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"

static int write_all(int fd, const char *text)
{
	size_t size = strlen(text);
	ssize_t n;

	for (; size > 0; text += n, size -= (size_t)n) {
		n = write(fd, text, size);
		if (n < 0)
			return -errno;
	}
	return 0;
}

static int write_temporary(char *path, const char *text)
{
	cleanup_fd int fd = -1;
	int r;

	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text);
	if (r == 0 && fchmod(fd, 0644) < 0) /* readable for systemd and people */
		r = -errno;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r < 0)
		unlink(path);
	return r;
}

static int sync_folder(const char *path)
{
	cleanup_fd int fd = -1;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

static int replace(const char *folder, const char *path, const char *text)
{
	cleanup_free char *temporary = NULL;
	int r;

	/* The name does not end in .conf: systemd ignores a file that is left after a crash. */
	if (asprintf(&temporary, "%s/." DROPIN_NAME ".XXXXXX", folder) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	r = write_temporary(temporary, text);
	if (r < 0)
		return r;
	if (rename(temporary, path) < 0) {
		r = -errno;
		unlink(temporary);
		return r;
	}
	return sync_folder(folder);
}

static int write_unit(struct unit *unit)
{
	if (mkdir(unit->folder, 0755) == 0) {
		unit->made_folder = true;
		if (chmod(unit->folder, 0755) < 0)
			return -errno;
	} else if (errno != EEXIST) {
		return -errno;
	}
	return replace(unit->folder, unit->path, unit->wanted);
}

/* Also removes the folder if it is empty. */
static int remove_unit(const struct unit *unit)
{
	if (unlink(unit->path) < 0)
		return -errno;
	if (rmdir(unit->folder) < 0 && errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
		return -errno;
	return 0;
}

/* Restores the previous state. Return: 0 or a negative errno. */
static int restore_unit(const struct unit *unit)
{
	if (unit->old) {
		if (mkdir(unit->folder, 0755) < 0 && errno != EEXIST)
			return -errno;
		return replace(unit->folder, unit->path, unit->old);
	}
	if (unlink(unit->path) < 0 && errno != ENOENT && errno != ENOTDIR)
		return -errno;
	if (unit->made_folder && rmdir(unit->folder) < 0 && errno != ENOENT && errno != ENOTEMPTY)
		return -errno;
	return 0;
}

static int undo(struct report *report, size_t n, int error)
{
	const struct unit *failed = &report->units.items[n], *left = NULL;
	bool denied = dropin_errno(error) == -EPERM, untouched = denied || error == -EROFS;

	for (size_t i = n + 1; i-- > 0;) {
		const struct unit *unit = &report->units.items[i];

		if ((unit->action == UNIT_WRITTEN || unit->action == UNIT_REMOVED) && restore_unit(unit) < 0)
			if (unit != failed || !untouched) /* if nothing may be written, nothing was changed */
				left = unit;
	}
	if (left)
		return report_fail(report, -EIO, "cannot change %s: %s; %s could not be restored either: check it",
				   failed->path, strerror(-error), left->path);
	return report_fail(report, dropin_errno(error), "cannot change %s: %s; nothing was changed: %s", failed->path,
			   strerror(-error), denied ? "run it as root" : "remove the cause, then try again");
}

int dropin_commit(struct report *report)
{
	int r;

	for (size_t i = 0; i < report->units.n; i++) {
		struct unit *unit = &report->units.items[i];

		r = 0;
		if (unit->action == UNIT_WRITTEN)
			r = write_unit(unit);
		else if (unit->action == UNIT_REMOVED)
			r = remove_unit(unit);
		if (r < 0)
			return undo(report, i, r);
	}
	return 0;
}
