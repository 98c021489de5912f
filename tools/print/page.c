/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report as text: findings, guarded cgroups, metrics, and the verdict in one line. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/finding-list.h"
#include "tools/print/print.h"

static int format_metric(const struct ejg_metric *metric, char **ret)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	if (!out)
		return -ENOMEM;
	fprintf(out, "%s.%s", metric->module, metric->name);
	for (size_t i = 0; i < metric->n_labels; i++)
		fprintf(out, "%s%s=%s", i ? "," : " ", metric->labels[i].name, metric->labels[i].value);
	if (fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

static int print_metrics(const struct report *report, FILE *out)
{
	static const char *const headings[] = { "FIGURE", "VALUE", "MEANING" };
	const struct ejg_metric *metric;
	struct table *table;
	int r = 0;

	table = table_new(out, headings, ARRAY_SIZE(headings), 1);
	for (size_t i = 0; r == 0 && (metric = ejg_metric_get(report->handle, i)); i++) {
		cleanup_free char *name = NULL;
		char value[24];

		r = format_metric(metric, &name);
		snprintf(value, sizeof(value), "%" PRIu64, metric->value);
		if (r == 0)
			table_row(table, (const char *[]){ name, value, metric->help }, NULL);
	}
	return table_print(table, "\nFigures:") < 0 ? -ENOMEM : r;
}

int print_page(const struct report *report, bool lines, FILE *out)
{
	const bool status = report->verb && report->verb->shows_guarded && !report->quiet;
	int r = 0;

	if (report->surveyed && !report->quiet)
		r = print_survey(report, out);
	if (status)
		r = print_in_force(report, out);
	if (r == 0 && report->handle)
		r = print_findings(report, lines, out);
	if (r == 0 && report->tries)
		r = print_trial(report, out);
	if (r == 0 && report->modules)
		r = print_modules(report, out);
	if (r == 0 && report->has_units && !report->tries)
		r = print_units(report, out);
	if (r == 0 && report->question)
		r = print_answers(report, out);
	if (r == 0 && status)
		r = print_guarded(report, out);
	/* They are for collectors, which have formats of their own. */
	if (r == 0 && report->handle && report->verbose)
		r = print_metrics(report, out);
	if (r == 0 && status)
		r = print_left_out(report, out);
	if (report->service && report->verb && (report->error < 0 || !report->quiet))
		r = print_verdict(report, out) < 0 ? -ENOMEM : r;
	return r;
}
