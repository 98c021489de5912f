/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard modules: the modules of the folder, from their descriptors. */
#include <errno.h>
#include <string.h>

#include "tools/tool.h"

static bool is_loaded(const struct ejg *guard, const char *name)
{
	const struct ejg_module *module;

	for (size_t i = 0; (module = ejg_module_get(guard, i)); i++)
		if (strcmp(module->name, name) == 0)
			return true;
	return false;
}

static int modules(const struct arguments *arguments, struct output *output)
{
	const char *name = arguments->operand;
	int r;

	r = guard_open(arguments, output);
	if (r < 0)
		return r;
	r = ejg_load_modules(output->guard);
	if (r < 0 && r != -EBADMSG)
		return r;
	output->modules = true;
	if (!name)
		return r;
	if (is_loaded(output->guard, name)) {
		output->module = name;
		return 0;
	}
	output->modules = false;
	if (r < 0)
		return r;
	return output_fail(output, -ENOENT, "there is no module '%s' in %s; \"ejguard modules\" lists those there are",
			   name, arguments->moduledir ? arguments->moduledir : EJG_MODULEDIR);
}

const struct verb verb_modules = {
	.name = "modules",
	.operand = "[NAME]",
	.summary = "Lists the guard modules, or shows the options and findings of one",
	.run = modules,
};
