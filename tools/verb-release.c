/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard release: undoes what any run of apply has done. */
#include "tools/tool.h"

static int release(const struct arguments *arguments, struct output *output)
{
	int r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	return ejg_release(output->guard);
}

const struct verb verb_release = {
	.name = "release",
	.operand = "[SERVICE]",
	.summary = "Undoes apply: the service is no longer guarded",
	.done = "released",
	.failed = "NOT released",
	.run = release,
};
