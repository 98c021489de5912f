/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The properties of each kind of Erlang service. Sources: the start scripts, units and packages of each; for EMQX's
 * ports ekka_dist.erl and gen_rpc's stateless discovery; for RabbitMQ's rabbitmq-env, rabbit_env.erl, and
 * rabbit_prelaunch_conf.erl, which applies rabbitmq.conf after the environment and before the distribution starts.
 * EMQX's script asks emqx.conf alone for node.name and node.cookie: cluster.hocon, which the dashboard writes, sets
 * neither.
 */
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/util/cleanup.h"

static const struct kind_setting rabbitmq[] = {
	{ "ERLANG_NODE", "RABBITMQ_NODENAME NODENAME", NULL, "rabbit@%h" },
	{ "SPOOL_DIR", "RABBITMQ_MNESIA_BASE MNESIA_BASE", NULL, "/var/lib/rabbitmq/mnesia" },
	{ "LOGS_DIR", "RABBITMQ_LOG_BASE LOG_BASE", NULL, "/var/log/rabbitmq" },
	{ "ERL_OPTIONS", "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS SERVER_ADDITIONAL_ERL_ARGS", NULL, NULL },
	{ KIND_LONG_NAMES, "RABBITMQ_USE_LONGNAME USE_LONGNAME", NULL, "false" },
	{ KIND_DIST_FIRST, "RABBITMQ_DIST_PORT DIST_PORT", NULL, NULL },
	{ KIND_DIST_BASE, "RABBITMQ_NODE_PORT NODE_PORT", NULL, "5672" },
	{ KIND_OWN_FIRST, NULL, "distribution.listener.port_range.min", NULL },
	{ KIND_OWN_LAST, NULL, "distribution.listener.port_range.max", NULL },
	{ "INET_DIST_INTERFACE", NULL, "distribution.listener.interface", NULL },
};

static const struct kind_setting couchdb[] = {
	{ "VMARGS", "COUCHDB_ARGS_FILE", NULL, "%c/vm.args" },
	{ "SPOOL_DIR", NULL, NULL, "%r/data" },
	{ "LOGS_DIR", NULL, NULL, "/var/log/couchdb" },
};

static const struct kind_setting emqx[] = {
	{ "ERLANG_NODE", "EMQX_NODE__NAME EMQX_NODE_NAME", "node.name", "emqx@127.0.0.1" },
	{ "VMARGS", NULL, NULL, "%c/vm.args" },
	{ "SPOOL_DIR", "EMQX_NODE__DATA_DIR", "node.data_dir", "/var/lib/emqx" },
	{ "LOGS_DIR", "EMQX_LOG_DIR", NULL, "/var/log/emqx" },
	{ KIND_DIST_BASE, NULL, NULL, "4370" },
	{ KIND_ALSO, "EMQX_RPC__TCP_SERVER_PORT", "rpc.tcp_server_port", NULL },
	{ KIND_ALSO_BASE, NULL, NULL, "5370" },
};

static const struct kind_setting vernemq[] = {
	{ "ERLANG_NODE", NULL, "nodename", "VerneMQ@127.0.0.1" },
	{ "VMARGS", NULL, NULL, "%c/vm.args" },
	{ "SPOOL_DIR", NULL, NULL, "/var/lib/vernemq" },
	{ "LOGS_DIR", NULL, NULL, "/var/log/vernemq" },
	{ KIND_DIST_FIRST, NULL, "erlang.distribution.port_range.minimum", NULL },
	{ KIND_DIST_LAST, NULL, "erlang.distribution.port_range.maximum", NULL },
	{ KIND_ALSO, NULL, "listener.vmq.clustering", "44053" },
};

/* A release of mix, rebar3 or relx; for other services nothing is known. */
static const struct kind_setting erlang[] = {
	{ "ERLANG_NODE", "RELEASE_NODE", NULL, "%n@%h" },
	{ "VMARGS", "RELEASE_VM_ARGS VMARGS_PATH", NULL, "%c/vm.args %r/releases/%v/vm.args" },
	{ "ERL_OPTIONS", "ELIXIR_ERL_OPTIONS", NULL, NULL },
	{ KIND_LONG_NAMES, "RELEASE_DISTRIBUTION", NULL, NULL },
};

