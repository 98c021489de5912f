/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the units' drop-ins are there: findings of the tool itself. */
#include <errno.h>
#include <string.h>

#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"

static struct ejg_finding judge(const struct unit *unit)
{
	struct ejg_finding finding = { .module = "ejguard", .severity = EJG_WARNING, .subject = unit->name };

	if (unit->asked && !unit->installed) {
		finding.id = "ejguard.no-unit";
		finding.severity = EJG_INFO;
		finding.message = "systemd does not have this unit";
	} else if (unit->action == UNIT_REMOVED && !unit->restart_due) { /* could be removed: it is there, and ours */
		finding.id = "ejguard.dropin";
		finding.severity = EJG_OK;
		finding.message = "its drop-in has it guarded before it starts";
	} else if (unit->action == UNIT_REMOVED) {
		finding.id = "ejguard.restart-due";
		finding.message = "it runs since before its drop-in was written";
		finding.remedy = "restart it";
	} else if (unit->action == UNIT_FOREIGN) {
		finding.id = "ejguard.dropin-foreign";
		finding.file = unit->path;
		finding.message = "it was not written by ejguard for this service";
		finding.remedy = "see what it does, move it away, and run ejguard enable";
	} else if (unit->earlier && strstr(unit->earlier, "ejguard")) {
		finding.id = "ejguard.dropin";
		finding.severity = EJG_OK;
		finding.message = "the unit itself has it guarded before it starts";
	} else {
		finding.id = "ejguard.dropin-missing";
		finding.message = "it has no drop-in of ejguard: it starts unguarded";
		finding.remedy = "ejguard enable";
	}
	return finding;
}

int dropin_notes(struct report *report, const char *unitdir, bool ask_systemd, enum ejg_severity least)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	int r;

	for (size_t i = 0; facts && i < facts->n_cgroups; i++) {
		struct ejg_finding finding;
		struct unit *unit;

		if (!unit_can_guard(ejg_cgroup_get(facts, i)->name))
			continue;
		/* Planned and not done: a way to look. */
		r = dropin_plan(report, unitdir, ejg_cgroup_get(facts, i)->name, NULL);
		if (r < 0)
			return r;
		unit = &report->units.items[report->units.n - 1];
		if (ask_systemd && systemctl_ask(unit) == -ENOMEM)
			return report_fail(report, -ENOMEM, "out of memory");
		finding = judge(unit);
		r = finding.severity >= least ? report_note(report, &finding) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}
