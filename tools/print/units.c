/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The changes of units by enable and disable, and the remaining steps. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/print.h"

static void add_row(struct table *table, const struct unit *unit, bool guarded)
{
	const char *state = "-";

	if (unit->asked && !unit->installed)
		state = "not installed here";
	else if (unit->asked)
		state = !unit->active	    ? "not active"
			: guarded	    ? "guarded"
			: unit->restart_due ? "restart due"
					    : "active";
	table_row(table, (const char *[]){ unit->name, unit_action_name(unit->action), state }, NULL);
}

/* False if the unit that runs it is not installed: then the others belong to somebody else, such as epmd. */
static bool may_run(const struct report *report)
{
	for (size_t i = 0; i < report->units.n; i++)
		if (report->units.items[i].is_main)
			return !report->units.items[i].asked || report->units.items[i].installed;
	return true;
}

static void print_restart(const struct report *report, FILE *out)
{
	cleanup_free char *command = may_run(report) ? unit_restart_command(&report->units) : NULL;

	if (command)
		fprintf(out,
			"Guard the running service now, without a restart:\n  ejguard apply %s\nor with a restart, "
			"which disconnects all users:\n  %s\n",
			report->service, command);
}

/* Below the table, where each is whole: a path is there to be copied. */
static void print_files(const struct report *report, FILE *out)
{
	for (size_t i = 0; i < report->units.n; i++) {
		fputs(i == 0 ? "Drop-ins:\n  " : "  ", out);
		text_put(out, report->units.items[i].path, strlen(report->units.items[i].path));
		fputc('\n', out);
	}
}

static void print_earlier(const struct report *report, FILE *out)
{
	for (size_t i = 0; i < report->units.n; i++) {
		const struct unit *unit = &report->units.items[i];
		struct paragraph paragraph = { .out = out, .width = text_width(out), .indent = 2 };

		if (!unit->earlier)
			continue;
		paragraph_add(&paragraph, unit->name);
		paragraph_add(&paragraph, " runs before the guard: ");
		paragraph_add(&paragraph, unit->earlier);
		paragraph_end(&paragraph);
	}
}

int print_units(const struct report *report, FILE *out)
{
	static const char *const headings[] = { "UNIT", "DROP-IN", "STATE" };
	bool guarded = report->error == 0 && (report->arguments->now || report->guarded_now);
	struct table *table;
	int r;

	if (report->quiet)
		return 0;
	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (size_t i = 0; i < report->units.n; i++)
		add_row(table, &report->units.items[i], guarded);
	r = table_print(table, NULL);
	print_files(report, out);
	if (report->verb->makes_dropins) {
		print_earlier(report, out);
		if (!guarded)
			print_restart(report, out);
	} else if (report->units.n == 0) {
		fprintf(out, "ejguard has no drop-ins for %s.\n", report->service);
	} else if (!report->guarded_now) {
		fprintf(out, "Nothing of %s is guarded now.\n", report->service);
	} else {
		fprintf(out, "The running service stays guarded until its next restart, or until: ejguard release %s\n",
			report->service);
	}
	return r;
}
