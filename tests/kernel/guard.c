/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guard under test is the tool's: stack file, apply, release. Only its counters are read from the kernel. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "tests/kernel/attempts.h"

#define SERVICE "attempts"

static const char *const options[N_VARIANTS] = {
	[VARIANT_DEFAULT] = "",
	[VARIANT_STRICT] = " strict=yes",
	[VARIANT_DENY] = " wildcard=deny",
	[VARIANT_REWRITE] = " wildcard=rewrite",
	[VARIANT_NETNS] = "",
	[VARIANT_NETNS_STRICT] = " strict=yes",
	[VARIANT_PERMISSIVE] = " mode=permissive",
	[VARIANT_NETNS_PERMISSIVE] = " mode=permissive",
};

static bool is_netns(enum variant variant)
{
	return variant == VARIANT_NETNS || variant == VARIANT_NETNS_STRICT || variant == VARIANT_NETNS_PERMISSIVE;
}

const char *guard_lacking(enum variant variant)
{
	unsigned int major = 0, minor = 0;
	struct utsname uts;

	if (!is_netns(variant) || uname(&uts) < 0 || sscanf(uts.release, "%u.%u", &major, &minor) != 2 ||
	    major * 1000 + minor >= 5017)
		return NULL;
	return "the device in the lookup of a listener (5.17)";
}

static int write_stack(const struct world *world, enum variant variant)
{
	cleanup_file FILE *file = NULL;
	char path[512];

	snprintf(path, sizeof(path), "%s/" SERVICE, world->conf);
	file = fopen(path, "we");
	if (!file)
		return errno;
	if (world->local)
		fprintf(file, "set users 901\nrequired host%s\n", options[variant]);
	else
		fprintf(file,
			"set public 5222 5223 5269\nrequired net accept=%s "
			"listen=127.0.0.1,::1,198.51.100.1,2001:db8::1,fe80::1%s\n",
			is_netns(variant) ? "netns" : "cgroup", options[variant]);
	fprintf(file, "set epmd 4369\n"
		      "set dist 4370-4375\n"
		      "set peers 198.51.100.2 198.51.100.3 2001:db8::2 fe80::2%%eth0\n");
	return fflush(file) ? errno : 0;
}

static _Noreturn void exec_tool(const struct world *world, char *const *arguments)
{
	cleanup_fd int netns = open(world->host, O_RDONLY | O_CLOEXEC);

	/* In the host's network, which has eth0 of the peers; outside of the attempt's cgroups. */
	if (netns < 0 || setns(netns, CLONE_NEWNET) < 0 || enter_cgroup(world->elsewhere))
		_exit(99);
	execv(world->tool, arguments);
	_exit(99);
}

/* Return: 0 or EIO; the tool has printed the reason. */
static int run_tool(const struct world *world, char *const *arguments)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		exec_tool(world, arguments);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : EIO;
}

int guard_apply(const struct world *world, enum variant variant)
{
	char *arguments[] = { "ejguard",
			      "-q",
			      "--confdir",
			      (char *)world->conf,
			      "--moduledir",
			      (char *)world->modules,
			      "apply",
			      "--cgroup",
			      (char *)world->guarded,
			      SERVICE,
			      NULL };
	int r = write_stack(world, variant);

	return r ? r : run_tool(world, arguments);
}

int guard_release(const struct world *world)
{
	char *arguments[] = { "ejguard",	   "-q",	  "--confdir",
			      (char *)world->conf, "--moduledir", (char *)world->modules,
			      "release",	   SERVICE,	  NULL };

	return run_tool(world, arguments);
}

int guard_counters(const struct world *world, uint64_t ret[POLICY_N_HOOKS * POLICY_N_REASONS])
{
	cleanup_fd int map = bpf_obj_get(world->local ? "/sys/fs/bpf/ejguard/" SERVICE ":host/counters"
						      : "/sys/fs/bpf/ejguard/" SERVICE "/counters");
	int n = libbpf_num_possible_cpus();
	cleanup_free uint64_t *values = n > 0 ? calloc(n, sizeof(*values)) : NULL;

	memset(ret, 0, POLICY_N_HOOKS * POLICY_N_REASONS * sizeof(*ret));
	if (map < 0)
		return map == -ENOENT ? 0 : -map;
	if (!values)
		return ENOMEM;
	for (uint32_t i = 0; i < POLICY_N_HOOKS * POLICY_N_REASONS; i++) {
		int r = bpf_map_lookup_elem(map, &i, values);

		if (r < 0)
			return -r;
		for (int cpu = 0; cpu < n; cpu++)
			ret[i] += values[cpu];
	}
	return 0;
}
