/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The search for network namespaces, in /proc. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/mountinfo.h"
#include "libejguard/util/netns.h"

enum {
	MAX_NAMESPACES = 512,
	MAX_BY_USERS = 256, /* of these: users can make as many as they like, and must not displace others */
	MAX_DEPTH = 32,
	MAX_LOOKS = 10, /* at one list of processes */
};

struct home_search {
	struct netns_list list;
	size_t n_by_users;
	bool members; /* the search looks at processes of the cgroups */
	int error;
};

/* Records that there is no place for one more namespace, if that is so. */
static bool is_full(struct home_search *search, bool made_by_user)
{
	/* One place is reserved for the caller's own. */
	const size_t most = (size_t)MAX_NAMESPACES - search->members;
	const bool users = made_by_user && search->n_by_users >= MAX_BY_USERS;

	if (search->list.n < most && !users)
		return false;
	if (!search->members)
		search->list.cut = true;
	else if (users)
		snprintf(search->list.unseen, sizeof(search->list.unseen), "users have made more than %d",
			 MAX_BY_USERS);
	else
		snprintf(search->list.unseen, sizeof(search->list.unseen), "there are more than %zu", most);
	return true;
}

static struct netns *find(struct netns_list *list, const struct stat *st)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].device == st->st_dev && list->items[i].inode == st->st_ino)
			return &list->items[i];
	return NULL;
}

/* The kernel does not hand out the owner when it is one above the caller's (EPERM). */
static bool is_made_by_user(int netns)
{
	cleanup_fd int owner = ioctl(netns, NS_GET_USERNS);
	struct stat st, own;

	return owner >= 0 && fstat(owner, &st) == 0 && stat("/proc/thread-self/ns/user", &own) == 0 &&
	       (st.st_dev != own.st_dev || st.st_ino != own.st_ino);
}

/* Adds the network namespace of a file if it is not in the list yet. Return: 0, or the errno of opening the file. */
static int add(struct home_search *search, const char *path, const char *label)
{
	cleanup_fd int fd = -1;
	struct netns *items;
	struct stat st;
	bool made_by_user;

	/* Most processes are in a namespace that is in the list already: one system call for each of them. */
	if (stat(path, &st) == 0 && find(&search->list, &st))
		return 0;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (find(&search->list, &st))
		return 0;
	made_by_user = is_made_by_user(fd);
	if (is_full(search, made_by_user))
		return 0;
	items = reallocarray(search->list.items, search->list.n + 1, sizeof(*items));
	if (!items) {
		search->error = -ENOMEM;
		return 0;
	}
	search->list.items = items;
	items += search->list.n++;
	search->n_by_users += made_by_user;
	*items = (struct netns){
		.device = st.st_dev,
		.inode = st.st_ino,
		.member = search->members,
		.made_by_user = made_by_user,
	};
	items->fd = take_fd(fd);
	snprintf(items->label, sizeof(items->label), "%s", label);
	return 0;
}

/*
 * Adds the namespaces of all threads of a process: each may have its own, and the first one may have ended.
 * Return: 0; -ENOENT when a thread ended before it was looked at; or another errno.
 */
static int add_threads(struct home_search *search, const char *pid, const char *label)
{
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;
	bool seen = false;
	char path[96];
	int missed = 0;

	snprintf(path, sizeof(path), "/proc/%.32s/task", pid);
	dir = opendir(path);
	if (!dir)
		return errno == ESRCH ? -ENOENT : -errno;
	while (search->error == 0 && (entry = readdir(dir))) {
		int r;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%.32s/task/%.20s/ns/net", pid, entry->d_name);
		r = add(search, path, label);
		seen |= r == 0;
		/* A first thread that has ended stays in the list. */
		if (r < 0 && !(r == -ENOENT && strcmp(entry->d_name, pid) == 0))
			missed = r == -ESRCH ? -ENOENT : r;
	}
	return missed || seen ? missed : -ENOENT;
}

/* Adds a process of one of the cgroups. Return: false when it, or a thread of it, ended before it was looked at. */
static bool add_member(struct home_search *search, const char *pid, const char *cgroup)
{
	char label[64];
	int r;

	snprintf(label, sizeof(label), "of process %.32s", pid);
	r = add_threads(search, pid, label);
	if (r < 0 && r != -ENOENT)
		snprintf(search->list.unseen, sizeof(search->list.unseen), "of process %.32s in %.150s: %s", pid,
			 cgroup, strerrordesc_np(-r));
	return r != -ENOENT;
}

static void say_unread(struct home_search *search, const char *cgroup, int error)
{
	/* It may have been removed. */
	if (error != ENOENT && error != ENODEV)
		snprintf(search->list.unseen, sizeof(search->list.unseen), "the processes of %.150s cannot be read: %s",
			 cgroup, strerrordesc_np(error));
}

/*
 * Adds the processes of one cgroup. The kernel lists processes of another pid namespace as 0.
 * Return: false when one of them ended before it was looked at.
 */
static bool add_listed(struct home_search *search, int folder, const char *cgroup)
{
	cleanup_file FILE *file = NULL;
	bool all = true;
	char pid[32];
	int fd = openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC);

	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		say_unread(search, cgroup, errno);
		ejg_close_fd(&fd);
		return true;
	}
	while (search->error == 0 && fscanf(file, "%31s", pid) == 1) {
		if (strcmp(pid, "0") == 0)
			snprintf(search->list.unseen, sizeof(search->list.unseen),
				 "a process in %.150s is in a pid namespace that cannot be seen from here", cgroup);
		else
			all &= add_member(search, pid, cgroup);
	}
	/* A threaded cgroup has its processes in the cgroup above (EOPNOTSUPP), which was read already. */
	if (ferror(file) && errno != EOPNOTSUPP)
		say_unread(search, cgroup, errno);
	return all;
}

