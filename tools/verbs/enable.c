/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard enable: a drop-in for every unit of the service, so that it does not start unguarded. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/base/handle.h"
#include "tools/confirm/confirm.h"
#include "tools/systemd/dropin-findings.h"
#include "tools/systemd/dropin-shared.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/sockets.h"
#include "tools/systemd/systemctl.h"
#include "tools/systemd/wanted.h"
#include "tools/verbs/try.h"
#include "tools/verbs/verbs.h"

/* Checks the file and every folder above it. */
static int check_readable(struct report *report, const char *file)
{
	cleanup_free char *path = strdup(file);
	struct stat st;
	char *slash;

	if (!path)
		return report_fail(report, -ENOMEM, "out of memory");
	for (mode_t bit = S_IROTH; *path; bit = S_IXOTH) {
		if (stat(path, &st) < 0 || !(st.st_mode & bit))
			return report_fail(
				report, -EBADMSG,
				"the users of the units cannot read %s, and read the stack when they put on its "
				"filter; run: chmod o+%s %s",
				file, bit == S_IROTH ? "r" : "x", path);
		slash = strrchr(path, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	return 0;
}

/* Checks the files of the stack that appear in its facts. */
static int check_stack_readable(struct report *report)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	const struct ejg_origin *const origins[] = { &facts->cgroups_origin, &facts->epmd_origin,  &facts->dist_origin,
						     &facts->public_origin,  &facts->peers_origin, &facts->users_origin,
						     &facts->config_origin,  &facts->kind_origin };
	const char *last = facts->stack_file;
	int r = check_readable(report, last);

	for (size_t i = 0; i < ARRAY_SIZE(origins) && r == 0; i++)
		if (origins[i]->kind == EJG_ORIGIN_STACK && origins[i]->file)
			r = check_readable(report, origins[i]->file);
	for (size_t i = 0; i < facts->n_peers && r == 0; i++) {
		const struct ejg_origin *origin = &ejg_peer_get(facts, i)->origin;

		if (origin->kind != EJG_ORIGIN_STACK || !origin->file || strcmp(origin->file, last) == 0)
			continue;
		last = origin->file; /* thousands may come from one file */
		r = check_readable(report, last);
	}
	return r;
}

static int plan_unit(struct report *report, const char *unitdir, const char *name, bool is_main)
{
	cleanup_free char *path = NULL;
	char *content = NULL;
	int r;

	if (asprintf(&path, "%s/%s.d/" DROPIN_NAME, unitdir, name) < 0) {
		path = NULL;
		return report_fail(report, -ENOMEM, "out of memory");
	}
	r = wanted_dropin(report, name, path, is_main, &content);
	if (r == 0 && strstr(content, UNIT_CHAIN))
		r = check_stack_readable(report);
	if (r < 0) {
		free(content);
		return r;
	}
	r = dropin_plan(report, unitdir, name, content);
	if (r == 0)
		report->units.items[report->units.n - 1].is_main = is_main;
	return r == -EACCES ? dropin_shared_explain(report, &report->units.items[report->units.n - 1], r) : r;
}

static int plan(struct report *report, const char *unitdir)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	const char *main_name = wanted_main_unit(facts);
	int r;

	if (!main_name)
		return report_fail(report, -EBADMSG,
				   "%s does not name a unit that runs %s; add to it: set cgroups %s.service",
				   facts->stack_file, facts->service, facts->service);
	if (report->arguments->seccomp && !handle_has_module(report, CONFINEMENT))
		return report_fail(report, -EBADMSG,
				   "%s has no line for the module " CONFINEMENT
				   ", whose filter --seccomp is for; write it: required " CONFINEMENT,
				   facts->stack_file);
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name;

		if (!unit_can_guard(name))
			continue;
		if (strcmp(name, main_name) != 0 && !handle_has_module(report, NETWORK_GUARD))
			return report_fail(report, -EBADMSG,
					   "%s has no line for the module " NETWORK_GUARD
					   ", which guards %s; add to it: required " NETWORK_GUARD,
					   facts->stack_file, name);
		r = plan_unit(report, unitdir, name, strcmp(name, main_name) == 0);
		if (r < 0)
			return r;
	}
	return dropin_plan_removals(report, unitdir); /* for units that the stack no longer names */
}

/*
 * Drop-ins below another folder belong to another system: services that run here are not started with them, and the
 * commands of this system's units do not apply to them.
 */
static int refuse_unitdir(const struct arguments *arguments, struct report *report)
{
	if (arguments->now && arguments->unitdir)
		return report_fail_usage(report, "--now and --unitdir cannot be used together");
	if (arguments->seccomp && arguments->unitdir)
		return report_fail_usage(report, "--seccomp and --unitdir cannot be used together");
	return 0;
}

static int note(struct report *report, const struct ejg_finding *sample, const char *subject)
{
	struct ejg_finding finding = *sample;

	finding.module = "ejguard";
	finding.subject = subject;
	return report_note(report, &finding);
}

static int note_absent(struct report *report)
{
	int r = 0;

	for (size_t i = 0; i < report->units.n && r == 0; i++) {
		const struct unit *unit = &report->units.items[i];

		if (unit->is_main && unit->asked && !unit->installed)
			r = note(report, &dropin_not_installed, unit->name);
	}
	return r;
}

/* Warns of what lets the service start without what was written. */
static int note_host(struct report *report)
{
	const struct dropin_look look = { .least = EJG_WARNING, .most = EJG_WARNING };
	int r;

	if (!systemctl_available())
		return note(report, &dropin_without_systemd, "");
	r = note_absent(report);
	return r == 0 ? sockets_note(report, &look) : r;
}

static int write_dropins(const struct arguments *arguments, struct report *report)
{
	const char *unitdir = arguments->unitdir ? arguments->unitdir : EJG_UNITDIR;
	cleanup_fd int lock = -1;
	int r = dropin_lock(report, unitdir, &lock);

	if (r == 0)
		r = ejg_load(report->handle, NULL);
	if (r == 0)
		r = plan(report, unitdir);
	if (r == 0)
		dropin_sweep(unitdir);
	if (r == 0)
		r = dropin_commit(report);
	if (r < 0)
		return r;
	r = units_settle(report, !arguments->unitdir);
	return r == 0 && !arguments->unitdir ? note_host(report) : r;
}

static int try(const struct arguments *arguments, struct report *report)
{
	int r = arguments->now ? confirm_refuse_pending(report) : 0;

	if (r == 0)
		r = ejg_load(report->handle, NULL);
	if (r == 0)
		r = plan(report, arguments->unitdir ? arguments->unitdir : EJG_UNITDIR);
	report->has_units = r == 0;
	if (r == 0 && arguments->now)
		r = try_apply(report);
	else if (r == 0 && !arguments->unitdir)
		r = try_listeners(report);
	if (r == 0 && !arguments->unitdir)
		r = note_host(report);
	return report_end_trial(report, true, r);
}

int verb_enable(const struct arguments *arguments, struct report *report)
{
	int r = refuse_unitdir(arguments, report);

	if (r == 0 && arguments->dry_run)
		return try(arguments, report);
	if (r == 0 && arguments->now)
		r = confirm_refuse_pending(report);
	else if (r == 0 && !arguments->unitdir)
		r = try_listeners(report);
	if (r == 0)
		r = write_dropins(arguments, report);
	if (r < 0 || !arguments->now)
		return r;
	r = ejg_apply(report->handle, NULL);
	if (r == 0)
		pending_set_reverted(report, false);
	return r;
}
