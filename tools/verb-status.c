/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard status: what is guarded now, and is it intact? */
#include "tools/tool.h"

static int status(const struct arguments *arguments, struct output *output)
{
	int r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	return ejg_status(output->guard);
}

const struct verb verb_status = {
	.name = "status",
	.operand = "[SERVICE]",
	.summary = "Shows what is guarded now, and whether it is intact",
	.done = "held",
	.failed = "NOT held",
	.run = status,
};
