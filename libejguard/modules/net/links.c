/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/links.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"

/* The first hook of a set at or after `from` that belongs to a cgroup. */
static int cgroup_hook(const struct pins *pins, int from)
{
	while (from < POLICY_N_CGROUP_HOOKS && !pins_has(pins, from))
		from++;
	return from;
}

static void folder_path(const struct pins *pins, uint64_t cgroup_id, char path[static PINS_PATH_SIZE])
{
	pins_format(path, "%s/links/%" PRIu64, pins->path, cgroup_id);
}

static void link_path(const struct pins *pins, uint64_t cgroup_id, enum policy_hook hook,
		      char path[static PINS_PATH_SIZE])
{
	pins_format(path, "%s/links/%" PRIu64 "/%s", pins->path, cgroup_id, policy_hooks[hook].name);
}

int link_read(const char *path, struct bpf_link_info *ret)
{
	cleanup_fd int fd = bpf_obj_get(path);
	uint32_t size = sizeof(*ret);

	*ret = (struct bpf_link_info){};
	return fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, ret, &size);
}

int link_state(const struct pins *pins, uint64_t cgroup_id, enum policy_hook hook)
{
	char path[PINS_PATH_SIZE];
	struct bpf_link_info info;
	int r;

	link_path(pins, cgroup_id, hook, path);
	r = link_read(path, &info);
	if (r == -ENOENT)
		return LINK_ABSENT;
	if (r < 0)
		return r;
	if (info.type == BPF_LINK_TYPE_CGROUP && info.cgroup.cgroup_id == 0)
		return LINK_DEAD;
	if (info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id != cgroup_id ||
	    info.cgroup.attach_type != (uint32_t)policy_hooks[hook].attach_type ||
	    info.prog_id != pins->program_ids[hook])
		return LINK_FOREIGN;
	return LINK_INTACT;
}

int links_state(const struct pins *pins, uint64_t cgroup_id)
{
	unsigned int intact = 0, absent = 0, n = 0;

	for (int hook = cgroup_hook(pins, 0); hook < POLICY_N_CGROUP_HOOKS; hook = cgroup_hook(pins, hook + 1)) {
		int state = link_state(pins, cgroup_id, hook);

		if (state < 0)
			return state;
		intact += state == LINK_INTACT;
		absent += state == LINK_ABSENT;
		n++;
	}
	return intact == n ? LINKS_INTACT : absent == n ? LINKS_ABSENT : LINKS_PARTIAL;
}

