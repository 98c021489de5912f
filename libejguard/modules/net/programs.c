/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "libejguard/modules/net/kind.h"
#include "libejguard/modules/net/pins.h"
#include "libejguard/util/cleanup.h"

static int no_print(enum libbpf_print_level level, const char *format, va_list ap)
{
	(void)level, (void)format, (void)ap;
	return 0;
}

/*
 * The remedy for a refused load. Kernels return EPERM both for a missing privilege and for lockdown; EACCES means that
 * the verifier rejected the program.
 */
static int load_error(struct ejg_call *call, int error)
{
	if (error == -EPERM)
		return ejg_call_error(call, -EPERM, "run it as root; if it is, see ejguard(8), EXIT STATUS 4",
				      "the kernel does not let this process load BPF programs");
	if (error == -ENOMEM)
		return ejg_call_error(call, -ENOMEM, "free some memory, then try again",
				      "no memory to load the BPF programs");
	return ejg_call_error(call, -EOPNOTSUPP, set_kind.kernel,
			      "the kernel does not accept the BPF programs: %s", strerror(-error));
}

static int keep_error(struct ejg_call *call, int error)
{
	return ejg_call_error(call, error == -ENOMEM ? error : -EIO, "try again",
			      "cannot take over the maps of the set in force: %s", strerror(-error));
}

static bool fits(const struct bpf_map *map, int fd)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	return map && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.max_entries == bpf_map__max_entries(map) &&
	       info.map_flags == bpf_map__map_flags(map);
}

/* Keeps all maps or none: the maps of a set refer to each other. */
static int keep_maps(struct bpf_object *object, const struct pins *pins)
{
	for (int map = 0; map < N_SET_MAPS; map++)
		if (pins->maps[map] >= 0 &&
		    !fits(bpf_object__find_map_by_name(object, pins_map_name(map)), pins->maps[map]))
			return 0;
	for (int map = 0; map < N_SET_MAPS; map++) {
		int r = pins->maps[map] < 0 ? 0
					    : bpf_map__reuse_fd(bpf_object__find_map_by_name(object, pins_map_name(map)),
								pins->maps[map]);

		if (r < 0)
			return r;
	}
	return 0;
}

/* True for errors that mean "no set". Any other error must fail: the new set would lose the data of the maps. */
static bool is_no_set(int error)
{
	return error == -ENOENT || error == -EUCLEAN || error == -EINVAL;
}

/* Keeps the maps of the service's set, or of the set that an interrupted apply left. */
static int keep_from_service(struct bpf_object *object, const char *service)
{
	static const char *const suffixes[] = { "", ":old" };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct pins pins = PINS_NULL;
		int found;

		pins_format(pins.path, PINS_ROOT "/%s%s%s", service, set_kind.suffix, suffixes[i]);
		found = pins_open_kept(&pins);
		r = found == 0 ? keep_maps(object, &pins) : is_no_set(found) ? 0 : found;
		pins_close(&pins);
		if (found == 0 || r < 0)
			break;
	}
	return r;
}

/* @service: keep the maps of its set; or NULL */
static int load(struct ejg_call *call, uint32_t hooks, const char *service, struct bpf_object **ret)
{
	size_t size;
	const void *elf = set_kind.elf(&size);
	struct bpf_object *loaded;
	libbpf_print_fn_t print;
	int r, kept = 0;

	/* libbpf writes to the caller's stderr: silence it here, then restore it. */
	print = libbpf_set_print(no_print);
	loaded = bpf_object__open_mem(elf, size, NULL);
	for (int hook = set_hook(0); loaded && hook < POLICY_N_HOOKS; hook = set_hook(hook + 1))
		bpf_program__set_autoload(bpf_object__find_program_by_name(loaded, policy_hooks[hook].name),
					  hooks & (1U << hook));
	if (loaded && set_kind.configure)
		set_kind.configure(loaded);
	r = loaded ? 0 : -errno;
	if (r == 0 && service)
		kept = keep_from_service(loaded, service);
	if (r == 0 && kept == 0)
		r = bpf_object__load(loaded);
	libbpf_set_print(print);
	if (r < 0 || kept < 0) {
		bpf_object__close(loaded);
		return kept < 0 && kept != -EPERM ? keep_error(call, kept) : load_error(call, kept < 0 ? kept : r);
	}
	*ret = loaded;
	return 0;
}

int programs_load(struct ejg_call *call, uint32_t hooks, struct bpf_object **ret)
{
	return load(call, hooks, NULL, ret);
}

int programs_load_over(struct ejg_call *call, uint32_t hooks, struct bpf_object **ret)
{
	return load(call, hooks, ejg_call_facts(call)->service, ret);
}

void programs_unload(struct bpf_object *loaded)
{
	bpf_object__close(loaded);
}
