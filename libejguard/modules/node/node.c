/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `node`: the node's name, its distribution and epmd, configured and running. See ejguard-node(8). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/port-window.h"

static const char *const names_words[] = {
	[NODE_NAMES_ANY] = "any",
	[NODE_NAMES_SHORT] = "short",
	[NODE_NAMES_LONG] = "long",
	NULL,
};

static const char *const tls_words[] = {
	[NODE_TLS_ADVISED] = "advised",
	[NODE_TLS_REQUIRED] = "required",
	[NODE_TLS_OPTIONAL] = "optional",
	NULL,
};

static const struct ejg_option options[] = {
	{ .name = "names",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct node_config, names),
	  .choices = names_words,
	  .fallback = "any",
	  .help = "kind of node name to require: short (-sname) or long (-name)" },
	{ .name = "tls",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct node_config, tls),
	  .choices = tls_words,
	  .fallback = "advised",
	  .help = "distribution over TLS: advised in a cluster, required, or not asked for" },
};

#define EDIT_NAME                                                                                                      \
	"set ERLANG_NODE in ejabberdctl.cfg\nthe database belongs to the old name: move it as described in "           \
	"ejabberd's guide"
#define EDIT_INTERFACE "set INET_DIST_INTERFACE to the address that the other nodes use, or remove it"
#define EDIT_RANGE "edit: ejabberdctl.cfg: FIREWALL_WINDOW=" PORT_WINDOW_PROPOSED "\nrestart the service"

