/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard discover: what is the service, what is configured, what really runs, and what contradicts what? */
#include "tools/tool.h"

static int discover(const struct arguments *arguments, struct output *output)
{
	int r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	r = ejg_discover(output->guard);
	output->surveyed = r == 0;
	return r;
}

const struct verb verb_discover = {
	.name = "discover",
	.operand = "[SERVICE]",
	.summary = "Tells what is configured, what really runs, and what contradicts what",
	.done = "discovered",
	.failed = "NOT discovered",
	.run = discover,
};
