/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The top of the visible cgroup tree: in a container, that of the container. Processes outside of it that share the
 * service's network namespace are not refused.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/util/cgroup-path.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/thread.h"

#define ROOT_ID 1 /* of the whole tree: the first node of kernfs (fs/kernfs/dir.c, kernfs_create_root) */

/*
 * Values of the first network namespace. Its cookie is 1 before Linux 6.18, where cookies start at one
 * (net/core/net_namespace.c). Since then its inode is fixed (include/uapi/linux/nsfs.h, NET_NS_INIT_INO); before,
 * inodes of namespaces start at 0xF0000000 (fs/proc/generic.c, PROC_DYNAMIC_FIRST).
 */
#define HOST_COOKIE 1
#define HOST_INODE 0xEFFFFFF9

int host_find_top(struct ejg_call *call, struct ejg_cgroup *ret)
{
	const char *mount = ejg_call_facts(call)->cgroup_mount;
	struct stat st;

	if (!mount)
		return ejg_call_error(call, -EOPNOTSUPP, "run: mount -t cgroup2 cgroup2 /sys/fs/cgroup",
				      "no cgroup2 is mounted");
	if (stat(mount, &st) < 0)
		return ejg_call_error(call, -EIO, NULL, "cannot look at %s: %m", mount);
	*ret = (struct ejg_cgroup){ .name = mount, .path = mount, .id = st.st_ino };
	return 0;
}

static bool is_outside(const char *pid)
{
	cleanup_free char *path = NULL;
	char file[64];

	snprintf(file, sizeof(file), "/proc/%.20s/cgroup", pid);
	return cgroup_path_read(file, &path) == 0 && cgroup_path_is_outside(path);
}

static bool lives_with_service(int proc, const char *pid, const struct netns_list *networks)
{
	char path[THREAD_PATH_SIZE + 8], thread[THREAD_PATH_SIZE];
	struct stat st;

	snprintf(path, sizeof(path), "%.20s/ns/net", pid);
	if (fstatat(proc, path, &st, 0) < 0) {
		if (!thread_find_other(proc, strtoull(pid, NULL, 10), thread))
			return false;
		snprintf(path, sizeof(path), "%s/ns/net", thread);
		if (fstatat(proc, path, &st, 0) < 0)
			return false;
	}
	for (size_t i = 0; i < networks->n; i++)
		if (networks->items[i].device == st.st_dev && networks->items[i].inode == st.st_ino)
			return net_lives_in(networks, &networks->items[i]);
	return false;
}

/* A process outside of the tree, in a network namespace of the service. Return: its pid, or 0 when none is found. */
static int find_outsider(const struct netns_list *networks)
{
	cleanup_dir DIR *dir = opendir("/proc");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) && is_outside(entry->d_name) &&
		    lives_with_service(dirfd(dir), entry->d_name, networks))
			return atoi(entry->d_name);
	return 0;
}

static bool is_network_of_host(const struct netns_list *networks)
{
	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		uint64_t cookie;

		if (!net_lives_in(networks, netns))
			continue;
		if (netns->inode == HOST_INODE || (network_of_namespace(netns, &cookie) == 0 && cookie == HOST_COOKIE))
			return true;
	}
	return false;
}

void host_check_outside(struct inspection *check, const struct ejg_cgroup *top, const struct netns_list *networks)
{
	int pid;

	if (top->id == ROOT_ID)
		return;
	pid = find_outsider(networks);
	if (pid)
		inspection_say(check, "outside-unguarded", top->path,
			       "process %d is in a network namespace of the service, but not below this cgroup: it is "
			       "not refused",
			       pid);
	else if (is_network_of_host(networks))
		inspection_say(check, "outside-unguarded", top->path,
			       "the service is in the network namespace of the host, but other processes of the host "
			       "are not below "
			       "this cgroup: they are not refused");
	else
		inspection_say(
			check, "top-of-container", top->path,
			"this is the top of a container, not of the host: processes of other containers that share the "
			"network namespace are not refused");
}
