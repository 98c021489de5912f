/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/cgroup-name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/*
 * A kernfs file handle is only the id (fs/kernfs/mount.c, kernfs_fh_to_dentry; type FILEID_KERNFS, 0xfe, since 5.5).
 * Opening it gives a descriptor, and the link of the descriptor in /proc is the path.
 */
int cgroup_name(const char *cgroup_mount, uint64_t cgroup_id, char path[static PATH_MAX])
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(uint64_t)];
	} u = { .handle = { .handle_bytes = sizeof(uint64_t), .handle_type = 0xfe } };
	cleanup_fd int mount = -1, fd = -1;
	size_t prefix;
	char link[64];
	ssize_t n;

	path[0] = '\0';
	if (!cgroup_mount)
		return 0;
	prefix = strlen(cgroup_mount);
	memcpy(u.handle.f_handle, &cgroup_id, sizeof(cgroup_id));
	mount = open(cgroup_mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount < 0)
		return -errno;
	fd = open_by_handle_at(mount, &u.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ESTALE ? 0 : -errno;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0) {
		path[0] = '\0';
		return -errno;
	}
	path[n] = '\0';
	if ((size_t)n > prefix && !strncmp(path, cgroup_mount, prefix) && path[prefix] == '/')
		memmove(path, path + prefix, n - prefix + 1);
	return 0;
}

static bool is_unit(const char *name, size_t n)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".slice", ".mount" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const size_t length = strlen(suffixes[i]);

		if (n > length && memcmp(name + n - length, suffixes[i], length) == 0)
			return true;
	}
	return false;
}

void cgroup_unit(const char *path, char unit[static NAME_MAX + 1])
{
	unit[0] = '\0';
	for (size_t n; *path; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n <= NAME_MAX && is_unit(path, n))
			*(char *)mempcpy(unit, path, n) = '\0';
	}
}
