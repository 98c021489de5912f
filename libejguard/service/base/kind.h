/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kinds of Erlang services, as data: kind.c has one row for each. All code reads the properties of a kind from its
 * row. What a row leaves out is unknown and is never taken from another row.
 */
#ifndef EJG_SERVICE_BASE_KIND_H
#define EJG_SERVICE_BASE_KIND_H

#include <ejguard/facts.h>

#include "libejguard/service/base/source.h"
#include "libejguard/util/arena.h"

/*
 * A setting, and its places in a kind of service. The strongest place counts: the variables in their order, then the
 * key, then the flags of erl, then the value in `otherwise`.
 */
struct kind_setting {
	const char *name;      /* as in struct ejg_setting, or one of kind_internal */
	const char *variables; /* of its environment and its shell file, in words, the strongest first; or NULL */
	const char *key;       /* of its configuration file, dotted; or NULL */
	/*
	 * Separated by blanks; of several the first that exists. %h is this host's name, %c the configuration folder,
	 * %r the release's, %v its version, %n its name. A value that uses an unknown one is left out. NULL: unset.
	 */
	const char *otherwise;
};

/* Names of internal settings from which the distribution ports are computed. */
#define KIND_DIST_FIRST "dist-first" /* the port, or the first */
#define KIND_DIST_LAST "dist-last"
#define KIND_OWN_FIRST "own-first" /* of a configuration file that beats the ones above and the base */
#define KIND_OWN_LAST "own-last"
#define KIND_DIST_BASE "dist-base" /* a base port, to which `add` and the node's number are added */
#define KIND_ALSO "dist-also"	   /* another port between nodes; may have an address in front */
#define KIND_ALSO_BASE "dist-also-base"
/* the usual unit; NULL: the service's name */
#define KIND_LONG_NAMES "long-names"

struct service_kind {
	struct ejg_kind known;
	bool has_script;      /* ejabberdctl starts it: its settings are read as in settings-read.c */
	const char *services; /* names of its services, and of their units without .service, separated by blanks */
	const char *unit;     /* the usual one; NULL: of the service's name */
	const char *commands; /* the programs in ExecStart=, without folder, separated by blanks */
	const char *user;     /* of its packages, or NULL */
	const char *boot;     /* the module that -s starts, or NULL */
	const char *roots;    /* folders of a release with its own Erlang, separated by blanks, or NULL */
	const char *folders;  /* of its configuration, the most common first, separated by blanks */
	const char *marks;    /* files that only its configuration folder contains, separated by blanks */
	const char *shell;    /* its shell file that sets variables, with alternatives */
	const char *shell_variable; /* the variable that names another such file, or NULL */
	const char *exports;	    /* variables of that file that its script exports, separated by blanks, or NULL */
	const char *keys;	    /* its configuration file, with alternatives */
	const char *keys_folder;    /* the folder of *.conf files that are read after it, in their order; or NULL */
	const char *instead;	    /* a file of Erlang terms; if it exists, keys is not read; or NULL */
	const char *terms;	    /* files of Erlang terms that beat the keys, separated by blanks; or NULL */
	const char *elsewhere;	    /* variables that name other configuration files, separated by blanks; or NULL */
	const struct kind_setting *settings;
	size_t n_settings;
	uint16_t add;  /* added to KIND_DIST_BASE */
	bool numbered; /* the number at the end of the node's name is added to both bases */
};

/* The row of a kind's name, or NULL. */
const struct service_kind *kind_by_name(const char *name);
/* The row of these facts, or NULL. */
const struct service_kind *kind_of(const struct ejg_kind *known);
/* The row whose command is called by a line of ExecStart=, or NULL. */
const struct service_kind *kind_by_command(const char *line);
/* True if -s MODULE starts a service of a known kind. */
bool kind_is_boot(const char *module);
/* The names of the kinds, ended by NULL. */
const char *const *kind_names(void);

/* Takes the next of *words, which single blanks separate; *ret_n is its length. Return: NULL at the end, or of NULL. */
const char *kind_next_word(const char **words, size_t *ret_n);

/* True if `word` is one of `words`, which blanks separate. */
bool kind_has_word(const char *words, const char *word, size_t length);

#endif