static const struct ejg_finding_info findings[] = {
	{ "name", EJG_OK, "the node's name and what it resolves to", NULL },
	{ "range", EJG_OK, "the ports of the distribution", NULL },
	{ "interface", EJG_OK, "the distribution listens on one address", NULL },
	{ "tls", EJG_OK, "the distribution runs over TLS", NULL },
	{ "epmd", EJG_OK, "epmd answers", NULL },
	{ "node", EJG_OK, "the node runs with the configured name", NULL },
	{ "name-unknown", EJG_INFO, "the node's name cannot be determined", NULL },
	{ "name-hostname", EJG_INFO, "the node's name depends on the host's name", NULL },
	{ "host-unanswered", EJG_INFO, "DNS did not answer in time, or was not asked", NULL },
	{ "distribution-none", EJG_INFO, "the node is started without a name, so it has no distribution", NULL },
	{ "range-loopback", EJG_INFO, "the distribution port is random, on loopback", NULL },
	{ "range-unknown", EJG_INFO, "the ports of the distribution cannot be determined", NULL },
	{ "tools-range", EJG_INFO, "ports on which the service's tools listen while they run", NULL },
	{ "interface-unknown", EJG_INFO, "the address of the distribution cannot be determined", NULL },
	{ "interface-everywhere", EJG_INFO, "the distribution listens on all addresses", NULL },
	{ "epmd-everywhere", EJG_INFO, "epmd listens on all addresses", NULL },
	{ "epmd-absent", EJG_INFO, "no process listens on epmd's port now", NULL },
	{ "epmd-unused", EJG_INFO, "the node does not use epmd", NULL },
	{ "tls-unknown", EJG_INFO, "it cannot be determined whether the distribution runs over TLS", NULL },
	{ "node-absent", EJG_INFO, "no running node of the service was seen", NULL },
	{ "node-other", EJG_INFO, "a node of somebody else runs on this host", NULL },
	{ "node-replaced", EJG_INFO, "the node runs a file that was replaced after its start", NULL },
	{ "public-silent", EJG_INFO, "the service does not listen on a port of 'set public'", NULL },
	{ "unseen", EJG_INFO, "something could not be seen", NULL },
	{ "name-invalid", EJG_WARNING, "a node with this name cannot start or be controlled", EDIT_NAME },
	{ "name-kind", EJG_WARNING, "the name is not of the kind (short or long) that the stack asks for", EDIT_NAME },
	{ "host-loopback", EJG_WARNING,
	  "in a cluster, the name resolves to loopback: other nodes connect to themselves",
	  "set ERLANG_NODE=ejabberd@NAME in ejabberdctl.cfg, where NAME is this host's name on the cluster's network\n"
	  "the database belongs to the old name: move it as described in ejabberd's guide" },
	{ "host-public", EJG_WARNING, "without a cluster, the name resolves to a public address", EDIT_NAME },
	{ "host-elsewhere", EJG_WARNING, "the name resolves to another host's address",
	  "write this host's address and the name into /etc/hosts" },
	{ "host-dns", EJG_WARNING, "the name is resolved by DNS only", "write it into /etc/hosts" },
	{ "host-unresolved", EJG_WARNING, "the name's host part does not resolve",
	  "write this host's address and the name into /etc/hosts" },
	{ "range-none", EJG_WARNING, "the distribution port is random", EDIT_RANGE },
	{ "range-ignored", EJG_WARNING, "Erlang ignores the range: the port is random", EDIT_RANGE },
	{ "range-empty", EJG_WARNING, "the minimum is above the maximum: the node does not start", EDIT_RANGE },
	{ "range-invalid", EJG_WARNING, "the range is not two ports: the node does not start", EDIT_RANGE },
	{ "range-split", EJG_WARNING, "the shell takes the range apart", EDIT_RANGE },
	{ "range-one-port", EJG_WARNING, "no port is left for ejabberdctl before 24.06", EDIT_RANGE },
	{ "range-small", EJG_WARNING, "only one port is left for ejabberdctl before 24.06", EDIT_RANGE },
	{ "range-ephemeral", EJG_WARNING, "the kernel may give ports of the range to any process",
	  "reserve them in net.ipv4.ip_local_reserved_ports, or move the range" },
	{ "range-epmd", EJG_WARNING, "the range contains epmd's port", EDIT_RANGE },
	{ "range-privileged", EJG_WARNING, "the range contains privileged ports", EDIT_RANGE },
	{ "range-taken", EJG_WARNING, "a stranger listens on a port of the range",
	  "find out which process it is; end it, or move the range\nrun: ss -ltnpe" },
	{ "range-differs", EJG_WARNING, "the stack guards other ports than the node's",
	  "correct 'set dist' in the stack" },
	{ "dist-port-twice", EJG_WARNING, "-erl_epmd_port is given twice: Erlang ignores it",
	  "leave one of ERL_DIST_PORT and -erl_epmd_port, then restart the service" },
	{ "dist-port-ignored", EJG_WARNING, "ERL_DIST_PORT is not a port: Erlang ignores it",
	  "set ERL_DIST_PORT to one port, such as 4370, or remove the line\nrestart the service" },
	{ "dist-port-invalid", EJG_WARNING, "ERL_DIST_PORT is not a port: the node does not start",
	  "set ERL_DIST_PORT to one port, such as 4370, or remove the line\nrestart the service" },
	{ "not-assigned", EJG_WARNING,
	  "a line sets nothing, because it has a blank before =", "write it without blanks: NAME=value" },
	{ "setting-overridden", EJG_WARNING, "a setting has no effect, because another one overrides it",
	  "remove the line" },
	{ "interface-ignored", EJG_WARNING, "INET_DIST_INTERFACE is ignored", EDIT_INTERFACE },
	{ "interface-unusable", EJG_WARNING, "the node cannot be reached at INET_DIST_INTERFACE, or does not start",
	  EDIT_INTERFACE },
	{ "interface-loopback", EJG_WARNING, "in a cluster, the distribution listens on loopback", EDIT_INTERFACE },
	{ "interface-mismatch", EJG_WARNING, "the name resolves to another address than INET_DIST_INTERFACE",
	  EDIT_INTERFACE },
	{ "epmd-address-ignored", EJG_WARNING, "ERL_EPMD_ADDRESS has no effect",
	  "set ListenStream= of epmd.socket\nrun: systemctl edit epmd.socket" },
	{ "epmd-address-invalid", EJG_WARNING, "ERL_EPMD_ADDRESS is not a list of addresses",
	  "set ERL_EPMD_ADDRESS=127.0.0.1, or remove it" },
	{ "epmd-port-differs", EJG_WARNING, "the service uses another epmd port than the stack guards",
	  "correct 'set epmd' in the stack, or ERL_EPMD_PORT" },
	{ "epmd-stray", EJG_WARNING, "epmd runs outside of the service's units",
	  "stop it (with epmd -kill, when no node runs), then start it with its unit" },
	{ "epmd-silent", EJG_WARNING, "the program on epmd's port does not answer as epmd does",
	  "run: systemctl restart epmd.socket epmd.service" },
	{ "epmd-loopback", EJG_WARNING, "in a cluster, epmd listens on loopback",
	  "let epmd also listen on the cluster's address: set ListenStream= of epmd.socket, or ERL_EPMD_ADDRESS" },
	{ "registered-foreign", EJG_WARNING, "a name in epmd belongs to no process of the service",
	  "find out which program it is; if it is a service that shares epmd, name its user in 'set users'\nrun: ss "
	  "-ltnpe" },
	{ "node-unregistered", EJG_WARNING, "epmd does not know the running node", "restart the service" },
	{ "node-differs", EJG_WARNING, "the running node has another name than the configured one",
	  "restart the service" },
	{ "node-outside", EJG_WARNING, "the node runs outside of the service's units, so it is not guarded",
	  "stop it, then start it with its unit" },
	{ "node-stranger", EJG_WARNING, "a node that is not the service's uses the service's node name",
	  "find out who started it, and end it: the service's own node cannot start while it runs" },
	{ "node-setting", EJG_WARNING, "the node was started with another value than is configured",
	  "restart the service" },
	{ "node-range", EJG_WARNING, "the node was started with another distribution range than is configured",
	  "restart the service" },
	{ "node-user", EJG_WARNING, "the node runs as another user than is configured",
	  "stop it, then start it with its unit" },
	{ "epmd-elsewhere", EJG_WARNING, "the service's epmd listens on another port than the stack guards",
	  "correct 'set epmd' in the stack, or ERL_EPMD_PORT" },
	{ "listener-unguarded", EJG_WARNING, "the distribution listens on another port than the stack guards",
	  "correct 'set dist' in the stack, or restart the service" },
	{ "listener-unnamed", EJG_WARNING, "the service listens on a port that the stack does not name",
	  "add it to 'set public', or correct the configuration of the service" },
	{ "listener-unidentified", EJG_WARNING, "a listener of the node may be its distribution",
	  "find out what it is: if it is the distribution, correct 'set dist'; if everybody may connect to it, add it "
	  "to 'set public'" },
	{ "listener-outside", EJG_WARNING, "the distribution listens outside of its range", "restart the service" },
	{ "listener-address", EJG_WARNING, "the distribution listens on another address than the configured one",
	  "restart the service" },
	{ "tls-off", EJG_WARNING, "in a cluster, the distribution is not encrypted",
	  "use -proto_dist inet_tls with a certificate for each node (Erlang: Using TLS for Erlang Distribution)" },
	{ "tls-missing", EJG_FAILURE, "the stack asks for TLS, but the distribution is not encrypted",
	  "use -proto_dist inet_tls with a certificate for each node (Erlang: Using TLS for Erlang Distribution)" },
	{ "range-public", EJG_FAILURE, "the range overlaps public ports", EDIT_RANGE },
	{ "epmd-foreign", EJG_FAILURE, "a program that is not the service's answers on epmd's port",
	  "find out which process it is, and end it; if you trust its user, name the user in 'set users'\nrun: ss "
	  "-ltnpe\n"
	  "run: systemctl restart epmd.socket" },
	{ "name-taken", EJG_FAILURE, "another program has registered the node's name in epmd",
	  "find out which process it is, end it, then restart epmd and the node\nrun: ss -tnpe" },
	{ "name-hijacked", EJG_FAILURE, "epmd names another program's port for the node",
	  "find out which process it is, end it, then restart epmd and the node\nrun: ss -tnpe" },
};

