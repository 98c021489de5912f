/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the module `node`. */
#ifndef EJG_NODE_NODE_H
#define EJG_NODE_NODE_H

#include <ejguard/module.h>
#include <limits.h>

#include "libejguard/modules/node/hosts.h"
#include "libejguard/modules/node/name.h"
#include "libejguard/modules/node/version.h"
#include "libejguard/util/ephemeral.h"
#include "libejguard/util/erl-address.h"

enum node_names { NODE_NAMES_ANY, NODE_NAMES_SHORT, NODE_NAMES_LONG };
enum node_tls { NODE_TLS_ADVISED, NODE_TLS_REQUIRED, NODE_TLS_OPTIONAL };

struct node_config {
	unsigned int names; /* enum node_names */
	unsigned int tls;   /* enum node_tls */
};

#define NODE_MAX_OWN 256
#define NODE_MAX_TRUSTED 64

#define NODE_EPMD_PATIENCE_MS 1000
#define NODE_EPMD_UNKNOWN (-1) /* no port: epmd's entry for a name is unknown */

/* Data about this host that the rules need in addition to the survey. Tests fill it by hand. */
struct node_world {
	bool image;			     /* no processes: only data from files is known */
	struct ejg_prefix own[NODE_MAX_OWN]; /* addresses of this host */
	size_t n_own;
	char hostname[HOST_NAME_MAX + 1]; /* up to its first dot, as in Erlang */
	struct ephemeral_ports ephemeral;
	uint16_t unprivileged_start;	 /* ports below need CAP_NET_BIND_SERVICE */
	uid_t trusted[NODE_MAX_TRUSTED]; /* root, set users, and the users of ejabberd and epmd */
	size_t n_trusted;
	bool epmd_socket;	 /* epmd.socket is enabled */
	struct node_host host;	 /* result of resolving the host part of the configured name */
	bool interface_bindable; /* the address of INET_DIST_INTERFACE can be bound */
	bool (*program_is_safe)(const struct node_world *world, pid_t pid);
	int own_port; /* epmd's port for the configured name; 0: not registered; NODE_EPMD_UNKNOWN */
};

/* The state of a check. */
struct node {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	const struct node_config *config;
	const struct node_world *world;
	struct node_name name; /* valid when name_known, and then without a problem */
	bool name_known;
	bool ipv6;		     /* -proto_dist inet6_... */
	size_t n_dist_port;	     /* how often -erl_epmd_port is set: the node does not use epmd */
	struct ejg_port_range range; /* the configured one; first is 0 when it is not set or unknown */
	enum node_host_class class;
	struct erl_address interface; /* valid when has_interface */
	bool has_interface;
	bool foreign_epmd; /* then epmd's answers are worthless */
	bool alone;	   /* it is started without a name: it has no distribution */
	bool without_epmd; /* by its kind, or by its configuration */
	bool *failed;	   /* set by node_say() */
};

/* Reads the settings that several rules need. */
void node_read(struct node *node);

/* Return: 0 or a negative errno. */
int node_world_read(const struct node *node, struct node_world *ret);

/* The rules, one file for each group. */
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

/* Makes a finding at the place of a setting. where may be NULL; remedy NULL: the declared one. */
void node_say(const struct node *node, const char *id, const char *subject, const struct ejg_setting *where,
	      const char *remedy, const char *format, ...) __attribute__((format(printf, 6, 7)));

/*
 * "set NAME=VALUE in FILE, then restart the service": FILE is where the setting is or belongs. NULL for other kinds
 * than ejabberd: node_say() then uses the remedy of the kind.
 */
#define NODE_REMEDY_SIZE 512
const char *node_edit(const struct node *node, const char *assignment, const struct ejg_setting *where,
		      char text[static NODE_REMEDY_SIZE]);

/* The tool of the node, for messages: "ejabberdctl", "rabbitmqctl", "its tools". */
const char *node_tool(const struct node *node);

/* The value of a setting that is KNOWN and not empty, or NULL. */
const char *node_value(const struct node *node, const char *name);

/* The part of the node's name before the @; if the name is unknown, the service's name, the default. */
const char *node_own_head(const struct node *node);

/* True if a setting comes from a file that people write. */
bool node_is_written(const struct ejg_setting *setting);

/* True if a uid or a socket may belong to the service: other users cannot enter its cgroups. */
bool node_trusts(const struct node *node, uid_t uid);
bool node_trusts_listener(const struct node *node, const struct ejg_listener *listener);

/* The process of a pid in the survey, or NULL. */
const struct ejg_process *node_process(const struct node *node, pid_t pid);

/* True if the distribution is configured to listen on a loopback address only. */
bool node_is_local(const struct node *node);

/* True for a running node of the service. */
bool node_is_service(const struct ejg_process *process);

/* The number of times that a word occurs in a text of words. */
size_t node_count_word(const char *text, const char *word);

/* The number of times that an argument occurs, and the value behind its first occurrence. */
size_t node_argument(const struct ejg_process *process, const char *argument, const char **ret_value);

/* The port of a node's distribution, by its arguments or by epmd; 0 when unknown. */
uint16_t node_dist_port(const struct node *node, const struct ejg_process *process);

/* The distribution range in a node's arguments; false without one. */
bool node_started_range(const struct ejg_process *process, struct ejg_port_range *ret);

/* The length of the part of a node's name before the @. */
size_t node_head(const char *name);

/* "127.0.0.1:4369", "[::]:4369". */
#define NODE_ADDRESS_SIZE (EJG_PREFIX_TEXT_SIZE + 8)
const char *node_address(const struct ejg_listener *listener, char text[static NODE_ADDRESS_SIZE]);

/* Limits a piece of foreign text in a message. */
#define NODE_TEXT "%.100s"

#endif
