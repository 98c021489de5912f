/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/pins.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "libejguard/util/cleanup.h"

void pins_format(char path[static PINS_PATH_SIZE], const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(path, PINS_PATH_SIZE, format, ap);
	va_end(ap);
}

void pins_path(const char *service, char path[static PINS_PATH_SIZE])
{
	pins_format(path, PINS_ROOT "/%s%s", service, set_kind.suffix);
}

/* Our folder contains the guards of all services: only root may have made it or may change it. */
static int probe_root(struct ejg_call *call)
{
	struct stat st;

	if (lstat(PINS_ROOT, &st) < 0)
		return errno == ENOENT ? 0 : ejg_call_error(call, -errno, NULL, "cannot look at " PINS_ROOT ": %m");
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || st.st_mode & 077)
		return ejg_call_error(call, -EIO, "find out who made it, remove it, then apply again",
				      PINS_ROOT " is not accessible to root only (uid %u, mode %o)", st.st_uid,
				      st.st_mode & 07777);
	return 0;
}

bool pins_possible(void)
{
	struct statfs fs;

	return statfs(PINS_BPFFS, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

int pins_probe(struct ejg_call *call)
{
	if (!pins_possible())
		return ejg_call_error(call, -EOPNOTSUPP, "run: mount -t bpf -o mode=0700 bpf " PINS_BPFFS,
				      "no bpffs is mounted at " PINS_BPFFS);
	if (access(PINS_BPFFS, X_OK) < 0)
		return ejg_call_error(call, -EPERM, "run it as root", "cannot look into " PINS_BPFFS ": %m");
	return probe_root(call);
}

static int open_pin(const char *set_path, const char *name)
{
	char path[PINS_PATH_SIZE];

	pins_format(path, "%s/%s", set_path, name);
	return bpf_obj_get(path);
}

/* Opens a pinned map with the type and sizes of this layout. Return: a descriptor or a negative errno. */
static int open_map(const char *set_path, const char *name, uint32_t type, uint32_t key_size, uint32_t value_size)
{
	cleanup_fd int fd = open_pin(set_path, name);
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);
	int r;

	if (fd < 0)
		return fd;
	r = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (r < 0)
		return r;
	if (info.type != type || info.key_size != key_size || info.value_size != value_size)
		return -EUCLEAN;
	return take_fd(fd);
}

static int open_program(const char *set_path, enum policy_hook hook, uint32_t *ret_id)
{
	cleanup_fd int fd = open_pin(set_path, policy_hooks[hook].name);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	int r;

	if (fd < 0)
		return fd;
	r = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (r < 0)
		return r;
	if (info.type != policy_hooks[hook].program_type || strcmp(info.name, policy_hooks[hook].name))
		return -EUCLEAN;
	*ret_id = info.id;
	return take_fd(fd);
}

/*
 * Reads meta. For another layout it reads only the layout number, which comes first in every layout.
 * Return: 0, -ENOENT when the set does not exist, or another negative errno when it is damaged.
 */
static int open_meta(const char *set_path, struct policy_meta *ret)
{
	cleanup_fd int fd = -1;
	cleanup_free void *value = NULL;
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info), zero = 0;
	int r;

	if (access(set_path, F_OK) < 0)
		return -errno;
	fd = open_pin(set_path, "meta");
	if (fd < 0)
		return fd == -ENOENT ? -EUCLEAN : fd;
	r = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (r < 0)
		return r;
	if (info.type != BPF_MAP_TYPE_ARRAY || info.value_size < sizeof(ret->layout))
		return -EUCLEAN;
	value = calloc(1, info.value_size + sizeof(*ret));
	if (!value)
		return -ENOMEM;
	r = bpf_map_lookup_elem(fd, &zero, value);
	if (r < 0)
		return r;
	*ret = *(const struct policy_meta *)value;
	if (ret->layout == POLICY_LAYOUT && info.value_size != sizeof(*ret))
		return -EUCLEAN;
	return 0;
}

/* The maps of every set of this layout. */
static const struct {
	const char *name;
	uint32_t type, key_size, value_size;
} maps[N_SET_MAPS] = {
	[SET_POLICY] = { "policy", BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(uint32_t), sizeof(uint32_t) },
	[SET_POLICY_LARGE] = { "policy_large", BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(uint32_t), sizeof(uint32_t) },
	[SET_COUNTERS] = { "counters", BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint32_t), sizeof(uint64_t) },
	[SET_INSIDERS] = { "insiders", BPF_MAP_TYPE_LRU_HASH, sizeof(struct policy_denial_key),
			   sizeof(struct policy_denial) },
	[SET_OUTSIDERS] = { "outsiders", BPF_MAP_TYPE_LRU_HASH, sizeof(struct policy_denial_key),
			    sizeof(struct policy_denial) },
	[SET_CGROUPS] = { "cgroups", BPF_MAP_TYPE_HASH, sizeof(uint64_t), sizeof(uint8_t) },
	[SET_NETWORKS] = { "networks", BPF_MAP_TYPE_HASH, sizeof(uint64_t), sizeof(uint8_t) },
	[SET_PORTS] = { "ports", BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), sizeof(struct policy_ports) },
	[SET_MEMBERS] = { "members", BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(uint32_t), sizeof(uint32_t) },
	[SET_CHOSEN] = { "chosen", BPF_MAP_TYPE_SK_STORAGE, sizeof(int), sizeof(uint8_t) },
};

