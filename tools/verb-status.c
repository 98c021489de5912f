/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard status: what is guarded now, and is it intact? */
#include <errno.h>

#include "tools/tool.h"

/* The proof first: the report of the guard is then the status, with its figures. */
static int prove(struct output *output)
{
	int proof, r;

	proof = ejg_prove(output->guard);
	if (proof < 0 && proof != -EACCES)
		return proof;
	r = output_keep(output);
	if (r == 0)
		r = ejg_status(output->guard);
	return r < 0 ? r : proof;
}

static int status(const struct arguments *arguments, struct output *output)
{
	int r;

	output->service = service_name(arguments);
	if (arguments->openmetrics && output->json)
		return output_fail(output, -EINVAL, "--json and --openmetrics exclude each other; try ejguard --help");
	output->openmetrics = arguments->openmetrics;
	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	return arguments->prove ? prove(output) : ejg_status(output->guard);
}

static const struct option_spec options[] = {
	{ "prove", 0, OPTION_FLAG, NULL, offsetof(struct arguments, prove),
	  "make forbidden attempts, too, to see that they are refused" },
	{ "openmetrics", 0, OPTION_FLAG, NULL, offsetof(struct arguments, openmetrics),
	  "print the figures only, in the format of OpenMetrics" },
};

const struct verb verb_status = {
	.name = "status",
	.operand = "[SERVICE]",
	.summary = "Shows what is guarded now, and whether it is intact",
	.done = "held",
	.failed = "NOT held",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = status,
};
