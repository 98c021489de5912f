/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diagnose: what this kernel can enforce, what is missing, and whose programs stand on the same hooks. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "libejguard/modules/net/net.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/sockets.h"

/* First line of a small file of the kernel, without its end; false when it cannot be read. */
static bool read_line(const char *path, char *line, size_t size)
{
	cleanup_file FILE *file = fopen(path, "re");

	if (!file || !fgets(line, (int)size, file))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static void diagnose_kernel(struct ejg_call *call)
{
	unsigned int major = 0, minor = 0;
	struct utsname uts;
	char line[128];

	uname(&uts);
	if (sscanf(uts.release, "%u.%u", &major, &minor) == 2 && major * 1000 + minor < 5010)
		ejg_call_finding(call, "kernel-old", uts.release, "is older than 5.10");
	else
		ejg_call_finding(call, "kernel", uts.release, "is new enough");
	/* "none [integrity] confidentiality": what is in force stands in brackets (kernel_lockdown(7)). */
	if (read_line("/sys/kernel/security/lockdown", line, sizeof(line)) && !strstr(line, "[none]"))
		ejg_call_finding(call, "lockdown", NULL,
				 "the kernel is locked down (%s): the guard works, wildcard=rewrite refuses all of ::", line);
	if (geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) < 0)
		ejg_call_finding_at(call, "no-tun", NULL, &(struct ejg_place){ .file = "/dev/net/tun" },
				    "cannot be opened: %m");
}

/* Yama's scope 1 and above: a process is traced by those that started it only. Without Yama, by all of its user. */
static void diagnose_tracing(struct ejg_call *call)
{
	static const char path[] = "/proc/sys/kernel/yama/ptrace_scope";
	char line[16];

	if (read_line(path, line, sizeof(line)) && strcmp(line, "0") != 0)
		return;
	ejg_call_finding_at(call, "same-user", NULL, &(struct ejg_place){ .file = path },
			    "a compromised node can take over a process of its user outside of its cgroups, such as "
			    "ejabberdctl's own node, which no guard holds");
}

static int ignore_socket(void *data, const struct socket_info *info)
{
	(void)data, (void)info;
	return 0;
}

static void diagnose_sockets(struct ejg_call *call)
{
	int r = sockets_each(SOCKETS_LISTENING, ignore_socket, NULL);

	if (r < 0)
		ejg_call_finding(call, "sockets-unseen", NULL, "the kernel does not list sockets: %s", strerror(-r));
}

/* Whether the kernel takes the programs. */
static int diagnose_load(struct ejg_call *call)
{
	struct net_bpf *loaded = NULL;
	int r = programs_load(call, &loaded);

	if (r < 0)
		return r;
	programs_unload(loaded);
	ejg_call_finding(call, "would-load", NULL, "this kernel accepts the programs");
	return 0;
}

static void diagnose_pins(struct ejg_call *call)
{
	struct pins pins = PINS_NULL;
	enum pins_state state = PINS_ABSENT;

	if (pins_open(call, ejg_call_facts(call)->service, &pins, &state) < 0)
		return;
	if (state == PINS_OUTDATED)
		ejg_call_finding_at(call, "outdated", NULL, &(struct ejg_place){ .file = pins.path },
				    "damaged, or made by another version");
	else if (state == PINS_NEWER)
		ejg_call_finding_at(call, "newer", NULL, &(struct ejg_place){ .file = pins.path },
				    "made by a newer ejguard (layout %u)", pins.meta.layout);
	pins_close(&pins);
}

/* Whether a program is one of the service's own. */
static bool is_own(const struct pins *pins, uint32_t id)
{
	for (int hook = 0; hook < POLICY_N_HOOKS; hook++)
		if (pins->program_ids[hook] == id)
			return true;
	return false;
}

static void name_program(uint32_t id, char name[static BPF_OBJ_NAME_LEN])
{
	cleanup_fd int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	snprintf(name, BPF_OBJ_NAME_LEN, "?");
	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.name[0])
		snprintf(name, BPF_OBJ_NAME_LEN, "%s", info.name);
}

/*
 * A program further up runs after ours. At bind and connect it can undo a refusal (bpf_set_retval(), 5.18), and where it is
 * attached without BPF_F_ALLOW_MULTI nothing can be attached below it.
 */
static void report_program(struct ejg_call *call, const char *cgroup, enum policy_hook hook, uint32_t id, uint32_t flags,
			   bool above)
{
	char name[BPF_OBJ_NAME_LEN];

	name_program(id, name);
	if (above && !(flags & BPF_F_ALLOW_MULTI))
		ejg_call_finding(call, "blocked", cgroup, "%s is attached to %s exclusively: nothing attaches below it", name,
				 policy_hooks[hook].name);
	else if (above && hook != POLICY_INGRESS)
		ejg_call_finding(call, "foreign-above", cgroup, "%s runs after the guard at %s and could undo a refusal", name,
				 policy_hooks[hook].name);
	else
		ejg_call_finding(call, "foreign", cgroup, "%s is attached to %s too: it can refuse more, not less", name,
				 policy_hooks[hook].name);
}

static void diagnose_hooks(struct ejg_call *call, const struct pins *pins, const char *cgroup, bool above)
{
	cleanup_fd int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int hook = 0; fd >= 0 && hook < POLICY_N_HOOKS; hook++) {
		uint32_t ids[64], n = ARRAY_SIZE(ids), flags = 0; /* 64 programs fit on a hook: kernel/bpf/cgroup.c */

		if (bpf_prog_query(fd, policy_hooks[hook].attach_type, 0, &flags, ids, &n) < 0)
			continue;
		for (uint32_t i = 0; i < n; i++)
			if (!is_own(pins, ids[i]))
				report_program(call, cgroup, hook, ids[i], flags, above);
	}
}

/* Whether a cgroup stands above one of the first n of the service, and so was looked at with it. */
static bool is_above(const struct ejg_facts *facts, size_t n, const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < n; i++) {
		const char *ours = ejg_cgroup_get(facts, i)->path;

		if (ours && !strncmp(ours, path, length) && ours[length] == '/')
			return true;
	}
	return false;
}

/* Each cgroup of the service, and those above it up to the mount. */
static void diagnose_cgroups(struct ejg_call *call)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct pins pins = PINS_NULL;
	enum pins_state state;

	if (!facts->cgroup_mount || pins_open(call, facts->service, &pins, &state) < 0)
		return;
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		char path[PATH_MAX];

		if (!ejg_cgroup_get(facts, i)->path)
			continue;
		diagnose_hooks(call, &pins, ejg_cgroup_get(facts, i)->path, false);
		snprintf(path, sizeof(path), "%s", ejg_cgroup_get(facts, i)->path);
		while (strlen(path) > strlen(facts->cgroup_mount)) {
			*strrchr(path, '/') = '\0';
			if (!is_above(facts, i, path))
				diagnose_hooks(call, &pins, path, true);
		}
	}
	pins_close(&pins);
}

int net_diagnose(struct ejg_call *call)
{
	int r;

	diagnose_kernel(call);
	diagnose_tracing(call);
	diagnose_sockets(call);
	r = pins_probe(call);
	if (r < 0)
		return r;
	diagnose_pins(call);
	diagnose_cgroups(call);
	return diagnose_load(call);
}
