/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports of epmd, the distribution and the public ones; checks that no port is both private and public. */
#include <errno.h>
#include <stdlib.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/util/address.h"

enum {
	EPMD_PORT = 4369, /* registered at IANA; erl's and epmd's own default */
};

static int compare_placed(const void *a, const void *draft)
{
	const struct placed_range *x = a, *y = draft;

	if (x->range.first != y->range.first)
		return x->range.first < y->range.first ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

/* The words of a set line as ranges, sorted. */
static int read_placed(struct facts_draft *draft, const struct setting *setting, struct placed_range **ret)
{
	struct placed_range *placed = arena_array(draft->arena, setting->n_values, sizeof(*placed));
	const char *name = setting->name.text;
	int error = 0;

	if (!placed)
		return -ENOMEM;
	for (size_t i = 0; i < setting->n_values; i++) {
		placed[i].word = &setting->values[i];
		if (port_range_parse(placed[i].word->text, &placed[i].range) < 0)
			error = facts_bad_word(draft, placed[i].word,
					       "set %s: %s is neither a port nor a range N-M of ports", name,
					       placed[i].word->text);
	}
	if (error)
		return error;
	qsort(placed, setting->n_values, sizeof(*placed), compare_placed);
	for (size_t i = 1; i < setting->n_values; i++)
		if (port_ranges_overlap(&placed[i - 1].range, &placed[i].range))
			error = facts_bad_word(draft, placed[i].word, "set %s: %s overlaps %s at %s", name,
					       placed[i].word->text, placed[i - 1].word->text,
					       facts_place(draft, &placed[i - 1].word->position));
	if (error)
		return error;
	*ret = placed;
	return 0;
}

/* Reads a set line of ranges. Return: 0 with *ret_placed NULL when the stack does not set it. */
static int read_ranges(struct facts_draft *draft, const char *name, struct placed_range **ret_placed,
		       const struct ejg_port_range **ret, size_t *ret_n, struct ejg_origin *ret_origin)
{
	const struct setting *setting;
	struct ejg_port_range *ranges;
	int r;

	*ret_placed = NULL;
	r = facts_setting(draft, name, &setting);
	if (r < 0 || !setting)
		return r;
	r = read_placed(draft, setting, ret_placed);
	if (r < 0)
		return r;
	ranges = arena_array(draft->arena, setting->n_values, sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	for (size_t i = 0; i < setting->n_values; i++)
		ranges[i] = (*ret_placed)[i].range;
	*ret = ranges;
	*ret_n = setting->n_values;
	*ret_origin = facts_origin(setting);
	return 0;
}

static int read_epmd(struct facts_draft *draft, const struct word **ret_word)
{
	const struct setting *setting;
	int r;

	*ret_word = NULL;
	r = facts_setting(draft, "epmd", &setting);
	if (r < 0 || !setting)
		return r;
	if (setting->n_values > 1)
		return facts_bad_word(draft, &setting->values[1], "set epmd takes one port");
	if (port_parse(setting->values[0].text, &draft->facts->epmd_port) < 0)
		return facts_bad_word(draft, &setting->values[0], "set epmd: %s is not a port",
				      setting->values[0].text);
	draft->facts->epmd_origin = facts_origin(setting);
	*ret_word = &setting->values[0];
	return 0;
}

/* The place where a private port is set. */
static const char *private_place(struct facts_draft *draft, const struct word *word, const struct ejg_origin *origin)
{
	const char *place;

	if (word)
		return facts_place(draft, &word->position);
	if (!origin->file)
		return "the default";
	place = origin->line ? arena_printf(draft->arena, "%s:%u", origin->file, origin->line) : origin->file;
	return place ? place : "";
}

static int check_public(struct facts_draft *draft, const struct placed_range *placed, const struct word *epmd)
{
	const struct ejg_facts *facts = draft->facts;
	const struct ejg_port_range epmd_range = { facts->epmd_port, facts->epmd_port };
	int error = 0;

	if (port_ranges_overlap(&placed->range, &epmd_range))
		error = facts_bad_word(
			draft, placed->word, "set public: %s includes epmd's port %u (%s), which is private",
			placed->word->text, facts->epmd_port, private_place(draft, epmd, &facts->epmd_origin));
	for (size_t i = 0; i < facts->n_dist && !error; i++)
		if (port_ranges_overlap(&placed->range, &facts->dist[i]))
			error = facts_bad_word(
				draft, placed->word,
				"set public: %s overlaps the distribution ports %u-%u (%s), which are private",
				placed->word->text, facts->dist[i].first, facts->dist[i].last,
				private_place(draft, draft->dist ? draft->dist[i].word : NULL, &facts->dist_origin));
	return error;
}

int facts_read_ports(struct facts_draft *draft)
{
	struct ejg_facts *facts = draft->facts;
	const struct word *epmd;
	int error, r;

	facts->epmd_port = EPMD_PORT;
	error = read_epmd(draft, &epmd);
	r = read_ranges(draft, "dist", &draft->dist, &facts->dist, &facts->n_dist, &facts->dist_origin);
	error = error ? error : r;
	r = read_ranges(draft, "public", &draft->public_ports, &facts->public_ports, &facts->n_public_ports,
			&facts->public_origin);
	error = error ? error : r;
	if (error)
		return error;
	if (draft->dist)
		facts->dist_state = EJG_DIST_FIXED;
	/* "set epdm 4370" is an error of its own: epmd's port is then neither the default nor to be discovered. */
	if (draft->stack->lacks_settings)
		return 0;
	if (!epmd || !draft->dist) {
		r = facts_discover_ports(draft, !epmd, !draft->dist);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < facts->n_public_ports; i++) {
		r = check_public(draft, &draft->public_ports[i], epmd);
		error = error ? error : r;
	}
	return error;
}
