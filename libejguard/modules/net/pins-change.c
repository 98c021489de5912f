/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making, replacing and removing sets of pins: see pins.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/net.skel.h"
#include "libejguard/modules/net/links.h"
#include "libejguard/modules/net/pins.h"
#include "libejguard/util/cleanup.h"

uint64_t pins_build(void)
{
	uint64_t digest = 0xcbf29ce484222325; /* FNV-1a: tells builds apart, defends nothing */
	size_t size;
	const unsigned char *bytes = net_bpf__elf_bytes(&size);

	for (size_t i = 0; i < size; i++)
		digest = (digest ^ bytes[i]) * 0x100000001b3;
	return digest;
}

static int no_print(enum libbpf_print_level level, const char *format, va_list ap)
{
	(void)level, (void)format, (void)ap;
	return 0;
}

/* What to do about a refused load. Kernels say EPERM for a missing privilege and for lockdown alike. */
static int load_error(struct ejg_call *call, int error)
{
	if (error == -EPERM || error == -EACCES)
		return ejg_call_error(call, -EPERM, "run it as root; if it is, see ejguard(8), \"This system cannot\"",
				      "the kernel does not let this process load BPF programs");
	if (error == -ENOMEM)
		return ejg_call_error(call, -ENOMEM, "free some memory, then try again",
				      "no memory to load the BPF programs");
	return ejg_call_error(call, -EOPNOTSUPP, "a Linux kernel from 5.10 on, with CONFIG_CGROUP_BPF, is needed",
			      "the kernel does not accept the BPF programs: %s", strerror(-error));
}

int pins_load(struct ejg_call *call, struct net_bpf **ret)
{
	struct net_bpf *loaded;
	libbpf_print_fn_t print;
	int r;

	/* libbpf writes to stderr, which is not ours: silent while it works, then as it was. */
	print = libbpf_set_print(no_print);
	loaded = net_bpf__open();
	if (loaded)
		loaded->rodata->can_read_kernel =
			libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_probe_read_kernel, NULL) == 1;
	r = loaded ? net_bpf__load(loaded) : -errno;
	libbpf_set_print(print);
	if (r < 0) {
		net_bpf__destroy(loaded);
		return load_error(call, r);
	}
	*ret = loaded;
	return 0;
}

void pins_unload(struct net_bpf *loaded)
{
	net_bpf__destroy(loaded);
}

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

static int write_meta(const struct net_bpf *loaded)
{
	struct policy_meta meta = { .layout = POLICY_LAYOUT, .build = pins_build() };
	uint32_t zero = 0;

	snprintf(meta.version, sizeof(meta.version), "%s", EJG_VERSION);
	return bpf_map_update_elem(bpf_map__fd(loaded->maps.meta), &zero, &meta, BPF_ANY);
}

static int pin_all(const struct net_bpf *loaded, const char *set_path)
{
	const struct {
		const char *name;
		int fd;
	} objects[] = {
		{ "policy", bpf_map__fd(loaded->maps.policy) },
		{ "counters", bpf_map__fd(loaded->maps.counters) },
		{ "insiders", bpf_map__fd(loaded->maps.insiders) },
		{ "outsiders", bpf_map__fd(loaded->maps.outsiders) },
		{ "bind4", bpf_program__fd(loaded->progs.bind4) },
		{ "bind6", bpf_program__fd(loaded->progs.bind6) },
		{ "connect4", bpf_program__fd(loaded->progs.connect4) },
		{ "connect6", bpf_program__fd(loaded->progs.connect6) },
		{ "ingress", bpf_program__fd(loaded->progs.ingress) },
		{ "meta", bpf_map__fd(loaded->maps.meta) },
	};
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		r = pin(set_path, objects[i].name, objects[i].fd);
		if (r < 0)
			return r;
	}
	return 0;
}

int pins_create(struct net_bpf *loaded, const char *service, int policy_fd, struct pins *ret)
{
	struct pins pins = PINS_NULL;
	uint32_t zero = 0;
	int r;

	pins_format(pins.path, PINS_ROOT "/%s:new", service);
	r = make_folder(PINS_ROOT);
	if (r < 0)
		return r;
	r = pins_remove(pins.path); /* left by an apply that was killed: never more than a guard too many */
	if (r < 0)
		return r;
	r = make_folder(pins.path);
	if (r < 0)
		return r;
	r = bpf_map_update_elem(bpf_map__fd(loaded->maps.policy), &zero, &policy_fd, BPF_ANY);
	if (r == 0)
		r = write_meta(loaded);
	if (r == 0)
		r = pin_all(loaded, pins.path);
	if (r == 0)
		r = pins_reopen(&pins);
	if (r < 0) {
		pins_remove(pins.path);
		return r;
	}
	*ret = pins;
	return 0;
}

/* Unlinks what is in a folder of pins, folders below it included, then the folder. */
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

int pins_remove(const char *set_path)
{
	char links[PINS_PATH_SIZE];
	int r;

	/* Links first: a set whose links are gone guards nothing and looks so; the other way round it would still refuse. */
	pins_format(links, "%s/links", set_path);
	r = remove_folder(links);
	return r < 0 ? r : remove_folder(set_path);
}

/*
 * Moves links/ID of the old set where the new one has none: of cgroups that this apply was not asked for, and of removed
 * ones of which sockets still live. The former run the new programs from here on; the latter cannot be changed any more
 * (ENOLINK), and keep theirs.
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
		if (access(to, F_OK) == 0)
			continue;
		if (rename(from, to) < 0)
			return -errno;
		links_adopt(pins, strtoull(entry->d_name, NULL, 10));
	}
	return 0;
}

/* What a former pins_install() left behind: without this the set in force could not make room for another one. */
static int tidy_old(const struct pins *pins, const char *service)
{
	char old_path[PINS_PATH_SIZE];
	int r;

	pins_format(old_path, PINS_ROOT "/%s:old", service);
	r = move_links(pins, old_path);
	return r < 0 ? r : pins_remove(old_path);
}

int pins_tidy(const struct pins *pins, const char *service)
{
	char new_path[PINS_PATH_SIZE];
	int r = tidy_old(pins, service);

	pins_format(new_path, PINS_ROOT "/%s:new", service);
	return r < 0 ? r : pins_remove(new_path);
}

bool pins_interrupted(const char *service)
{
	char old_path[PINS_PATH_SIZE];

	pins_format(old_path, PINS_ROOT "/%s:old", service);
	return access(old_path, F_OK) == 0;
}

int pins_install(const char *service, struct pins *pins)
{
	char path[PINS_PATH_SIZE], old_path[PINS_PATH_SIZE];
	int r = 0;

	pins_path(service, path);
	pins_format(old_path, PINS_ROOT "/%s:old", service);
	/* Two sets to replace: a take-over was interrupted. What only the older one has goes to the new one now. */
	if (access(path, F_OK) == 0)
		r = tidy_old(pins, service);
	if (r < 0)
		return r;
	if (rename(path, old_path) < 0 && errno != ENOENT)
		return -errno;
	if (rename(pins->path, path) < 0) {
		r = -errno;
		(void)rename(old_path, path);
		return r;
	}
	memcpy(pins->path, path, sizeof(path));
	/* From here on the new set is in force, and nothing may fail any more: what stays behind goes with the next apply. */
	(void)pins_tidy(pins, service);
	return 0;
}

void pins_remove_root(void)
{
	(void)rmdir(PINS_ROOT);
}
