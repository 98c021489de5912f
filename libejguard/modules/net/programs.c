/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libejguard/modules/net/kind.h"
#include "libejguard/modules/net/pins.h"
#include "libejguard/util/child.h"
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
	return ejg_call_error(call, -EOPNOTSUPP, set_kind.kernel, "the kernel does not accept the BPF programs: %s",
			      strerror(-error));
}

/* The parts of a load that can fail. */
enum stage {
	STAGE_LOAD,
	STAGE_KEEP,
	STAGE_POLICY,
};

static int stage_error(struct ejg_call *call, enum stage stage, int error)
{
	if (stage == STAGE_LOAD || error == -EPERM)
		return load_error(call, error);
	return ejg_call_error(call, error == -ENOMEM ? error : -EIO, "try again", "%s: %s",
			      stage == STAGE_KEEP ? "cannot take over the maps of the set in force"
						  : "cannot put the policy into the set",
			      strerror(-error));
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
		int r = pins->maps[map] < 0
				? 0
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

/*
 * The first policy of a new set. The kernel waits for RCU after any change of an array of maps, also where no program
 * is loaded that could use it: about 10 ms, in which a child waits, while the parent goes on. The change itself comes
 * before the wait.
 */
struct first_policy {
	int array, policy_fd;
	pid_t child;
};

static int put_first(const void *data)
{
	const struct first_policy *first = data;
	const uint32_t own = 0;
	union bpf_attr attr = {};

	attr.map_fd = first->array;
	attr.key = (uintptr_t)&own;
	attr.value = (uintptr_t)&first->policy_fd;
	return syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr)) < 0 ? errno : 0;
}

/* Makes the array before libbpf does, and starts the child. Without one first_policy_end() makes the change. */
static int first_policy_begin(struct bpf_object *object, int policy_fd, struct first_policy *ret)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = policy_fd);
	const int kind = pins_policy_kind(policy_fd);
	const char *name = kind < 0 ? NULL : pins_map_name(kind);
	int r;

	if (kind < 0)
		return kind;
	ret->array = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, name, sizeof(uint32_t), sizeof(uint32_t),
				    POLICY_MAX_OWNERS, &options);
	if (ret->array < 0)
		return ret->array;
	r = bpf_map__reuse_fd(bpf_object__find_map_by_name(object, name), ret->array);
	if (r < 0)
		return r;
	ret->policy_fd = policy_fd;
	ret->child = child_start(put_first, ret);
	return 0;
}

static bool is_in_force(const struct first_policy *first)
{
	const uint32_t own = 0;
	uint32_t id = 0;

	return bpf_map_lookup_elem(first->array, &own, &id) == 0 && id;
}

/* Return: 0 if the policy is in force; then *ret_waiter is the child if it still waits. Or a negative errno. */
static int first_policy_end(struct first_policy *first, pid_t *ret_waiter)
{
	int status, r;

	if (first->child > 0 && is_in_force(first)) {
		*ret_waiter = first->child;
		return 0;
	}
	r = first->child > 0 ? child_wait(first->child, &status) : -ECHILD;

	r = r == 0 && WIFEXITED(status) ? -WEXITSTATUS(status) : -put_first(first);
	first->child = -1;
	return r;
}

static int open_object(uint32_t hooks, struct bpf_object **ret)
{
	size_t size;
	const void *elf = set_kind.elf(&size);
	struct bpf_object *object = bpf_object__open_mem(elf, size, NULL);

	if (!object)
		return -errno;
	for (int hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1))
		bpf_program__set_autoload(bpf_object__find_program_by_name(object, policy_hooks[hook].name),
					  hooks & (1U << hook));
	if (set_kind.configure)
		set_kind.configure(object);
	*ret = object;
	return 0;
}

/* Return: 0 or a negative errno; then *ret_stage is what failed. */
static int load_over(struct programs *programs, const char *service, int policy_fd, enum stage *ret_stage)
{
	struct first_policy first = { .array = -1, .child = -1 };
	int r, ended;

	*ret_stage = STAGE_KEEP;
	r = keep_from_service(programs->object, service);
	if (r < 0)
		return r;
	*ret_stage = STAGE_POLICY;
	r = first_policy_begin(programs->object, policy_fd, &first);
	if (r == 0) {
		r = bpf_object__load(programs->object);
		ended = first_policy_end(&first, &programs->waiter); /* in any case */
		if (r < 0)
			*ret_stage = STAGE_LOAD;
		else
			r = ended;
	}
	ejg_close_fd(&first.array); /* the object has its own descriptor */
	return r;
}

/* @service: keep the maps of its set; or NULL */
static int load(struct ejg_call *call, uint32_t hooks, const char *service, int policy_fd, struct programs *ret)
{
	enum stage stage = STAGE_LOAD;
	struct programs programs = {};
	libbpf_print_fn_t print;
	int r;

	/* libbpf writes to the caller's stderr: silence it here, then restore it. */
	print = libbpf_set_print(no_print);
	r = open_object(hooks, &programs.object);
	if (r == 0)
		r = service ? load_over(&programs, service, policy_fd, &stage) : bpf_object__load(programs.object);
	libbpf_set_print(print);
	if (r < 0) {
		programs_unload(&programs);
		return stage_error(call, stage, r);
	}
	*ret = programs;
	return 0;
}

int programs_load(struct ejg_call *call, uint32_t hooks, struct programs *ret)
{
	return load(call, hooks, NULL, -1, ret);
}

int programs_load_over(struct ejg_call *call, uint32_t hooks, int policy_fd, struct programs *ret)
{
	return load(call, hooks, ejg_call_facts(call)->service, policy_fd, ret);
}

void programs_unload(struct programs *programs)
{
	int status;

	if (programs->waiter > 0)
		(void)child_wait(programs->waiter, &status);
	bpf_object__close(programs->object);
	*programs = (struct programs){};
}
