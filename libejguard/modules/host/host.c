/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `host`: which local users bind and reach private ports. See ejguard-host(8). */
#include "libejguard/modules/host/host.h"
#include "libejguard/util/cleanup.h"

static int host_watch(struct ejg_call *call, int *ret_fd)
{
	struct host_state *state = ejg_call_state(call);

	return watch_begin(call, &state->watch, ret_fd);
}

static int host_watch_next(struct ejg_call *call)
{
	const struct host_state *state = ejg_call_state(call);

	return watch_next(call, state->watch);
}

static void host_finish(struct ejg_call *call)
{
	struct host_state *state = ejg_call_state(call);

	watch_free(state->watch);
	if (!state->prepared)
		return;
	net_policy_free(&state->policy);
	install_free(&state->change);
}

static const struct ejg_option options[] = {
	{ .name = "strict",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct host_config, strict),
	  .fallback = "no",
	  .help = "ports that the kernel chose for listeners of the service are private, too, unless they are in 'set "
		  "public'" },
	{ .name = "evict",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct host_config, evict),
	  .fallback = "no",
	  .help = "apply also ends existing connections of local users that would be refused now" },
};

static const struct ejg_finding_info findings[] = {
	{ "guarding", EJG_OK, "the top of the cgroup tree is guarded at every hook", NULL },
	{ "policy", EJG_INFO, "the policy that is in force", NULL },
	{ "denied", EJG_INFO, "one of the last distinct denials", NULL },
	{ "would-change", EJG_INFO, "what applying this stack would change", NULL },
	{ "would-load", EJG_OK, "this kernel accepts the programs", NULL },
	{ "kernel-old", EJG_FAILURE, "the kernel is too old", "use Linux 5.14 or newer" },
	{ "foreign", EJG_INFO, "another program is attached to a hook at the top of the tree", NULL },
	{ "foreign-above", EJG_WARNING, "a program that runs after the guard could undo a refusal",
	  "find out which program this is, then test the guard\nrun: bpftool cgroup tree\nrun: ejguard status "
	  "--prove" },
	{ "blocked", EJG_FAILURE, "a program above keeps the guard from being attached",
	  "have its owner attach it with BPF_F_ALLOW_MULTI" },
	{ "sk-lookup", EJG_WARNING, "another program chooses listeners in a network namespace of the service",
	  "find out which program this is, and which ports it leads where\nrun: bpftool link show" },
	{ "outside-unguarded", EJG_FAILURE, "processes that are not below the guarded cgroup can use the private ports",
	  "apply the guard on the host, or give the container a network namespace of its own" },
	{ "top-of-container", EJG_WARNING, "only the processes of this container are guarded against",
	  "make sure that no other container shares the network namespace, or apply the guard on the host" },
	{ "not-loaded", EJG_FAILURE, "local users are not kept away", "run: ejguard apply" },
	{ "outdated", EJG_FAILURE, "the pins are damaged or of another version", "run: ejguard apply" },
	{ "newer", EJG_FAILURE, "the pins were made by a newer ejguard", "use the newer ejguard" },
	{ "not-attached", EJG_FAILURE, "the top of the tree is not guarded", "run: ejguard apply" },
	{ "partly-attached", EJG_FAILURE, "the top of the tree is not guarded at every hook", "run: ejguard apply" },
	{ "policy-missing", EJG_FAILURE, "no policy is in force: nothing is refused", "run: ejguard apply" },
	{ "policy-differs", EJG_FAILURE, "the policy in force is not the one of the stack", "run: ejguard apply" },
	{ "cgroup-unknown", EJG_FAILURE, "the guard does not know a cgroup of the service", "run: ejguard apply" },
	{ "network-unknown", EJG_FAILURE, "nothing is refused in a network namespace of the service",
	  "run: ejguard apply" },
	{ "ports-ephemeral", EJG_FAILURE, "private ports are in the range that the kernel gives to any process",
	  "reserve them in net.ipv4.ip_local_reserved_ports, or use other ports" },
	{ "listener-before", EJG_FAILURE,
	  "another user listened on a private port before the guard was applied, and still does",
	  "end that process; or name the user in 'set users', if it may use private ports" },
	{ "listener-unknown", EJG_FAILURE, "the service listened on a private port before the guard was applied",
	  "run: ejguard apply\nif the listener is still unknown then, restart the service" },
	{ "connection-before", EJG_FAILURE,
	  "another user connected to a private port before the guard was applied, and still is",
	  "end that process, or use evict=yes; or name the user in 'set users'" },
	{ "connection-ended", EJG_INFO, "evict=yes ended a connection of another user", NULL },
	{ "sockets-unseen", EJG_FAILURE, "sockets cannot be listed: some older than the guard may exist",
	  "run: modprobe -a inet_diag tcp_diag\nrun it as root, not in a container" },
	{ "proven", EJG_OK, "forbidden attempts of another user were refused and counted", NULL },
	{ "not-proven", EJG_FAILURE, "a forbidden attempt was not refused by this guard",
	  "see which other programs are attached, then apply again\nrun: ejguard doctor" },
	{ "unproven", EJG_WARNING, "a forbidden attempt could not be made", "see the reason" },
	{ "peer-remembered", EJG_INFO, "a peer's name does not resolve; its last known addresses are used", NULL },
	{ "peer-lingers", EJG_INFO, "a peer's name lost an address a short time ago; it is still used", NULL },
	{ "peer-unresolved", EJG_WARNING, "a peer's name does not resolve: local users can connect to it",
	  "correct the name, or repair the resolver\nrun: ejguard apply" },
	{ "peer-unusable", EJG_WARNING, "a peer's name resolves to an address that cannot be a peer's",
	  "correct the name's address in /etc/hosts or DNS, or write the address itself" },
	{ "peers-forgotten", EJG_WARNING, "the last known addresses of peers cannot be read",
	  "give the folder to root, with mode 0700" },
};

static const struct ejg_metric_info metrics[] = {
	{ "denials", 1, "attempts of local users that were refused, or would have been in permissive mode" },
	{ "distinct_denials", 0, "rows of the table of distinct denials" },
	{ "users", 0, "users who may bind and connect to private ports" },
};

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "host",
	.summary = "which local users may listen on and connect to the ports of epmd and the distribution",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.metrics = metrics,
	.n_metrics = ARRAY_SIZE(metrics),
	.config_size = sizeof(struct host_config),
	.state_size = sizeof(struct host_state),
	.check = host_check,
	.prepare = host_prepare,
	.apply = host_apply,
	.status = host_status,
	.release = host_release,
	.explain = host_explain,
	.watch = host_watch,
	.watch_next = host_watch_next,
	.finish = host_finish,
	.prove = host_prove,
	.doctor = host_doctor,
};
