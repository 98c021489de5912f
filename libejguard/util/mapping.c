/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /proc/self/maps shows the device and inode of the file of each mapping. These numbers can differ from those of
 * fstat(2): on btrfs, overlayfs and similar file systems stat() shows numbers that the file system makes up. Therefore
 * the open file is mapped too, and the two lines of maps are compared: on any file system both have their numbers from
 * the same source. The inode number cannot have been given to another file, because the descriptor and the mapping keep
 * both inodes in use. Path names are not compared, because a path may now name another file.
 */
#include "libejguard/util/mapping.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "libejguard/util/cleanup.h"

/* Device and inode as /proc/self/maps shows them; compared as text. */
struct identity {
	char device[24];
	char inode[24];
};

/* proc_pid_maps(5): "start-end mode offset major:minor inode path". */
static bool line_has(const char *line, uintptr_t address, struct identity *ret)
{
	uintptr_t start, end;

	return sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %*s %23s %23s", &start, &end, ret->device, ret->inode) ==
		       4 &&
	       address >= start && address < end;
}

static int find_both(uintptr_t one, uintptr_t other, struct identity *ret_one, struct identity *ret_other)
{
	cleanup_file FILE *file = fopen("/proc/self/maps", "re");
	bool have_one = false, have_other = false;
	cleanup_free char *line = NULL;
	struct identity identity;
	size_t size = 0;

	if (!file)
		return -errno;
	while (!(have_one && have_other) && getline(&line, &size, file) > 0) {
		if (line_has(line, one, &identity)) {
			*ret_one = identity;
			have_one = true;
		}
		if (line_has(line, other, &identity)) {
			*ret_other = identity;
			have_other = true;
		}
	}
	return have_one && have_other ? 0 : -ENODATA;
}

int mapping_is_of(const void *address, int fd)
{
	struct identity ours, theirs;
	void *page;
	int r;

	page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED)
		return -errno;
	r = find_both((uintptr_t)page, (uintptr_t)address, &ours, &theirs);
	munmap(page, 1);
	if (r < 0)
		return r;
	/* Memory without a file has inode 0. */
	return strcmp(theirs.inode, "0") != 0 && strcmp(ours.device, theirs.device) == 0 &&
	       strcmp(ours.inode, theirs.inode) == 0;
}
