/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard apply: guards the service, or fails and leaves things as they were. */
#include "tools/verbs/verbs.h"

static size_t count(const char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

int verb_apply(const struct arguments *arguments, struct report *report)
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

	return ejg_apply(report->handle, &how);
}
