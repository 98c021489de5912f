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

	/* What the descriptor names was looked at: it is a regular file, and no name is looked up again. */
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
