/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets the marks that post_bind makes for listeners that were bound before it was attached. The kernel needs a
 * descriptor of the socket: it is copied from a process that has one (pidfd_getfd, 5.6).
 */
#include <bpf/bpf.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

static int borrow(pid_t pid, int number, uint32_t inode)
{
	cleanup_fd int process = syscall(SYS_pidfd_open, pid, 0);
	cleanup_fd int fd = process < 0 ? -1 : syscall(SYS_pidfd_getfd, process, number, 0);
	struct stat st;

	/* The process may have ended, or closed it: another process may have the socket too. */
	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ESRCH || errno == EBADF ? -ENOENT : -errno;
	return st.st_ino == inode ? take_fd(fd) : -ENOENT;
}

/* The socket with that inode, if the process has it. Return: a descriptor, -ENOENT, or another negative errno. */
static int borrow_of(pid_t pid, uint32_t inode)
{
	char path[64], wanted[64], target[64];
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	snprintf(wanted, sizeof(wanted), "socket:[%u]", inode);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		if (length < 0)
			continue;
		target[length] = '\0';
		if (!strcmp(target, wanted))
			return borrow(pid, atoi(entry->d_name), inode);
	}
	return -ENOENT;
}

/* The process that made the socket is usually still in the cgroup in which it was made. */
static int borrow_in_cgroup(const char *mount, uint64_t cgroup, uint32_t inode)
{
	char name[PATH_MAX], path[2 * PATH_MAX];
	cleanup_file FILE *file = NULL;
	int r = -ENOENT, pid;

	if (cgroup_name(mount, cgroup, name) < 0 || !*name)
		return r;
	snprintf(path, sizeof(path), "%s%s/cgroup.procs", mount, name);
	file = fopen(path, "re");
	while (file && r == -ENOENT && fscanf(file, "%d", &pid) == 1)
		if (pid > 0)
			r = borrow_of(pid, inode);
	return r;
}

static int borrow_anywhere(uint32_t inode)
{
	cleanup_dir DIR *dir = opendir("/proc");
	const struct dirent *entry;
	int r = -ENOENT;

	while (dir && r == -ENOENT && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			r = borrow_of(atoi(entry->d_name), inode);
	return r;
}

static int borrow_socket(const char *mount, const struct socket_info *info)
{
	int r = borrow_in_cgroup(mount, info->cgroup_id, info->inode);

	return r == -ENOENT ? borrow_anywhere(info->inode) : r;
}

int marks_find(const struct pins *pins, const char *cgroup_mount, const struct socket_info *info)
{
	cleanup_fd int fd = borrow_socket(cgroup_mount, info);
	uint8_t value;
	int r = fd < 0 ? -ESRCH : bpf_map_lookup_elem(pins->maps[SET_CHOSEN], &fd, &value);

	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

int marks_set(const struct pins *pins, const char *cgroup_mount, const struct socket_info *info)
{
	cleanup_fd int fd = borrow_socket(cgroup_mount, info);
	const uint8_t value = 1;
	struct policy_ports *ports;
	int r = fd < 0 ? fd : bpf_map_update_elem(pins->maps[SET_CHOSEN], &fd, &value, BPF_ANY);

	if (r < 0)
		return r;
	/* Writes one byte in place: writing all of them would overwrite changes by the programs. */
	ports = mmap(NULL, sizeof(*ports), PROT_READ | PROT_WRITE, MAP_SHARED, pins->maps[SET_PORTS], 0);
	if (ports == MAP_FAILED)
		return -errno;
	ports->chosen[info->local_port] = 1;
	(void)munmap(ports, sizeof(*ports));
	return 0;
}