/* True if a node of the service runs under a name, whatever is configured now. */
static bool runs_named(const struct node *node)
{
	const char *value;

	for (size_t i = 0; i < node->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(node->survey, i);

		if (node_is_service(process) &&
		    (node_argument(process, "-name", &value) || node_argument(process, "-sname", &value)))
			return true;
	}
	return false;
}

static void run_rules(struct node *node)
{
	if (node->alone) {
		node_say(node, "distribution-none", "distribution", ejg_survey_setting(node->survey, "name-kind"), NULL,
			 "the node is started without a name: it listens for no other node, and needs neither a range "
			 "nor epmd, unless its code starts the distribution");
	} else {
		node_check_name(node);
		node_check_range(node);
		node_check_interface(node);
		node_check_tls(node);
	}
	node_check_settings(node);
	if (!node->alone || runs_named(node))
		node_check_epmd(node);
	if (node->world->image)
		return;
	node_check_names(node);
	node_check_running(node);
	node_check_processes(node);
	node_check_listeners(node);
}

static void say_unseen(const struct node *node)
{
	const struct ejg_survey *survey = node->survey;

	for (size_t i = 0; i < survey->n_unseen; i++)
		node_say(node, "unseen", "survey", NULL, NULL, "%.400s", survey->unseen[i]);
}

/* No configuration, no process, and no listener on epmd's port: this host has no node. */
static bool is_absent(const struct node *node)
{
	if (node->facts->config_dir || node_value(node, "ERLANG_NODE") || node->survey->n_processes)
		return false;
	for (size_t i = 0; i < node->survey->n_listeners; i++)
		if (ejg_listener_get(node->survey, i)->port == node->facts->epmd_port)
			return false;
	return true;
}

static int node_check(struct ejg_call *call)
{
	bool failed = false;
	struct node node = {
		.call = call,
		.facts = ejg_call_facts(call),
		.survey = ejg_call_survey(call),
		.config = ejg_call_config(call),
		.failed = &failed,
	};
	cleanup_free struct node_world *world = malloc(sizeof(*world));
	int r;

	if (!node.survey || !world)
		return -ENOMEM;
	node_read(&node);
	r = node_world_read(&node, world);
	if (r < 0)
		return ejg_call_error(call, r, NULL, "cannot read this host's addresses or ask DNS: %s", strerror(-r));
	node.world = world;
	run_rules(&node);
	say_unseen(&node);
	return failed ? EJG_NOT_HELD : is_absent(&node) ? EJG_NOT_APPLICABLE : EJG_HELD;
}

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "node",
	.flags = EJG_MODULE_SURVEYS | EJG_MODULE_IMAGES,
	.summary = "the node's name, its distribution ports and epmd: as configured, and as they run",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.config_size = sizeof(struct node_config),
	.check = node_check,
};
