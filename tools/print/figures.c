/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The metrics, in the text format of OpenMetrics 1.0 or of Prometheus, 0.0.4. In the latter type and help have the
 * sample's name, in OpenMetrics the family's, which lacks the suffix of a counter.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/print/print.h"

/* Families must be contiguous, whatever the order in which the modules reported them. */
struct family {
	const struct ejg_metric *metric;
	char *name; /* "ejguard_net_denials" */
	bool done;
};

/* Names of modules and metrics consist of a-z, 0-9 and _; counters get their suffix back with each sample. */
static char *family_name(const struct ejg_metric *metric)
{
	static const char suffix[] = "_total";
	size_t n = strlen(metric->name);
	char *name;

	if (metric->counter && n > strlen(suffix) && strcmp(metric->name + n - strlen(suffix), suffix) == 0)
		n -= strlen(suffix);
	return asprintf(&name, "ejguard_%s_%.*s", metric->module, (int)n, metric->name) < 0 ? NULL : name;
}

static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

/* A module's label with the name of one of ours is renamed in the way of Prometheus. */
static void put_label(FILE *out, const struct ejg_label *label)
{
	const char *name = label->name;

	fprintf(out, ",%s", strcmp(name, "service") == 0 ? "exported_" : *name >= '0' && *name <= '9' ? "_" : "");
	for (; *name; name++)
		fputc(strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *name) ? *name : '_',
		      out);
	fputs("=\"", out);
	put_escaped(out, label->value);
	fputc('"', out);
}

static void put_head(const struct report *report, FILE *out, const char *name, bool counter, const char *help)
{
	const char *suffix = counter && report->prometheus ? "_total" : "";

	fprintf(out, "# TYPE %s%s %s\n# HELP %s%s ", name, suffix, counter ? "counter" : "gauge", name, suffix);
	put_escaped(out, help);
	fputc('\n', out);
}

static void put_sample(FILE *out, const char *name, bool counter, const char *service, const struct ejg_metric *metric)
{
	fprintf(out, "%s%s{service=\"", name, counter ? "_total" : "");
	put_escaped(out, service);
	fputc('"', out);
	for (size_t i = 0; i < metric->n_labels; i++)
		put_label(out, &metric->labels[i]);
	fprintf(out, "} %" PRIu64 "\n", metric->value);
}

static void put_families(const struct report *report, struct family *families, size_t n, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct ejg_metric *first = families[i].metric;

		if (families[i].done)
			continue;
		put_head(report, out, families[i].name, first->counter, first->help);
		for (size_t j = i; j < n; j++) {
			if (families[j].done || strcmp(families[i].name, families[j].name) != 0)
				continue;
			put_sample(out, families[i].name, first->counter, report->service, families[j].metric);
			families[j].done = true;
		}
	}
}

static void put_gauge(const struct report *report, FILE *out, const char *name, const char *help, uint64_t value)
{
	put_head(report, out, name, false, help);
	put_sample(out, name, false, report->service, &(struct ejg_metric){ .value = value });
}

static void put_findings(const struct report *report, FILE *out)
{
	static const char name[] = "ejguard_findings";
	size_t counts[EJG_FAILURE + 1] = {};
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		if (finding->severity <= EJG_FAILURE)
			counts[finding->severity]++;
	put_head(report, out, name, false, "Findings of the status, by severity");
	for (uint32_t i = EJG_WARNING; i <= EJG_FAILURE; i++)
		fprintf(out, "%s{service=\"%s\",severity=\"%s\"} %zu\n", name, report->service, ejg_severity_name(i),
			counts[i]);
}

/* The metrics of the tool itself. */
static void put_own(const struct report *report, FILE *out)
{
	static const char info[] = "ejguard_version_info";

	put_gauge(report, out, "ejguard_held", "1 when the service is guarded now", report->guarded_now);
	if (report->persistence != UNIT_START_UNKNOWN)
		put_gauge(report, out, "ejguard_enabled", "1 when every unit of the service starts guarded",
			  report->persistence == UNIT_START_GUARDED);
	put_findings(report, out);
	put_head(report, out, info, false, "1; its label is the version of ejguard");
	fprintf(out, "%s{service=\"%s\",version=\"%s\"} 1\n", info, report->service, EJG_VERSION);
}

int print_figures(const struct report *report, FILE *out)
{
	size_t n = ejg_metric_count(report->handle);
	cleanup_free struct family *families = calloc(n + 1, sizeof(*families));
	int r = families ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++) {
		families[i].metric = ejg_metric_get(report->handle, i);
		families[i].name = family_name(families[i].metric);
		if (!families[i].name)
			r = -ENOMEM;
	}
	if (r == 0) {
		put_own(report, out);
		put_families(report, families, n, out);
		if (report->openmetrics)
			fputs("# EOF\n", out);
	}
	for (size_t i = 0; families && i < n; i++)
		free(families[i].name);
	return r;
}
