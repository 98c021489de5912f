/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guard module that holds and does nothing. meson.build makes many variants of it: FIXTURE_NAME is the name,
 * FIXTURE_BAD has designated initializers that override the correct ones and make it wrong in exactly one way.
 */
#include <ejguard/module.h>

struct config {
	bool flag;
	uint64_t number;
	uint64_t other_number;
};

static int held(struct ejg_call *call)
{
	return EJG_HELD;
}

#ifdef FIXTURE_UNRESOLVED
int no_library_has_this(struct ejg_call *call);
#endif

/* For variants with too many operations. */
__attribute__((unused)) static int nothing(struct ejg_call *call)
{
	return 0;
}

__attribute__((unused)) static int undo(struct ejg_call *call, enum ejg_release_scope scope)
{
	return 0;
}

__attribute__((unused)) static int watch(struct ejg_call *call, int *ret_fd)
{
	return 0;
}

static const struct ejg_option options[] = {
	{
		.name = "flag",
		.type = EJG_OPTION_BOOL,
		.offset = offsetof(struct config, flag),
		.fallback = "no",
		.help = "a flag",
	},
	{
		.name = "number",
		.type = EJG_OPTION_UNSIGNED,
		.offset = offsetof(struct config, number),
		.max = 7,
		.help = "a number",
	},
};

__attribute__((unused)) static const struct ejg_option duplicate_options[] = {
	{
		.name = "number",
		.type = EJG_OPTION_UNSIGNED,
		.offset = offsetof(struct config, number),
		.help = "a number",
	},
	{
		.name = "number",
		.type = EJG_OPTION_UNSIGNED,
		.offset = offsetof(struct config, other_number),
		.help = "the same number",
	},
};

static const struct ejg_finding_info findings[] = {
	{ "fine", EJG_OK, "all is fine", NULL },
};

/* A descriptor of a newer minor version has members that this header does not know. */
struct newer_module {
	struct ejg_module module;
	void *more[4];
};

#ifdef FIXTURE_NO_SYMBOL
#define SYMBOL another_symbol
#elif defined(FIXTURE_FUNCTION)
EJG_MODULE_EXPORT int ejguard_module(struct ejg_call *call);
int ejguard_module(struct ejg_call *call)
{
	return held(call);
}
#define SYMBOL another_symbol
#else
#define SYMBOL ejguard_module
#endif

EJG_MODULE_EXPORT const struct newer_module SYMBOL = {
	.module = { EJG_MODULE_HEADER, .name = FIXTURE_NAME, .summary = "a fixture of the tests", .options = options,
		    .n_options = sizeof(options) / sizeof(options[0]), .findings = findings,
		    .n_findings = sizeof(findings) / sizeof(findings[0]), .config_size = sizeof(struct config),
		    .check = held,
#ifdef FIXTURE_BAD
		    FIXTURE_BAD
#endif
	},
	.more = { (void *)held },
};
