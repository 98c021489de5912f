/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/epmd-port.h"

#include <string.h>

#include "libejguard/util/address.h"

static const char variable_name[] = "ERL_EPMD_PORT";

/* Arguments can also set the port, of erl and of epmd separately. */
static const struct erl_flag *find_flag(const struct settings *s)
{
	for (size_t i = 0; i < N_FLAG_SOURCES; i++) {
		for (size_t j = 0; j < s->flags[i].n; j++) {
			const struct erl_flag *flag = &s->flags[i].items[j];

			if (strcmp(flag->name, "-epmd_port") == 0 || strcmp(flag->name, "-env ERL_EPMD_PORT") == 0)
				return flag;
		}
	}
	return NULL;
}

/* Ignores uncertain values of the variable, unless the configuration itself names it. */
static const struct occurrence *without_doubt(const struct settings *s, const struct occurrence *now)
{
	while (now && now->doubtful && !(s->epmd_line && now->origin.kind == EJG_ORIGIN_DISCOVERED))
		now = now->earlier;
	return now;
}

/*
 * erl and epmd read the variable from their environment, which only the unit and `export` change: one that is not
 * exported has no effect.
 */
struct epmd_port epmd_port_find(const struct settings *s)
{
	const struct variable *variable = variable_find(&s->variables, variable_name, strlen(variable_name));
	const struct occurrence *now = without_doubt(s, variable ? variable->now : NULL);
	const struct erl_flag *flag = find_flag(s);
	struct epmd_port found = { .name = variable_name };

	if (flag)
		return (struct epmd_port){ EPMD_PORT_UNKNOWN, .name = flag->name, .origin = flag->origin };
	if (!now || (!variable->exported && !now->doubtful))
		return found;
	found.text = now->text;
	found.origin = now->origin;
	if (now->text) {
		found.state = port_parse(now->text, &found.port) < 0 ? EPMD_PORT_WRONG : EPMD_PORT_SET;
		return found;
	}
	found.state = EPMD_PORT_UNKNOWN;
	if (s->cfg_opaque_line && s->epmd_line)
		found.origin.line = s->epmd_line;
	return found;
}
