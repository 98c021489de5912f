/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The changes of units by enable and disable, as JSON. */
#include <jansson.h>

#include "tools/print/json.h"

static json_t *json_unit(const struct unit *unit)
{
	json_t *state = unit->asked ? json_pack("{s:b, s:b, s:b}", "installed", unit->installed, "active", unit->active,
						"restart-due", unit->restart_due)
				    : json_null();

	return json_pack("{s:o, s:o, s:s, s:o, s:o}", "unit", json_text(unit->name), "path", json_text(unit->path),
			 "action", unit_action_name(unit->action), "state", state, "earlier-commands",
			 json_nullable(unit->earlier));
}

json_t *json_units(const struct report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->units.n; i++)
		array = json_append(array, json_unit(&report->units.items[i]));
	return array;
}
