/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard check: does every guard hold now? */
#include <unistd.h>

#include "tools/dropin.h"
#include "tools/systemctl.h"
#include "tools/tool.h"

static int check(const struct arguments *arguments, struct output *output)
{
	int result, r;

	output->service = service_name(arguments);
	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	if (arguments->file) {
		r = ejg_load(output->guard, arguments->file);
		if (r < 0)
			return r;
	}
	result = ejg_check(output->guard);
	/* What is guarded now may start without its guard. */
	if (!arguments->file && systemctl_available() && geteuid() == 0)
		r = dropin_notes(output, EJG_UNITDIR, true, EJG_WARNING);
	if (result == 0)
		return r;
	/* What the guard has found counts for more than a drop-in that cannot be read. */
	free(output->message);
	output->message = NULL;
	return result;
}

static const struct option_spec options[] = {
	{ "file", 0, OPTION_PATH, "STACK", offsetof(struct arguments, file),
	  "try this stack file, whether or not it is installed" },
};

const struct verb verb_check = {
	.name = "check",
	.operand = "[SERVICE]",
	.summary = "Runs the check of every module of the stack; changes nothing",
	.done = "held",
	.failed = "NOT held",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = check,
};
