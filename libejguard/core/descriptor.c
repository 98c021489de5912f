/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/descriptor.h"

#include <errno.h>
#include <string.h>

#include "libejguard/core/option.h"

#define END_OF(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

enum limits {
	MAX_SIZE = 64 * 1024,	  /* bytes of a descriptor */
	MAX_ELEMENT = 4096,	  /* bytes of an element of a table */
	MAX_ELEMENTS = 256,	  /* of a table */
	MAX_MEMORY = 1024 * 1024, /* bytes of config, of state */
	MAX_NAME = 64,
};

static const uint64_t known_flags =
	EJG_MODULE_IRREVERSIBLE | EJG_MODULE_NEEDS_MINOR | EJG_MODULE_SURVEYS | EJG_MODULE_IMAGES | EJG_MODULE_KEEPS;

/* True for lower-case letters, digits and one more character. */
static bool is_name(const char *name, char extra)
{
	size_t n = name ? strnlen(name, MAX_NAME + 1) : 0;

	for (size_t i = 0; i < n; i++) {
		if (!(name[i] >= 'a' && name[i] <= 'z') && !(name[i] >= '0' && name[i] <= '9') && name[i] != extra)
			return false;
	}
	return n > 0 && n <= MAX_NAME;
}

/* True for a text that is not empty and has one line. */
static bool is_line(const char *text)
{
	return text && *text && !strpbrk(text, "\r\n");
}

/* True for one or more lines, none of them empty. */
static bool is_steps(const char *text)
{
	return text && *text && *text != '\n' && !strchr(text, '\r') && !strstr(text, "\n\n") &&
	       text[strlen(text) - 1] != '\n';
}

static int check_versions(struct arena *arena, const struct ejg_module *exported, const char **ret_problem)
{
	/* The first members are the same in every ABI: they are checked before the size is used. */
	if (exported->abi_major != EJG_ABI_MAJOR)
		return arena_problem(arena, ret_problem,
				     "is made for module ABI %u, this libejguard has %d.%d: rebuild the module",
				     exported->abi_major, EJG_ABI_MAJOR, EJG_ABI_MINOR);
	if (exported->size < END_OF(struct ejg_module, check) || exported->size > MAX_SIZE ||
	    exported->size % sizeof(void *) != 0)
		return arena_problem(arena, ret_problem,
				     "its descriptor has a size of %u bytes, which is not possible with ABI %d",
				     exported->size, EJG_ABI_MAJOR);
	return 0;
}

static int check_flags(struct arena *arena, const struct ejg_module *module, const char **ret_problem)
{
	if (module->abi_minor > EJG_ABI_MINOR && module->flags & EJG_MODULE_NEEDS_MINOR)
		return arena_problem(arena, ret_problem,
				     "needs module ABI %u.%u, this libejguard has %d.%d: update libejguard",
				     module->abi_major, module->abi_minor, EJG_ABI_MAJOR, EJG_ABI_MINOR);
	if (module->flags & ~known_flags)
		return arena_problem(arena, ret_problem,
				     "has flags 0x%llx that this libejguard does not know: update libejguard",
				     (unsigned long long)(module->flags & ~known_flags));
	return 0;
}

static int check_operations(struct arena *arena, const struct ejg_module *module, const char **ret_problem)
{
	const struct {
		bool wrong;
		const char *problem;
	} rules[] = {
		{ !module->check && !module->confine, "has neither check nor confine" },
		{ module->apply && !module->check, "has apply without check" },
		{ module->apply && !module->release, "has apply without release" },
		{ module->release && !module->apply, "has release without apply" },
		{ module->watch && !module->watch_next, "has watch without watch_next" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].wrong)
			return arena_problem(arena, ret_problem, "%s", rules[i].problem);
	}
	return 0;
}

/* Copies a table whose elements may be shorter or longer than ours. */
static int copy_table(struct arena *arena, const char *what, const void *from, uint32_t n, uint32_t from_size,
		      size_t size, const void **ret, const char **ret_problem)
{
	const unsigned char *elements = from;
	unsigned char *copy;

	*ret = NULL;
	if (n == 0)
		return 0;
	if (n > MAX_ELEMENTS || !from)
		return arena_problem(arena, ret_problem, "its table of %s has %u elements %s", what, n,
				     from ? "and may have 256" : "and is NULL");
	if (from_size == 0 || from_size > MAX_ELEMENT || from_size % sizeof(void *) != 0)
		return arena_problem(arena, ret_problem, "its table of %s has elements of %u bytes, which cannot be",
				     what, from_size);
	copy = arena_array(arena, n, size);
	if (!copy)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		memcpy(copy + i * size, elements + (size_t)i * from_size, from_size < size ? from_size : size);
	*ret = copy;
	return 0;
}

