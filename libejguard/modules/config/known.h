/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the releases of ejabberd know: options, modules, listeners, and the types of their values (known.tbl). */
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
	OLD,	/* of old configurations: ejabberd takes it away, or makes another option of it */
};

struct known {
	const char *scope;  /* "-", "module NAME", "module *", "listener NAME" */
	const char *option; /* "": the module or the listener itself */
	unsigned int releases;
	enum known_flag flag;
	const char *type; /* as known_fits() reads it */
};

/* The rows of an option, one for each type that it has had; *ret_n is 0 for none. */
const struct known *known_find(const char *scope, const char *option, size_t *ret_n);
/* The row of an option in one of some releases, or NULL. What every module may have counts for each. */
const struct known *known_in(const char *scope, const char *option, unsigned int releases);
/* Whether an option is known in one of some releases. */
bool known_is(const char *scope, const char *option, unsigned int releases);
/* The n-th row of a scope in its order, or NULL behind the last. */
const struct known *known_nth(const char *scope, size_t n);
/* Of the modules, or the listeners, or the options of a scope: what was probably meant, or NULL. */
const char *known_suggest(struct arena *arena, const char *scope, const char *word, unsigned int releases);
const char *known_suggest_scope(struct arena *arena, const char *prefix, const char *word, unsigned int releases);

/*
 * The releases that tell what a version takes: its own, else those before and after it; all where it is not known.
 * *ret_exact: it is one of the table's.
 */
unsigned int known_releases(unsigned int version, bool *ret_exact);
/* "23.01 and 24.12", for people. NULL without memory. */
const char *known_names(struct arena *arena, unsigned int releases);

/* What is wrong with a value. */
struct known_fault {
	const struct yml_node *place;
	const char *text; /* "needs true or false", from the arena */
};

/*
 * Whether a value is of a type. What depends on the environment is of every type; with `macros` also a name in
 * capitals that nothing defines. False: *ret says what is wrong; its text is NULL without memory.
 */
bool known_fits(struct arena *arena, const char *type, const struct yml_node *value, bool macros,
		struct known_fault *ret);

#endif
