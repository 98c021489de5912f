/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard modules: the modules of the folder, from their descriptors. */
#include <errno.h>

#include "tools/base/handle.h"
#include "tools/verbs/verbs.h"

int verb_modules(const struct arguments *arguments, struct report *report)
{
	const char *name = arguments->operand;
	int r;

	r = ejg_load_modules(report->handle);
	if (r < 0 && r != -EBADMSG)
		return r;
	report->modules = true;
	if (!name)
		return r;
	if (handle_has_module(report, name)) {
		report->module = name;
		return 0;
	}
	report->modules = false;
	if (r < 0)
		return r;
	return report_fail(report, -ENOENT, "there is no module '%s' in %s; \"ejguard modules\" lists the modules",
			   name, arguments->moduledir ? arguments->moduledir : EJG_MODULEDIR);
}
