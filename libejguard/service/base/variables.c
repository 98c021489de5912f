/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The variables of the start script, with all values that they were given. */
#include "libejguard/service/base/variables.h"

#include <string.h>

#include "libejguard/util/cleanup.h"

struct variable *variable_find(const struct variables *v, const char *name, size_t length)
{
	for (size_t i = 0; i < v->n; i++)
		if (strncmp(v->items[i].name, name, length) == 0 && v->items[i].name[length] == '\0')
			return &v->items[i];
	return NULL;
}

static struct variable *find_or_add(struct variables *v, const char *name)
{
	struct variable *variable = variable_find(v, name, strlen(name));
	struct variable *items;

	if (variable)
		return variable;
	if (v->n == VARIABLES_MAX) {
		v->overflow = true;
		return NULL;
	}
	items = arena_grow(v->arena, v->items, v->n, sizeof(*items));
	if (!items)
		return NULL;
	v->items = items;
	variable = &items[v->n];
	*variable = (struct variable){ .name = arena_strdup(v->arena, name) };
	if (!variable->name)
		return NULL;
	v->n++;
	return variable;
}

static struct occurrence *add_occurrence(struct variables *v, const char *name, const struct ejg_origin *origin)
{
	struct variable *variable = find_or_add(v, name);
	struct occurrence *occurrence = variable ? arena_alloc(v->arena, sizeof(*occurrence)) : NULL;

	if (!occurrence)
		return NULL;
	*occurrence = (struct occurrence){ .earlier = variable->now, .origin = *origin };
	if (variable->n_earlier == VARIABLES_MAX_EARLIER)
		occurrence->earlier = NULL;
	else
		variable->n_earlier++;
	variable->now = occurrence;
	return occurrence;
}

void variable_set(struct variables *v, const char *name, const char *text, const char *why,
		  const struct ejg_origin *origin)
{
	const char *copy = text ? arena_strdup(v->arena, text) : NULL;
	struct occurrence *occurrence = add_occurrence(v, name, origin);

	if (!occurrence)
		return;
	occurrence->text = copy;
	occurrence->why = copy ? NULL : why;
}

void variable_extend(struct variables *v, const char *name, const char *text, const char *why)
{
	const struct occurrence *old = variable_get(v, name);
	struct ejg_origin origin = { 0 };

	if (old)
		origin = old->origin;
	variable_set(v, name, text, why, &origin);
	if (old && variable_get(v, name) != old)
		((struct occurrence *)variable_get(v, name))->earlier = old->earlier;
}

void variable_doubt(struct variables *v, const char *name, const char *why, const struct ejg_origin *origin)
{
	const struct occurrence *now = variable_get(v, name);
	struct occurrence *occurrence;

	if (now && !now->text) {
		/* It may not be set at all: what is earlier is not replaced for sure. All of them are made here. */
		((struct occurrence *)now)->doubtful = true;
		return;
	}
	occurrence = add_occurrence(v, name, origin);
	if (!occurrence)
		return;
	occurrence->why = why;
	occurrence->doubtful = true;
}

void variable_use(const struct occurrence *occurrence)
{
	/* all of them are allocated here */
	((struct occurrence *)occurrence)->used = true;
}

void variable_unset(struct variables *v, const char *name)
{
	struct variable *variable = variable_find(v, name, strlen(name));

	if (!variable)
		return;
	variable->now = NULL;
	variable->exported = false;
}

void variable_export(struct variables *v, const char *name)
{
	struct variable *variable = find_or_add(v, name);

	if (variable)
		variable->exported = true;
}

const struct occurrence *variable_get(const struct variables *v, const char *name)
{
	const struct variable *variable = variable_find(v, name, strlen(name));

	return variable ? variable->now : NULL;
}

const struct occurrence *variable_filled(const struct variables *v, const char *name)
{
	const struct occurrence *occurrence = variable_get(v, name);

	return occurrence && occurrence->text && !*occurrence->text ? NULL : occurrence;
}

const char *origin_place(struct arena *arena, const struct ejg_origin *origin)
{
	const char *place;

	if (!origin->file)
		return "the default";
	if (!origin->line)
		return origin->file;
	place = arena_printf(arena, "%s:%u", origin->file, origin->line);
	return place ? place : origin->file;
}