static int copy_tables(struct arena *arena, struct ejg_module *module, const char **ret_problem)
{
	const void *options, *findings, *metrics;
	int r;

	r = copy_table(arena, "options", module->options, module->n_options, module->option_size,
		       sizeof(struct ejg_option), &options, ret_problem);
	if (r < 0)
		return r;
	r = copy_table(arena, "findings", module->findings, module->n_findings, module->finding_size,
		       sizeof(struct ejg_finding_info), &findings, ret_problem);
	if (r < 0)
		return r;
	r = copy_table(arena, "metrics", module->metrics, module->n_metrics, module->metric_size,
		       sizeof(struct ejg_metric_info), &metrics, ret_problem);
	if (r < 0)
		return r;
	module->options = options;
	module->option_size = sizeof(struct ejg_option);
	module->findings = findings;
	module->finding_size = sizeof(struct ejg_finding_info);
	module->metrics = metrics;
	module->metric_size = sizeof(struct ejg_metric_info);
	return 0;
}

static int check_findings(struct arena *arena, const struct ejg_module *module, const char **ret_problem)
{
	const struct ejg_finding_info *finding;

	for (uint32_t i = 0; i < module->n_findings; i++) {
		finding = &module->findings[i];
		if (!is_name(finding->id, '-'))
			return arena_problem(arena, ret_problem, "the id of its finding %u is not of a-z, 0-9 and -",
					     i);
		if (finding->severity > EJG_FAILURE)
			return arena_problem(arena, ret_problem, "its finding '%s' has an unknown severity",
					     finding->id);
		if (!is_line(finding->summary))
			return arena_problem(arena, ret_problem, "its finding '%s' has no summary of one line",
					     finding->id);
		if (finding->severity >= EJG_WARNING ? !is_steps(finding->remedy)
						     : finding->remedy && !is_steps(finding->remedy))
			return arena_problem(arena, ret_problem, "its finding '%s' has no remedy of lines",
					     finding->id);
		for (uint32_t j = 0; j < i; j++) {
			if (strcmp(module->findings[j].id, finding->id) == 0)
				return arena_problem(arena, ret_problem, "declares the finding '%s' twice",
						     finding->id);
		}
	}
	return 0;
}

static int check_metrics(struct arena *arena, const struct ejg_module *module, const char **ret_problem)
{
	const struct ejg_metric_info *metric;

	for (uint32_t i = 0; i < module->n_metrics; i++) {
		metric = &module->metrics[i];
		if (!is_name(metric->name, '_'))
			return arena_problem(arena, ret_problem, "the name of its metric %u is not of a-z, 0-9 and _",
					     i);
		if (metric->counter > 1)
			return arena_problem(arena, ret_problem, "its metric '%s' is neither a counter nor a gauge",
					     metric->name);
		if (!is_line(metric->help))
			return arena_problem(arena, ret_problem, "its metric '%s' has no help of one line",
					     metric->name);
		for (uint32_t j = 0; j < i; j++) {
			if (strcmp(module->metrics[j].name, metric->name) == 0)
				return arena_problem(arena, ret_problem, "declares the metric '%s' twice",
						     metric->name);
		}
	}
	return 0;
}

/* Checks everything except the versions, on the host's copy. */
static int check_module(struct arena *arena, struct ejg_module *module, const char *name, const char **ret_problem)
{
	int r;

	r = check_flags(arena, module, ret_problem);
	if (r < 0)
		return r;
	if (!is_name(module->name, '_') || strcmp(module->name, name) != 0)
		return arena_problem(arena, ret_problem, "calls itself '%.*s': its file must have that name", MAX_NAME,
				     module->name ? module->name : "");
	if (!is_line(module->summary))
		return arena_problem(arena, ret_problem, "has no summary of one line");
	r = check_operations(arena, module, ret_problem);
	if (r < 0)
		return r;
	if (module->config_size > MAX_MEMORY || module->state_size > MAX_MEMORY)
		return arena_problem(arena, ret_problem, "asks for more than 1 MiB of config or state");
	r = copy_tables(arena, module, ret_problem);
	if (r < 0)
		return r;
	r = check_findings(arena, module, ret_problem);
	if (r < 0)
		return r;
	r = check_metrics(arena, module, ret_problem);
	if (r < 0)
		return r;
	return option_table_check(arena, module, ret_problem);
}

int descriptor_read(struct arena *arena, const struct ejg_module *exported, const char *name, struct ejg_module *ret,
		    const char **ret_problem)
{
	struct ejg_module module = { 0 };
	int r;

	r = check_versions(arena, exported, ret_problem);
	if (r < 0)
		return r;
	memcpy(&module, exported, exported->size < sizeof(module) ? exported->size : sizeof(module));
	module.size = sizeof(module);
	r = check_module(arena, &module, name, ret_problem);
	if (r < 0)
		return r;
	*ret = module;
	return 0;
}
