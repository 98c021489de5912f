/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes systemd reload changed drop-ins, and asks it about the units. */
#include <errno.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/handle.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"

static int ask_about_all(struct report *report)
{
	for (size_t i = 0; i < report->units.n; i++)
		if (systemctl_ask(&report->units.items[i]) < 0)
			return report_fail(report, -EIO,
					   "systemd does not answer about %s; see why: systemctl status %s",
					   report->units.items[i].name, report->units.items[i].name);
	return 0;
}

static int reload(struct report *report)
{
	cleanup_free char *problem = NULL;

	handle_progress(report, "systemd reads its units");
	if (systemctl_reload(&problem) < 0)
		return report_fail(report, -EIO,
				   "systemd did not reload the drop-ins%s%s; run: systemctl daemon-reload",
				   problem && *problem ? ": " : "", problem && *problem ? problem : "");
	return ask_about_all(report);
}

int units_settle(struct report *report, bool ask_systemd)
{
	bool changed = false;
	int r;

	report->has_units = true;
	for (size_t i = 0; i < report->units.n; i++)
		changed |=
			report->units.items[i].action == UNIT_WRITTEN || report->units.items[i].action == UNIT_REMOVED;
	if (!ask_systemd || !systemctl_available())
		return 0;
	if (changed)
		return reload(report);
	/* A run before this one may have written the files, and have ended before systemd read them. */
	r = ask_about_all(report);
	for (size_t i = 0; i < report->units.n; i++)
		changed |= report->units.items[i].reload_due;
	return r == 0 && changed ? reload(report) : r;
}
