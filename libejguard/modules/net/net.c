/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `net`: limits access to epmd and the distribution ports. See ejguard-net(8). */
#include "libejguard/modules/net/net.h"
#include "libejguard/util/cleanup.h"

static void net_finish(struct ejg_call *call)
{
	struct net_state *state = ejg_call_state(call);

	set_finish(call);
	net_peers_free(&state->peers);
	free(state->networks);
}

static const struct ejg_option options[] = {
	{ .name = "strict",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct net_config, strict),
	  .fallback = "no",
	  .help = "every TCP port that is not in 'set public' is private" },
	{ .name = "listen",
	  .type = EJG_OPTION_ADDRESSES,
	  .offset = offsetof(struct net_config, listen),
	  .fallback = "127.0.0.0/8,::1",
	  .help = "addresses of this host on which private ports may listen and peers may connect" },
	{ .name = "accept",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct net_config, accept),
	  .choices = net_accept_words,
	  .fallback = "auto",
	  .help = "where connections are accepted or refused: in the network namespace (for all listeners in it), or "
		  "at the service's cgroups" },
	{ .name = "evict",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct net_config, evict),
	  .fallback = "no",
	  .help = "apply also ends existing connections that the policy does not allow" },
	{ .name = "wildcard",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct net_config, wildcard),
	  .choices = net_wildcard_words,
	  .fallback = "allow",
	  .help = "what happens when a private port is bound to all addresses; incoming packets are filtered in any "
		  "case" },
};

