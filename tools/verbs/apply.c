/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard apply: guards the service, or fails and changes nothing. */
#include <errno.h>
#include <stdlib.h>

#include "tools/base/handle.h"
#include "tools/confirm/advice.h"
#include "tools/confirm/confirm.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/own-status.h"
#include "tools/systemd/wanted.h"
#include "tools/verbs/try.h"
#include "tools/verbs/verbs.h"

static size_t count(const char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

/*
 * Warns a caller who may expect the running units to be guarded from now on. Not for a unit that guards itself, and not
 * for given cgroups, which belong to no unit.
 */
static int advise(const struct ejg_apply_options *how, struct report *report, int r)
{
	if (r == 0 && !how->own && how->n_cgroups == 0 && how->n_only == 0)
		dropin_advise(report);
	return r;
}

/* A day is longer than the answers for a name vary. */
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

static int try(const struct arguments *arguments, struct report *report)
{
	int advised, r;

	if (arguments->own || arguments->cgroups || arguments->only || arguments->grace || arguments->confirm)
		return report_fail_usage(report, "--dry-run excludes --own, --cgroup, --only, --grace and --confirm");
	r = confirm_refuse_pending(report);
	if (r == 0)
		r = try_apply(report);
	if (r == 0)
		dropin_foresee(report);
	advised = advice_after_revert(report);
	return report_end_trial(report, true, advised < 0 ? advised : r);
}

/* Only the whole policy can be restored. */
static int refuse_confirm(const struct arguments *arguments, struct report *report)
{
	if (arguments->own || arguments->cgroups || arguments->only)
		return report_fail_usage(report, "--confirm excludes --own, --cgroup and --only");
	return 0;
}

static int apply(const struct arguments *arguments, struct report *report)
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
	unsigned int seconds;
	int r = read_grace(arguments->grace, report, &how.peer_grace);

	if (r < 0)
		return r;
	if (arguments->dry_run)
		return try(arguments, report);
	if (arguments->confirm) {
		r = refuse_confirm(arguments, report);
		if (r == 0)
			r = confirm_read_seconds(arguments->confirm, report, &seconds);
		return r < 0 ? r : advise(&how, report, confirm_apply(report, &how, seconds));
	}
	/* A starting unit, and a hook for a container, cannot wait for a person. */
	r = how.own || how.n_cgroups > 0 ? 0 : confirm_refuse_pending(report);
	if (r == 0 && arguments->grace)
		r = confirm_refuse_reverted(report);
	if (r == 0 && (how.own || how.n_cgroups > 0))
		confirm_note_start(report);
	if (r == 0)
		r = ejg_apply(report->handle, &how);
	if (r == 0 && how.n_only == 0 && how.n_cgroups == 0) /* after a partial apply the rest is the former policy */
		pending_set_reverted(report, false);
	return advise(&how, report, r);
}

int verb_apply(const struct arguments *arguments, struct report *report)
{
	int r = apply(arguments, report);

	if (r < 0 && arguments->own)
		report->status = own_status(exit_status(r)->unit_status);
	return r;
}
