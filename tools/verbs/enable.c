/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard enable: a drop-in for every unit of the service, so that it does not start unguarded. */
#include <errno.h>
#include <string.h>

#include "tools/base/handle.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"
#include "tools/verbs/verbs.h"

/* What guards units other than the service's own: epmd must not depend on the mode of a log file. */
#define NETWORK_GUARD "net"

/* The unit that runs the service itself: SERVICE.service, else the first service that is not epmd. */
static const char *main_unit(const struct ejg_facts *facts)
{
	const char *first = NULL;

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name;
		size_t n = strlen(facts->service);

		if (!unit_can_guard(name) || !unit_name_ends(name, ".service"))
			continue;
		if (strncmp(name, facts->service, n) == 0 && strcmp(name + n, ".service") == 0)
			return name;
		if (!first && strcmp(name, "epmd.service") != 0)
			first = name;
	}
	return first;
}

/* The command line of a unit, quoted for systemd. */
static char *make_command(const struct arguments *arguments, const char *service, bool whole_stack)
{
	cleanup_free char *tool = dropin_quote(EJG_SBINDIR "/ejguard");
	cleanup_free char *confdir = dropin_quote(arguments->confdir ? arguments->confdir : "");
	cleanup_free char *moduledir = dropin_quote(arguments->moduledir ? arguments->moduledir : "");
	char *command;

	if (!tool || !confdir || !moduledir)
		return NULL;
	if (asprintf(&command, "%s%s%s%s%s apply --own%s %s%s", tool, arguments->confdir ? " --confdir " : "",
		     arguments->confdir ? confdir : "", arguments->moduledir ? " --moduledir " : "",
		     arguments->moduledir ? moduledir : "", whole_stack ? "" : " --only " NETWORK_GUARD,
		     *service == '-' ? "-- " : "", service) < 0)
		return NULL;
	return command;
}

static int plan_unit(const struct arguments *arguments, struct report *report, const char *unitdir, const char *name,
		     bool is_main)
{
	const char *folder = arguments->templatedir ? arguments->templatedir : EJG_DATADIR "/systemd";
	cleanup_free char *command = make_command(arguments, report->service, is_main), *template = NULL;
	char *content = NULL;
	int r;

	if (asprintf(&template, "%s/%s.conf.in", folder, strrchr(name, '.') + 1) < 0)
		template = NULL;
	if (!command || !template)
		return report_fail(report, -ENOMEM, "out of memory");
	r = dropin_render(report, template, command, &content);
	return r < 0 ? r : dropin_plan(report, unitdir, name, content);
}

static int plan(const struct arguments *arguments, struct report *report, const char *unitdir)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	const char *main_name = main_unit(facts);
	int r;

	if (!main_name)
		return report_fail(report, -EBADMSG, "%s names no unit that runs %s; write it: set cgroups %s.service",
				   facts->stack_file, facts->service, facts->service);
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name;

		if (!unit_can_guard(name))
			continue;
		if (strcmp(name, main_name) != 0 && !handle_has_module(report, NETWORK_GUARD))
			return report_fail(report, -EBADMSG,
					   "%s has no line for the module " NETWORK_GUARD
					   ", which guards %s; write it: required " NETWORK_GUARD,
					   facts->stack_file, name);
		r = plan_unit(arguments, report, unitdir, name, strcmp(name, main_name) == 0);
		if (r < 0)
			return r;
	}
	return dropin_plan_removals(report, unitdir); /* of units that the stack no longer names */
}

int verb_enable(const struct arguments *arguments, struct report *report)
{
	const char *unitdir = arguments->unitdir ? arguments->unitdir : EJG_UNITDIR;
	cleanup_fd int lock = -1;
	int r = dropin_lock(report, unitdir, &lock);

	if (r == 0)
		r = ejg_load(report->handle, NULL);
	if (r == 0)
		r = plan(arguments, report, unitdir);
	if (r == 0)
		r = dropin_commit(report);
	if (r < 0)
		return r;
	return units_settle(report, !arguments->unitdir);
}