static const struct ejg_finding_info findings[] = {
	{ "guarding", EJG_OK, "the cgroup is guarded at every hook", NULL },
	{ "network-guarded", EJG_OK, "the network namespace is guarded for all listeners in it", NULL },
	{ "network-extra", EJG_INFO, "a network namespace is guarded in which the service does not run now", NULL },
	{ "local-refused", EJG_WARNING, "programs of this host cannot reach an address in listen=, with accept=netns",
	  "use accept=cgroup, or give the address a prefix of its own (/32)" },
	{ "policy", EJG_INFO, "the policy that is in force", NULL },
	{ "denied", EJG_INFO, "one of the last distinct denials", NULL },
	{ "cgroup-absent", EJG_INFO, "a cgroup of the stack does not exist now", NULL },
	{ "cgroup-removed", EJG_INFO, "a removed cgroup is still guarded, because sockets of it are open", NULL },
	{ "cgroup-extra", EJG_INFO, "a cgroup that the stack does not name is guarded", NULL },
	{ "would-change", EJG_INFO, "what applying this stack would change", NULL },
	{ "would-load", EJG_OK, "this kernel accepts the programs", NULL },
	{ "kernel", EJG_OK, "the kernel is new enough", NULL },
	{ "kernel-old", EJG_FAILURE, "the kernel is too old", "use Linux 5.10 or newer" },
	{ "lockdown", EJG_INFO, "the kernel is locked down", NULL },
	{ "same-user", EJG_WARNING, "the kernel lets processes of the same user take over each other",
	  "set kernel.yama.ptrace_scope to 1 (in /etc/sysctl.d, so that it lasts)" },
	{ "no-tun", EJG_WARNING, "the self-test for incoming packets is not possible here", "run: modprobe tun" },
	{ "foreign", EJG_INFO, "another program is attached to a hook of a guarded cgroup", NULL },
	{ "foreign-above", EJG_WARNING, "a program that runs after the guard could undo a refusal",
	  "find out which program this is, then test the guard\nrun: bpftool cgroup tree\nrun: ejguard status "
	  "--prove" },
	{ "blocked", EJG_FAILURE, "a program above keeps the guard from being attached",
	  "have its owner attach it with BPF_F_ALLOW_MULTI" },
	{ "bind-refused", EJG_WARNING, "the guard refuses a listener that the service is configured to open",
	  "configure an address that is in listen=, or add this address to listen= and those who connect to it to 'set "
	  "peers'" },
	{ "not-loaded", EJG_FAILURE, "nothing guards the service", "run: ejguard apply" },
	{ "outdated", EJG_FAILURE, "the pins are damaged or of another version", "run: ejguard apply" },
	{ "newer", EJG_FAILURE, "the pins were made by a newer ejguard", "use the newer ejguard" },
	{ "not-attached", EJG_FAILURE, "a cgroup of the service is not guarded", "run: ejguard apply" },
	{ "partly-attached", EJG_FAILURE, "a cgroup is not guarded at every hook", "run: ejguard apply" },
	{ "network-unguarded", EJG_FAILURE, "a network namespace of the service is not guarded", "run: ejguard apply" },
	{ "lookup-overridden", EJG_FAILURE, "another program lets a stranger through to a private port, or may",
	  "have its owner leave epmd's port and the distribution range out\nrun: bpftool net show\nrun: bpftool link" },
	{ "lookup-untried", EJG_WARNING, "whether another program lets strangers through was tried with a part of the ports only",
	  "find out what this program does\nrun: bpftool net show\nrun: bpftool link" },
	{ "policy-missing", EJG_FAILURE, "no policy is in force", "run: ejguard apply" },
	{ "policy-differs", EJG_FAILURE, "the policy in force is not the one of the stack", "run: ejguard apply" },
	{ "no-cgroup", EJG_FAILURE, "no cgroup of the service exists",
	  "start the service, or name its cgroup: 'set cgroups' in the stack, or --cgroup" },
	{ "ports-ephemeral", EJG_FAILURE, "private ports are in the range of ephemeral ports, which the kernel gives to any process",
	  "reserve them in net.ipv4.ip_local_reserved_ports, or use other ports" },
	{ "listener-unknown", EJG_FAILURE, "a listener of the service is neither public nor private",
	  "add its port to 'set public' or to 'set dist', or use strict=yes" },
	{ "listener-unguarded", EJG_FAILURE, "epmd or a node listens for everybody, outside of the service's cgroups",
	  "stop that process and start it by its unit, or name its unit or cgroup in 'set cgroups'" },
	{ "listener-foreign", EJG_WARNING, "a process outside of the service's cgroups listens on a private port",
	  "find out which process it is" },
	{ "sockets-unseen", EJG_FAILURE, "sockets cannot be listed: connections older than the policy may exist",
	  "run: modprobe -a inet_diag tcp_diag\nrun it as root, not in a container" },
	{ "connection-before", EJG_FAILURE, "a connection is older than the policy, and the policy does not allow it",
	  "end it: restart the service, or use evict=yes" },
	{ "proven", EJG_OK, "forbidden attempts from inside were refused and counted", NULL },
	{ "not-proven", EJG_FAILURE, "a forbidden attempt was not refused by this guard",
	  "see which other programs are attached, then apply again\nrun: ejguard doctor" },
	{ "unproven", EJG_WARNING, "a forbidden attempt could not be made",
	  "see the reason; /dev/net/tun is needed for ingress" },
	{ "peer-remembered", EJG_INFO, "a peer's name does not resolve; its last known addresses are used", NULL },
	{ "peer-lingers", EJG_INFO, "a peer's name lost an address a short time ago; it is still used", NULL },
	{ "peer-changed", EJG_INFO, "a peer's name has other addresses than before", NULL },
	{ "peer-unresolved", EJG_WARNING, "a peer's name does not resolve: the peer is refused",
	  "correct the name, or repair the resolver\nrun: ejguard apply" },
	{ "peer-unusable", EJG_WARNING, "a peer's name resolves to an address that cannot be a peer's",
	  "correct the name's address in /etc/hosts or DNS, or write the address itself" },
	{ "peers-forgotten", EJG_WARNING, "the last known addresses of peers cannot be read or saved",
	  "give the folder to root, with mode 0700" },
	{ "connection-ended", EJG_INFO, "evict=yes ended a connection that the policy does not allow", NULL },
};

static const struct ejg_metric_info metrics[] = {
	{ "denials", 1, "attempts that were refused, or would have been in permissive mode" },
	{ "distinct_denials", 0, "rows of the tables of distinct denials" },
	{ "cgroups", 0, "cgroups that are guarded at every hook" },
	{ "networks", 0, "network namespaces that are guarded for all listeners in them" },
	{ "peers", 0, "ranges of peer addresses in the policy" },
};

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "net",
	.summary = "who may listen on and connect to the ports of epmd and the distribution",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.metrics = metrics,
	.n_metrics = ARRAY_SIZE(metrics),
	.config_size = sizeof(struct net_config),
	.state_size = sizeof(struct net_state),
	.check = net_check,
	.prepare = net_prepare,
	.apply = net_apply,
	.status = net_status,
	.release = set_release,
	.explain = net_explain,
	.watch = set_watch,
	.watch_next = set_watch_next,
	.finish = net_finish,
	.prove = net_prove,
	.doctor = net_doctor,
};
