/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel shows in /proc/self/maps which file each mapping is of, by device and inode. These are not always the
 * numbers that fstat(2) gives: on btrfs, overlayfs and the like stat() shows numbers of the file system's own making.
 * So the open file is mapped, too, and the two lines are compared with each other: both numbers come to be in the same
 * way on any file system. The inode cannot have been freed and its number given to another file, because the descriptor
 * and the mapping keep both alive. Path names are not compared: they are what may have been given to another file.
 */
#include "libejguard/util/mapping.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "libejguard/util/cleanup.h"

/* As maps shows them, compared as text. */
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
	/* Memory that is of no file has inode 0. */
	return strcmp(theirs.inode, "0") != 0 && strcmp(ours.device, theirs.device) == 0 &&
	       strcmp(ours.inode, theirs.inode) == 0;
}
