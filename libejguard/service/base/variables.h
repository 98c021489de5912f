/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The variables of a shell, and the sources of their values. The arena records if memory runs out. */
#ifndef EJG_SERVICE_BASE_VARIABLES_H
#define EJG_SERVICE_BASE_VARIABLES_H

#include <ejguard/facts.h>

#include "libejguard/util/arena.h"

enum variables_limits {
	VARIABLES_MAX = 1024,	    /* with more variables no value is certain */
	VARIABLES_MAX_EARLIER = 64, /* earlier values kept for one variable */
};

/* A value that a variable was given. */
struct occurrence {
	const struct occurrence *earlier; /* the value that this one replaces, or NULL */
	const char *text;		  /* NULL: unknown */
	const char *why;		  /* why it is unknown; else NULL */
	bool doubtful;			  /* it may not be set: the earlier value may be in effect */
	bool used;			  /* another value contains it: it has an effect even where it was replaced */
	struct ejg_origin origin;
};

struct variable {
	const char *name;
	const struct occurrence *now; /* NULL: unset */
	unsigned int n_earlier;
	bool exported;
};

/* The variables of a shell. */
struct variables {
	struct arena *arena;
	struct variable *items;
	size_t n;
	bool overflow; /* some were left out */
};

void variable_set(struct variables *v, const char *name, const char *text, const char *why,
		  const struct ejg_origin *origin);
/* Changes the value and keeps its origin. */
void variable_extend(struct variables *v, const char *name, const char *text, const char *why);
/* Records that a statement at the origin may or may not have set it. */
void variable_doubt(struct variables *v, const char *name, const char *why, const struct ejg_origin *origin);
/* Records that another value contains it. */
void variable_use(const struct occurrence *occurrence);
void variable_unset(struct variables *v, const char *name);
void variable_export(struct variables *v, const char *name);
struct variable *variable_find(const struct variables *v, const char *name, size_t length);
/* The current value of a variable; NULL when it is unset. */
const struct occurrence *variable_get(const struct variables *v, const char *name);
/* The same, NULL also when it is empty: ejabberdctl treats both alike. */
const struct occurrence *variable_filled(const struct variables *v, const char *name);
/* "FILE:LINE" */
const char *origin_place(struct arena *arena, const struct ejg_origin *origin);

#endif
