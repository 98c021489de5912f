/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/thread.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"

enum {
	NO_THREAD = 2, /* links of a folder of threads, which has one more for each thread (proc_task_getattr()) */
};

/* Only a thread that has not ended has a program. */
static bool runs(int proc, const char *path)
{
	char file[THREAD_PATH_SIZE + 8], link[8];

	snprintf(file, sizeof(file), "%s/exe", path);
	return readlinkat(proc, file, link, sizeof(link)) >= 0;
}

bool thread_find_other(int proc, uint64_t pid, char ret[static THREAD_PATH_SIZE])
{
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;
	struct stat st;
	int fd;

	snprintf(ret, THREAD_PATH_SIZE, "%" PRIu64 "/task", pid);
	if (fstatat(proc, ret, &st, 0) < 0 || st.st_nlink <= NO_THREAD + 1)
		return false;
	fd = openat(proc, ret, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		ejg_close_fd(&fd);
		return false;
	}
	while ((entry = readdir(dir))) {
		snprintf(ret, THREAD_PATH_SIZE, "%" PRIu64 "/task/%.20s", pid, entry->d_name);
		if (entry->d_name[0] != '.' && runs(proc, ret))
			return true;
	}
	return false;
}
