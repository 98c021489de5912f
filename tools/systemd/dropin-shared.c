/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/dropin-shared.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/epmd-unit.h"

/* The line that leaves epmd's units to their owner, a new string: NULL without other units, and without memory. */
static char *line_without_epmd(const struct ejg_facts *facts)
{
	cleanup_free char *line = NULL;

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name;
		char *longer;

		if (is_epmd_unit(name))
			continue;
		if (asprintf(&longer, "%s %s", line ? line : "set cgroups", name) < 0)
			return NULL;
		free(line);
		line = longer;
	}
	return take_ptr(line);
}

/* That of an epmd: the peers of every service reach its port, so one drop-in is enough. */
static char *find_line(const struct report *report, const struct unit *unit)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);

	return facts && is_epmd_unit(unit->name) ? line_without_epmd(facts) : NULL;
}

int dropin_shared_explain(struct report *report, const struct unit *unit, int r)
{
	cleanup_free char *line = unit->owner ? find_line(report, unit) : NULL;

	if (!line)
		return r;
	return report_fail(report, r,
			   "the drop-in of the service %s already guards %s here; leave epmd out: write \"%s\" in %s",
			   unit->owner, unit->name, line, ejg_facts_get(report->handle)->stack_file);
}

int dropin_shared_words(struct report *report, const struct unit *unit, char **ret_message, char **ret_remedy)
{
	cleanup_free char *line = find_line(report, unit), *message = NULL, *remedy = NULL;
	int n;

	if (asprintf(&message, "the drop-in of the service %s guards it, and a unit can have only one", unit->owner) <
	    0)
		message = NULL;
	if (line)
		n = asprintf(&remedy, "edit: %s: leave epmd to %s: %s\nrun: ejguard enable",
			     ejg_facts_get(report->handle)->stack_file, unit->owner, line);
	else
		n = asprintf(&remedy, "run: ejguard disable %s\nrun: ejguard enable", unit->owner);
	if (n < 0)
		remedy = NULL;
	if (!message || !remedy)
		return report_fail(report, -ENOMEM, "out of memory");
	*ret_message = take_ptr(message);
	*ret_remedy = take_ptr(remedy);
	return 0;
}
