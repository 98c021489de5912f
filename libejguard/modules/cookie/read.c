/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"

ssize_t read_path_fd(int fd, char *ret, size_t n)
{
	cleanup_fd int opened = file_reopen(fd);

	return opened < 0 ? opened : file_read_some(opened, ret, n);
}

DIR *open_search_folder(struct audit *audit, const char *path, const char **ret_path)
{
	cleanup_access_path struct access_path folder = ACCESS_PATH_NULL;
	const char *problem = NULL;
	cleanup_fd int fd = -1;
	DIR *dir;

	if (access_walk(audit->arena, NULL, path, ACCESS_FOLLOW, &audit->service.trust, &folder, &problem) < 0 ||
	    folder.fd < 0 || !S_ISDIR(folder.access.mode))
		return NULL;
	fd = file_reopen(folder.fd);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return NULL;
	(void)take_fd(fd);
	*ret_path = folder.path;
	return dir;
}
