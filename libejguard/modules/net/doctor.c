/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor: the features that this kernel supports, and those that are missing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "libejguard/modules/net/net.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/sockets.h"

/* Reads the first line of a small kernel file, without the newline; false when it cannot be read. */
static bool read_line(const char *path, char *line, size_t size)
{
	cleanup_file FILE *file = fopen(path, "re");

	if (!file || !fgets(line, (int)size, file))
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static void doctor_kernel(struct ejg_call *call)
{
	unsigned int major = 0, minor = 0;
	struct utsname uts;
	char line[128];

	uname(&uts);
	if (sscanf(uts.release, "%u.%u", &major, &minor) == 2 && major * 1000 + minor < 5010)
		ejg_call_finding(call, "kernel-old", uts.release, "is older than 5.10");
	else
		ejg_call_finding(call, "kernel", uts.release, "is new enough");
	/* "none [integrity] confidentiality": the mode in force is in brackets (kernel_lockdown(7)). */
	if (read_line("/sys/kernel/security/lockdown", line, sizeof(line)) && !strstr(line, "[none]"))
		ejg_call_finding(call, "lockdown", NULL,
				 "the kernel is locked down (%s): the guard works, but wildcard=rewrite refuses every "
				 "bind to ::",
				 line);
	if (geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) < 0)
		ejg_call_finding_at(call, "no-tun", NULL, &(struct ejg_place){ .file = "/dev/net/tun" },
				    "cannot be opened: %m");
}

/* With Yama's scope 1 or more only its parents can trace a process. Without Yama every process of its user can. */
static void doctor_tracing(struct ejg_call *call)
{
	static const char path[] = "/proc/sys/kernel/yama/ptrace_scope";
	char line[16];

	if (read_line(path, line, sizeof(line)) && strcmp(line, "0") != 0)
		return;
	ejg_call_finding_at(call, "same-user", NULL, &(struct ejg_place){ .file = path },
			    "a compromised node can take over other processes of its user (for example a command-line "
			    "tool) that run outside of its cgroups, where nothing is guarded");
}

static int ignore_socket(void *data, const struct socket_info *info)
{
	(void)data, (void)info;
	return 0;
}

static void doctor_sockets(struct ejg_call *call)
{
	int r = sockets_each(SOCKETS_LISTENING, ignore_socket, NULL);

	if (r < 0)
		ejg_call_finding(call, "sockets-unseen", NULL, "the kernel does not list sockets: %s", strerror(-r));
}

/* Checks that the kernel accepts the programs. */
static int doctor_load(struct ejg_call *call)
{
	struct programs loaded = {};
	uint32_t hooks = 0;
	int r = accept_choose(call, &hooks);

	if (r == 0)
		r = programs_load(call, hooks, &loaded);
	if (r < 0)
		return r;
	programs_unload(&loaded);
	ejg_call_finding(call, "would-load", NULL, "this kernel accepts the programs%s",
			 hooks & (1U << POLICY_LOOKUP) ? ", also the one for network namespaces (accept=netns)" : "");
	return 0;
}

static void doctor_pins(struct ejg_call *call)
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
	(void)net_report_foreign(call, &pins, false);
	pins_close(&pins);
}

int net_doctor(struct ejg_call *call)
{
	int r;

	doctor_kernel(call);
	doctor_tracing(call);
	doctor_sockets(call);
	r = pins_probe(call);
	if (r < 0)
		return r;
	doctor_pins(call);
	return doctor_load(call);
}
