/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ejabberd.yml as ejabberd comes to it (ejabberd_config, load_file()): files joined, macros replaced, options that are
 * given several times grouped, and for each virtual host what host_config and append_host_config make of them.
 */
#ifndef EJG_LIB_YML_YML_H
#define EJG_LIB_YML_YML_H

#include "libejguard/modules/lib/yml/node.h"
#include "libejguard/modules/lib/yml/paths.h"

struct arena;
struct ejg_facts;
struct ejg_survey;

/* The environment of the node, as far as the configuration depends on it. */
struct yml_setup {
	const char *root;		/* what / is; NULL or "": the system's own */
	const char *config;		/* path of ejabberd.yml */
	const char *note;		/* why it could be another one, or NULL */
	const char *spool;		/* working directory of the node; NULL: unknown */
	const char *logs;		/* folder of the log, or NULL */
	const char *home;		/* HOME of the node, or NULL */
	const char *modules;		/* folder of contributed modules, or NULL */
	const char *modules_conf;	/* folder of their configurations, or NULL */
	unsigned int version;		/* 2301 for 23.01; 0: unknown, taken as the newest */
	const char *const *environment; /* names of macros that the environment defines */
	size_t n_environment;
};

/* An option that is in effect. */
struct yml_option {
	const struct yml_node *value; /* NULL: not given, the default counts */
	const struct yml_node *key;   /* where it stands; NULL with value */
	bool own;		      /* it comes from the host's own section */
};

struct yml_host {
	const char *name;
	const struct yml_node *options; /* of its own: host_config, and what append_host_config joins to it; or NULL */
};

struct yml {
	const struct yml_setup *setup;
	const struct yml_node *options; /* for all hosts; NULL: there is nothing to judge, a problem says why */
	const struct yml_host *hosts;
	size_t n_hosts;
	const char *const *files; /* that were read, or should have been */
	size_t n_files;
	const struct yml_problem *problems;
	size_t n_problems;
};

/*
 * Where the configuration is, and what of the node's environment it depends on.
 * Return: 0; -ENOENT when it cannot be told where it is (*ret_problem says why), -ENOMEM.
 */
int yml_setup_find(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
		   struct yml_setup **ret, const char **ret_problem);

/*
 * Reads it: never more than a few MiB, and no include in circles. Return: 0, whatever it holds; -ENOMEM.
 */
int yml_load(struct arena *arena, const struct yml_setup *setup, struct yml *ret);

/* An option for a host, or with NULL for all hosts. */
struct yml_option yml_option(const struct yml *yml, const struct yml_host *host, const char *name);

/*
 * Whether a value is a name in capitals, or a string with @NAME@, that no definition has replaced: where ejabberd would
 * not take it as it is, only the environment can explain it.
 */
bool yml_is_placeholder(const struct yml_node *node);

/* A value with its keywords replaced (@HOME@, @HOST@...); NULL when it holds one whose value is not known. */
const char *yml_expand(struct arena *arena, const struct yml *yml, const char *host, const char *text,
		       bool *ret_no_memory);

/* As ejabberd makes a path absolute. NULL: the working directory of the node is not known, or no memory. */
const char *yml_path_absolute(struct arena *arena, const struct yml *yml, const char *path);

/*
 * The paths that a loaded configuration names. Relative ones, those of includes too, are taken as ejabberd takes them: from
 * the node's working directory, SPOOL_DIR (yconf, prep_path()). All that *ret points to comes from the arena.
 * Return: 0, -ENOMEM.
 */
int yml_paths_collect(struct arena *arena, const struct yml *yml, struct yml_paths *ret);

#endif
