/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tools/print/describe.h"

#include "libejguard/util/cleanup.h"

size_t describe_operations(const struct ejg_module *module, const char *names[DESCRIBE_MAX])
{
	const struct {
		const char *name;
		bool there;
	} operations[] = {
		{ "check", module->check },	{ "prepare", module->prepare }, { "apply", module->apply },
		{ "confine", module->confine }, { "status", module->status },	{ "release", module->release },
		{ "explain", module->explain }, { "watch", module->watch },	{ "prove", module->prove },
		{ "doctor", module->doctor },
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (operations[i].there)
			names[n++] = operations[i].name;
	return n;
}

size_t describe_flags(const struct ejg_module *module, const char *names[DESCRIBE_MAX])
{
	size_t n = 0;

	if (module->flags & EJG_MODULE_IRREVERSIBLE)
		names[n++] = "irreversible";
	if (module->flags & EJG_MODULE_NEEDS_MINOR)
		names[n++] = "needs-minor";
	return n;
}

const char *describe_option_type(uint32_t type)
{
	static const char *const names[] = {
		[EJG_OPTION_BOOL] = "bool",	      [EJG_OPTION_UNSIGNED] = "unsigned",
		[EJG_OPTION_PORT] = "port",	      [EJG_OPTION_PORT_RANGE] = "port range",
		[EJG_OPTION_SIZE] = "size",	      [EJG_OPTION_DURATION] = "duration",
		[EJG_OPTION_PATH] = "path",	      [EJG_OPTION_ENUM] = "enum",
		[EJG_OPTION_ADDRESSES] = "addresses", [EJG_OPTION_WORDS] = "words",
	};

	return type < ARRAY_SIZE(names) && names[type] ? names[type] : "unknown";
}

bool describe_has_range(uint32_t type)
{
	return type == EJG_OPTION_UNSIGNED || type == EJG_OPTION_SIZE || type == EJG_OPTION_DURATION;
}
