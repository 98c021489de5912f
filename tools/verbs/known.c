/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/verbs/known.h"

#include <errno.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/confirm/pending.h"

static void close_handle(struct ejg **handle)
{
	*handle = ejg_close(*handle);
}

/* In another handle: that a stack is invalid is no matter here. */
static bool has_stack(const struct report *report)
{
	const struct ejg_options options = {
		.size = sizeof(options),
		.service = report->service,
		.confdir = report->arguments->confdir,
		.moduledir = report->arguments->moduledir,
	};
	__attribute__((cleanup(close_handle))) struct ejg *handle = NULL;

	return ejg_open(&options, &handle) < 0 || ejg_load(handle, NULL) != -ENOENT;
}

int known_check(struct report *report)
{
	cleanup_free char *waiting = pending_path(report, PENDING_NAME);

	if (!waiting)
		return report_fail(report, -ENOMEM, "out of memory");
	if (pending_is_applied(report) || access(waiting, F_OK) == 0 || has_stack(report))
		return 0;
	return ejg_load(report->handle, NULL);
}
