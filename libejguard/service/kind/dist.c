/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/kind/dist.h"

#include <errno.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/kind/read.h"
#include "libejguard/util/cleanup.h"

/* Reads a port from a variable. Return: true if it is set; if its value is unclear, the state becomes INDETERMINATE. */
static bool read_port(struct settings *s, struct dist *dist, const char *name, uint16_t *ret)
{
	const struct occurrence *now = variable_filled(&s->variables, name);

	if (!now)
		return false;
	if (kind_port(s, name, ret))
		return true;
	dist->state = EJG_DIST_INDETERMINATE;
	dist->origin = now->origin;
	dist->note = now->text ? arena_printf(s->arena, "%s is not a port", now->text) : now->why;
	return true;
}

static void unknown(struct dist *dist, const char *note)
{
	dist->state = EJG_DIST_INDETERMINATE;
	dist->note = note;
}

/* The sum of a base port and an offset. Return: 0 when that is no valid port. */
static uint16_t added(struct settings *s, struct dist *dist, uint16_t base, uint16_t add)
{
	unsigned int number = 0, port;

	if (s->kind->numbered && !kind_number(s, &number)) {
		unknown(dist, "the port depends on the node's name, which cannot be determined");
		return 0;
	}
	port = base + add + number;
	if (port > UINT16_MAX) {
		unknown(dist, "the settings of the node give a port above 65535");
		return 0;
	}
	return (uint16_t)port;
}

static void add_source(struct settings *s, struct dist *dist, const char *name, struct ejg_port_range range)
{
	dist->sources[dist->n_sources++] =
		(struct dist_source){ s->kind->known.title, range, variable_filled(&s->variables, name)->origin };
}

static void read_range(struct settings *s, struct dist *dist)
{
	struct ejg_port_range range;
	uint16_t base;

	if (read_port(s, dist, KIND_DIST_FIRST, &range.first)) {
		range.last = range.first;
		read_port(s, dist, KIND_DIST_LAST, &range.last);
		if (dist->state == EJG_DIST_INDETERMINATE)
			return;
		if (range.last < range.first)
			unknown(dist, "the range is empty");
		else
			add_source(s, dist, KIND_DIST_FIRST, range);
	} else if (read_port(s, dist, KIND_DIST_BASE, &base) && dist->state != EJG_DIST_INDETERMINATE) {
		range.first = range.last = added(s, dist, base, s->kind->add);
		if (range.first)
			add_source(s, dist, KIND_DIST_BASE, range);
	}
}

/*
 * A configuration file that beats the rest: each end of the range by itself, and the other as it is without the file.
 */
static void read_own(struct settings *s, struct dist *dist)
{
	struct ejg_port_range range = dist->n_sources ? dist->sources[0].range : (struct ejg_port_range){ 0 };
	const bool first = read_port(s, dist, KIND_OWN_FIRST, &range.first);
	const bool last = dist->state != EJG_DIST_INDETERMINATE && read_port(s, dist, KIND_OWN_LAST, &range.last);

	if (dist->state == EJG_DIST_INDETERMINATE || (!first && !last))
		return;
	if (!range.first || range.last < range.first) {
		dist->origin = variable_filled(&s->variables, first ? KIND_OWN_FIRST : KIND_OWN_LAST)->origin;
		unknown(dist, "the range is empty");
		return;
	}
	add_source(s, dist, first ? KIND_OWN_FIRST : KIND_OWN_LAST, range);
	if (dist->n_sources == 2) {
		const struct dist_source own = dist->sources[1];

		dist->sources[1] = dist->sources[0];
		dist->sources[0] = own;
	}
}

/* Reads the further ports. Unclear ones are left out: strict=yes covers them, and the range itself is reported. */
static void read_also(struct settings *s, struct dist *dist)
{
	struct dist quiet = { 0 };
	uint16_t port;

	if (kind_port(s, KIND_ALSO, &port))
		dist->also[dist->n_also++] = port;
	port = kind_port(s, KIND_ALSO_BASE, &port) ? added(s, &quiet, port, 0) : 0;
	if (port && (dist->n_also == 0 || dist->also[0] != port))
		dist->also[dist->n_also++] = port;
}

/* Checks for reasons for which no port can be determined. Return: true if one applies. */
static bool is_unknown(struct settings *s, struct dist *dist)
{
	if (s->unit.problem) {
		dist->origin = s->unit.problem_origin;
		unknown(dist, s->unit.problem);
	} else if (s->flags_problem) {
		dist->origin = s->flags_origin;
		unknown(dist, s->flags_problem);
	} else if (!s->root && !variable_filled(&s->variables, "CONFIG_DIR")) {
		unknown(dist, "they cannot be found in a unit or a folder: write `set dist` into the stack");
	}
	return dist->state == EJG_DIST_INDETERMINATE;
}

int kind_dist(struct settings *s, struct dist *dist)
{
	if (!is_unknown(s, dist)) {
		read_range(s, dist);
		if (dist->state != EJG_DIST_INDETERMINATE)
			read_own(s, dist);
		read_also(s, dist);
	}
	if (arena_failed(s->arena))
		return -ENOMEM;
	return dist->state == EJG_DIST_INDETERMINATE ? 1 : 0;
}
