/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard enable: a drop-in for every unit of the service, so that it does not start unguarded. */
#include <errno.h>
#include <string.h>

#include "tools/dropin.h"
#include "tools/systemctl.h"
#include "tools/tool.h"

/* What guards units other than the service's own: epmd must not depend on the mode of a log file. */
#define NETWORK_GUARD "net"

/* The unit that runs the service itself: SERVICE.service, else the first service that is not epmd. */
static const char *main_unit(const struct ejg_facts *facts)
{
	const char *first = NULL;

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = facts->cgroups[i].name;
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

static bool has_module(const struct ejg *guard, const char *name)
{
	const struct ejg_module *module;

	for (size_t i = 0; (module = ejg_module_get(guard, i)); i++)
		if (strcmp(module->name, name) == 0)
			return true;
	return false;
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

static int plan_unit(const struct arguments *arguments, struct output *output, const char *unitdir, const char *name,
		     bool is_main)
{
	const char *folder = arguments->templatedir ? arguments->templatedir : EJG_DATADIR "/systemd";
	cleanup_free char *command = make_command(arguments, output->service, is_main), *template = NULL;
	char *content = NULL;
	int r;

	if (asprintf(&template, "%s/%s.conf.in", folder, strrchr(name, '.') + 1) < 0)
		template = NULL;
	if (!command || !template)
		return output_fail(output, -ENOMEM, "out of memory");
	r = dropin_render(output, template, command, &content);
	return r < 0 ? r : dropin_plan(output, unitdir, name, content);
}

static int plan(const struct arguments *arguments, struct output *output, const char *unitdir)
{
	const struct ejg_facts *facts = ejg_get_facts(output->guard);
	const char *main_name = main_unit(facts);
	int r;

	if (!main_name)
		return output_fail(output, -EBADMSG, "%s names no unit that runs %s; write it: set cgroups %s.service",
				   facts->stack_file, facts->service, facts->service);
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = facts->cgroups[i].name;

		if (!unit_can_guard(name))
			continue;
		if (strcmp(name, main_name) != 0 && !has_module(output->guard, NETWORK_GUARD))
			return output_fail(output, -EBADMSG,
					   "%s has no line for the module " NETWORK_GUARD
					   ", which guards %s; write it: required " NETWORK_GUARD,
					   facts->stack_file, name);
		r = plan_unit(arguments, output, unitdir, name, strcmp(name, main_name) == 0);
		if (r < 0)
			return r;
	}
	return dropin_plan_removals(output, unitdir); /* of units that the stack no longer names */
}

static int enable(const struct arguments *arguments, struct output *output)
{
	const char *unitdir = arguments->unitdir ? arguments->unitdir : EJG_UNITDIR;
	int r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r == 0)
		r = ejg_load(output->guard, NULL);
	if (r == 0)
		r = plan(arguments, output, unitdir);
	if (r == 0)
		r = dropin_commit(output);
	if (r < 0)
		return r;
	return units_settle(output, !arguments->unitdir);
}

static const struct option_spec options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", offsetof(struct arguments, unitdir),
	  "write the drop-ins below DIR, not " EJG_UNITDIR },
	{ "templatedir", 0, OPTION_PATH, "DIR", offsetof(struct arguments, templatedir),
	  "their templates are in DIR, not in " EJG_DATADIR "/systemd" },
};

const struct verb verb_enable = {
	.name = "enable",
	.operand = "[SERVICE]",
	.summary = "Writes systemd drop-ins that call apply in every unit of the service",
	.done = "enabled",
	.failed = "NOT enabled",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = enable,
};
