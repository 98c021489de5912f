/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check: programs with a set-user-ID or set-group-ID bit, such as epam for PAM. A filter that is installed without
 * privilege comes with no_new_privs, and the kernel then ignores these bits. Nothing else says so: the program runs,
 * and fails at its work.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/modules/seccomp/seccomp.h"
#include "libejguard/util/cleanup.h"

struct credentials {
	uid_t uid; /* effective, as gid */
	gid_t gid;
	int no_new_privs;
};

static bool read_credentials(pid_t pid, struct credentials *ret)
{
	struct credentials found = { .uid = (uid_t)-1, .gid = (gid_t)-1, .no_new_privs = -1 };
	cleanup_file FILE *file = NULL;
	char path[64], line[256];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Uid: %*u %u", &found.uid) != 1 && sscanf(line, "Gid: %*u %u", &found.gid) != 1)
			sscanf(line, "NoNewPrivs: %d", &found.no_new_privs);
	*ret = found;
	return found.uid != (uid_t)-1 && found.gid != (gid_t)-1 && found.no_new_privs >= 0;
}

/* set-group-ID without the right to execute means another thing: stat(2). */
static bool has_bit(const struct stat *st, mode_t bit)
{
	return bit == S_ISUID ? st->st_mode & S_ISUID : (st->st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
}

static bool has_privilege_of(const struct stat *st, mode_t bit, const struct credentials *credentials)
{
	return bit == S_ISUID ? st->st_uid == credentials->uid : st->st_gid == credentials->gid;
}

static void judge_bit(struct ejg_call *call, pid_t pid, const struct stat *st, mode_t bit, bool chained_next)
{
	const char *what = bit == S_ISUID ? "set-user-ID" : "set-group-ID";
	struct credentials credentials;
	char link[64], exe[PATH_MAX], subject[32];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
	n = readlink(link, exe, sizeof(exe) - 1);
	if (n < 0 || !has_bit(st, bit) || !read_credentials(pid, &credentials))
		return;
	exe[n] = '\0';
	snprintf(subject, sizeof(subject), "process %d", (int)pid);
	if (credentials.no_new_privs && !has_privilege_of(st, bit, &credentials))
		ejg_call_finding(call, "privilege-lost", subject,
				 "%s is a %s program, but it was started without that privilege, because no_new_privs "
				 "is set",
				 exe, what);
	else if (!credentials.no_new_privs && chained_next)
		ejg_call_finding(call, "privilege-at-risk", subject,
				 "%s is a %s program; after ejguard enable --seccomp it starts without that privilege",
				 exe, what);
}

static void judge(struct ejg_call *call, pid_t pid, bool chained_next)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (stat(path, &st) < 0) /* it has ended, or is a thread of the kernel */
		return;
	judge_bit(call, pid, &st, S_ISUID, chained_next);
	judge_bit(call, pid, &st, S_ISGID, chained_next);
}

/* True if an earlier process of the service is in the same cgroup. */
static bool is_done(const struct ejg_survey *survey, size_t index)
{
	const struct ejg_process *process = ejg_process_get(survey, index);

	for (size_t i = 0; i < index; i++) {
		const struct ejg_process *earlier = ejg_process_get(survey, i);

		if (earlier->in_service && earlier->cgroup && strcmp(earlier->cgroup, process->cgroup) == 0)
			return true;
	}
	return false;
}

void privilege_check(struct ejg_call *call, size_t index, bool is_confined)
{
	const struct ejg_survey *survey = ejg_call_survey(call);
	const struct ejg_process *process = ejg_process_get(survey, index);
	const char *mount = ejg_call_facts(call)->cgroup_mount;
	cleanup_file FILE *file = NULL;
	char path[PATH_MAX];
	int pid;

	if (!mount || !process->cgroup || is_done(survey, index) ||
	    snprintf(path, sizeof(path), "%s%s/cgroup.procs", mount, process->cgroup) >= (int)sizeof(path))
		return;
	file = fopen(path, "re");
	while (file && fscanf(file, "%d", &pid) == 1)
		if (pid > 0) /* 0: a process of another pid namespace */
			judge(call, pid, process->unit && !is_confined);
}
