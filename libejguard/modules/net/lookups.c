/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/lookups.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

#define FOLDER_PREFIX "net:"

static void folder_path(const struct pins *pins, uint64_t inode, char path[static PINS_PATH_SIZE])
{
	pins_format(path, "%s/links/" FOLDER_PREFIX "%" PRIu64, pins->path, inode);
}

static void link_path(const struct pins *pins, uint64_t inode, char path[static PINS_PATH_SIZE])
{
	pins_format(path, "%s/links/" FOLDER_PREFIX "%" PRIu64 "/%s", pins->path, inode,
		    policy_hooks[POLICY_LOOKUP].name);
}

uint64_t lookup_inode(const char *name)
{
	size_t length = strlen(FOLDER_PREFIX);
	char *end;
	uint64_t inode;

	if (strncmp(name, FOLDER_PREFIX, length))
		return 0;
	inode = strtoull(name + length, &end, 10);
	return *end ? 0 : inode;
}

/* Return: enum link_state or a negative errno. */
static int state_of(const struct pins *pins, uint64_t inode)
{
	char path[PINS_PATH_SIZE];
	struct bpf_link_info info;
	int r;

	link_path(pins, inode, path);
	r = link_read(path, &info);
	if (r == -ENOENT)
		return LINK_ABSENT;
	if (r < 0)
		return r;
	if (info.type == BPF_LINK_TYPE_NETNS && info.netns.netns_ino == 0)
		return LINK_DEAD;
	if (info.type != BPF_LINK_TYPE_NETNS || info.netns.netns_ino != inode ||
	    info.netns.attach_type != BPF_SK_LOOKUP || info.prog_id != pins->program_ids[POLICY_LOOKUP])
		return LINK_FOREIGN;
	return LINK_INTACT;
}

int lookup_state(const struct pins *pins, const struct netns *netns)
{
	return state_of(pins, netns->inode);
}

int lookup_programs(const struct netns *netns, uint32_t ids[static LOOKUPS_MAX])
{
	uint32_t n = LOOKUPS_MAX;
	int r = bpf_prog_query(netns->fd, BPF_SK_LOOKUP, 0, NULL, ids, &n);

	return r < 0 ? r : (int)n;
}

bool lookup_runs(const struct pins *pins, const struct netns *netns)
{
	uint32_t ids[LOOKUPS_MAX];
	int n = lookup_programs(netns, ids);

	for (int i = 0; i < n; i++)
		if (ids[i] == pins->program_ids[POLICY_LOOKUP])
			return true;
	return false;
}

/* Return: true if the link is at this namespace, and now runs the program of the set. */
static bool adopt(const struct pins *pins, uint64_t inode)
{
	char path[PINS_PATH_SIZE];
	struct bpf_link_info info;
	cleanup_fd int link = -1;

	link_path(pins, inode, path);
	if (link_read(path, &info) < 0 || info.type != BPF_LINK_TYPE_NETNS || info.netns.netns_ino != inode ||
	    info.netns.attach_type != BPF_SK_LOOKUP)
		return false;
	link = bpf_obj_get(path);
	return link >= 0 && bpf_link_update(link, pins->programs[POLICY_LOOKUP], NULL) == 0;
}

void lookup_adopt(const struct pins *pins, uint64_t inode)
{
	(void)adopt(pins, inode);
}

static int attach(const struct pins *pins, const struct netns *netns)
{
	char path[PINS_PATH_SIZE];
	cleanup_fd int link = bpf_link_create(pins->programs[POLICY_LOOKUP], netns->fd, BPF_SK_LOOKUP, NULL);
	int r;

	if (link < 0)
		return link;
	folder_path(pins, netns->inode, path);
	r = pins_make_links(pins, path);
	if (r < 0)
		return r;
	link_path(pins, netns->inode, path);
	return link_pin(link, path);
}

int lookup_attach(const struct pins *pins, const struct netns *netns, bool *ret_made)
{
	int r = state_of(pins, netns->inode);

	if (r < 0)
		return r;
	*ret_made = false;
	if (r == LINK_INTACT || (r == LINK_FOREIGN && adopt(pins, netns->inode)))
		return 0;
	r = attach(pins, netns);
	if (r < 0)
		return r;
	*ret_made = true;
	return 0;
}

void lookup_remove(const struct pins *pins, uint64_t inode)
{
	char path[PINS_PATH_SIZE], replaced[PINS_PATH_SIZE];

	link_path(pins, inode, path);
	(void)unlink(path);
	pins_format(replaced, "%s:new", path); /* left by an attach() that was interrupted */
	(void)unlink(replaced);
	folder_path(pins, inode, path);
	(void)rmdir(path);
	pins_format(path, "%s/links", pins->path);
	(void)rmdir(path); /* fails if it contains other links */
}

struct lookups_visit {
	const struct pins *pins;
	lookups_fn fn;
	void *data;
};

static void visit(void *data, const char *name)
{
	const struct lookups_visit *visit = data;
	uint64_t inode = lookup_inode(name);
	int state = inode ? state_of(visit->pins, inode) : LINK_ABSENT;

	if (state == LINK_INTACT || state == LINK_FOREIGN || state == LINK_DEAD)
		visit->fn(visit->data, inode, state);
}

int lookups_each(const struct pins *pins, lookups_fn fn, void *data)
{
	return pins_each_links(pins, visit, &(struct lookups_visit){ pins, fn, data });
}

static void prune_one(void *data, uint64_t inode, enum link_state state)
{
	const struct pins *pins = data;

	if (state == LINK_DEAD)
		lookup_remove(pins, inode);
}

void lookups_prune(const struct pins *pins)
{
	(void)lookups_each(pins, prune_one, (void *)pins);
}
