/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The effective ejabberd.yml, computed as in ejabberd (ejabberd_config, load_file()): includes are joined, macros
 * replaced, options that are given several times combined, and host_config and append_host_config applied to each
 * virtual host.
 */
#ifndef EJG_LIB_YML_YML_H
#define EJG_LIB_YML_YML_H

#include "libejguard/modules/lib/yml/node.h"
#include "libejguard/modules/lib/yml/paths.h"

struct arena;
struct ejg_facts;
struct ejg_survey;

/* Since this ejabberd the environment may define macros: EJABBERD_MACRO_NAME. */
enum { YML_VERSION_MACRO_ENVIRONMENT = 2412 };

/* The node's environment, as far as the configuration depends on it. */
struct yml_setup {
	const char *root;		/* the root directory; NULL or "": the system's own */
	const char *config;		/* path of ejabberd.yml */
	const char *note;		/* why it may be another file, or NULL */
	const char *spool;		/* working directory of the node; NULL: unknown */
	const char *logs;		/* folder of the log, or NULL */
	const char *home;		/* HOME of the node, or NULL */
	const char *modules;		/* folder of contributed modules, or NULL */
	const char *modules_conf;	/* folder of their configurations, or NULL */
	unsigned int version;		/* 2301 for 23.01; 0: unknown, treated as the newest */
	const char *const *environment; /* names of macros that the environment defines */
	size_t n_environment;
};

/* An option that is in effect. */
struct yml_option {
	const struct yml_node *value; /* NULL: not set, the default counts */
	const struct yml_node *key;   /* its position; NULL with value */
	bool own;		      /* it comes from the host's own section */
};

struct yml_host {
	const char *name;
	const struct yml_node *options; /* of the host: host_config, with append_host_config; or NULL */
};

struct yml {
	const struct yml_setup *setup;
	const struct yml_node *options; /* for all hosts; NULL: no configuration, a problem says why */
	const struct yml_host *hosts;
	size_t n_hosts;
	const char *const *files; /* read, or missing */
	size_t n_files;
	const struct yml_problem *problems;
	size_t n_problems;
};

/*
 * Finds the configuration, and the parts of the node's environment that it depends on.
 * Return: 0; -ENOENT when its path is unknown (*ret_problem says why), -ENOMEM.
 */
int yml_setup_find(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
		   struct yml_setup **ret, const char **ret_problem);

/* Reads the configuration: at most a few MiB, and no circular includes. Return: 0, whatever it contains; -ENOMEM. */
int yml_load(struct arena *arena, const struct yml_setup *setup, struct yml *ret);

/* An option for a host, or with NULL for all hosts. */
struct yml_option yml_option(const struct yml *yml, const struct yml_host *host, const char *name);

/*
 * True for a name in capitals, or a string with @NAME@, without a definition: if ejabberd would refuse the value as it
 * is, the definition must be in the environment.
 */
bool yml_is_placeholder(const struct yml_node *node);

/* A value with its keywords replaced (@HOME@, @HOST@...); NULL when the value of a keyword is unknown. */
const char *yml_expand(struct arena *arena, const struct yml *yml, const char *host, const char *text,
		       bool *ret_no_memory);

/* Makes a path absolute as ejabberd does. NULL: the node's working directory is unknown, or no memory. */
const char *yml_path_absolute(struct arena *arena, const struct yml *yml, const char *path);

/*
 * Collects the paths in a loaded configuration. Relative paths, also in includes, are relative to the node's working
 * directory, SPOOL_DIR, as in ejabberd (yconf, prep_path()). All memory comes from the arena.
 * Return: 0, -ENOMEM.
 */
int yml_paths_collect(struct arena *arena, const struct yml *yml, struct yml_paths *ret);

#endif
