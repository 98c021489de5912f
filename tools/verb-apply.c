/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard apply: guards the service, or fails and leaves things as they were. */
#include "tools/tool.h"

static size_t count(const char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

static int apply(const struct arguments *arguments, struct output *output)
{
	struct ejg_apply_options how = {
		.size = sizeof(how),
		.own = arguments->own,
		.cgroups = arguments->cgroups,
		.n_cgroups = count(arguments->cgroups),
		.only = arguments->only,
		.n_only = count(arguments->only),
		.no_proof = arguments->no_proof,
	};
	int r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	return ejg_apply(output->guard, &how);
}

static const struct option_spec options[] = {
	{ "own", 0, OPTION_FLAG, NULL, offsetof(struct arguments, own),
	  "the caller's own cgroup must be one of the service's; for units" },
	{ "cgroup", 0, OPTION_LIST, "PATH", offsetof(struct arguments, cgroups),
	  "guard this cgroup instead of those of the stack; may be repeated" },
	{ "only", 0, OPTION_LIST, "MODULE", offsetof(struct arguments, only),
	  "run this module of the stack only; may be repeated" },
	{ "no-proof", 0, OPTION_FLAG, NULL, offsetof(struct arguments, no_proof),
	  "make no forbidden attempts to see that they are refused" },
};

const struct verb verb_apply = {
	.name = "apply",
	.operand = "[SERVICE]",
	.summary = "Applies the stack to the cgroups that the service has now",
	.done = "guarded",
	.failed = "NOT held",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = apply,
};
