/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The modules as text: a table of all, or one with details. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/describe.h"
#include "tools/print/print.h"
#include "tools/print/steps.h"

static char *join(const char *const *words, size_t n, const char *separator)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s", i ? separator : "", words[i]);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static char *operations_of(const struct ejg_module *module)
{
	const char *names[DESCRIBE_MAX];

	return join(names, describe_operations(module, names), " ");
}

static int print_list(const struct ejg *handle, bool verbose, FILE *out)
{
	static const char *const brief[] = { "MODULE", "SUMMARY" }, *const full[] = { "MODULE", "OPERATIONS",
										      "SUMMARY" };
	const struct ejg_module *module;
	struct table *table;
	int r = 0;

	table = verbose ? table_new(out, full, ARRAY_SIZE(full), TABLE_NO_NUMBER)
			: table_new(out, brief, ARRAY_SIZE(brief), TABLE_NO_NUMBER);
	for (size_t i = 0; r == 0 && (module = ejg_module_get(handle, i)); i++) {
		cleanup_free char *operations = operations_of(module);

		if (!operations)
			r = -ENOMEM;
		else if (verbose)
			table_row(table, (const char *[]){ module->name, operations, module->summary }, NULL);
		else
			table_row(table, (const char *[]){ module->name, module->summary }, NULL);
	}
	return table_print(table, NULL) < 0 ? -ENOMEM : r;
}

/* The allowed values, if the type is not enough: "values: allow rewrite deny". */
static char *values_of(const struct ejg_option *option)
{
	cleanup_free char *words = NULL;
	char *text = NULL;
	size_t n = 0;

	if (option->type == EJG_OPTION_ENUM && option->choices) {
		while (option->choices[n])
			n++;
		words = join(option->choices, n, " ");
		return words && asprintf(&text, "values: %s", words) >= 0 ? text : NULL;
	}
	if (!describe_has_range(option->type))
		return strdup("");
	if (option->max == 0)
		return asprintf(&text, "values: from %" PRIu64 "", option->min) < 0 ? NULL : text;
	return asprintf(&text, "values: %" PRIu64 " to %" PRIu64, option->min, option->max) < 0 ? NULL : text;
}

static int add_option(struct table *table, const struct ejg_option *option)
{
	const char *words[] = { describe_option_type(option->type), "repeatable" };
	cleanup_free char *type = join(words, option->flags & EJG_OPTION_REPEATABLE ? 2 : 1, ", ");
	cleanup_free char *values = values_of(option);
	const char *fallback = option->flags & EJG_OPTION_REQUIRED ? "(required)" : option->fallback;

	if (!type || !values)
		return -ENOMEM;
	table_row(table,
		  (const char *[]){ option->name, type, fallback ? fallback : "", option->help ? option->help : "" },
		  values);
	return 0;
}

static int print_options(const struct ejg_module *module, FILE *out)
{
	static const char *const headings[] = { "OPTION", "TYPE", "DEFAULT", "MEANING" };
	static const char *const mode[] = { "mode", "enum", "enforce",
					    "refuse, or only report what would have been refused (every module)" };
	struct table *table;
	int r = 0;

	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (uint32_t i = 0; r == 0 && i < module->n_options; i++)
		r = add_option(table, &module->options[i]);
	table_row(table, mode, "values: enforce permissive");
	return table_print(table, "\nOptions:") < 0 ? -ENOMEM : r;
}

static int print_finding_infos(const struct ejg_module *module, FILE *out)
{
	static const char *const headings[] = { "FINDING", "SEVERITY", "MEANING" };
	struct table *table;
	int r = 0;

	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (uint32_t i = 0; r == 0 && i < module->n_findings; i++) {
		const struct ejg_finding_info *info = &module->findings[i];
		cleanup_free char *id = join((const char *[]){ module->name, info->id }, 2, ".");
		cleanup_free char *steps = steps_join(info->remedy ? info->remedy : "");
		cleanup_free char *remedy =
			join((const char *[]){ "remedy: ", steps }, info->remedy && steps ? 2 : 0, "");

		if (id && remedy)
			table_row(table,
				  (const char *[]){ id, ejg_severity_name(info->severity),
						    info->summary ? info->summary : "" },
				  remedy);
		else
			r = -ENOMEM;
	}
	return table_print(table, "\nFindings:") < 0 ? -ENOMEM : r;
}

static int print_metric_infos(const struct ejg_module *module, FILE *out)
{
	static const char *const headings[] = { "FIGURE", "KIND", "MEANING" };
	struct table *table;

	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (uint32_t i = 0; i < module->n_metrics; i++) {
		const struct ejg_metric_info *info = &module->metrics[i];

		table_row(table,
			  (const char *[]){ info->name, info->counter ? "counter" : "gauge",
					    info->help ? info->help : "" },
			  NULL);
	}
	return table_print(table, "\nFigures:");
}

static void print_field(FILE *out, const char *name, const char *value)
{
	struct paragraph paragraph = { .out = out, .width = text_width(out), .indent = 14, .column = 14 };

	fprintf(out, "  %-12s", name);
	paragraph_add(&paragraph, *value ? value : "-");
	paragraph_end(&paragraph);
}

static int print_module(const struct ejg_module *module, const char *path, bool verbose, FILE *out)
{
	cleanup_free char *operations = operations_of(module), *flags = NULL;
	const char *names[DESCRIBE_MAX];
	char abi[16];
	int r;

	flags = join(names, describe_flags(module, names), " ");
	if (!operations || !flags)
		return -ENOMEM;
	snprintf(abi, sizeof(abi), "%u.%u", module->abi_major, module->abi_minor);
	text_put(out, module->name, strlen(module->name));
	fputc('\n', out);
	print_field(out, "summary", module->summary);
	print_field(out, "file", path);
	if (verbose) {
		print_field(out, "ABI", abi);
		print_field(out, "operations", operations);
		print_field(out, "flags", flags);
	}
	r = print_options(module, out);
	if (r == 0)
		r = print_finding_infos(module, out);
	return r < 0 ? r : print_metric_infos(module, out);
}

int print_modules(const struct report *report, FILE *out)
{
	const struct ejg_module *module;

	if (!report->module)
		return print_list(report->handle, report->verbose, out);
	for (size_t i = 0; (module = ejg_module_get(report->handle, i)); i++)
		if (strcmp(module->name, report->module) == 0)
			return print_module(module, ejg_module_path(report->handle, i), report->verbose, out);
	return 0;
}
