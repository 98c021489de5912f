/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts from the settings: the ports of epmd and of the distribution. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/service/base/cookie-mask.h"
#include "libejguard/service/dist.h"
#include "libejguard/service/settings-read.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/epmd-unit.h"

/* Reports that the port cannot be determined: with the default 4369 the real port would be open. */
static int refuse_epmd(struct facts_draft *draft, const struct ejg_origin *origin, const char *what)
{
	const struct position position = { .file = origin->file, .line = origin->line, .column = 1 };

	return report_error(draft->report, -EBADMSG, "fact-value", &position, "write `set epmd PORT` into the stack",
			    "the value of %s cannot be determined without running the file", what);
}

/* Arguments can also set the port, of erl and of epmd separately. */
static int check_epmd_flags(struct facts_draft *draft, const struct settings *s)
{
	for (size_t i = 0; i < N_FLAG_SOURCES; i++) {
		for (size_t j = 0; j < s->flags[i].n; j++) {
			const struct erl_flag *flag = &s->flags[i].items[j];

			if (strcmp(flag->name, "-epmd_port") == 0 || strcmp(flag->name, "-env ERL_EPMD_PORT") == 0)
				return refuse_epmd(draft, &flag->origin, flag->name);
		}
	}
	return 0;
}

/* Ignores values of ERL_EPMD_PORT that are uncertain, unless the configuration itself names the variable. */
static const struct occurrence *without_doubt(const struct settings *s, const struct occurrence *now)
{
	while (now && now->doubtful && !(s->epmd_line && now->origin.kind == EJG_ORIGIN_DISCOVERED))
		now = now->earlier;
	return now;
}

/*
 * erl and epmd read ERL_EPMD_PORT from their environment, which only the unit and `export` change: a variable that is
 * not exported has no effect.
 */
static int discover_epmd(struct facts_draft *draft, const struct settings *s)
{
	static const char name[] = "ERL_EPMD_PORT";
	const struct variable *variable = variable_find(&s->variables, name, strlen(name));
	const struct occurrence *now = without_doubt(s, variable ? variable->now : NULL);
	struct ejg_origin origin;
	struct position position;
	uint16_t port;
	int r;

	r = check_epmd_flags(draft, s);
	if (r < 0 || !now || (!variable->exported && !now->doubtful))
		return r;
	origin = now->origin;
	if (s->cfg_opaque_line && s->epmd_line)
		origin.line = s->epmd_line;
	if (!now->text)
		return refuse_epmd(draft, &origin, name);
	position = (struct position){ .file = now->origin.file, .line = now->origin.line, .column = 1 };
	if (port_parse(now->text, &port) < 0)
		return report_error(draft->report, -EBADMSG, "fact-value", &position, "correct it",
				    "%s=\"%s\" is not a port", name, cookie_mask_text(draft->arena, now->text, NULL));
	draft->facts->epmd_port = port;
	draft->facts->epmd_origin = now->origin;
	return 0;
}

/* The line of the stack that sets the cgroups, or NULL; errors in it are reported when the cgroups are read. */
static const struct setting *cgroups_line(const struct stack *stack)
{
	for (size_t i = 0; i < stack->n_settings; i++)
		if (strcmp(stack->settings[i].name.text, "cgroups") == 0)
			return &stack->settings[i];
	return NULL;
}

const char *facts_own_unit(struct facts_draft *draft)
{
	const struct service_kind *kind = kind_of(draft->facts->kind);
	const char *service = draft->facts->service;

	if (kind && kind->unit && kind_has_word(kind->services, service, strlen(service)))
		return kind->unit;
	return arena_printf(draft->arena, "%s.service", service);
}

/* The start script does not run in epmd's units. */
int facts_find_units(struct facts_draft *draft, const char *const **ret)
{
	const struct setting *line = cgroups_line(draft->stack);
	const char **names = arena_array(draft->arena, (line ? line->n_values : 0) + 2, sizeof(*names));
	size_t n = 0;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; line && i < line->n_values; i++) {
		const char *text = line->values[i].text, *dot = strrchr(text, '.');

		if (dot && strcmp(dot, ".service") == 0 && !is_epmd_unit(text))
			names[n++] = text;
	}
	if (n == 0)
		names[n] = facts_own_unit(draft);
	*ret = names;
	return names[0] ? 0 : -ENOMEM;
}

