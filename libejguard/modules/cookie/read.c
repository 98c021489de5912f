/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/util/cleanup.h"

int reopen(int fd)
{
	char path[32];
	int opened;

	/* What the descriptor names was looked at, a regular file or a folder; no name is looked up again. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opened = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return opened < 0 ? -errno : opened;
}

ssize_t read_path_fd(int fd, char *ret, size_t n)
{
	cleanup_fd int opened = reopen(fd);
	size_t done = 0;
	ssize_t r = 1;

	if (opened < 0)
		return opened;
	while (done < n && r != 0) {
		r = read(opened, ret + done, n - done);
		if (r < 0 && errno != EINTR)
			return -errno;
		done += r > 0 ? (size_t)r : 0;
	}
	return (ssize_t)done;
}

DIR *open_search_folder(struct audit *audit, const char *path, const char **ret_path)
{
	cleanup_access_path struct access_path folder = ACCESS_PATH_NULL;
	const char *problem = NULL;
	cleanup_fd int fd = -1;
	DIR *dir;

	if (access_walk(audit->arena, path, ACCESS_FOLLOW, &audit->service.trust, &folder, &problem) < 0 ||
	    folder.fd < 0 || !S_ISDIR(folder.access.mode))
		return NULL;
	fd = reopen(folder.fd);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return NULL;
	(void)take_fd(fd);
	*ret_path = folder.path;
	return dir;
}
