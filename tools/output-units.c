/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What enable and disable did to the units, and what is left to do. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "tools/systemctl.h"
#include "tools/text.h"
#include "tools/tool.h"

int units_settle(struct output *output, bool ask_systemd)
{
	cleanup_free char *problem = NULL;
	bool changed = false;

	output->has_units = true;
	for (size_t i = 0; i < output->units.n; i++)
		changed |=
			output->units.items[i].action == UNIT_WRITTEN || output->units.items[i].action == UNIT_REMOVED;
	if (!ask_systemd || !systemctl_available())
		return 0;
	if (changed && systemctl_reload(&problem) < 0)
		return output_fail(output, -EIO, "systemd did not reload the drop-ins%s%s; run systemctl daemon-reload",
				   problem && *problem ? ": " : "", problem && *problem ? problem : "");
	for (size_t i = 0; i < output->units.n; i++)
		if (systemctl_ask(&output->units.items[i]) < 0)
			return output_fail(output, -EIO, "systemd does not answer about %s; run systemctl status %s",
					   output->units.items[i].name, output->units.items[i].name);
	return 0;
}

static json_t *json_unit(const struct unit *unit)
{
	json_t *state = unit->asked ? json_pack("{s:b, s:b, s:b}", "installed", unit->installed, "active", unit->active,
						"restart-due", unit->restart_due)
				    : json_null();

	return json_pack("{s:o, s:o, s:s, s:o, s:o}", "unit", json_text(unit->name), "path", json_text(unit->path),
			 "action", unit_action_name(unit->action), "state", state, "earlier-commands",
			 json_nullable(unit->earlier));
}

json_t *output_units_json(const struct output *output)
{
	json_t *array = json_array();

	for (size_t i = 0; i < output->units.n; i++)
		array = json_append(array, json_unit(&output->units.items[i]));
	return array;
}

static void add_row(struct table *table, const struct unit *unit)
{
	const char *state = "-";

	if (unit->asked && !unit->installed)
		state = "not installed here";
	else if (unit->asked)
		state = unit->restart_due ? "restart due" : unit->active ? "active" : "not active";
	table_row(table, (const char *[]){ unit->name, unit_action_name(unit->action), state, unit->path }, NULL);
}

/* Names of the units that run, sockets first or last: a socket is neither made nor removed while its service runs. */
static void print_names(const struct unit_list *units, bool sockets, FILE *out)
{
	for (size_t i = 0; i < units->n; i++) {
		const char *name = units->items[i].name;

		if (units->items[i].active && (strcmp(strrchr(name, '.'), ".socket") == 0) == sockets)
			fprintf(out, " %s", name);
	}
}

/* Everything that runs is restarted in one go: guarding one unit of several is no guard. */
static void print_restart(const struct output *output, FILE *out)
{
	bool due = false;

	for (size_t i = 0; i < output->units.n; i++)
		due |= output->units.items[i].restart_due;
	if (!due)
		return;
	fprintf(out, "Running units are guarded after a restart:\n  systemctl stop");
	print_names(&output->units, false, out);
	print_names(&output->units, true, out);
	fprintf(out, "\n  systemctl start");
	print_names(&output->units, true, out);
	print_names(&output->units, false, out);
	fputc('\n', out);
}

static void print_earlier(const struct output *output, FILE *out)
{
	for (size_t i = 0; i < output->units.n; i++) {
		const struct unit *unit = &output->units.items[i];
		struct paragraph paragraph = { .out = out, .width = text_width(out), .indent = 2 };

		if (!unit->earlier)
			continue;
		paragraph_add(&paragraph, unit->name);
		paragraph_add(&paragraph, " runs before the guard: ");
		paragraph_add(&paragraph, unit->earlier);
		paragraph_end(&paragraph);
	}
}

int output_units_text(const struct output *output, FILE *out)
{
	static const char *const headings[] = { "UNIT", "DROP-IN", "STATE", "FILE" };
	struct table *table;
	int r;

	if (output->quiet)
		return 0;
	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (size_t i = 0; i < output->units.n; i++)
		add_row(table, &output->units.items[i]);
	r = table_print(table, NULL);
	if (output->verb == &verb_enable) {
		print_earlier(output, out);
		print_restart(output, out);
	} else if (output->units.n == 0) {
		fprintf(out, "There are no drop-ins of ejguard's for %s.\n", output->service);
	} else {
		fprintf(out, "What is guarded stays so until: ejguard release %s\n", output->service);
	}
	return r;
}