const char *pins_map_name(enum set_map map)
{
	return maps[map].name;
}

/* Opens the maps whose bits are set. */
static int open_maps(struct pins *pins, uint32_t which)
{
	for (int map = 0; map < N_SET_MAPS; map++) {
		if (!(which & (1U << map)))
			continue;
		pins->maps[map] =
			open_map(pins->path, maps[map].name, maps[map].type, maps[map].key_size, maps[map].value_size);
		if (pins->maps[map] < 0)
			return pins->maps[map];
	}
	return 0;
}

int pins_open_kept(struct pins *pins)
{
	int r = open_meta(pins->path, &pins->meta);

	if (r == 0 && pins->meta.layout != POLICY_LAYOUT)
		r = -EUCLEAN;
	return r < 0 ? r : open_maps(pins, set_kind.kept);
}

int pins_reopen(struct pins *pins)
{
	int r = open_maps(pins, set_kind.maps);

	if (r < 0)
		return r;
	if (pins->meta.hooks & ~set_kind.hooks)
		return -EUCLEAN;
	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1)) {
		if (!pins_has(pins, hook))
			continue;
		pins->programs[hook] = open_program(pins->path, hook, &pins->program_ids[hook]);
		if (pins->programs[hook] < 0)
			return pins->programs[hook];
	}
	return 0;
}

int pins_open(struct ejg_call *call, const char *service, struct pins *ret, enum pins_state *ret_state)
{
	struct pins pins = PINS_NULL;
	int r;

	pins_path(service, pins.path);
	r = open_meta(pins.path, &pins.meta);
	if (r == -ENOENT) {
		*ret_state = PINS_ABSENT;
		return 0;
	}
	if (r == -EPERM || r == -EACCES)
		return ejg_call_error(call, -EPERM, "run it as root", "cannot read the pins below %s", pins.path);
	if (r == 0 && pins.meta.layout > POLICY_LAYOUT) {
		*ret = pins;
		*ret_state = PINS_NEWER;
		return 0;
	}
	if (r == 0 && pins.meta.layout == POLICY_LAYOUT)
		r = pins_reopen(&pins);
	/* Other errors do not concern the pins: a lack of memory or of descriptors is no damage. */
	if (r < 0 && r != -ENOENT && r != -EUCLEAN && r != -EINVAL) {
		pins_close(&pins);
		return ejg_call_error(call, r == -ENOMEM ? -ENOMEM : -EIO, "try again",
				      "cannot read the pins below %s: %s", pins.path, strerror(-r));
	}
	if (r < 0 || pins.meta.layout != POLICY_LAYOUT || pins.meta.build != set_kind.build) {
		ejg_call_log(call, EJG_LOG_INFO, "%s is %s", pins.path, r < 0 ? "damaged" : "of another version");
		pins_close(&pins);
		*ret = pins;
		*ret_state = PINS_OUTDATED;
		return 0;
	}
	*ret = pins;
	*ret_state = PINS_CURRENT;
	return 0;
}

int pins_open_own(struct ejg_call *call, struct pins *ret, enum pins_state *ret_state)
{
	int r = pins_probe(call);

	return r < 0 ? r : pins_open(call, ejg_call_facts(call)->service, ret, ret_state);
}

void pins_close(struct pins *pins)
{
	for (int map = 0; map < N_SET_MAPS; map++) {
		ejg_close_fd(&pins->maps[map]);
		pins->maps[map] = -1;
	}
	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1)) {
		ejg_close_fd(&pins->programs[hook]);
		pins->programs[hook] = -1;
	}
}

int pins_make_links(const struct pins *pins, const char *path)
{
	char above[PINS_PATH_SIZE];

	pins_format(above, "%s/links", pins->path);
	if (mkdir(above, 0700) < 0 && errno != EEXIST)
		return -errno;
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int pins_each_links(const struct pins *pins, void (*fn)(void *data, const char *name), void *data)
{
	char path[PINS_PATH_SIZE];
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;

	pins_format(path, "%s/links", pins->path);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir)))
		fn(data, entry->d_name);
	return 0;
}

int pins_read_counter(const struct pins *pins, uint32_t counter, uint64_t *ret)
{
	int r, n = libbpf_num_possible_cpus();
	cleanup_free uint64_t *values = NULL;
	uint64_t sum = 0;

	if (n < 0)
		return n;
	values = calloc(n, sizeof(*values));
	if (!values)
		return -ENOMEM;
	r = bpf_map_lookup_elem(pins->maps[SET_COUNTERS], &counter, values);
	if (r < 0)
		return r;
	for (int i = 0; i < n; i++)
		sum += values[i];
	*ret = sum;
	return 0;
}
