/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The modules as JSON. */
#include <jansson.h>
#include <string.h>

#include "tools/print/describe.h"
#include "tools/print/json.h"

static json_t *json_choices(const struct ejg_option *option)
{
	size_t n = 0;

	while (option->type == EJG_OPTION_ENUM && option->choices && option->choices[n])
		n++;
	return json_words(option->choices, n);
}

static json_t *json_bound(const struct ejg_option *option, uint64_t bound, bool none)
{
	if (!describe_has_range(option->type) || none)
		return json_null();
	return json_unsigned(bound);
}

static json_t *json_option(const struct ejg_option *option)
{
	return json_pack("{s:o, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o}", "name", json_text(option->name), "type",
			 describe_option_type(option->type), "required", !!(option->flags & EJG_OPTION_REQUIRED),
			 "repeatable", !!(option->flags & EJG_OPTION_REPEATABLE), "min",
			 json_bound(option, option->min, false), "max",
			 json_bound(option, option->max, option->max == 0), "choices", json_choices(option), "default",
			 json_nullable(option->fallback), "help", json_nullable(option->help));
}

static json_t *json_finding_info(const struct ejg_module *module, const struct ejg_finding_info *info)
{
	return json_pack("{s:o, s:s, s:o, s:o}", "id", json_sprintf("%s.%s", module->name, info->id), "severity",
			 ejg_severity_name(info->severity), "summary", json_nullable(info->summary), "remedy",
			 json_nullable(info->remedy));
}

static json_t *json_metric_info(const struct ejg_metric_info *info)
{
	return json_pack("{s:o, s:s, s:o}", "name", json_text(info->name), "type", info->counter ? "counter" : "gauge",
			 "help", json_nullable(info->help));
}

static json_t *json_module(const struct ejg_module *module, const char *path)
{
	json_t *options = json_array(), *findings = json_array(), *metrics = json_array();
	const char *operations[DESCRIBE_MAX], *flags[DESCRIBE_MAX];
	char abi[16];

	for (uint32_t i = 0; options && i < module->n_options; i++)
		options = json_append(options, json_option(&module->options[i]));
	for (uint32_t i = 0; findings && i < module->n_findings; i++)
		findings = json_append(findings, json_finding_info(module, &module->findings[i]));
	for (uint32_t i = 0; metrics && i < module->n_metrics; i++)
		metrics = json_append(metrics, json_metric_info(&module->metrics[i]));
	snprintf(abi, sizeof(abi), "%u.%u", module->abi_major, module->abi_minor);
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "name", json_text(module->name), "summary",
			 json_text(module->summary), "path", json_text(path), "abi", abi, "flags",
			 json_words(flags, describe_flags(module, flags)), "operations",
			 json_words(operations, describe_operations(module, operations)), "options", options,
			 "findings", findings, "metrics", metrics);
}

json_t *json_modules(const struct report *report)
{
	const struct ejg_module *module;
	json_t *array = json_array();

	for (size_t i = 0; array && (module = ejg_module_get(report->handle, i)); i++)
		if (!report->module || strcmp(module->name, report->module) == 0)
			array = json_append(array, json_module(module, ejg_module_path(report->handle, i)));
	return array;
}
