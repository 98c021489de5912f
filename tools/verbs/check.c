/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard check: does every guard hold now? */
#include <unistd.h>

#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"
#include "tools/verbs/verbs.h"

int verb_check(const struct arguments *arguments, struct report *report)
{
	int result, r = 0;

	if (arguments->file) {
		r = ejg_load(report->handle, arguments->file);
		if (r < 0)
			return r;
	}
	result = ejg_check(report->handle);
	/* What is guarded now may start without its guard. */
	if (!arguments->file && systemctl_available() && geteuid() == 0)
		r = dropin_notes(report, EJG_UNITDIR, true, EJG_WARNING);
	if (result == 0)
		return r;
	/* What the guard has found counts for more than a drop-in that cannot be read. */
	free(report->message);
	report->message = NULL;
	return result;
}
