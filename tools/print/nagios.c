/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Output as a plugin for Nagios, Icinga and compatible programs: the verdict as a line with metrics behind a bar, a
 * line for each failure below it, and the exit status for the severity (Monitoring Plugins' guidelines, "Plugin
 * Output", "Return Codes").
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/print/finding-list.h"
#include "tools/print/print.h"

enum { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

static size_t count(const struct report *report, enum section section)
{
	const struct ejg_finding *finding;
	size_t n = 0;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		n += finding_section(finding) == section;
	return n;
}

int nagios_status(const struct report *report)
{
	if (report->error == -EACCES)
		return NAGIOS_CRITICAL;
	if (report->error < 0 || count(report, SECTION_UNSEEN) > 0)
		return NAGIOS_UNKNOWN;
	return count(report, SECTION_WARNING) > 0 ? NAGIOS_WARNING : NAGIOS_OK;
}

/* A bar would start the metrics. */
static void put_without_bars(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc(*text == '|' ? '/' : *text, out);
}

/* Prints a part of the page without bars. */
static int put_page(const struct report *report, void (*print)(const struct report *report, FILE *out), FILE *out)
{
	cleanup_free char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return -ENOMEM;
	print(report, memory);
	if (fclose(memory) != 0)
		return -ENOMEM;
	put_without_bars(text, out);
	return 0;
}

/* Prints the line of the verdict, without its end. */
static void put_verdict(const struct report *report, FILE *out)
{
	cleanup_free char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return;
	if (report->error < 0 && report->error != -EACCES)
		fprintf(memory, "%s: %s", report->service ? report->service : "ejguard", report_error(report));
	else
		print_outcome(report, memory);
	if (fclose(memory) != 0)
		return;
	fprintf(out, "%.*s", (int)strcspn(text, "\n"), text);
}

int print_nagios(const struct report *report, FILE *out)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	int r;

	fprintf(out, "EJGUARD %s - ", words[nagios_status(report)]);
	r = put_page(report, put_verdict, out);
	fprintf(out, " | failures=%zu;;0 warnings=%zu;0 unseen=%zu\n", count(report, SECTION_FAILURE),
		count(report, SECTION_WARNING), count(report, SECTION_UNSEEN));
	if (r == 0 && report->error == -EACCES)
		r = put_page(report, print_lines, out);
	return r;
}
