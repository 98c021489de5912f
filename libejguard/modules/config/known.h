/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options, modules and listeners of all releases of ejabberd, and the types of their values (known.tbl). */
#ifndef EJG_CONFIG_KNOWN_H
#define EJG_CONFIG_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "libejguard/modules/lib/yml/node.h"

struct arena;

/* A set of the releases that the table has. */
enum known_releases {
	R2101 = 1,
	R2301 = 2,
	R2412 = 4,
	R2607 = 8,
	ALL = R2101 | R2301 | R2412 | R2607,
};

enum known_flag {
	PLAIN,
	REQUIRED,
	GLOBAL, /* not allowed in host_config */
	OLD,	/* of old configurations: ejabberd drops it or converts it into another option */
};

struct known {
	const char *scope;  /* "-", "module NAME", "module *", "listener NAME" */
	const char *option; /* "": the module or the listener itself */
	unsigned int releases;
	enum known_flag flag;
	const char *type; /* for known_fits() */
};

/* The rows of an option, one for each type that it has had; *ret_n is 0 for an unknown option. */
const struct known *known_find(const char *scope, const char *option, size_t *ret_n);
/* The row of an option in one of some releases, or NULL. Options of every module are found for each module. */
const struct known *known_in(const char *scope, const char *option, unsigned int releases);
/* True if an option is known in one of some releases. */
bool known_is(const char *scope, const char *option, unsigned int releases);
/* The n-th row of a scope in its order, or NULL behind the last. */
const struct known *known_nth(const char *scope, size_t n);
/* A suggestion among the modules, or the listeners, or the options of a scope; or NULL. */
const char *known_suggest(struct arena *arena, const char *scope, const char *word, unsigned int releases);
const char *known_suggest_scope(struct arena *arena, const char *prefix, const char *word, unsigned int releases);

/*
 * The releases by which a version is checked: its own, else those before and after it; all if the version is unknown.
 * *ret_exact: true if the table has the version.
 */
unsigned int known_releases(unsigned int version, bool *ret_exact);
/* "23.01 and 24.12", for people. NULL without memory. */
const char *known_names(struct arena *arena, unsigned int releases);

/* The error in a value. */
struct known_fault {
	const struct yml_node *place;
	const char *text; /* "needs true or false", from the arena */
};

struct contributed;

/* What values are judged by. */
struct known_world {
	bool macros; /* the environment may define macros: a name in capitals without a definition has every type */
	unsigned int releases;
	struct contributed *contributed;
};

/*
 * True if a value has a type. A value that depends on the environment has every type. False: *ret is the error; its
 * text is NULL without memory.
 */
bool known_fits(struct arena *arena, const char *type, const struct yml_node *value, const struct known_world *world,
		struct known_fault *ret);

#endif
