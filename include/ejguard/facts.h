/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of a service. The facts are what the modules hold it to: the stack says them, or they are discovered.
 * The survey is how it is configured and what really runs; nothing is held to it, it is there to be compared.
 */
#ifndef EJGUARD_FACTS_H
#define EJGUARD_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An address or prefix. IPv4 is stored IPv4-mapped (::ffff:a.b.c.d), so 198.51.100.0/24 has length 120.
 * Since ABI 1.0.
 */
struct ejg_prefix {
	uint8_t bytes[16]; /**< network order; bits past the length are zero */
	uint8_t length;    /**< 0 to 128 */
	uint32_t scope;    /**< index of the interface of a link-local address, 0 elsewhere */
};

/** Ports first to last, both included. Since ABI 1.0. */
struct ejg_port_range {
	uint16_t first;
	uint16_t last;
};

/** The source of a fact. Since ABI 1.0. */
enum ejg_origin_kind {
	EJG_ORIGIN_DEFAULT,    /**< no other source */
	EJG_ORIGIN_STACK,      /**< a set line of the stack file */
	EJG_ORIGIN_DISCOVERED, /**< read from the service's own configuration or from the system */
	EJG_ORIGIN_CALLER,     /**< given by the caller of the library */
	EJG_ORIGIN_SCRIPT,     /**< the service's own start script (ejabberdctl) presets it */
	EJG_ORIGIN_UNIT,       /**< a unit of the service manager sets it */
	EJG_ORIGIN_USERS,      /**< the user database: passwd(5) */
};

/** The source of a fact, with its place. Since ABI 1.0. */
struct ejg_origin {
	uint32_t kind;    /**< enum ejg_origin_kind */
	const char *file; /**< or NULL */
	uint32_t line;    /**< or 0 */
};

/** A cgroup of the service. Since ABI 1.0. */
struct ejg_cgroup {
	const char *name; /**< as in the stack: a unit or a path */
	const char *path; /**< absolute, including the cgroup2 mount; NULL when it does not exist now */
	uint64_t id;      /**< the kernel's id; 0 when it does not exist now */
	bool own;         /**< the caller's own cgroup, only with ejg_apply_options.own */
};

/** The state of the distribution ports. Since ABI 1.0. */
enum ejg_dist_state {
	EJG_DIST_RANDOM,        /**< the kernel chooses the port at each start */
	EJG_DIST_FIXED,         /**< facts.dist has them */
	EJG_DIST_INDETERMINATE, /**< the configuration cannot be read statically; facts.dist_note says why */
};

/** An entry of the peers. Since ABI 1.0. */
struct ejg_peer {
	struct ejg_prefix prefix; /**< valid when name is NULL */
	const char *name;         /**< host name that prepare must resolve, or NULL */
	struct ejg_origin origin;
};

/**
 * A kind of Erlang service, and its properties that do not depend on the host. Properties that it does not have are
 * NULL or 0: never use those of another kind instead. Since ABI 1.0.
 */
struct ejg_kind {
	size_t size;
	const char *name;  /**< "ejabberd", "rabbitmq", "couchdb", "emqx", "vernemq"; "erlang": any other */
	const char *title; /**< for people: "RabbitMQ" */
	const char *tool;  /**< the command that controls its node: "rabbitmqctl" */
	/**
	 * Files of its configuration folder that may contain passwords, separated by blanks, if its packages leave the
	 * folder open to everybody; NULL: any file may.
	 */
	const char *secrets;
	bool without_epmd; /**< its nodes find each other without epmd */
	bool joins_late;   /**< its node gets its name after the start: no argument has it */
	struct ejg_port_range tools;   /**< ports of its tools while they run; first is 0 without such ports */
	const char *name_remedy;       /**< remedy: how to change the node's name */
	const char *range_remedy;      /**< the same for the distribution range */
	const char *interface_remedy;  /**< the same for the distribution's address */
};

/**
 * The facts of the service, read-only. The structure grows at its end, and so do the elements of cgroups and peers:
 * ejg_cgroup_get() and ejg_peer_get() step over them. Since ABI 1.0.
 */
