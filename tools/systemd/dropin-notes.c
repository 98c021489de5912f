/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings of the tool itself: do the units of the service start guarded the next time? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin-findings.h"
#include "tools/systemd/dropin-shared.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/next-boot.h"
#include "tools/systemd/own-status.h"
#include "tools/systemd/sockets.h"
#include "tools/systemd/systemctl.h"
#include "tools/systemd/wanted.h"

static enum dropin_condition find_condition(const struct unit *unit)
{
	bool ours = unit->action == UNIT_REMOVED; /* planned for removal: it exists, and is ours */

	if (unit->asked && !unit->installed)
		return NO_UNIT;
	if (unit->action == UNIT_FOREIGN && !unit->guarded)
		return FOREIGN;
	if (unit->boot != BOOT_AS_NOW && !unit->reload_due)
		return unit->boot == BOOT_STALE ? RELOAD_DUE : VOLATILE;
	/* If it needs a reload, the file may have been removed that systemd still has loaded. */
	if (!ours && unit->guarded && (!unit->reload_due || unit->boot_guarded))
		return unit->reload_due ? RELOAD_DUE : BY_ITSELF;
	if (!ours)
		return unit->action == UNIT_FOREIGN ? FOREIGN : MISSING;
	/* Its current guard may come from the old file, until systemd loads the new one. */
	if (unit->differs && (!unit->asked || !unit->guarded || unit->reload_due))
		return unit->lacks_users ? LACKS_USERS : CHANGED;
	if (!unit->asked)
		return STARTS_GUARDED;
	if (!unit->guarded)
		return unit->reload_due ? UNREAD : WITHOUT_EFFECT;
	if (unit->chained && !unit->confined)
		return unit->reload_due ? UNREAD : UNCONFINED;
	if (unit->differs)
		return DIFFERS;
	if (unit->reload_due)
		return RELOAD_DUE;
	return unit->restart_due ? RESTART_DUE : STARTS_GUARDED;
}

/* One unit that starts unguarded is enough. */
static void sum_up(struct report *report, const struct unit *unit, enum dropin_condition condition)
{
	if (unit->starts && report->persistence != UNIT_START_UNGUARDED)
		report->persistence = condition >= MISSING ? UNIT_START_UNGUARDED : UNIT_START_GUARDED;
}

/* An apply guards what runs: only the filter of a stack needs a restart. */
static void say_restart(struct ejg_finding *finding, const struct unit *unit, bool guarded_now, const char *restart)
{
	finding->severity = guarded_now ? EJG_INFO : EJG_WARNING;
	if (!guarded_now || unit->chained) {
		finding->remedy = restart;
		return;
	}
	finding->message =
		"it was started before its drop-in was written, and apply has guarded it since: it needs no restart";
}

/*
 * If a unit runs or may be started by a boot, and starts unguarded, that is a failure. If nothing starts it, or systemd
 * was not asked, it is advice: a host may guard its cgroups by other means.
 */
static int note(struct report *report, const struct unit *unit, const struct dropin_look *look, const char *restart)
{
	enum dropin_condition condition = look->ask_systemd && !unit->asked ? UNSEEN : find_condition(unit);
	struct ejg_finding finding = dropin_findings[condition];
	cleanup_free char *message = NULL, *remedy = NULL;

	if (condition == FOREIGN && unit->owner) {
		if (dropin_shared_words(report, unit, &message, &remedy) < 0)
			return -ENOMEM;
		finding.message = message;
		finding.remedy = remedy;
	}
	finding.module = "ejguard";
	finding.subject = unit->name;
	if (condition == UNSEEN && geteuid() != 0)
		finding.remedy = "run it as root";
	if (condition == FOREIGN)
		finding.file = unit->path;
	if (condition >= MISSING && !unit->starts)
		finding.severity = EJG_WARNING;
	if (condition == RESTART_DUE)
		say_restart(&finding, unit, look->guarded_now, restart);
	sum_up(report, unit, condition);
	if (finding.severity > look->most)
		finding.severity = look->most;
	return finding.severity >= look->least ? report_note(report, &finding) : 0;
}

/* Notes a finding about a unit. @message: NULL: there was no memory for it */
static int note_unit(struct report *report, const struct unit *unit, struct ejg_finding finding, const char *message)
{
	if (!message)
		return report_fail(report, -ENOMEM, "out of memory");
	finding.module = "ejguard";
	finding.subject = unit->name;
	finding.message = message;
	return report_note(report, &finding);
}

/* What the unit's own user runs before the guard is not guarded: it may use private ports, and leave processes. */
static int note_early(struct report *report, const struct unit *unit, const struct dropin_look *look)
{
	cleanup_free char *message = NULL;

	if (!unit->guarded || !unit->early || dropin_early_command.severity < look->least)
		return 0;
	if (asprintf(&message, "its user runs this before the guard, or after it failed, and so without it: %s",
		     unit->early) < 0)
		message = NULL;
	return note_unit(report, unit, dropin_early_command, message);
}

