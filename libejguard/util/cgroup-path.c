/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/cgroup-path.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

int cgroup_path_read(const char *file, char **ret)
{
	static const char mark[] = "0::";
	cleanup_file FILE *in = fopen(file, "re");
	cleanup_free char *line = NULL;
	size_t size = 0;

	if (!in)
		return -errno;
	errno = 0;
	while (getline(&line, &size, in) > 0) {
		const char *path = line + strlen(mark);

		if (strncmp(line, mark, strlen(mark)) != 0 || *path != '/')
			continue;
		line[strcspn(line, "\n")] = '\0';
		*ret = strdup(path);
		return *ret ? 0 : -ENOMEM;
	}
	return feof(in) ? -ENODATA : -errno;
}

bool cgroup_path_is_outside(const char *path)
{
	return strcmp(path, "/..") == 0 || strncmp(path, "/../", 4) == 0;
}