struct ejg_facts {
	size_t size;
	const char *service;
	const char *rundir;       /**< the service's folder that a boot empties; may not exist yet */
	const char *statedir;     /**< the service's folder that is kept over a boot; may not exist yet */
	const char *cgroup_mount; /**< mount point of cgroup2, or NULL */
	const struct ejg_cgroup *cgroups;
	size_t n_cgroups;
	size_t cgroup_size; /**< of one element, in the library */
	struct ejg_origin cgroups_origin;
	uint16_t epmd_port;
	struct ejg_origin epmd_origin;
	uint32_t dist_state; /**< enum ejg_dist_state */
	const struct ejg_port_range *dist;
	size_t n_dist;
	const char *dist_note; /**< for people: why it is random or indeterminate; else NULL */
	struct ejg_origin dist_origin;
	const struct ejg_port_range *public_ports;
	size_t n_public_ports;
	struct ejg_origin public_origin;
	const struct ejg_peer *peers;
	size_t n_peers;
	size_t peer_size; /**< of one element */
	struct ejg_origin peers_origin;
	const uid_t *users;
	size_t n_users;
	struct ejg_origin users_origin;
	const char *config_dir; /**< folder of ejabberd.yml and ejabberdctl.cfg, or NULL */
	struct ejg_origin config_origin;
	const char *stack_file; /**< the stack file in effect */
	/**
	 * The root directory: the folder of an image or of a mounted disk, without links; "" for the system itself. All
	 * other paths are as the service sees them. Nothing of an image runs: its cgroups have no path.
	 */
	const char *root;
	const struct ejg_kind *kind; /**< the kind of the service; "erlang" if it is unknown */
	struct ejg_origin kind_origin;
	uint32_t peer_grace; /**< of this apply: seconds for which an earlier address of a peer's name is still used */
};

/** What can be told of a setting without running anything. Since ABI 1.0. */
enum ejg_setting_state {
	EJG_SETTING_KNOWN,         /**< value is in effect */
	EJG_SETTING_UNSET,         /**< nothing sets it, and it has no default */
	EJG_SETTING_INDETERMINATE, /**< it depends on what only running it would show; note says on what */
	EJG_SETTING_OVERRIDDEN,    /**< value is written there, but another occurrence is in effect; note says which */
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
 *     layout      debian, installer (/opt/ejabberd), source (/usr/local), container (/home/ejabberd or its like), unknown
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
	uint32_t state;    /**< enum ejg_setting_state */
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
 * What a process of the Erlang world has to do with the service. What a process says of itself (its name, its
 * arguments) counts only where its user could have started the service: any user can start a node of any name.
 * Since ABI 1.0.
 */
enum ejg_relation {
	EJG_RELATION_UNKNOWN,   /**< cannot be told: root's and nothing says for what, or the service's user is unknown */
	EJG_RELATION_OURS,      /**< the service's node or epmd: in its cgroups; or of its user or root, with its name */
	EJG_RELATION_TOOL,      /**< the service's, and only asks its node: ejabberdctl */
	EJG_RELATION_SAME_USER, /**< something else that the service's user runs */
	EJG_RELATION_STRANGER,  /**< somebody else's, whatever it calls itself */
};

/** A process that runs now. Since ABI 1.0. */
struct ejg_process {
	pid_t pid;
	uint64_t start_time; /**< clock ticks since boot: tells it from a later process of the same pid */
	uid_t uid;           /**< effective */
	gid_t gid;           /**< effective */
	uint32_t role;      /**< enum ejg_process_role */
	const char *exe;    /**< what it executes, or NULL when that may not be seen */
	const char *cgroup; /**< of cgroup2, as /proc/PID/cgroup names it, or NULL */
	const char *unit;   /**< the system's unit that the cgroup belongs to: "ejabberd.service"; or NULL */
	bool in_service;    /**< it is in one of the cgroups of the facts, or below one */
	bool other_network; /**< it lives in another network namespace than the caller: a container */
	const char *const *arguments; /**< ended by NULL; a cookie is replaced by "***" */
	size_t n_arguments;
	bool cookie_argument;         /**< one of them was a cookie (-setcookie): every user of the host can read it */
	/**
	 * NAME=value of the names of ejg_setting in capitals, and of those that erl takes arguments from (ERL_FLAGS,
	 * ERL_AFLAGS, ERL_ZFLAGS, ERL_OTP25_FLAGS), ended by NULL; cookies are replaced. NULL when it may not be read.
	 */
	const char *const *environment;
	size_t n_environment;
	const char *node; /**< what -name or -sname says, or NULL */
	bool long_name;   /**< -name */
	uint32_t relation; /**< enum ejg_relation */
};

/**
 * A TCP socket that listens where the service lives: in the network namespaces of its cgroups' processes; without any, in
 * the caller's. Since ABI 1.0.
 */
struct ejg_listener {
	struct ejg_prefix address; /**< a wildcard is 0.0.0.0 (length 128) or :: */
	uint16_t port;
	uid_t uid; /**< of the socket */
	uint64_t cgroup_id; /**< of the socket */
	const char *unit; /**< of that cgroup, or NULL */
	bool in_service;  /**< the socket belongs to one of the cgroups of the facts, or one below */
	pid_t pid;        /**< a process that holds it (the service manager last), or 0 when none was seen */
};

/** What epmd answers to NAMES. Since ABI 1.0. */
struct ejg_epmd_name {
	const char *name; /**< without the host: "ejabberd". Anybody may register one: printable characters only. */
	uint16_t port;
};

/**
 * What is configured and what really runs. Grows at its end; and so do the elements of its arrays: ejg_setting_get() and
 * its like step over them. Since ABI 1.0.
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
	uid_t user;      /**< of the service: as configured, else of its node, else of the service's name, else of the stack */
};

