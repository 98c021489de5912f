/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the module `node`. */
#ifndef EJG_NODE_NODE_H
#define EJG_NODE_NODE_H

#include <ejguard/module.h>
#include <limits.h>

#include "libejguard/modules/node/hosts.h"
#include "libejguard/util/erl-address.h"
#include "libejguard/modules/node/name.h"
#include "libejguard/modules/node/range.h"

enum node_names { NODE_NAMES_ANY, NODE_NAMES_SHORT, NODE_NAMES_LONG };
enum node_tls { NODE_TLS_ADVISED, NODE_TLS_REQUIRED, NODE_TLS_OPTIONAL };

struct node_config {
	unsigned int names; /* enum node_names */
	unsigned int tls;   /* enum node_tls */
};

#define NODE_MAX_OWN 256
#define NODE_MAX_TRUSTED 64
#define NODE_RESERVED_MAX 65536

#define NODE_EPMD_PATIENCE_MS 1000
#define NODE_EPMD_UNKNOWN (-1) /* no port: what epmd knows of a name cannot be told */

/* What the rules ask of this host, beside the survey. Tests fill it by hand. */
struct node_world {
	bool image;			     /* nothing runs: only what files say is known */
	struct ejg_prefix own[NODE_MAX_OWN]; /* addresses of this host */
	size_t n_own;
	char hostname[HOST_NAME_MAX + 1]; /* up to its first dot, as Erlang takes it */
	struct ejg_port_range ephemeral;  /* first is 0 when it is not known */
	char reserved[NODE_RESERVED_MAX]; /* ip_local_reserved_ports */
	uint16_t unprivileged_start;	  /* ports below need CAP_NET_BIND_SERVICE */
	uid_t trusted[NODE_MAX_TRUSTED];  /* root, set users, and the users of ejabberd and epmd */
	size_t n_trusted;
	bool epmd_socket;	 /* epmd.socket is enabled */
	struct node_host host;	 /* what the host part of the configured name resolves to */
	bool interface_bindable; /* the address of INET_DIST_INTERFACE can be bound */
	bool (*program_is_safe)(const struct node_world *world, pid_t pid);
	int own_port; /* with which epmd knows the configured name; 0: it does not; NODE_EPMD_UNKNOWN */
};

/* A check under way. */
struct node {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	const struct node_config *config;
	const struct node_world *world;
	struct node_name name; /* valid when name_known, and then without a problem */
	bool name_known;
	bool ipv6;		     /* -proto_dist inet6_... */
	size_t n_dist_port;	     /* how often -erl_epmd_port is configured: the node goes without epmd */
	struct ejg_port_range range; /* the configured one; first is 0 when there is none or it is not known */
	enum node_host_class class;
	struct erl_address interface; /* valid when has_interface */
	bool has_interface;
	bool foreign_epmd; /* what epmd answers is then worth nothing */
	bool without_epmd; /* of its kind, or by its configuration */
	bool *failed;	   /* set by node_say() */
};

/* Reads the settings that several rules need. */
void node_read(struct node *node);

/* Return: 0 or a negative errno. */
int node_world_read(const struct node *node, struct node_world *ret);

/* The rules, each group its own file. */
void node_check_name(struct node *node);
void node_check_range(const struct node *node);
void node_check_settings(const struct node *node);
void node_check_interface(const struct node *node);
void node_check_epmd(struct node *node);
void node_check_names(const struct node *node);
void node_check_running(const struct node *node);
void node_check_tls(const struct node *node);
void node_check_processes(const struct node *node);
void node_check_listeners(const struct node *node);

/* Helpers of the rules. */

/* A finding at the place of a setting. where may be NULL; remedy NULL: the declared one. */
void node_say(const struct node *node, const char *id, const char *subject, const struct ejg_setting *where,
	      const char *remedy, const char *format, ...) __attribute__((format(printf, 6, 7)));

/*
 * "set NAME=VALUE in FILE, then restart the service": FILE is where the setting stands, or would stand. NULL where it is
 * not ejabberd: node_say() then has the remedy of the kind.
 */
#define NODE_REMEDY_SIZE 512
const char *node_edit(const struct node *node, const char *assignment, const struct ejg_setting *where,
		      char text[static NODE_REMEDY_SIZE]);

/* The command that asks the node, for messages: "ejabberdctl", "rabbitmqctl", "its tools". */
const char *node_tool(const struct node *node);

/* The value of a setting that is KNOWN and not empty, or NULL. */
const char *node_value(const struct node *node, const char *name);

/* The part of the node's name before the @; where the name cannot be told, the service's own, as by default. */
const char *node_own_head(const struct node *node);

/* Whether a setting stands in a file that people write. */
bool node_is_written(const struct ejg_setting *setting);

/* Whether the service's own may be behind a uid, or behind a socket: strangers do not get into its cgroups. */
bool node_trusts(const struct node *node, uid_t uid);
bool node_trusts_listener(const struct node *node, const struct ejg_listener *listener);

/* The process of a pid in the survey, or NULL. */
const struct ejg_process *node_process(const struct node *node, pid_t pid);

/* Whether the distribution listens on a loopback address only, as it is configured. */
bool node_is_local(const struct node *node);

/* A running node that is the service's own. */
bool node_is_service(const struct ejg_process *process);

/* How often a word occurs among the blanks of a text. */
size_t node_count_word(const char *text, const char *word);

/* How often an argument occurs, and what follows its first occurrence. */
size_t node_argument(const struct ejg_process *process, const char *argument, const char **ret_value);

/* The port of a node's distribution, by its own argument or by epmd; 0 when it is not known. */
uint16_t node_dist_port(const struct node *node, const struct ejg_process *process);

/* The distribution range that a node was started with, by its arguments; false without. */
bool node_started_range(const struct ejg_process *process, struct ejg_port_range *ret);

/* The part of a node's name before the @, with its length. */
size_t node_head(const char *name);

/* "127.0.0.1:4369", "[::]:4369". */
#define NODE_ADDRESS_SIZE (EJG_PREFIX_TEXT_SIZE + 8)
const char *node_address(const struct ejg_listener *listener, char text[static NODE_ADDRESS_SIZE]);

/* Longest piece of a text of others in a message. */
#define NODE_TEXT "%.100s"

#endif