int link_pin(int link, const char *path)
{
	char replaced[PINS_PATH_SIZE];
	int r;

	pins_format(replaced, "%s:new", path);
	(void)unlink(replaced);
	r = bpf_obj_pin(link, replaced);
	if (r == 0 && rename(replaced, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(replaced); /* otherwise it would still refuse */
	return r;
}

/*
 * Attaches one hook and pins the link. Links do not replace other programs (BPF_F_ALLOW_MULTI is implied), so systemd's
 * programs and ours can be attached together.
 */
static int attach(const struct pins *pins, int cgroup_fd, uint64_t cgroup_id, enum policy_hook hook)
{
	char path[PINS_PATH_SIZE];
	cleanup_fd int link = -1;

	link = bpf_link_create(pins->programs[hook], cgroup_fd, policy_hooks[hook].attach_type, NULL);
	if (link < 0)
		return link;
	link_path(pins, cgroup_id, hook, path);
	return link_pin(link, path);
}

/* Return: true if the link is at this cgroup and hook, and now runs the program of the set. */
static bool adopt(const struct pins *pins, uint64_t cgroup_id, enum policy_hook hook)
{
	char path[PINS_PATH_SIZE];
	struct bpf_link_info info;
	cleanup_fd int link = -1;

	link_path(pins, cgroup_id, hook, path);
	/*
	 * The kernel compares only the types of programs (bpf_link_update of a cgroup's link), so the hook is checked
	 * here.
	 */
	if (link_read(path, &info) < 0 || info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id != cgroup_id ||
	    info.cgroup.attach_type != (uint32_t)policy_hooks[hook].attach_type)
		return false;
	link = bpf_obj_get(path);
	return link >= 0 && bpf_link_update(link, pins->programs[hook], NULL) == 0;
}

/* Removes a link at a hook that the set does not have: its program would never be updated. */
static void drop_living(const struct pins *pins, uint64_t cgroup_id, enum policy_hook hook)
{
	char path[PINS_PATH_SIZE];
	struct bpf_link_info info;

	link_path(pins, cgroup_id, hook, path);
	if (link_read(path, &info) == 0 && info.cgroup.cgroup_id != 0)
		(void)unlink(path);
}

void links_adopt(const struct pins *pins, uint64_t cgroup_id)
{
	for (int hook = set_hook(0); hook < POLICY_N_CGROUP_HOOKS; hook = set_hook(hook + 1))
		if (pins_has(pins, hook))
			(void)adopt(pins, cgroup_id, hook);
		else
			drop_living(pins, cgroup_id, hook);
}

int links_attach(const struct pins *pins, const struct ejg_cgroup *cgroup, uint32_t *ret_made)
{
	cleanup_fd int cgroup_fd = open(cgroup->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char path[PINS_PATH_SIZE];
	uint32_t made = 0;
	struct stat st;
	int r;

	if (cgroup_fd < 0)
		return errno == ENODEV ? -ENOENT : -errno;
	/* The path may now belong to a newer cgroup than that of the facts. */
	if (fstat(cgroup_fd, &st) < 0 || st.st_ino != cgroup->id)
		return -ENOENT;
	folder_path(pins, cgroup->id, path);
	r = pins_make_links(pins, path);
	for (int hook = cgroup_hook(pins, 0); r >= 0 && hook < POLICY_N_CGROUP_HOOKS;
	     hook = cgroup_hook(pins, hook + 1)) {
		r = link_state(pins, cgroup->id, hook);
		if (r < 0 || r == LINK_INTACT || (r == LINK_FOREIGN && adopt(pins, cgroup->id, hook)))
			continue;
		r = attach(pins, cgroup_fd, cgroup->id, hook);
		if (r == 0)
			made |= 1U << hook;
	}
	if (r < 0) {
		links_remove(pins, cgroup->id, made);
		return r == -ENODEV ? -ENOENT : r;
	}
	*ret_made = made;
	return 0;
}

void links_remove(const struct pins *pins, uint64_t cgroup_id, uint32_t hooks)
{
	char path[PINS_PATH_SIZE], replaced[PINS_PATH_SIZE];

	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1)) {
		if (!(hooks & (1U << hook)))
			continue;
		link_path(pins, cgroup_id, hook, path);
		(void)unlink(path);
		pins_format(replaced, "%s:new", path); /* left by an attach() that was interrupted */
		(void)unlink(replaced);
	}
	/* Fails if it contains other links. */
	folder_path(pins, cgroup_id, path);
	(void)rmdir(path);
	pins_format(path, "%s/links", pins->path);
	(void)rmdir(path);
}

struct links_visit {
	links_fn fn;
	void *data;
};

static void visit(void *data, const char *name)
{
	const struct links_visit *visit = data;
	char *end;
	uint64_t id = strtoull(name, &end, 10);

	if (id && !*end)
		visit->fn(visit->data, id);
}

int links_each(const struct pins *pins, links_fn fn, void *data)
{
	return pins_each_links(pins, visit, &(struct links_visit){ fn, data });
}

struct prune {
	const struct pins *pins;
	unsigned int n;
};

static void prune_one(void *data, uint64_t cgroup_id)
{
	struct prune *prune = data;

	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1)) {
		char path[PINS_PATH_SIZE];
		struct bpf_link_info info;
		int r;

		link_path(prune->pins, cgroup_id, hook, path);
		r = link_read(path, &info);
		/* A link that cannot be read may be alive. */
		if (r != -ENOENT && (r < 0 || info.cgroup.cgroup_id != 0))
			return;
	}
	links_remove(prune->pins, cgroup_id, set_kind.hooks);
	prune->n++;
}

unsigned int links_prune(const struct pins *pins)
{
	struct prune prune = { pins, 0 };

	(void)links_each(pins, prune_one, &prune);
	return prune.n;
}
