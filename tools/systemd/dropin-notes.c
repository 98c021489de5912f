/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the units' drop-ins are there: findings of the tool itself. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"

/* restart: the remedy of what has to be restarted. */
static struct ejg_finding judge(const struct unit *unit, const char *restart)
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
		finding.message = "it was started before its drop-in was written";
		finding.remedy = restart;
	} else if (unit->action == UNIT_FOREIGN) {
		finding.id = "ejguard.dropin-foreign";
		finding.file = unit->path;
		finding.message = "it was not written by ejguard for this service";
		finding.remedy = "see what it does, and move it away\nrun: ejguard enable";
	} else if (unit->earlier && strstr(unit->earlier, "ejguard")) {
		finding.id = "ejguard.dropin";
		finding.severity = EJG_OK;
		finding.message = "the unit itself has it guarded before it starts";
	} else {
		finding.id = "ejguard.dropin-missing";
		finding.message = "it has no drop-in of ejguard: it starts unguarded";
		finding.remedy = "run: ejguard enable";
	}
	return finding;
}

/* Plans the removal of each drop-in and does not do it: a way to look. */
static int look(struct report *report, const char *unitdir, bool ask_systemd)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	int r;

	for (size_t i = 0; facts && i < facts->n_cgroups; i++) {
		if (!unit_can_guard(ejg_cgroup_get(facts, i)->name))
			continue;
		r = dropin_plan(report, unitdir, ejg_cgroup_get(facts, i)->name, NULL);
		if (r < 0)
			return r;
		if (ask_systemd && systemctl_ask(&report->units.items[report->units.n - 1]) == -ENOMEM)
			return report_fail(report, -ENOMEM, "out of memory");
	}
	return 0;
}

int dropin_notes(struct report *report, const char *unitdir, bool ask_systemd, enum ejg_severity least)
{
	cleanup_free char *command = NULL, *restart = NULL;
	int r = look(report, unitdir, ask_systemd);

	if (r < 0)
		return r;
	command = unit_restart_command(&report->units);
	if (command && asprintf(&restart, "run: %s", command) < 0) {
		restart = NULL;
		return report_fail(report, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < report->units.n && r == 0; i++) {
		struct ejg_finding finding = judge(&report->units.items[i], restart);

		if (finding.severity >= least)
			r = report_note(report, &finding);
	}
	return r;
}