/*
 * What ends meanwhile may have started another process in its namespace: only a list of which every process was seen is
 * complete. A chain of processes, each of which starts the next one and ends, is never seen.
 */
static void add_processes(struct home_search *search, int folder, const char *cgroup)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (unsigned int i = 0; i < MAX_LOOKS; i++) {
		if (add_listed(search, folder, cgroup))
			return;
		nanosleep(&pause, NULL);
	}
	snprintf(search->list.unseen, sizeof(search->list.unseen),
		 "processes in %.150s end before they can be looked at", cgroup);
}

/* Adds a cgroup and those below it. */
static void add_cgroup(struct home_search *search, int parent, const char *name, const char *cgroup, unsigned int depth)
{
	cleanup_fd int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;
	int copy;

	if (fd < 0 || depth == MAX_DEPTH) {
		say_unread(search, cgroup, fd < 0 ? errno : ELOOP);
		return;
	}
	add_processes(search, fd, cgroup);
	copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		say_unread(search, cgroup, errno);
		ejg_close_fd(&copy);
		return;
	}
	while (search->error == 0 && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			add_cgroup(search, fd, entry->d_name, cgroup, depth + 1);
}

/* Processes of other cgroups: most have one namespace. */
static void add_other(struct home_search *search, const char *pid)
{
	char path[64], label[64];

	snprintf(path, sizeof(path), "/proc/%.32s/ns/net", pid);
	snprintf(label, sizeof(label), "of process %.32s", pid);
	if (add(search, path, label) == -ENOENT)
		(void)add_threads(search, pid, label); /* it has ended, or its first thread has */
}

static void add_all_processes(struct home_search *search)
{
	cleanup_dir DIR *dir = opendir("/proc");
	const struct dirent *entry;

	while (dir && search->error == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			add_other(search, entry->d_name);
}

/* Adds the namespace of a mount; another mount may hide it, so that its path is another file's. */
static void add_mount(struct home_search *search, const struct mountinfo *mount)
{
	char label[NETNS_LABEL_SIZE];
	struct stat st;
	uint64_t inode;

	if (strcmp(mount->type, "nsfs") != 0 || sscanf(mount->root, "net:[%" SCNu64 "]", &inode) != 1)
		return;
	snprintf(label, sizeof(label), "at %.100s", mount->mount_point);
	if (stat(mount->mount_point, &st) < 0 || st.st_ino != inode || add(search, mount->mount_point, label) < 0)
		memcpy(search->list.hidden, label, sizeof(label));
}

/* Adds the namespaces that have a name in the file system ("ip netns"): "... /run/netns/blue ... - nsfs nsfs rw". */
static void add_mounts(struct home_search *search)
{
	cleanup_file FILE *file = fopen("/proc/self/mountinfo", "re");
	cleanup_free char *line = NULL;
	struct mountinfo mount;
	size_t size = 0;

	while (file && search->error == 0 && getline(&line, &size, file) > 0)
		if (mountinfo_parse(line, &mount))
			add_mount(search, &mount);
}

static const char own_path[] = "/proc/thread-self/ns/net";

/* Return: 0, or the errno of reading it. */
static int mark_own(struct netns_list *list)
{
	struct netns *own;
	struct stat st;

	if (stat(own_path, &st) < 0)
		return -errno;
	own = find(list, &st);
	if (!own) /* it is not in the list */
		return 0;
	own->own = true;
	own->label[0] = '\0';
	return 0;
}

/* Return: error, or else the search's error; then the list is freed. */
static int end(struct home_search *search, int error, struct netns_list *ret)
{
	error = search->error ? search->error : error;
	if (error == 0)
		error = mark_own(&search->list);
	if (error < 0)
		netns_free(&search->list);
	else
		*ret = search->list;
	return error;
}

static void add_cgroups(struct home_search *search, const char *const *cgroups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cgroups[i])
			add_cgroup(search, AT_FDCWD, cgroups[i], cgroups[i], 0);
}

int netns_find(const char *const *cgroups, size_t n_cgroups, struct netns_list *ret)
{
	struct home_search search = { .members = true };
	int r;

	add_cgroups(&search, cgroups, n_cgroups);
	search.members = false;
	r = add(&search, own_path, "");
	add_mounts(&search); /* before the processes of all users, who could fill the list */
	add_all_processes(&search);
	return end(&search, r, ret);
}

/* Adds the caller's own namespace if there is no other. Return: as end(). */
static int end_members(struct home_search *search, struct netns_list *ret)
{
	int r = search->list.n == 0 ? add(search, own_path, "") : 0;

	return end(search, r, ret);
}

int netns_find_members(const char *const *cgroups, size_t n_cgroups, struct netns_list *ret)
{
	struct home_search search = { .members = true };

	add_cgroups(&search, cgroups, n_cgroups);
	return end_members(&search, ret);
}

int netns_find_homes(const struct ejg_facts *facts, struct netns_list *ret)
{
	struct home_search search = { .members = true };

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *path = ejg_cgroup_get(facts, i)->path;

		if (path)
			add_cgroup(&search, AT_FDCWD, path, path, 0);
	}
	return end_members(&search, ret);
}
