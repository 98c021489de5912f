/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes, replaces and removes sets of pins: see pins.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "libejguard/modules/net/links.h"
#include "libejguard/modules/net/lookups.h"
#include "libejguard/modules/net/pins.h"
#include "libejguard/util/cleanup.h"

static int pin(const char *set_path, const char *name, int fd)
{
	char path[PINS_PATH_SIZE];

	pins_format(path, "%s/%s", set_path, name);
	return bpf_obj_pin(fd, path);
}

static int make_folder(const char *path)
{
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* A map of the loaded object. */
static int loaded_map(const struct bpf_object *loaded, const char *name)
{
	return bpf_object__find_map_fd_by_name(loaded, name);
}

static int write_meta(const struct bpf_object *loaded, const struct policy_meta *meta)
{
	uint32_t zero = 0;

	return bpf_map_update_elem(loaded_map(loaded, "meta"), &zero, meta, BPF_ANY);
}

static int pin_all(const struct bpf_object *loaded, uint32_t hooks, const char *set_path)
{
	int r = 0;

	for (int map = 0; r == 0 && map < N_SET_MAPS; map++)
		if (set_kind.maps & (1U << map))
			r = pin(set_path, pins_map_name(map), loaded_map(loaded, pins_map_name(map)));
	for (int hook = set_hook(0); r == 0 && hook < POLICY_N_HOOKS; hook = set_hook(hook + 1))
		r = !(hooks & (1U << hook))
			    ? 0
			    : pin(set_path, policy_hooks[hook].name,
				  bpf_program__fd(bpf_object__find_program_by_name(loaded, policy_hooks[hook].name)));
	/* Written last: a set without it counts as damaged. */
	return r < 0 ? r : pin(set_path, "meta", loaded_map(loaded, "meta"));
}

int pins_create(struct bpf_object *loaded, const char *service, uint32_t hooks, struct pins *ret)
{
	struct pins pins = PINS_NULL;
	int r;

	pins.meta = (struct policy_meta){ .layout = POLICY_LAYOUT, .hooks = hooks, .build = set_kind.build };
	snprintf(pins.meta.version, sizeof(pins.meta.version), "%s", EJG_VERSION);
	pins_format(pins.path, PINS_ROOT "/%s%s:new", service, set_kind.suffix);
	r = make_folder(PINS_ROOT);
	if (r < 0)
		return r;
	r = pins_remove(pins.path); /* left by an apply that was killed: at most one guard too many */
	if (r < 0)
		return r;
	r = make_folder(pins.path);
	if (r < 0)
		return r;
	r = write_meta(loaded, &pins.meta);
	if (r == 0)
		r = pin_all(loaded, hooks, pins.path);
	if (r == 0)
		r = pins_reopen(&pins);
	if (r < 0) {
		pins_remove(pins.path);
		return r;
	}
	*ret = pins;
	return 0;
}

/* Removes the contents of a folder of pins, with its subfolders, then the folder. */
static int remove_folder(const char *path)
{
	cleanup_dir DIR *dir = opendir(path);
	char child[PINS_PATH_SIZE];
	const struct dirent *entry;
	struct stat st;
	int r;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		pins_format(child, "%s/%s", path, entry->d_name);
		if (lstat(child, &st) < 0)
			return -errno;
		r = S_ISDIR(st.st_mode) ? remove_folder(child) : unlink(child) < 0 ? -errno : 0;
		if (r < 0)
			return r;
	}
	return rmdir(path) < 0 ? -errno : 0;
}

int pins_lock(void)
{
	cleanup_fd int fd = open(PINS_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return -errno;
	return take_fd(fd);
}

int pins_remove(const char *set_path)
{
	cleanup_fd int locked = access(set_path, F_OK) == 0 ? pins_lock() : -1; /* removes also without the lock */
	char links[PINS_PATH_SIZE];
	int r;

	(void)locked;

	/* Links first: a set without links guards nothing and shows it; in another order it would still refuse. */
	pins_format(links, "%s/links", set_path);
	r = remove_folder(links);
	return r < 0 ? r : remove_folder(set_path);
}

/*
 * Moves links/ID of the old set where the new one has none: of cgroups that were not part of this apply, and of removed
 * cgroups whose sockets are still open. Both run the new programs from here on. To the latter none can be added: where
 * the old set had no link for a hook, there is no program.
 */
static int move_links(const struct pins *pins, const char *old_path)
{
	char links[PINS_PATH_SIZE], from[PINS_PATH_SIZE], to[PINS_PATH_SIZE];
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;
	int r;

	pins_format(links, "%s/links", old_path);
	dir = opendir(links);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	pins_format(links, "%s/links", pins->path);
	r = make_folder(links);
	if (r < 0)
		return r;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		pins_format(from, "%s/links/%s", old_path, entry->d_name);
		pins_format(to, "%s/links/%s", pins->path, entry->d_name);
		/* A set that decides at the cgroups needs no links of namespaces: they are removed with the old set. */
		if (access(to, F_OK) == 0 || (lookup_inode(entry->d_name) && !pins_has(pins, POLICY_LOOKUP)))
			continue;
		if (rename(from, to) < 0)
			return -errno;
		if (lookup_inode(entry->d_name))
			lookup_adopt(pins, lookup_inode(entry->d_name));
		else
			links_adopt(pins, strtoull(entry->d_name, NULL, 10));
	}
	return 0;
}

/* Cleans up after an earlier pins_install(): otherwise the current set could not be renamed. */
static int tidy_old(const struct pins *pins, const char *service)
{
	char old_path[PINS_PATH_SIZE];
	int r;

	pins_format(old_path, PINS_ROOT "/%s%s:old", service, set_kind.suffix);
	r = move_links(pins, old_path);
	return r < 0 ? r : pins_remove(old_path);
}

int pins_tidy(const struct pins *pins, const char *service)
{
	char new_path[PINS_PATH_SIZE];
	int r = tidy_old(pins, service);

	pins_format(new_path, PINS_ROOT "/%s%s:new", service, set_kind.suffix);
	return r < 0 ? r : pins_remove(new_path);
}

bool pins_interrupted(const char *service)
{
	char old_path[PINS_PATH_SIZE];

	pins_format(old_path, PINS_ROOT "/%s%s:old", service, set_kind.suffix);
	return access(old_path, F_OK) == 0;
}

static int put_in_place(const char *new_path, const char *path, const char *old_path)
{
	cleanup_fd int locked = pins_lock();
	int r;

	if (locked < 0)
		return locked;
	if (rename(path, old_path) < 0 && errno != ENOENT)
		return -errno;
	if (rename(new_path, path) < 0) {
		r = -errno;
		(void)rename(old_path, path);
		return r;
	}
	return 0;
}

int pins_install(const char *service, struct pins *pins)
{
	char path[PINS_PATH_SIZE], old_path[PINS_PATH_SIZE];
	int r = 0;

	pins_path(service, path);
	pins_format(old_path, PINS_ROOT "/%s%s:old", service, set_kind.suffix);
	/* Two old sets exist: a take-over was interrupted. Links that only the older one has move to the new one. */
	if (access(path, F_OK) == 0)
		r = tidy_old(pins, service);
	if (r == 0)
		r = put_in_place(pins->path, path, old_path);
	if (r < 0)
		return r;
	memcpy(pins->path, path, sizeof(path));
	/* From here on the new set is in force, and nothing may fail any more: the next apply removes the rest. */
	(void)pins_tidy(pins, service);
	return 0;
}

void pins_remove_root(void)
{
	(void)rmdir(PINS_ROOT);
}
