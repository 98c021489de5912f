/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts from the settings: the ports of epmd and of the distribution. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/service/base/cookie-mask.h"
#include "libejguard/service/dist.h"
#include "libejguard/service/epmd-port.h"
#include "libejguard/service/settings-read.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/epmd-unit.h"

/* With the default 4369 in place of a port that cannot be determined, the real one would be open. */
static int discover_epmd(struct facts_draft *draft, const struct settings *s)
{
	const struct epmd_port found = epmd_port_find(s);
	const struct position position = { .file = found.origin.file, .line = found.origin.line, .column = 1 };

	switch (found.state) {
	case EPMD_PORT_UNKNOWN:
		return report_error(draft->report, -EBADMSG, "fact-value", &position,
				    "write `set epmd PORT` into the stack",
				    "the value of %s cannot be determined without running the file", found.name);
	case EPMD_PORT_WRONG:
		return report_error(draft->report, -EBADMSG, "fact-value", &position, "correct it",
				    "%s=\"%s\" is not a port", found.name,
				    cookie_mask_text(draft->arena, found.text, NULL));
	case EPMD_PORT_SET:
		draft->facts->epmd_port = found.port;
		draft->facts->epmd_origin = found.origin;
		return 0;
	case EPMD_PORT_UNSET:
		return 0;
	}
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

static int take_dist(struct facts_draft *draft, const struct dist *dist)
{
	struct ejg_facts *facts = draft->facts;
	struct ejg_port_range *ranges = arena_array(draft->arena, DIST_RANGES, sizeof(*ranges));

	if (!ranges)
		return -ENOMEM;
	facts->dist = ranges;
	facts->n_dist = dist_ranges(dist, ranges);
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
