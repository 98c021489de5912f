/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/confirm/former.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/confirm/pending.h"

#define MODULE "module"

static bool has_module(const struct ejg *handle, const char *name)
{
	const struct ejg_module *module;

	for (size_t i = 0; (module = ejg_module_get(handle, i)); i++)
		if (strcmp(module->name, name) == 0)
			return true;
	return false;
}

static bool has_cgroup(const struct ejg *handle, const char *name)
{
	const struct ejg_facts *facts = ejg_facts_get(handle);

	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (strcmp(ejg_cgroup_get(facts, i)->name, name) == 0)
			return true;
	return false;
}

static int would_stay(struct report *report, const char *what, const char *name)
{
	return report_fail(
		report, -EIO,
		"the former stack does not have the %s %s, so a revert could not take the %s out of force; %s", what,
		name, what,
		strcmp(what, MODULE) == 0 ? "first apply it with mode=permissive, if it has that, and without "
					    "--confirm, or apply without --confirm"
					  : "apply without --confirm");
}

/* An apply of the former stack does not undo parts that it does not name: modules with changes to undo, and cgroups. */
static int compare(struct report *report, const struct ejg *former)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	const struct ejg_module *module;
	bool stays = false;

	for (size_t i = 0; (module = ejg_module_get(report->handle, i)); i++) {
		if (module->release && !has_module(former, module->name))
			return would_stay(report, MODULE, module->name);
		stays |= module->release != NULL;
	}
	for (size_t i = 0; stays && i < facts->n_cgroups; i++)
		if (!has_cgroup(former, ejg_cgroup_get(facts, i)->name))
			return would_stay(report, "cgroup", ejg_cgroup_get(facts, i)->name);
	return 0;
}

static int check(struct report *report, struct ejg *former, bool tries)
{
	cleanup_free char *path = pending_path(report, FORMER_NAME);
	int r = path ? ejg_load(former, path) : -ENOMEM;

	if (r < 0)
		return report_fail(report, r,
				   "the stack that is in force could not come back: %s; apply without --confirm",
				   path ? ejg_error(former) : "out of memory");
	r = compare(report, former);
	if (r < 0 || !tries)
		return r;
	r = ejg_try(former);
	if (r == 0)
		return 0;
	return report_fail(report, r,
			   "the former stack is not fully in force: %s; correct that, or apply without --confirm",
			   ejg_error(former));
}

int former_check(struct report *report, bool tries)
{
	struct ejg_options options = { .size = sizeof(options),
				       .service = report->service,
				       .confdir = report->arguments->confdir,
				       .moduledir = report->arguments->moduledir };
	struct ejg *former = NULL;
	int r = ejg_open(&options, &former);

	r = r < 0 ? report_fail(report, r, "cannot look at the former stack: %s", strerror(-r))
		  : check(report, former, tries);
	ejg_close(former);
	return r;
}
