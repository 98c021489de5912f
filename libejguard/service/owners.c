/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/owners.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/thread.h"

enum {
	MAX_DESCRIPTORS = 2 * 1024 * 1024, /* limit for one pass: more than fs.file-max on most hosts */
	SERVICE_MANAGER = 1,
};

/* The search for all owners together. */
struct owner_search {
	struct owned *owned;
	size_t n;
	size_t n_left; /* listeners without a known owner yet */
	size_t n_descriptors;
	bool denied; /* the descriptors of a process could not be read */
	int proc;
};

static int compare_inode(const void *a, const void *draft)
{
	const struct owned *x = a, *y = draft;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static void note_owner(struct owner_search *s, const char *link, pid_t pid)
{
	struct owned key = { 0 };
	const struct owned *found;

	if (sscanf(link, "socket:[%" SCNu32 "]", &key.inode) != 1)
		return;
	found = bsearch(&key, s->owned, s->n, sizeof(key), compare_inode);
	if (!found || found->listener->pid != 0)
		return;
	found->listener->pid = pid;
	s->n_left--;
}

/*
 * Without readdir(3), which allocates memory and makes more system calls: this runs for every process of the host.
 * @thread: "PID" or "PID/task/TID"
 *
 * Return: false if there are no descriptors.
 */
static bool look_at_descriptors(struct owner_search *s, const char *thread, pid_t pid)
{
	_Alignas(struct dirent64) char entries[8192];
	char path[THREAD_PATH_SIZE + 8], link[64];
	cleanup_fd int fd = -1;
	bool any = false;
	ssize_t size = 1;

	snprintf(path, sizeof(path), "%s/fd", thread);
	fd = openat(s->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		s->denied |= errno == EACCES || errno == EPERM;
	while (fd >= 0 && (size = getdents64(fd, entries, sizeof(entries))) > 0) {
		const struct dirent64 *entry;

		for (ssize_t at = 0; at < size; at += entry->d_reclen) {
			ssize_t n;

			entry = (const struct dirent64 *)(entries + at);
			if (s->n_left == 0 || s->n_descriptors >= MAX_DESCRIPTORS)
				return true;
			if (entry->d_name[0] == '.')
				continue;
			any = true;
			s->n_descriptors++;
			n = readlinkat(fd, entry->d_name, link, sizeof(link) - 1);
			if (n <= 0) /* it was closed during the pass */
				continue;
			link[n] = '\0';
			note_owner(s, link, pid);
		}
	}
	return any;
}

static void look_into(struct owner_search *s, pid_t pid)
{
	char thread[THREAD_PATH_SIZE];

	snprintf(thread, sizeof(thread), "%d", pid);
	if (!look_at_descriptors(s, thread, pid) && thread_find_other(s->proc, (uint64_t)pid, thread))
		(void)look_at_descriptors(s, thread, pid);
}

static bool is_known(const struct ejg_survey *survey, pid_t pid)
{
	for (size_t i = 0; i < survey->n_processes; i++)
		if (survey->processes[i].pid == pid)
			return true;
	return false;
}

/* Reads the processes of one cgroup; processes of another pid namespace have the number 0. */
static void look_into_cgroup(struct survey_draft *draft, struct owner_search *s, const char *cgroup)
{
	char path[PATH_MAX];
	cleanup_file FILE *file = NULL;
	int pid;

	if (snprintf(path, sizeof(path), "%s%s/cgroup.procs", draft->facts->cgroup_mount, cgroup) >= (int)sizeof(path))
		return;
	file = fopen(path, "re");
	while (file && s->n_left > 0 && fscanf(file, "%d", &pid) == 1)
		if (pid > SERVICE_MANAGER && !is_known(draft->survey, pid))
			look_into(s, pid);
}

/* Most sockets are held in the cgroup where they were made: searching it first avoids the pass over all processes. */
static void search_cgroups(struct survey_draft *draft, struct owner_search *s)
{
	for (size_t i = 0; draft->facts->cgroup_mount && i < s->n && s->n_left > 0; i++) {
		const struct owned *owned = &s->owned[i];

		if (owned->listener->pid != 0 || !owned->cgroup || !*owned->cgroup)
			continue;
		look_into_cgroup(draft, s, owned->cgroup);
		for (size_t j = i + 1; j < s->n; j++) /* once is enough */
			if (s->owned[j].listener->cgroup_id == owned->listener->cgroup_id)
				s->owned[j].cgroup = NULL;
	}
}

static void search_all(struct survey_draft *draft, struct owner_search *s, DIR *dir)
{
	const struct dirent *entry;
	uint64_t pid;

	while (s->n_left > 0 && (entry = readdir(dir))) {
		if (unsigned_parse(entry->d_name, &pid) < 0 || pid <= SERVICE_MANAGER || pid > INT32_MAX ||
		    is_known(draft->survey, (pid_t)pid))
			continue;
		look_into(s, (pid_t)pid);
	}
	if (s->n_left > 0)
		look_into(s, SERVICE_MANAGER);
}

int listeners_find_owners(struct survey_draft *draft, struct owned *owned, size_t n)
{
	cleanup_dir DIR *dir = opendir(draft->source->proc);
	struct owner_search s = { .owned = owned, .n = n, .n_left = n };

	if (!dir) /* the processes of the survey report that already */
		return 0;
	s.proc = dirfd(dir);
	s.denied = faccessat(s.proc, "1", F_OK, 0) < 0; /* hidepid */
	qsort(owned, n, sizeof(*owned), compare_inode);
	for (size_t i = 0; i < draft->survey->n_processes; i++)
		look_into(&s, draft->survey->processes[i].pid);
	search_cgroups(draft, &s);
	search_all(draft, &s, dir);
	if (s.n_left > 0 && s.denied)
		return survey_unseen(draft, "the processes of %zu of the %zu listeners cannot be seen; run it as root",
				     s.n_left, n);
	if (s.n_descriptors >= MAX_DESCRIPTORS)
		return survey_unseen(
			draft, "there are too many open files to find the processes of %zu of the listeners", s.n_left);
	return 0;
}
