/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard apply: guards the service, or fails and leaves things as they were. */
#include "tools/systemd/dropin.h"
#include "tools/verbs/verbs.h"

static size_t count(const char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

/*
 * Who guards what runs now may take it for guarded from now on. A unit that guards itself knows, and cgroups that were given
 * are no unit's.
 */
static int apply(const struct ejg_apply_options *how, struct report *report)
{
	int r = ejg_apply(report->handle, how);

	if (r == 0 && !how->own && how->n_cgroups == 0 && how->n_only == 0)
		dropin_advise(report);
	return r;
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

	return apply(&how, report);
}
