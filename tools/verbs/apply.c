/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard apply: guards the service, or fails and leaves things as they were. */
#include <errno.h>
#include <stdlib.h>

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

/* A day is more than a name flaps. */
static int read_grace(const char *text, struct report *report, uint32_t *ret)
{
	char *end;
	unsigned long seconds;

	if (!text)
		return 0;
	errno = 0;
	seconds = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || seconds > 86400)
		return report_fail_usage(report, "--grace=%s: not a number of seconds from 0 to 86400", text);
	*ret = seconds;
	return 0;
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
	int r = read_grace(arguments->grace, report, &how.peer_grace);

	return r < 0 ? r : apply(&how, report);
}