/* Where systemd cannot run the guard, or something ends it, no status of ours keeps the unit from starting. */
static int note_excused(struct report *report, const struct unit *unit, const struct dropin_look *look)
{
	cleanup_free char *excused = NULL, *message = NULL;

	if (!unit->guarded || !unit->successes || dropin_success_status.severity < look->least)
		return 0;
	if (own_status_excused(unit->successes, &excused) < 0)
		return report_fail(report, -ENOMEM, "out of memory");
	if (!excused)
		return 0;
	if (asprintf(&message,
		     "SuccessExitStatus= has %s: where systemd cannot run the guard, or something ends it, the unit "
		     "starts unguarded",
		     excused) < 0)
		message = NULL;
	return note_unit(report, unit, dropin_success_status, message);
}

/* Does the text of our drop-in differ from what enable would write now? Also if that is unknown. */
static void compare(struct report *report, struct unit *unit, bool is_main)
{
	cleanup_free char *wanted = NULL;

	if (unit->action != UNIT_REMOVED)
		return;
	if (wanted_dropin(report, unit->name, unit->path, is_main, &wanted) < 0)
		report_forget_failure(report);
	unit->differs = !wanted || strcmp(unit->old, wanted) != 0;
	unit->lacks_users = unit->differs && wanted && wanted_lacks_users(unit->old, wanted);
}

/* True if one of its commands, as loaded by systemd, guards it. */
static bool is_guarded(const struct report *report, struct unit *unit, bool is_main)
{
	char *rest = unit->applies, *words;

	while ((words = strsep(&rest, "\n")))
		if (wanted_guards(report, words, is_main))
			return true;
	return false;
}

static int look_at(struct report *report, const char *unitdir, const char *name, bool is_main, bool ask_systemd)
{
	struct unit *unit;
	int r = dropin_plan(report, unitdir, name, NULL);

	if (r < 0)
		return r;
	unit = &report->units.items[report->units.n - 1];
	if (ask_systemd && systemctl_ask(unit) == -ENOMEM)
		return report_fail(report, -ENOMEM, "out of memory");
	unit->chained = unit->old && strstr(unit->old, UNIT_CHAIN);
	unit->guarded = is_guarded(report, unit, is_main);
	compare(report, unit, is_main);
	if (unit->asked && unit->guarded && next_boot_look(report, unit, is_main) == -ENOMEM)
		return report_fail(report, -ENOMEM, "out of memory");
	return 0;
}

/* Plans the removal of each drop-in, without doing it: this reads the drop-ins. */
static int look_at_all(struct report *report, const char *unitdir, bool ask_systemd)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	const char *main_unit = facts ? wanted_main_unit(facts) : NULL;
	int r = 0;

	for (size_t i = 0; facts && r == 0 && i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name;

		if (unit_can_guard(name))
			r = look_at(report, unitdir, name, main_unit && strcmp(name, main_unit) == 0, ask_systemd);
	}
	return r;
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
	for (size_t i = 0; i < report->units.n && r == 0; i++)
		r = note_early(report, &report->units.items[i], look);
	for (size_t i = 0; i < report->units.n && r == 0; i++)
		r = note_excused(report, &report->units.items[i], look);
	return r == 0 && look->ask_systemd ? sockets_note(report, look) : r;
}

static bool can_ask(void)
{
	return systemctl_available() && geteuid() == 0;
}

void dropin_advise(struct report *report)
{
	const struct dropin_look look = {
		.ask_systemd = true, .least = EJG_WARNING, .most = EJG_WARNING, .guarded_now = true
	};

	report->guarded_now = true;
	if (can_ask() && dropin_notes(report, EJG_UNITDIR, &look) < 0)
		report_forget_failure(report);
}

void dropin_foresee(struct report *report)
{
	if (can_ask() && look_at_all(report, EJG_UNITDIR, true) == 0)
		for (size_t i = 0; i < report->units.n; i++)
			sum_up(report, &report->units.items[i], find_condition(&report->units.items[i]));
	unit_list_free(&report->units); /* a trial of apply changes no unit */
	report_forget_failure(report);
}

int dropin_judge(struct report *report, int result)
{
	const struct dropin_look look = {
		.ask_systemd = true, .least = EJG_INFO, .most = EJG_FAILURE, .guarded_now = result == 0
	};
	int r;

	report->guarded_now = result == 0;
	if (!can_ask())
		return result;
	r = dropin_notes(report, EJG_UNITDIR, &look);
	if (result == 0)
		return r < 0 ? r : report->persistence == UNIT_START_UNGUARDED ? -EACCES : 0;
	/* The result of the guard is more important than a drop-in that cannot be read. */
	report_forget_failure(report);
	return result;
}
