/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the units of the service start guarded, the next time: findings of the tool itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"

enum condition {
	STARTS_GUARDED,
	BY_ITSELF,
	RESTART_DUE,
	NO_UNIT,
	UNSEEN,
	RELOAD_DUE,
	MISSING, /* from here on it starts unguarded */
	FOREIGN,
	UNREAD,
	WITHOUT_EFFECT,
};

static const struct ejg_finding findings[] = {
	[STARTS_GUARDED] = { .id = "ejguard.dropin", .severity = EJG_OK,
			     .message = "its drop-in has it guarded before it starts" },
	[BY_ITSELF] = { .id = "ejguard.dropin", .severity = EJG_OK,
			.message = "the unit itself has it guarded before it starts" },
	[RESTART_DUE] = { .id = "ejguard.restart-due", .severity = EJG_WARNING,
			  .message = "it was started before its drop-in was written" },
	[NO_UNIT] = { .id = "ejguard.no-unit", .severity = EJG_INFO, .message = "systemd does not have this unit" },
	[UNSEEN] = { .id = "ejguard.unit-unseen", .severity = EJG_INFO,
		     .message = "systemd does not answer: whether it starts guarded is not known" },
	[RELOAD_DUE] = { .id = "ejguard.reload-due", .severity = EJG_WARNING,
			 .message = "its files have changed since systemd has read them",
			 .remedy = "run: systemctl daemon-reload" },
	[MISSING] = { .id = "ejguard.dropin-missing", .severity = EJG_FAILURE,
		      .message = "it has no drop-in of ejguard: it starts unguarded", .remedy = "run: ejguard enable" },
	[FOREIGN] = { .id = "ejguard.dropin-foreign", .severity = EJG_FAILURE,
		      .message = "a file that ejguard did not write for this service is in the way of its drop-in: "
				 "it starts unguarded",
		      .remedy = "see what it does, and move it away\nrun: ejguard enable" },
	[UNREAD] = { .id = "ejguard.dropin-unread", .severity = EJG_FAILURE,
		     .message = "systemd has not read its drop-in yet: until then it starts unguarded",
		     .remedy = "run: systemctl daemon-reload" },
	[WITHOUT_EFFECT] = { .id = "ejguard.dropin-without-effect", .severity = EJG_FAILURE,
			     .message = "its drop-in is there, and another file takes its command away again: it starts "
					"unguarded",
			     .remedy = "find the file that clears ExecStartPre= (systemctl cat), and mend it" },
};

static enum condition find_condition(const struct unit *unit)
{
	bool ours = unit->action == UNIT_REMOVED; /* could be removed: it is there, and ours */

	if (unit->asked && !unit->installed)
		return NO_UNIT;
	if (unit->action == UNIT_FOREIGN && !unit->guarded)
		return FOREIGN;
	/* A file that is gone, and that systemd still knows. */
	if (!ours && unit->guarded && !unit->reload_due)
		return BY_ITSELF;
	if (!ours)
		return unit->action == UNIT_FOREIGN ? FOREIGN : MISSING;
	if (!unit->asked)
		return STARTS_GUARDED;
	if (!unit->guarded)
		return unit->reload_due ? UNREAD : WITHOUT_EFFECT;
	if (unit->reload_due)
		return RELOAD_DUE;
	return unit->restart_due ? RESTART_DUE : STARTS_GUARDED;
}

/*
 * A unit that runs, or that a boot may start, and that starts unguarded is a failure. Of one that nobody starts, or where
 * systemd was not asked, it is advice: a host that guards its cgroups by other means is not wrong.
 */
static int note(struct report *report, const struct unit *unit, const struct dropin_look *look, const char *restart)
{
	enum condition condition = look->ask_systemd && !unit->asked ? UNSEEN : find_condition(unit);
	struct ejg_finding finding = findings[condition];

	finding.module = "ejguard";
	finding.subject = unit->name;
	if (condition == FOREIGN)
		finding.file = unit->path;
	if (condition >= MISSING && !unit->starts)
		finding.severity = EJG_WARNING;
	if (condition == RESTART_DUE) {
		finding.remedy = restart;
		finding.severity = look->guarded_now ? EJG_INFO : EJG_WARNING;
	}
	if (unit->starts && report->persistence != UNIT_START_UNGUARDED)
		report->persistence = condition >= MISSING ? UNIT_START_UNGUARDED : UNIT_START_GUARDED;
	if (finding.severity > look->most)
		finding.severity = look->most;
	return finding.severity >= look->least ? report_note(report, &finding) : 0;
}

/* Plans the removal of each drop-in and does not do it: a way to look. */
static int look_at_all(struct report *report, const char *unitdir, bool ask_systemd)
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

int dropin_notes(struct report *report, const char *unitdir, const struct dropin_look *look)
{
	cleanup_free char *command = NULL, *restart = NULL;
	int r = look_at_all(report, unitdir, look->ask_systemd);

	if (r < 0)
		return r;
	command = unit_restart_command(&report->units);
	if (command && asprintf(&restart, "run: %s", command) < 0) {
		restart = NULL;
		return report_fail(report, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < report->units.n && r == 0; i++)
		r = note(report, &report->units.items[i], look, restart);
	return r;
}

int dropin_judge(struct report *report, int result)
{
	const struct dropin_look look = {
		.ask_systemd = true, .least = EJG_INFO, .most = EJG_FAILURE, .guarded_now = result == 0
	};
	int r;

	report->guarded_now = result == 0;
	if (!systemctl_available() || geteuid() != 0)
		return result;
	r = dropin_notes(report, EJG_UNITDIR, &look);
	if (result == 0)
		return r < 0 ? r : report->persistence == UNIT_START_UNGUARDED ? -EACCES : 0;
	/* What the guard has found counts for more than a drop-in that cannot be read. */
	free(report->message);
	report->message = NULL;
	return result;
}
