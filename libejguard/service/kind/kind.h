/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kinds of Erlang services, as data: table.c has a row for each. Whoever needs to know something of a kind reads it
 * there; what a row does not say is not known, and no other row's is taken for it.
 */
#ifndef EJG_SERVICE_KIND_KIND_H
#define EJG_SERVICE_KIND_KIND_H

#include <ejguard/facts.h>

#include "libejguard/service/source.h"
#include "libejguard/util/arena.h"

/*
 * A setting, and where a kind of service keeps it. Of several places the strongest counts: the variables in their order,
 * then the key, then the flags of erl, then the value otherwise.
 */
struct kind_setting {
	const char *name;      /* as in struct ejg_setting, or one of kind_internal */
	const char *variables; /* of its environment and its shell file, between blanks, the strongest first; or NULL */
	const char *key;       /* of its configuration file, dotted; or NULL */
	/*
	 * Between blanks; the first that exists where there are several. %h is this host's name, %c the configuration folder,
	 * %r the release's, %v its version, %n its name. One that uses what is not known is left out. NULL: unset.
	 */
	const char *otherwise;
};

/* Names of settings that only the ports of the distribution are made of. */
#define KIND_DIST_FIRST "dist-first" /* the port, or the first */
#define KIND_DIST_LAST "dist-last"
#define KIND_DIST_BASE "dist-base" /* a port that add and the node's number are added to */
#define KIND_ALSO "dist-also"	   /* another port between nodes; may have an address in front */
#define KIND_ALSO_BASE "dist-also-base"
/* "true" and "name": the node's name is a long one. */
#define KIND_LONG_NAMES "long-names"

struct service_kind {
	struct ejg_kind known;
	bool has_script;      /* ejabberdctl starts it: its settings are read by what that does (settings-read.c) */
	const char *services; /* names of its services, and of their units without .service, between blanks */
	const char *unit;     /* the usual one; NULL: of the service's name */
	const char *commands; /* that ExecStart= calls, without their folder, between blanks */
	const char *user;     /* of its packages, or NULL */
	const char *boot;     /* what -s starts, or NULL */
	const char *roots;    /* folders of a release that brings everything, between blanks, or NULL */
	const char *folders;  /* of its configuration, the most usual first, between blanks */
	const char *marks;    /* files that only its configuration folder has, between blanks */
	const char *shell;    /* its shell file that sets variables: as otherwise */
	const char *shell_variable; /* that names another one, or NULL */
	const char *exports;  /* variables of that file that its script exports, between blanks, or NULL */
	const char *keys;     /* its configuration file: as otherwise */
	const struct kind_setting *settings;
	size_t n_settings;
	uint16_t add;  /* to KIND_DIST_BASE */
	bool numbered; /* the number at the end of the node's name is added to both bases */
};

/* The row of a kind's name, or NULL. */
const struct service_kind *kind_by_name(const char *name);
/* The row that these facts are of, or NULL. */
const struct service_kind *kind_of(const struct ejg_kind *known);
/* The row whose command a line of ExecStart= calls, or NULL. */
const struct service_kind *kind_by_command(const char *line);
/* Whether -s MODULE starts a service of some kind. */
bool kind_is_boot(const char *module);
/* The names of the kinds, ended by NULL. */
const char *const *kind_names(void);

/* Whether a word is among words between blanks. */
bool kind_has_word(const char *words, const char *word, size_t length);

/*
 * Which kind a service is of: by its name, by what its units start, by what lies in its configuration folder. Never
 * NULL: what is none of the others is "erlang".
 * @units:      names, ended by NULL
 * @config_dir: or NULL
 * Return: 0, -ENOMEM.
 */
int kind_find(struct arena *arena, const struct settings_source *source, const char *service, const char *const *units,
	      const char *config_dir, const struct service_kind **ret);

/*
 * The name of the stack that is shipped for a service that has none of its own, or NULL: its units start nothing that is
 * known, and its name says nothing. Return: 0, -ENOMEM.
 */
int kind_find_stack(struct arena *arena, const struct settings_source *source, const char *service, const char **ret);

#endif