/**
 * Whether the service is of a kind. Facts without one (made up by a test) are of ejabberd.
 * @facts: the facts
 * @name:  as in struct ejg_kind
 *
 * Since ABI 1.0.
 */
static inline bool ejg_kind_is(const struct ejg_facts *facts, const char *name)
{
	return strcmp(facts->kind ? facts->kind->name : "ejabberd", name) == 0;
}

/** First members of facts that a test of a module makes up. Since ABI 1.0. */
#define EJG_FACTS_HEADER                                                                                               \
	.size = sizeof(struct ejg_facts), .cgroup_size = sizeof(struct ejg_cgroup), .peer_size = sizeof(struct ejg_peer)

/** First members of a survey that a test of a module makes up. Since ABI 1.0. */
#define EJG_SURVEY_HEADER                                                                                              \
	.size = sizeof(struct ejg_survey), .setting_size = sizeof(struct ejg_setting),                                 \
	.process_size = sizeof(struct ejg_process), .listener_size = sizeof(struct ejg_listener),                      \
	.epmd_name_size = sizeof(struct ejg_epmd_name)

/**
 * An element of an array whose elements a newer library may have made larger than the caller knows.
 * @array: the first one
 * @n:     how many there are
 * @size:  of one, as the structure with the array says; languages without inline functions step by it themselves
 * @index: from 0
 *
 * Return: the element, or NULL past the end. Since ABI 1.0.
 */
static inline const void *ejg_element(const void *array, size_t n, size_t size, size_t index)
{
	return index < n ? (const char *)array + index * size : NULL;
}

/** A cgroup of the service. @facts: the facts. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_cgroup *ejg_cgroup_get(const struct ejg_facts *facts, size_t index)
{
	return (const struct ejg_cgroup *)ejg_element(facts->cgroups, facts->n_cgroups, facts->cgroup_size, index);
}

/** A peer. @facts: the facts. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_peer *ejg_peer_get(const struct ejg_facts *facts, size_t index)
{
	return (const struct ejg_peer *)ejg_element(facts->peers, facts->n_peers, facts->peer_size, index);
}

/** A setting. @survey: the survey. @index: from 0. Return: it, or NULL past the end. Since ABI 1.0. */
static inline const struct ejg_setting *ejg_setting_get(const struct ejg_survey *survey, size_t index)
{
	return (const struct ejg_setting *)ejg_element(survey->settings, survey->n_settings, survey->setting_size, index);
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
	return (const struct ejg_epmd_name *)ejg_element(survey->epmd_names, survey->n_epmd_names, survey->epmd_name_size,
							 index);
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

/** Size of a buffer that holds every address that ejg_prefix_format() writes. Since ABI 1.0. */
#define EJG_PREFIX_TEXT_SIZE 68

/**
 * Writes a prefix as people do: "198.51.100.0/24", "2001:db8::7" (no length for a single address), "fe80::1%eth0".
 * @prefix: the prefix
 * @text:   at least EJG_PREFIX_TEXT_SIZE bytes
 *
 * Return: @text. Since ABI 1.0.
 */
char *ejg_prefix_format(const struct ejg_prefix *prefix, char *text);

#ifdef __cplusplus
}
#endif

#endif