#define KNOWN .known.size = sizeof(struct ejg_kind)
#define SETTINGS(rows) .settings = (rows), .n_settings = ARRAY_SIZE(rows)
#define RESTART "\nrestart the service"

static const struct service_kind kinds[] = {
	{ KNOWN, .known.name = "ejabberd", .known.title = "ejabberd", .known.tool = "ejabberdctl", .has_script = true,
	  .services = "ejabberd", .unit = "ejabberd.service", .commands = "ejabberdctl", .user = "ejabberd",
	  .boot = "ejabberd", .marks = "ejabberd.yml ejabberdctl.cfg" },
	{ KNOWN,
	  .known.name = "rabbitmq",
	  .known.title = "RabbitMQ",
	  .known.tool = "rabbitmqctl",
	  .known.secrets = "rabbitmq.conf rabbitmq.config advanced.config",
	  .known.joins_late = true,
	  .known.tools = { 35672, 35682 },
	  .known.usual = { { 25672, 25672 } },
	  .known.name_remedy = "edit: /etc/rabbitmq/rabbitmq-env.conf: NODENAME=rabbit@HOST\n"
			       "the database belongs to the old name: see rename_cluster_node of rabbitmqctl(8)",
	  .known.range_remedy = "edit: /etc/rabbitmq/rabbitmq-env.conf: DIST_PORT=25672" RESTART,
	  .known.interface_remedy =
		  "edit: /etc/rabbitmq/rabbitmq-env.conf: "
		  "SERVER_ADDITIONAL_ERL_ARGS=\"-kernel inet_dist_use_interface {127,0,0,1}\"" RESTART,
	  .services = "rabbitmq rabbitmq-server",
	  .unit = "rabbitmq-server.service",
	  .commands = "rabbitmq-server",
	  .user = "rabbitmq",
	  .boot = "rabbit",
	  .folders = "/etc/rabbitmq /usr/local/etc/rabbitmq",
	  .marks = "rabbitmq.conf rabbitmq-env.conf rabbitmq.config advanced.config enabled_plugins",
	  .shell = "%c/rabbitmq-env.conf",
	  .shell_variable = "RABBITMQ_CONF_ENV_FILE",
	  .exports = "ERL_EPMD_PORT ERL_EPMD_ADDRESS",
	  .keys = "%c/rabbitmq.conf",
	  .keys_folder = "%c/conf.d",
	  .instead = "%c/rabbitmq.config",
	  .terms = "%c/rabbitmq.config %c/advanced.config",
	  .elsewhere = "RABBITMQ_CONFIG_FILE CONFIG_FILE RABBITMQ_CONFIG_FILES CONFIG_FILES "
		       "RABBITMQ_ADVANCED_CONFIG_FILE ADVANCED_CONFIG_FILE",
	  SETTINGS(rabbitmq),
	  .add = 20000 },
	{ KNOWN, .known.name = "couchdb", .known.title = "CouchDB",
	  .known.name_remedy = "set -name couchdb@HOST in vm.args" RESTART,
	  .known.range_remedy =
		  "write into vm.args: -kernel inet_dist_listen_min 9100 inet_dist_listen_max 9200" RESTART,
	  .known.interface_remedy = "write into vm.args: -kernel inet_dist_use_interface {127,0,0,1}" RESTART,
	  .services = "couchdb", .commands = "couchdb", .user = "couchdb", .roots = "/opt/couchdb",
	  .folders = "/opt/couchdb/etc /etc/couchdb", .marks = "local.ini default.ini", SETTINGS(couchdb) },
	{ KNOWN, .known.name = "emqx", .known.title = "EMQX", .known.tool = "emqx ctl", .known.without_epmd = true,
	  .known.usual = { { 4370, 4370 }, { 5370, 5370 } },
	  .known.name_remedy = "set node.name in emqx.conf, or EMQX_NODE__NAME" RESTART,
	  .known.range_remedy = "change the number at the end of the node's name: the port is 4370 + that number",
	  .known.interface_remedy = "write into vm.args: -kernel inet_dist_use_interface {127,0,0,1}" RESTART,
	  .services = "emqx emqx-enterprise", .unit = "emqx.service", .commands = "emqx", .user = "emqx",
	  .roots = "/opt/emqx /usr/lib/emqx", .folders = "/etc/emqx /opt/emqx/etc", .marks = "emqx.conf",
	  .keys = "%c/emqx.conf", SETTINGS(emqx), .numbered = true },
	{ KNOWN, .known.name = "vernemq", .known.title = "VerneMQ", .known.tool = "vmq-admin",
	  .known.fixed = { 44053, 44053 }, .known.name_remedy = "set nodename in vernemq.conf" RESTART,
	  .known.range_remedy = "write into vernemq.conf: erlang.distribution.port_range.minimum = 9100\n"
				"and: erlang.distribution.port_range.maximum = 9109" RESTART,
	  .known.interface_remedy = "write into vm.args: -kernel inet_dist_use_interface {127,0,0,1}" RESTART,
	  .services = "vernemq", .commands = "vernemq", .user = "vernemq", .roots = "/opt/vernemq /usr/lib/vernemq",
	  .folders = "/etc/vernemq /opt/vernemq/etc", .marks = "vernemq.conf", .keys = "%c/vernemq.conf",
	  SETTINGS(vernemq) },
	{ KNOWN, .known.name = "erlang", .known.title = "Erlang",
	  .known.secrets = "sys.config runtime.exs vm.args env.sh",
	  .known.name_remedy = "set RELEASE_NODE in the unit or in env.sh, or -name in vm.args" RESTART,
	  .known.range_remedy =
		  "write into vm.args: -kernel inet_dist_listen_min 9100 inet_dist_listen_max 9109" RESTART,
	  .known.interface_remedy = "write into vm.args: -kernel inet_dist_use_interface {127,0,0,1}" RESTART,
	  .shell = "%r/releases/%v/env.sh", SETTINGS(erlang) },
};

