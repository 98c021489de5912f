/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/programs.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "libejguard/modules/net/kind.h"

uint64_t programs_build(void)
{
	uint64_t digest = 0xcbf29ce484222325; /* FNV-1a: tells builds apart, defends nothing */
	size_t size;
	const unsigned char *bytes = set_kind.elf(&size);

	for (size_t i = 0; i < size; i++)
		digest = (digest ^ bytes[i]) * 0x100000001b3;
	return digest;
}

static int no_print(enum libbpf_print_level level, const char *format, va_list ap)
{
	(void)level, (void)format, (void)ap;
	return 0;
}

/*
 * What to do about a refused load. Kernels say EPERM for a missing privilege and for lockdown alike; EACCES is what the verifier
 * says of a program that it cannot follow.
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

int programs_load(struct ejg_call *call, uint32_t hooks, struct bpf_object **ret)
{
	size_t size;
	const void *elf = set_kind.elf(&size);
	struct bpf_object *loaded;
	libbpf_print_fn_t print;
	int r;

	/* libbpf writes to stderr, which is not ours: silent while it works, then as it was. */
	print = libbpf_set_print(no_print);
	loaded = bpf_object__open_mem(elf, size, NULL);
	for (int hook = set_hook(0); loaded && hook < POLICY_N_HOOKS; hook = set_hook(hook + 1))
		bpf_program__set_autoload(bpf_object__find_program_by_name(loaded, policy_hooks[hook].name),
					  hooks & (1U << hook));
	if (loaded && set_kind.configure)
		set_kind.configure(loaded);
	r = loaded ? bpf_object__load(loaded) : -errno;
	libbpf_set_print(print);
	if (r < 0) {
		bpf_object__close(loaded);
		return load_error(call, r);
	}
	*ret = loaded;
	return 0;
}

void programs_unload(struct bpf_object *loaded)
{
	bpf_object__close(loaded);
}
