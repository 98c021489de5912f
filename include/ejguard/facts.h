/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The facts about a service, by which the modules judge it: the stack states them, or they are discovered.
 * <ejguard/survey.h>, which this file includes, has the service's settings and what really runs.
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
	uint8_t length;	   /**< 0 to 128 */
	uint32_t scope;	   /**< index of the interface of a link-local address, 0 elsewhere */
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
	uint32_t kind;	  /**< enum ejg_origin_kind */
	const char *file; /**< or NULL */
	uint32_t line;	  /**< or 0 */
};

/** A cgroup of the service. Since ABI 1.0. */
struct ejg_cgroup {
	const char *name; /**< as in the stack: a unit or a path */
	const char *path; /**< absolute, including the cgroup2 mount; NULL when it does not exist now */
	uint64_t id;	  /**< the kernel's id; 0 when it does not exist now */
	bool own;	  /**< the caller's own cgroup, only with ejg_apply_options.own */
};

/** The state of the distribution ports. Since ABI 1.0. */
enum ejg_dist_state {
	EJG_DIST_RANDOM,	/**< the kernel chooses the port at each start */
	EJG_DIST_FIXED,		/**< facts.dist has them */
	EJG_DIST_INDETERMINATE, /**< the configuration cannot be read statically; facts.dist_note says why */
};

/** An entry of the peers. Since ABI 1.0. */
struct ejg_peer {
	struct ejg_prefix prefix; /**< valid when name is NULL */
	const char *name;	  /**< host name that prepare must resolve, or NULL */
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
	bool without_epmd;	      /**< its nodes find each other without epmd */
	bool joins_late;	      /**< its node gets its name after the start: no argument has it */
	struct ejg_port_range tools;  /**< ports of its tools while they run; first is 0 without such ports */
	const char *name_remedy;      /**< remedy: how to change the node's name */
	const char *range_remedy;     /**< the same for the distribution range */
	const char *interface_remedy; /**< the same for the distribution's address */
	struct ejg_port_range
		fixed; /**< ports between its nodes that are ephemeral ports of the kernel; or first is 0 */
	struct ejg_port_range
		usual[2]; /**< ports between its nodes if its configuration sets no others; first is 0 past the end */
};

/**
 * The facts of the service, read-only. The structure grows at its end, and so do the elements of cgroups and peers:
 * ejg_cgroup_get() and ejg_peer_get() step over them. Since ABI 1.0.
 */
struct ejg_facts {
	size_t size;
	const char *service;
	const char *rundir;	  /**< the service's folder that a boot empties; may not exist yet */
	const char *statedir;	  /**< the service's folder that is kept over a boot; may not exist yet */
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

/**
 * True if the service is of this kind. Facts without a kind (made up by a test) count as those of ejabberd.
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

#include <ejguard/survey.h>

#endif