const struct service_kind *kind_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].known.name, name) == 0)
			return &kinds[i];
	return NULL;
}

const struct service_kind *kind_of(const struct ejg_kind *known)
{
	return known ? kind_by_name(known->name) : NULL;
}

const char *const *kind_names(void)
{
	static const char *const names[] = { "ejabberd", "rabbitmq", "couchdb", "emqx", "vernemq", "erlang", NULL };

	_Static_assert(ARRAY_SIZE(names) == ARRAY_SIZE(kinds) + 1, "a name is missing");
	return names;
}

const char *kind_next_word(const char **words, size_t *ret_n)
{
	const char *word = *words;

	if (!word || !*word)
		return NULL;
	*ret_n = strcspn(word, " ");
	*words = word + *ret_n + (word[*ret_n] == ' ');
	return word;
}

bool kind_has_word(const char *words, const char *word, size_t length)
{
	const char *one;
	size_t n;

	while ((one = kind_next_word(&words, &n)))
		if (n == length && strncmp(one, word, n) == 0)
			return true;
	return false;
}

bool kind_is_boot(const char *module)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].boot && strcmp(kinds[i].boot, module) == 0)
			return true;
	return false;
}

/*
 * True if a word of the line is a command of the kind: `/bin/bash /usr/bin/emqx foreground`. A command with the name of
 * the service counts only as the path of a program: else it may mean something else.
 */
static bool calls(const struct service_kind *kind, const char *line)
{
	static const char borders[] = " \t\"'/;&|";

	for (const char *at = line; *at; at++) {
		const size_t length = strcspn(at, " \t\"';&|"), before = (size_t)(at - line);
		const bool program = before == 0 || (before >= 4 && strncmp(at - 4, "bin/", 4) == 0);

		if (kind_has_word(kind->commands, at, length) &&
		    (program || (strchr(borders, at[-1]) && !kind_has_word(kind->services, at, length))))
			return true;
	}
	return false;
}

const struct service_kind *kind_by_command(const char *line)
{
	/* systemd.service(5), "Special executable prefixes" */
	line += strspn(line, "@-:+!|");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].commands && calls(&kinds[i], line))
			return &kinds[i];
	return NULL;
}
