/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The survey of a service: how it is configured and what really runs. Modules compare it with the facts.
 */
#ifndef EJGUARD_SURVEY_H
#define EJGUARD_SURVEY_H

#include <ejguard/facts.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The state of a setting, as far as it is known without running anything. Since ABI 1.0. */
enum ejg_setting_state {
	EJG_SETTING_KNOWN,	   /**< value is in effect */
	EJG_SETTING_UNSET,	   /**< nothing sets it, and it has no default */
	EJG_SETTING_INDETERMINATE, /**< it depends on what only running it would show; note says on what */
	EJG_SETTING_OVERRIDDEN,	   /**< value is written there, but another occurrence is in effect; note says which */
};

/**
 * A setting of the service as its start script (ejabberdctl) would come to it, read without running anything. Names
 * in capitals are the script's own variables:
 *
 *     ERLANG_NODE FIREWALL_WINDOW INET_DIST_INTERFACE ERL_DIST_PORT ERL_EPMD_ADDRESS ERL_EPMD_PORT ERL_OPTIONS
 *     CONFIG_DIR EJABBERDCTL_CONFIG_PATH EJABBERD_CONFIG_PATH VMARGS SPOOL_DIR LOGS_DIR EJABBERD_LOG_PATH
 *     EJABBERD_PID_PATH ERL_INETRC ERL_CRASH_DUMP ERL_CRASH_DUMP_BYTES CONTRIB_MODULES_PATH
 *     CONTRIB_MODULES_CONF_DIR HOME XDG_CONFIG_HOME; and, where they are set, ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS
 *
 * and those in small letters are derived:
 *
 *     layout      debian, installer (/opt/ejabberd), source (/usr/local), container (/home/ejabberd or its like),
 *                 unknown
 *     script      path of ejabberdctl
 *     version     of ejabberd: "23.01"
 *     otp         release of Erlang/OTP: "25"
 *     user        login name that the node runs as
 *     name-kind   short or long, by the script's own rule
 *     dist-range  "4370-4375": the distribution range; each source of one is an occurrence
 *     tls-dist    the value of -proto_dist, where there is one: inet_tls
 *     epmd-address, epmd-port   what epmd's own unit sets: ERL_EPMD_ADDRESS, ERL_EPMD_PORT, or options of epmd
 *     epmd-listen "198.51.100.1:4369": a listener of epmd's socket unit; each is an occurrence, and all are in effect
 *     umask       UMask= of the unit, where it has one: "0027"
 *     not-assigned   FIREWALL_WINDOW of a line `FIREWALL_WINDOW = 1-2`, which sets nothing; each is an occurrence
 *     release     folder of a release that brings its own Erlang; not of ejabberd
 *
 * Those that ejabberd alone has (FIREWALL_WINDOW, EJABBERD*, CONTRIB*, layout, script, version) are there for ejabberd
 * only. Of another kind of service the others say what its own files come to, by this name; the note says by which name
 * of its own: RABBITMQ_NODENAME.
 *
 * A name may occur several times: the first occurrence is what is in effect (or why that cannot be told), the others
 * are OVERRIDDEN. Since ABI 1.0.
 */
struct ejg_setting {
	const char *name;
	uint32_t state;	   /**< enum ejg_setting_state */
	const char *value; /**< NULL when UNSET or INDETERMINATE. A cookie in it is replaced by "***". */
	const char *note;  /**< for people, or NULL */
	struct ejg_origin origin;
};

/** What a process of the Erlang world is. Since ABI 1.0. */
enum ejg_process_role {
	EJG_PROCESS_NODE,    /**< a node: beam.smp with -name or -sname, or an ejabberd without either */
	EJG_PROCESS_CONTROL, /**< a node that only asks another one: ejabberdctl's own, erl -hidden, erl_call */
	EJG_PROCESS_EPMD,
};

/**
 * The relation of an Erlang process to the service. A process's own statements (its name, its arguments) count
 * only if its user could have started the service: any user can start a node of any name.
 * Since ABI 1.0.
 */
enum ejg_relation {
	EJG_RELATION_UNKNOWN, /**< cannot be told: root's and nothing says for what, or the service's user is unknown */
	EJG_RELATION_OURS,    /**< the service's node or epmd: in its cgroups; or of its user or root, with its name */
	EJG_RELATION_TOOL,    /**< the service's, and only asks its node: ejabberdctl */
	EJG_RELATION_SAME_USER, /**< something else that the service's user runs */
	EJG_RELATION_STRANGER,	/**< somebody else's, whatever it calls itself */
};

/** A process that runs now. Since ABI 1.0. */
struct ejg_process {
	pid_t pid;
	uint64_t start_time;	      /**< clock ticks since boot: tells it from a later process of the same pid */
	uid_t uid;		      /**< effective */
	gid_t gid;		      /**< effective */
	uint32_t role;		      /**< enum ejg_process_role */
	const char *exe;	      /**< what it executes, or NULL when that may not be seen */
	const char *cgroup;	      /**< of cgroup2, as /proc/PID/cgroup names it, or NULL */
	const char *unit;	      /**< the system's unit that the cgroup belongs to: "ejabberd.service"; or NULL */
	bool in_service;	      /**< it is in one of the cgroups of the facts, or below one */
	bool other_network;	      /**< it lives in another network namespace than the caller: a container */
	const char *const *arguments; /**< ended by NULL; a cookie is replaced by "***" */
	size_t n_arguments;
	bool cookie_argument; /**< one of them was a cookie (-setcookie): every user of the host can read it */
	/**
	 * NAME=value of the names of ejg_setting in capitals, and of those that erl takes arguments from (ERL_FLAGS,
	 * ERL_AFLAGS, ERL_ZFLAGS, ERL_OTP25_FLAGS), ended by NULL; cookies are replaced. NULL when it may not be read.
	 */
	const char *const *environment;
	size_t n_environment;
	const char *node;  /**< what -name or -sname says, or NULL */
	bool long_name;	   /**< -name */
	uint32_t relation; /**< enum ejg_relation */
};

