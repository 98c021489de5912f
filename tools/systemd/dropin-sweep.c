/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes files left by an enable or disable that was killed: temporary files, and folders for them. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"

/* Removes our temporary files from a folder of drop-ins. Return: true if there were any. */
static bool sweep_folder(int unitdir, const char *name)
{
	static const char prefix[] = "." DROPIN_NAME ".";
	int fd = openat(unitdir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool any = false;

	if (!folder) {
		ejg_close_fd(&fd);
		return false;
	}
	while ((entry = readdir(folder)))
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
			any |= unlinkat(dirfd(folder), entry->d_name, 0) == 0;
	return any;
}

void dropin_sweep(const char *unitdir)
{
	cleanup_dir DIR *dir = opendir(unitdir);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const size_t n = strlen(entry->d_name);

		if (n > 2 && strcmp(entry->d_name + n - 2, ".d") == 0 && sweep_folder(dirfd(dir), entry->d_name))
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR); /* if it was made for that */
	}
}
