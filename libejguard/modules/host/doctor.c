/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor: whether this kernel takes the programs, and what else stands at the top of the tree and in sk_lookup. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/foreign.h"
#include "libejguard/util/cleanup.h"

static int doctor_load(struct ejg_call *call)
{
	struct bpf_object *loaded = NULL;
	uint64_t cookie;
	int r;

	if (network_cookie(&cookie) == -EOPNOTSUPP) {
		ejg_call_finding(call, "kernel-old", NULL, "this kernel cannot identify network namespaces");
		return 0;
	}
	r = programs_load(call, set_kind.hooks, &loaded);
	if (r < 0)
		return r;
	programs_unload(loaded);
	ejg_call_finding(call, "would-load", NULL, "this kernel accepts the programs");
	return 0;
}

/* Programs that choose the listener of a connection: one could lead a connection past every port that is private. */
static void doctor_sk_lookup(struct ejg_call *call)
{
	cleanup_fd int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	uint32_t ids[64], n = ARRAY_SIZE(ids), flags = 0;
	char name[BPF_OBJ_NAME_LEN];

	if (fd < 0 || bpf_prog_query(fd, BPF_SK_LOOKUP, 0, &flags, ids, &n) < 0)
		return;
	for (uint32_t i = 0; i < n; i++) {
		foreign_name(ids[i], name);
		ejg_call_finding(call, "sk-lookup", NULL,
				 "the program %s chooses listeners in this network namespace: it could connect a "
				 "public port with a private listener",
				 name);
	}
}

static void doctor_top(struct ejg_call *call, const char *mount)
{
	struct pins pins = PINS_NULL;
	const struct foreign f = { .call = call, .pins = &pins };
	enum pins_state state = PINS_ABSENT;

	if (pins_open(call, ejg_call_facts(call)->service, &pins, &state) < 0)
		return;
	if (state == PINS_OUTDATED || state == PINS_NEWER)
		ejg_call_finding_at(call, state == PINS_NEWER ? "newer" : "outdated", NULL,
				    &(struct ejg_place){ .file = pins.path }, "damaged, or made by another version");
	foreign_report(&f, mount, false);
	pins_close(&pins);
}

int host_doctor(struct ejg_call *call)
{
	struct ejg_cgroup top;
	int r = pins_probe(call);

	if (r == 0)
		r = host_find_top(call, &top);
	if (r < 0)
		return r;
	doctor_top(call, top.path);
	doctor_sk_lookup(call);
	return doctor_load(call);
}