/**
 * A TCP socket that listens where the service lives: in the network namespaces of its cgroups' processes; without any,
 * in the caller's. Since ABI 1.0.
 */
struct ejg_listener {
	struct ejg_prefix address; /**< a wildcard is 0.0.0.0 (length 128) or :: */
	uint16_t port;
	uid_t uid;	    /**< of the socket */
	uint64_t cgroup_id; /**< of the socket */
	const char *unit;   /**< of that cgroup, or NULL */
	bool in_service;    /**< the socket belongs to one of the cgroups of the facts, or one below */
	pid_t pid;	    /**< a process that holds it (the service manager last), or 0 when none was seen */
};

/** Who began a connection. Since ABI 1.0. */
enum ejg_direction {
	EJG_DIRECTION_UNKNOWN, /**< the kernel does not tell */
	EJG_INCOMING,
	EJG_OUTGOING,
};

/**
 * A TCP connection, or an end of one on this host, with epmd's port or a distribution port on either side: one of the
 * facts, or one that a node has registered in epmd. Since ABI 1.0.
 */
struct ejg_connection {
	struct ejg_prefix local;
	uint16_t local_port;
	struct ejg_prefix remote;
	uint16_t remote_port;
	uid_t uid;	    /**< of the socket */
	bool in_service;    /**< as of a listener */
	uint32_t direction; /**< enum ejg_direction */
};

/** What epmd answers to NAMES. Since ABI 1.0. */
struct ejg_epmd_name {
	const char *name; /**< without the host: "ejabberd". Anybody may register one: printable characters only. */
	uint16_t port;
};

/**
 * The settings of the service, and what really runs. Later versions add members at the end of this structure and of its
 * arrays' elements: use ejg_setting_get() and similar functions to step over the elements. Since ABI 1.0.
 */
struct ejg_survey {
	size_t size;
	const struct ejg_setting *settings;
	size_t n_settings;
	size_t setting_size; /**< of one, as the library has them */
	const struct ejg_process *processes;
	size_t n_processes;
	size_t process_size;
	const struct ejg_listener *listeners;
	size_t n_listeners;
	size_t listener_size;
	bool epmd_answered; /**< false: epmd_note says why */
	const char *epmd_note;
	const struct ejg_epmd_name *epmd_names;
	size_t n_epmd_names;
	size_t epmd_name_size;
	const char *const *unseen; /**< what could not be seen, and why, one sentence each */
	size_t n_unseen;
	bool user_known; /**< user is known */
	uid_t user;	 /**< of the service: as configured, else of its node, of the service's name, of the stack */
	const struct ejg_connection *connections; /**< where the service lives; established, or on the way there; only
						     ejg_discover() lists them */
	size_t n_connections;
	size_t connection_size;
};

/** First members of a survey that a test of a module makes up. Since ABI 1.0. */
#define EJG_SURVEY_HEADER                                                                                              \
	.size = sizeof(struct ejg_survey), .setting_size = sizeof(struct ejg_setting),                                 \
	.process_size = sizeof(struct ejg_process), .listener_size = sizeof(struct ejg_listener),                      \
	.epmd_name_size = sizeof(struct ejg_epmd_name), .connection_size = sizeof(struct ejg_connection)

/** A setting. @survey: the survey. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_setting *ejg_setting_get(const struct ejg_survey *survey, size_t index)
{
	return (const struct ejg_setting *)ejg_element(survey->settings, survey->n_settings, survey->setting_size,
						       index);
}

/** A process. @survey: the survey. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_process *ejg_process_get(const struct ejg_survey *survey, size_t index)
{
	return (const struct ejg_process *)ejg_element(survey->processes, survey->n_processes, survey->process_size,
						       index);
}

/** A listener. @survey: the survey. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_listener *ejg_listener_get(const struct ejg_survey *survey, size_t index)
{
	return (const struct ejg_listener *)ejg_element(survey->listeners, survey->n_listeners, survey->listener_size,
							index);
}

/** A name that epmd knows. @survey: the survey. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_epmd_name *ejg_epmd_name_get(const struct ejg_survey *survey, size_t index)
{
	return (const struct ejg_epmd_name *)ejg_element(survey->epmd_names, survey->n_epmd_names,
							 survey->epmd_name_size, index);
}

/** A connection. @survey: the survey. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_connection *ejg_connection_get(const struct ejg_survey *survey, size_t index)
{
	return (const struct ejg_connection *)ejg_element(survey->connections, survey->n_connections,
							  survey->connection_size, index);
}

/**
 * The occurrence of a setting that is in effect.
 * @survey: the survey
 * @name:   as in struct ejg_setting
 *
 * Return: the setting, or NULL for a name that the survey does not have. Since ABI 1.0.
 */
const struct ejg_setting *ejg_survey_setting(const struct ejg_survey *survey, const char *name);

/**
 * The value of a setting that is KNOWN.
 * @survey: the survey
 * @name:   as above
 *
 * Return: the value, or NULL. Since ABI 1.0.
 */
const char *ejg_survey_value(const struct ejg_survey *survey, const char *name);

#ifdef __cplusplus
}
#endif

#endif
