/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard disable: removes the drop-ins that enable wrote. Needs no stack: it must work with a broken one. */
#include <errno.h>

#include "tools/confirm/pending.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"
#include "tools/verbs/known.h"
#include "tools/verbs/verbs.h"

static const struct unit *find_foreign(const struct unit_list *units)
{
	for (size_t i = 0; i < units->n; i++)
		if (units->items[i].action == UNIT_FOREIGN)
			return &units->items[i];
	return NULL;
}

int verb_disable(const struct arguments *arguments, struct report *report)
{
	const char *unitdir = arguments->unitdir ? arguments->unitdir : EJG_UNITDIR;
	const struct unit *left;
	cleanup_fd int lock = -1;
	int r = dropin_lock(report, unitdir, &lock);

	report->guarded_now = pending_is_applied(report);
	if (r == 0)
		r = dropin_plan_removals(report, unitdir);
	if (r == 0 && report->units.n == 0)
		r = known_check(report);
	if (r == 0)
		dropin_sweep(unitdir);
	if (r == 0)
		r = dropin_commit(report);
	if (r == 0)
		r = units_settle(report, !arguments->unitdir);
	if (r < 0)
		return r;
	left = find_foreign(&report->units);
	return left ? report_fail(report, -EACCES, "%s was not written by ejguard, so it was not removed; check it",
				  left->path)
		    : 0;
}
