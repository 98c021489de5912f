/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard disable: removes the drop-ins that enable wrote. Needs no stack: it must work with a broken one. */
#include <errno.h>

#include "tools/dropin.h"
#include "tools/systemctl.h"
#include "tools/tool.h"

static const struct unit *find_foreign(const struct unit_list *units)
{
	for (size_t i = 0; i < units->n; i++)
		if (units->items[i].action == UNIT_FOREIGN)
			return &units->items[i];
	return NULL;
}

static int disable(const struct arguments *arguments, struct output *output)
{
	const char *unitdir = arguments->unitdir ? arguments->unitdir : EJG_UNITDIR;
	const struct unit *left;
	int r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r == 0)
		r = dropin_plan_removals(output, unitdir);
	if (r == 0)
		r = dropin_commit(output);
	if (r == 0)
		r = units_settle(output, !arguments->unitdir);
	if (r < 0)
		return r;
	left = find_foreign(&output->units);
	return left ? output_fail(output, -EACCES, "%s was not written by ejguard and is left; look at it", left->path)
		    : 0;
}

static const struct option_spec options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", offsetof(struct arguments, unitdir),
	  "remove the drop-ins below DIR, not " EJG_UNITDIR },
};

const struct verb verb_disable = {
	.name = "disable",
	.operand = "[SERVICE]",
	.summary = "Removes the drop-ins that enable wrote; the guard stays until release",
	.done = "disabled",
	.failed = "NOT disabled",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = disable,
};