/* Finds epmd's units, which have their own settings. */
static int find_epmd_units(struct facts_draft *draft, const char *const **ret)
{
	static const char *const usual[] = { "epmd.service", "epmd.socket", NULL };
	const struct setting *line = cgroups_line(draft->stack);
	const char **names = arena_array(draft->arena, (line ? line->n_values : 0) + 1, sizeof(*names));
	size_t n = 0;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; line && i < line->n_values; i++) {
		const char *text = line->values[i].text, *dot = strrchr(text, '.');

		if (dot && is_epmd_unit(text) && (strcmp(dot, ".service") == 0 || strcmp(dot, ".socket") == 0))
			names[n++] = text;
	}
	*ret = line ? names : usual;
	return 0;
}

int facts_new_settings(struct facts_draft *draft)
{
	const struct settings_source *source =
		draft->source->settings ? draft->source->settings : &settings_source_system;
	const char *const *units;
	int r = facts_find_units(draft, &units);

	if (r < 0)
		return r;
	draft->settings = settings_new(draft->arena, source, draft->facts->service, units);
	if (!draft->settings)
		return -ENOMEM;
	draft->settings->plain = !draft->source->settings;
	return draft->settings->plain ? 0 : find_epmd_units(draft, &draft->settings->epmd_units);
}

int facts_discover_config(struct facts_draft *draft, const char **ret)
{
	const struct occurrence *dir;
	int r;

	*ret = NULL;
	if (!draft->source->settings)
		return 0;
	r = settings_read_all(draft->settings);
	if (r < 0)
		return r;
	dir = draft->settings->real_script || !draft->settings->kind->has_script ? settings_config_dir(draft->settings)
										 : NULL;
	if (dir && dir->text && dir->text[0] == '/')
		*ret = dir->text;
	return 0;
}

/* Inserts a port into the sorted ranges, if none contains it. Return: how many ranges there are. */
static size_t add_port(struct ejg_port_range *ranges, size_t n, uint16_t port)
{
	size_t at = n;

	if (port_in_ranges(ranges, n, port))
		return n;
	for (; at > 0 && ranges[at - 1].first > port; at--)
		ranges[at] = ranges[at - 1];
	ranges[at] = (struct ejg_port_range){ port, port };
	return n + 1;
}

/*
 * If -erl_epmd_port and a range are set, both are private: the script passes both to erl, and erl may use
 * either.
 */
static int take_dist(struct facts_draft *draft, const struct dist *dist)
{
	struct ejg_facts *facts = draft->facts;
	struct ejg_port_range *ranges = arena_array(draft->arena, 2 + ARRAY_SIZE(dist->also), sizeof(*ranges));
	const bool port = dist->n_sources > 1 && strcmp(dist->sources[0].what, "ERL_DIST_PORT") == 0;
	size_t n = 0;

	if (!ranges)
		return -ENOMEM;
	if (dist->state == EJG_DIST_FIXED)
		ranges[n++] = dist->sources[0].range;
	if (n > 0 && port) {
		const struct ejg_port_range fixed = ranges[0], window = dist->sources[1].range;
		const bool inside = fixed.first >= window.first && fixed.first <= window.last;

		ranges[0] = inside || window.first < fixed.first ? window : fixed;
		ranges[1] = window.first < fixed.first ? fixed : window;
		n = inside ? 1 : 2;
	}
	for (size_t i = 0; n > 0 && i < dist->n_also; i++)
		n = add_port(ranges, n, dist->also[i]);
	facts->dist = ranges;
	facts->n_dist = n;
	facts->dist_state = dist->state;
	/* it may contain a value with a cookie */
	facts->dist_note = dist->note ? cookie_mask_text(draft->arena, dist->note, NULL) : NULL;
	facts->dist_origin = dist->origin;
	return dist->note && !facts->dist_note ? -ENOMEM : 0;
}

int facts_discover_ports(struct facts_draft *draft, bool epmd, bool dist)
{
	const struct dist *found;
	int r;

	r = settings_read_all(draft->settings);
	if (r == 0 && dist) {
		r = dist_read(draft->settings, &found);
		if (r == 0)
			r = take_dist(draft, found);
	}
	if (r < 0)
		return r;
	return epmd ? discover_epmd(draft, draft->settings) : 0;
}
