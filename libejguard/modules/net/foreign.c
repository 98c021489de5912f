/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/foreign.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/* True if the program belongs to the service's own set. */
static bool is_own(const struct pins *pins, uint32_t id)
{
	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1))
		if (pins->program_ids[hook] == id)
			return true;
	return false;
}

bool foreign_is_of_set(uint32_t id, enum policy_hook hook)
{
	cleanup_dir DIR *dir = opendir(PINS_ROOT);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char path[PINS_PATH_SIZE];
		struct bpf_prog_info info = {};
		uint32_t size = sizeof(info);
		cleanup_fd int fd = -1;

		if (entry->d_name[0] == '.') /* "." and ".." */
			continue;
		pins_format(path, PINS_ROOT "/%s/%s", entry->d_name, policy_hooks[hook].name);
		fd = bpf_obj_get(path);
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.id == id)
			return true;
	}
	return false;
}

void foreign_name(uint32_t id, char name[static BPF_OBJ_NAME_LEN])
{
	cleanup_fd int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	snprintf(name, BPF_OBJ_NAME_LEN, "?");
	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.name[0])
		snprintf(name, BPF_OBJ_NAME_LEN, "%s", info.name);
}

/*
 * A program that runs after ours can undo a refusal of bind and connect (bpf_set_retval(), 5.18): one at a parent
 * cgroup, or one attached later at the same cgroup. If a parent has a program without BPF_F_ALLOW_MULTI, no program can
 * be attached below it.
 */
static bool report_program(const struct foreign *f, const char *cgroup, enum policy_hook hook, uint32_t id, bool after,
			   bool blocks)
{
	const bool undoes = after && !blocks && hook != POLICY_INGRESS;
	const char *name_of_hook = policy_hooks[hook].name;
	char name[BPF_OBJ_NAME_LEN];

	foreign_name(id, name);
	if (undoes)
		ejg_call_finding(f->call, "foreign-above", cgroup,
				 "%s runs after the guard at %s and could undo a refusal", name, name_of_hook);
	else if (!f->undoing && blocks)
		ejg_call_finding(f->call, "blocked", cgroup,
				 "%s is attached to %s exclusively, so nothing can be attached below it", name,
				 name_of_hook);
	else if (!f->undoing)
		ejg_call_finding(f->call, "foreign", cgroup,
				 "%s is also attached to %s: it can refuse more, but cannot allow more", name,
				 name_of_hook);
	return undoes;
}

bool foreign_report(const struct foreign *f, const char *cgroup, bool above)
{
	cleanup_fd int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool undoes = fd < 0 && errno != ENOENT;

	for (int hook = set_hook(0); fd >= 0 && hook < POLICY_N_CGROUP_HOOKS; hook = set_hook(hook + 1)) {
		uint32_t ids[64], n = ARRAY_SIZE(ids), flags = 0; /* 64 programs fit on a hook: kernel/bpf/cgroup.c */
		bool after = above;

		if (bpf_prog_query(fd, policy_hooks[hook].attach_type, 0, &flags, ids, &n) < 0) {
			undoes = true;
			continue;
		}
		for (uint32_t i = 0; i < n; i++) {
			if (is_own(f->pins, ids[i]))
				after = true;
			else if (!foreign_is_of_set(ids[i], hook) &&
				 report_program(f, cgroup, hook, ids[i], after, above && !(flags & BPF_F_ALLOW_MULTI)))
				undoes = true;
		}
	}
	return undoes;
}
